"""Pair by name the members of C's records that Rust has at its own level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from layoutcheck.judge.idioms import bare
from layoutcheck.judge.pairing.member_offsets import Way
from layoutcheck.judge.pairing.open_members import PairingState
from layoutcheck.judge.swapped_names import Words, clearly_better, fit, shared_words, words_of
from layoutcheck.model.layout import Member

__all__ = ["ways_by_name"]


def ways_by_name(
    state: PairingState, placed: Sequence[tuple[Way, Member]]
) -> Mapping[int, Way] | None:
    """Return the ways of the C members that fit the names of `placed` better, by number; or None.

    None means that the pairs by place stay. Candidates are the C members that are paired by place,
    the members of the same records that have no partner, and the records without any paired
    member. A Rust name that is like no C name is no evidence. But if another Rust member has
    exactly the name of the C member at its place, that member belongs to it: `x` is C's first `x`.
    """
    ways = [way for way, _ in placed]
    ways += [w for w, _, m in state.free() if m.name and (len(w) == 1 or w[:1] in state.opened)]
    words = [_words(state, way) for way in ways]
    names = [words_of(rust.name or "") for _, rust in placed]
    shared = shared_words(names)
    names = [name[shared:] or name for name in names]
    called = {bare(rust.name or "") for _, rust in placed}
    wanted: set[int] = set()
    for place in sorted(range(len(ways)), key=ways.__getitem__):
        name = bare(state.flat[ways[place]][1].name or "")
        if name in called:
            called.remove(name)
            wanted.add(place)

    @cache
    def weight(name: int, place: int) -> int:
        around, own = words[place]
        fits = max(fit(names[name], own), fit(names[name], (*around, *own)))
        return -1 if not fits and place in wanted else fits

    places = clearly_better(len(placed), len(ways), weight)
    return None if places is None else {name: ways[place] for name, place in places.items()}


def _words(state: PairingState, way: Way) -> tuple[Words, Words]:
    """Return the words of the names around a member, and of its name without the common prefix."""
    siblings = [
        words_of(member.name)
        for other, (_, member) in state.flat.items()
        if other[:-1] == way[:-1] and member.name
    ]
    *around, name = map(words_of, state.path_of(way).split("."))
    shared = shared_words(siblings) if len(way) > 1 else 0
    return tuple(word for outer in around for word in outer), name[shared:]
