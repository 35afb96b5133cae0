"""flattened.py: members of C's records that Rust has at its own level, by their names."""

from __future__ import annotations

import pytest

from layoutcheck.judge.pairing.flattened import ways_by_name
from layoutcheck.judge.pairing.member_offsets import Way
from layoutcheck.judge.pairing.open_members import PairingState
from layoutcheck.model.layout import Member, RecordLayout
from tests.layouts import U32, U64, record

TIME = record("timespec", ("tv_sec", U64), ("tv_nsec", U64))


def placed(c: RecordLayout, way: Way, *names: str) -> tuple[PairingState, list[tuple[Way, Member]]]:
    """A pairing in which Rust's members of these names pair with those of C's record in order."""
    rust = record("k::s", *((name, U64) for name in names))
    state = PairingState(c, rust, {}, (), None)
    offset = state.flat[way][0]
    pairs = []
    for number, member in enumerate(rust.members):
        at = Member(
            name=member.name, bit_offset=offset + 64 * number, bit_size=64, type=member.type
        )
        state.open(way, at)
        pairs.append(((*way, number), at))
    return state, pairs


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("st_sec", "st_nsec"), None),
        (("nsec", "sec"), [(0, 1), (0, 0)]),
        (("mtim_nsec", "mtim_sec"), [(0, 1), (0, 0)]),
        (("nsecs", "secs"), [(0, 1), (0, 0)]),
        (("early", "late"), None),  # names without a common part
        (("x", "y"), None),
    ],
)
def test_names_that_are_crosswise(names: tuple[str, ...], places: list[Way] | None) -> None:
    """Names override the place only if they clearly fit better."""
    state, pairs = placed(record("s", ("st_mtim", TIME)), (0,), *names)
    found = ways_by_name(state, pairs)
    assert (found is None) is (places is None)
    if found is not None and places is not None:
        assert [found[number] for number in range(len(names))] == places


def test_a_free_member_of_the_name() -> None:
    """A member without a partner may be the one of the name."""
    c = record("s", ("t", record("three", ("start", U64), ("length", U64), ("flags", U64))))
    state, pairs = placed(c, (0,), "flags")
    state.take(*pairs[0])
    assert ways_by_name(state, pairs) == {0: (0, 2)}


def test_a_member_of_another_type_takes_no_part() -> None:
    """Members of a record that is not opened are no candidates."""
    c = record("s", ("t", TIME), ("u", record("other", ("first", U32), ("last", U32))))
    state, pairs = placed(c, (0,), "last", "tv_nsec")
    for pair in pairs:
        state.take(*pair)
    assert ways_by_name(state, pairs) is None
