"""A run -> the waivers with which it passes: a baseline for a crate that has old mismatches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from layoutcheck.judge.waiving import waive
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Waiver
from layoutcheck.model.verdict import Run, Status, Verdict

__all__ = ["baseline"]


def baseline(run: Run, *, reason: str, expires: date | None = None) -> tuple[Waiver, ...]:
    """Return a waiver for each root cause and each unchecked item that is not waived yet.

    A consequence is waived with its root cause, and has a waiver of its own only where that is no
    mismatch (an alignment that C does not say). The waivers have no place in a manifest yet.
    """
    found: dict[Waiver, None] = {}
    for cell in run.cells:
        verdicts: Sequence[Verdict] = [one for one in run.verdicts if cell.id in one.cells]
        for is_all in (False, True):
            for subject, check, member in _wanted(verdicts, is_all=is_all):
                waiver = Waiver(
                    subject=_literal(subject),
                    check=check,
                    member="*" if member is None else _literal(member),
                    reason=reason,
                    location=SourceLocation(path="", line=0),
                    expires=expires,
                )
                found[waiver] = None
            verdicts, _ = waive(verdicts, tuple(found))
    return tuple(sorted(found, key=lambda one: (one.subject, one.check, one.member)))


def _wanted(verdicts: Sequence[Verdict], *, is_all: bool) -> Iterator[tuple[str, str, str | None]]:
    """Yield path, check and member of what is not waived; of mismatches the causes, or all."""
    for verdict in verdicts:
        if verdict.status is Status.INDETERMINATE:
            yield verdict.rust_path, "indeterminate", None
        for mismatch in verdict.mismatches:
            if mismatch.waived is None and (is_all or mismatch.cause is None):
                yield verdict.rust_path, mismatch.check_id, mismatch.member_path


def _literal(name: str) -> str:
    """Return a pattern that matches only this name."""
    return re.sub(r"([*?[])", r"[\1]", name)
