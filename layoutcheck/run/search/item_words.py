"""Results for an item from several headers -> the headers that contradict the one meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.model.verdict import SetAside, Status, Verdict

__all__ = [
    "LINKED",
    "REFUSED",
    "UNKNOWN",
    "HeaderWords",
    "is_nowhere",
    "listed",
    "rank",
    "unchecked",
]

LINKED: Final = ("function", "static", "definition")
"""Kinds of item that have a symbol."""
REFUSED: Final = 2
"""Rank of an item that clang refuses."""
UNKNOWN: Final = 3
"""Rank of an item of which nothing is known."""
_SHOWN: Final = 3


class HeaderWords:
    """Results for items, by the item's place and by the header after which it was asked for."""

    def __init__(self) -> None:
        self._heard: defaultdict[int, dict[str, Verdict]] = defaultdict(dict)
        # For each name, the headers that define it in different words.
        self._texts: dict[str, Mapping[str, str]] = {}

    def define(self, name: str, texts: Mapping[str, str]) -> None:
        """Note which headers define a name in different words."""
        self._texts[name] = {**self._texts.get(name, {}), **texts}

    def hear(self, number: int, headers: Sequence[str], said: Verdict | SetAside) -> None:
        """Note the result for an item after these of its headers."""
        if isinstance(said, Verdict) and said.is_compared and headers:
            # If a macro has several values, the last one counts.
            self._heard[number].setdefault(headers[-1], said)

    def with_others(self, number: int, said: Verdict | SetAside) -> Verdict | SetAside:
        """Return the result for an item, with the headers that contradict it.

        A symbol has one type, whichever header is meant, so a contradiction makes the item
        unchecked. For an item without a symbol, one header that agrees is enough.
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
    """Return whether C has the item, under the same symbol if any, but differs from Rust."""
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
    return REFUSED if said.c_name is not None else UNKNOWN


def is_nowhere(said: Verdict | SetAside) -> bool:
    """Return whether no header that was asked has the item. Opaque items are not asked for."""
    return rank(said) == UNKNOWN and (isinstance(said, Verdict) or said.why == "not in C")


def unchecked(said: Verdict, why: str) -> Verdict:
    """Return a verdict on a compared item as unchecked, for the reason `why`."""
    return replace(
        said,
        status=Status.INDETERMINATE,
        reason=why,
        mismatches=(),
        c_says=None,
        rust_says=None,
    )


def listed(headers: Sequence[str]) -> str:
    """Return the first few headers as text for a reader."""
    return ", ".join(f"<{header}>" for header in headers[:_SHOWN])
