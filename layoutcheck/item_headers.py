"""What each of several headers says of an item -> which say otherwise than the one meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.bindings.items import ItemKind, SurfaceItem
from layoutcheck.judge.item_names import ItemCandidate
from layoutcheck.kernel.index import HeaderIndex, likely
from layoutcheck.manifest_kernel import View
from layoutcheck.verdict import SetAside, Status, Verdict

__all__ = [
    "LINKED",
    "MOST",
    "UNKNOWN",
    "HeaderWords",
    "ItemHeaders",
    "is_nowhere",
    "listed",
    "outside",
    "rank",
    "unchecked",
]

LINKED: Final = ("function", "static", "definition")
"""The kinds of what has a symbol."""
_TYPES: Final = ("enum", "alias")
"""The kinds of item that are types in C, too."""
UNKNOWN: Final = 3
"""The rank of what nothing is known of."""
MOST: Final = 6
"""How many headers of one item are tried."""
_SHOWN: Final = 3


class ItemHeaders:
    """The headers that may define items, likeliest first, by the indexes of one tree."""

    def __init__(self, types: HeaderIndex, others: HeaderIndex, view: View) -> None:
        self._types, self._others, self._is_programs = types, others, view == "userland"

    def defining(self, kind: ItemKind, name: str) -> tuple[str, ...]:
        """The headers that define an item of that name in C."""
        index = self._types if kind in _TYPES else self._others
        found = self._likely(index.definers(name.rpartition(" ")[2]))
        # A program's function is that of <string.h>, not the kernel's of <sys/libkern.h>.
        in_no_folder = tuple(header for header in found if "/" not in header)
        return (kind in LINKED and self._is_programs and in_no_folder) or found

    def of(self, candidates: Iterable[ItemCandidate]) -> dict[int, tuple[str, ...]]:
        """By item the headers that define one of its names."""
        found: dict[int, dict[str, None]] = {}
        for one in candidates:
            headers = self.defining(one.kind, one.name)
            if one.kind == "constant":  # one header will do, and be it one of programs
                headers += self._others.definers(one.name)
            found.setdefault(one.item, {}).update(dict.fromkeys(headers))
        return {item: tuple(headers) for item, headers in found.items()}

    def naming(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The headers that have a name somewhere in their code."""
        found = self._types.mentioning(names)
        return {name: self._likely(headers) for name, headers in found.items()}

    def making(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The headers whose macros may paste a name."""
        found = self._types.making(names)
        return {name: self._likely(headers) for name, headers in found.items()}

    def _likely(self, headers: Sequence[str]) -> tuple[str, ...]:
        return likely(headers, programs=self._is_programs)


def outside(
    headers: Mapping[int, Sequence[str]],
    items: Sequence[SurfaceItem],
    has_in_core: Callable[[str], bool],
) -> Iterator[str]:
    """The headers out of the core after which items are asked for, whatever the core says.

    Those of an item that no header of the core defines, or that has a symbol.
    """
    for number, defining in headers.items():
        out = [header for header in defining if not has_in_core(header)]
        if items[number].kind in LINKED or len(out) == len(defining):
            yield from out[:MOST]


class HeaderWords:
    """The headers after which items were asked for, by their places, and what is said there."""

    def __init__(self) -> None:
        self._heard: defaultdict[int, dict[str, Verdict]] = defaultdict(dict)
        # By name: the headers that define it in different words.
        self._texts: dict[str, Mapping[str, str]] = {}

    def define(self, name: str, texts: Mapping[str, str]) -> None:
        """Know which headers define a name in different words."""
        self._texts[name] = {**self._texts.get(name, {}), **texts}

    def hear(self, number: int, headers: Sequence[str], said: Verdict | SetAside) -> None:
        """Know what is said of an item after these of its headers."""
        if isinstance(said, Verdict) and said.is_compared and headers:
            # Of several values of a macro the last one counts.
            self._heard[number].setdefault(headers[-1], said)

    def with_others(self, number: int, said: Verdict | SetAside) -> Verdict | SetAside:
        """Return what is found of an item, and which headers say otherwise.

        A symbol has one type, whichever header is meant; of others one header will do.
        """
        if not isinstance(said, Verdict) or said.status is not Status.AGREES:
            return said
        heard = self._heard[number]
        texts = self._texts.get(said.c_name or "", {})
        after = next((h for h, v in heard.items() if v.status is Status.AGREES), "")
        unlike = {h: text for h, text in texts.items() if text != texts.get(after, text)}
        unlike |= {h: v.c_says or "" for h, v in heard.items() if _is_another(v)}
        if not unlike:
            return said
        words = ", ".join(f"<{header}> says {text}" for header, text in unlike.items())
        if said.kind in LINKED:
            why = f"<{after}> says {said.c_says}, {words}: a symbol has one type"
            return unchecked(said, why)
        return replace(said, reason="; ".join(filter(None, (said.reason, f"but {words}"))))


def _is_another(said: Verdict) -> bool:
    """Whether C has what has a symbol, or is none, in another way than Rust."""
    checks = {mismatch.check_id for mismatch in said.mismatches}
    return said.status is Status.DIFFERS and "function-symbol" not in checks


def rank(said: object) -> int:
    """Return how little is known: 0 agrees, 1 differs, 2 refused by clang, 3 not in C."""
    if not isinstance(said, Verdict):
        return UNKNOWN
    if said.status is Status.AGREES:
        return 0
    if said.status is Status.DIFFERS:
        return 1
    return 2 if said.c_name is not None else UNKNOWN


def is_nowhere(said: Verdict | SetAside) -> bool:
    """Return whether no header that was asked has it; of what is opaque nothing is asked."""
    return rank(said) == UNKNOWN and (isinstance(said, Verdict) or said.why == "not in C")


def unchecked(said: Verdict, why: str) -> Verdict:
    """Return the verdict on what was compared, but which cannot be told for that reason."""
    return replace(
        said,
        status=Status.INDETERMINATE,
        reason=why,
        mismatches=(),
        c_says=None,
        rust_says=None,
    )


def listed(headers: Sequence[str]) -> str:
    """Return the first of some headers, for a reader."""
    return ", ".join(f"<{header}>" for header in headers[:_SHOWN])
