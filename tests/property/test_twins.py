"""A record's twin agrees, a changed twin differs, and a twin changed in a name only agrees.

Many records are in one compilation, from a generator with a seed: a failure names its seed.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from layoutcheck.judge.compare_records import Comparison
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.comparisons import compare
from tests.dwarf_objects import read_c, read_rust
from tests.twins import Change, Record, change, make_records, render_c, render_rust

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

PRELUDE = "#[repr(transparent)] pub struct Newtype<T>(T);\n"


def _read_both(
    records: list[Record], changed: list[Record], folder: Path, arch: str
) -> tuple[dict[str, tuple[str, RecordLayout]], dict[str, RecordLayout]]:
    names = [f"{record.kind} {record.name}" for record in records]
    triple = find_target(arch).clang_triple("14.3")
    c = read_c(render_c(records), names, folder, triple=triple).records
    twins = [*records, *changed]
    rust = read_rust(
        PRELUDE + render_rust(twins), [record.name for record in twins], folder, arch=arch
    ).records
    return (
        {f"sample::{r.name}": (names[n], c[ProbeKey("type", n)]) for n, r in enumerate(records)},
        {f"sample::{r.name}": rust[ProbeKey("type", n)] for n, r in enumerate(twins)},
    )


def _compare(
    c: dict[str, tuple[str, RecordLayout]], rust: dict[str, RecordLayout]
) -> dict[str, Comparison]:
    return compare(c, rust, subjects=dict.fromkeys(rust, False), renames={})


@pytest.mark.parametrize("arch", ["amd64", "powerpc64", "i386", "armv7"])
@pytest.mark.parametrize("seed", [1])
def test_twins_agree(seed: int, arch: str, tmp_path: Path) -> None:
    """A hundred twins agree: nested, packed, aligned, arrays, unions."""
    without = "i128" if arch in {"i386", "armv7"} else ""  # clang has none there
    records = make_records(Random(seed), 100, without=without)  # noqa: S311 - repeatable
    compared = _compare(*_read_both(records, [], tmp_path, arch))
    assert len(compared) == 100
    assert {path: found.mismatches for path, found in compared.items() if found.mismatches} == {}


def _signature(record: RecordLayout) -> tuple[object, ...]:
    """Return a record's memory without the types of its members."""
    members = [
        (member.name, member.bit_offset, member.bit_size)
        for member in record.members
        if member.bit_size and not (member.name or "").startswith("_")
    ]
    return record.kind, record.byte_size, record.alignment, sorted(members, key=str)


ROOTS = {
    **dict.fromkeys(("add", "pad"), "member-extra"),
    **dict.fromkeys(("widen", "count"), "member-size"),
    **dict.fromkeys(("packing", "alignment"), "record-alignment"),
    "drop": "member-missing",
    "other": "member-type",
    "kind": "record-kind",
    "swap": "member-offset",
}
"""Names of the changes and their root causes."""


@pytest.mark.parametrize("arch", ["amd64", "powerpc64"])
@pytest.mark.parametrize("seed", [2])
def test_one_change_is_found_if_it_changes_the_layout(seed: int, arch: str, tmp_path: Path) -> None:
    """Each of 400 changed twins differs if its layout or a type differs, and agrees otherwise.

    The change is the only root cause, except that a swap may have two.
    """
    random = Random(seed)  # noqa: S311 - repeatable
    records = make_records(random, 100)
    changes: dict[str, tuple[Record, Change]] = {}
    for number in range(400):
        record = records[number % len(records)]
        changes[f"sample::m{number}"] = (record, change(random, record, f"m{number}"))
    twins = [changed.record for _, changed in changes.values()]
    c, rust = _read_both(records, twins, tmp_path, arch)
    c |= {path: c[f"sample::{record.name}"] for path, (record, _) in changes.items()}
    compared = _compare(c, rust)
    wrong = []
    found = 0
    for path, (record, changed) in changes.items():
        is_same = _signature(rust[path]) == _signature(rust[f"sample::{record.name}"])
        expected = changed.is_type or not (is_same or changed.what == "underscore")
        found += expected
        mismatches = compared[path].mismatches
        roots = [ROOTS.get(changed.what)] if expected else []
        members = {m.member_path for m in mismatches if m.cause is None}
        causes = [m.check_id for m in mismatches if m.cause is None]
        if changed.what == "swap":
            causes = causes[:1]
        if causes != roots or (changed.member and members and members != {changed.member}):
            wrong.append((changed.what, record, changed.record, mismatches))
    assert wrong == []
    assert 200 < found < 350
