"""C text and Rust text -> layoutcheck's verdicts, through both real compilers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.compare_records import Comparison
from layoutcheck.judge.walk import Definitions, RustFacts, TypeWalk
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Mismatch
from tests.dwarf_objects import read_c, read_rust

__all__ = ["compare", "compare_texts", "found_in", "roots_of"]


def compare(
    c: Mapping[str, tuple[str, RecordLayout]],
    rust: Mapping[str, RecordLayout],
    *,
    subjects: Mapping[str, bool],
    renames: Mapping[str, Mapping[str, str]],
    accessors: Mapping[str, Sequence[BitAccess]] | None = None,
    opaque: Collection[str] = (),
    facts: RustFacts | None = None,
    definitions: Definitions | None = None,
) -> dict[str, Comparison]:
    """Return the comparison of each item of which both sides are known, by Rust path.

    The arguments are those of `Comparer`, with the items only.
    """
    walk = TypeWalk(definitions or Definitions(), facts or RustFacts())
    comparer = Comparer(
        c, rust, walk, subjects=subjects, renames=renames, accessors=accessors, opaque=opaque
    )
    return comparer.conclude()


def compare_texts(
    c: str,
    rust: str,
    subjects: Mapping[str, str | None],
    folder: Path,
    *,
    opaque: Sequence[str] = (),
    renames: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Comparison]:
    """Return the comparison of each Rust type in `subjects` with the C type that it names.

    None means no C type of its own: the Rust type matches an anonymous one. A type whose name
    begins with `private::` is not requested: it is only found inside others.
    """
    named = {path: name for path, name in subjects.items() if name is not None}
    known = [path for path in subjects if not path.startswith("private::")]
    c_records = read_c(c, list(named.values()), folder).records
    rust_records = read_rust(rust, known, folder).records
    sides: dict[str, tuple[str, RecordLayout]] = {
        f"sample::{path}": (name, c_records[ProbeKey("type", number)])
        for number, (path, name) in enumerate(named.items())
    }
    return compare(
        sides,
        {
            f"sample::{path}": rust_records[ProbeKey("type", number)]
            for number, path in enumerate(known)
        },
        subjects={f"sample::{path}": path in opaque for path in subjects},
        renames={f"sample::{path}": names for path, names in (renames or {}).items()},
    )


def found_in(comparison: Comparison) -> list[tuple[str, str | None]]:
    """Return the mismatches: check and member."""
    return [(mismatch.check_id, mismatch.member_path) for mismatch in comparison.mismatches]


def roots_of(mismatches: Sequence[Mismatch]) -> list[tuple[str, str | None]]:
    """Return the root causes: check and member."""
    return [(m.check_id, m.member_path) for m in mismatches if m.cause is None]
