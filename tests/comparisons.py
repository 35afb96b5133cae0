"""C text and Rust text -> what layoutcheck says of them, through both real compilers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from layoutcheck.judge.comparer import compare
from layoutcheck.judge.comparison import Comparison
from layoutcheck.layout import RecordLayout
from layoutcheck.verdict import Mismatch
from tests.dwarf_objects import read_c, read_rust

__all__ = ["compare_texts", "found_in", "roots_of"]


def compare_texts(
    c: str,
    rust: str,
    subjects: Mapping[str, str | None],
    folder: Path,
    *,
    opaque: Sequence[str] = (),
    renames: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Comparison]:
    """The comparison of each of the Rust types in `subjects` with the C type that it names.

    None: no C type of its own, it stands for what is anonymous in C. A type whose name begins with
    `private::` is not asked for: it is only found inside others.
    """
    named = {path: name for path, name in subjects.items() if name is not None}
    known = [path for path in subjects if not path.startswith("private::")]
    c_records = read_c(c, list(named.values()), folder).records
    rust_records = read_rust(rust, known, folder).records
    sides: dict[str, tuple[str, RecordLayout]] = {
        f"sample::{path}": (name, c_records[str(number)])
        for number, (path, name) in enumerate(named.items())
    }
    return compare(
        sides,
        {f"sample::{path}": rust_records[str(number)] for number, path in enumerate(known)},
        subjects={f"sample::{path}": path in opaque for path in subjects},
        renames={f"sample::{path}": names for path, names in (renames or {}).items()},
    )


def found_in(comparison: Comparison) -> list[tuple[str, str | None]]:
    """What differs: check and member."""
    return [(mismatch.check_id, mismatch.member_path) for mismatch in comparison.mismatches]


def roots_of(mismatches: Sequence[Mismatch]) -> list[tuple[str, str | None]]:
    """What has no other cause: check and member."""
    return [(m.check_id, m.member_path) for m in mismatches if m.cause is None]
