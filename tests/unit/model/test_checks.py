"""checks.py: the table of the checks, and the checks themselves."""

from __future__ import annotations

from pathlib import Path

from layoutcheck.judge import checks
from layoutcheck.judge.checks import CHECKS
from layoutcheck.model.checks import SUMMARIES, UNCHECKED


def test_the_table_has_the_checks_and_no_other() -> None:
    """In the order of their ids, so that reports have it; `indeterminate` is no check."""
    assert list(SUMMARIES) == sorted({check.id for check in CHECKS})
    assert UNCHECKED not in SUMMARIES


def test_every_file_of_a_check_is_registered() -> None:
    """A check's id is the name of its file."""
    (folder,) = checks.__path__
    files = {file.stem.replace("_", "-") for file in Path(folder).glob("[!_]*.py")}
    assert files == set(SUMMARIES)
