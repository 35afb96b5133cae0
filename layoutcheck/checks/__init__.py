"""The checks: one file each, and one line each in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from layoutcheck.checks import (
    member_extra,
    member_missing,
    member_offset,
    member_size,
    member_type,
    record_alignment,
    record_kind,
    record_size,
)
from layoutcheck.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["CHECKS", "Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its `id`, what it finds in a sentence, and the function that finds it."""

    id: str
    summary: str
    check: Callable[[RecordPair], Iterator[Mismatch]]


def _load(module: ModuleType) -> Check:
    return Check(module.ID, module.SUMMARY, module.check)


CHECKS: Final = tuple(
    _load(module)
    for module in (
        record_kind,
        record_size,
        record_alignment,
        member_missing,
        member_extra,
        member_size,
        member_offset,
        member_type,
    )
)
