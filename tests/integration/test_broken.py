"""Bindings with mistakes in each module: each mistake is found at its place, and no other.

Notes in the sources name the mistakes, as in rustc's own tests; see the crate's `src/lib.rs`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from layoutcheck.judge.checks import CHECKS
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

BROKEN = Path(__file__).resolve().parents[2] / "fixtures" / "crates" / "broken"
MODULES = sorted(path.stem for path in (BROKEN / "src").glob("*.rs") if path.stem != "lib")
NOTE = re.compile(r"//~\s+(\S+)(?:\s+(\S.*?))?\s*$")
ITEM = re.compile(
    r"\s*(?:pub(?:\(\w+\))? )?(?:unsafe |extern \"\w+\" )*"
    r"(struct|union|enum|mod|const|static|type|use(?=.* as )|fn(?=.*(?:;|\{\})$)) (?:mut )?(?:r#)?"
    r"(?:[\w:]+ as )?(\w+)"
)
IMPL = re.compile(r"(\s*)impl (\w+) \{$")
TYPES = ("struct", "union", "enum")

STATUSES = ("agrees", "follows", "indeterminate")
"""Notes that are no check: agrees, only consequences, unchecked."""

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]


@dataclass(slots=True)
class Sources:
    """Notes in the crate's sources on each type and item, by Rust path."""

    notes: dict[str, set[str]] = field(default_factory=dict)

    def read(self, path: Path) -> None:
        """Add a module. A note is in its type, or after it on its last line, or before it.

        A type without `repr` has a verdict of its own only if a note comes before it. A constant of
        an `impl` has its type in its path.
        """
        modules, current, waiting = ["broken", path.stem], None, set[str]()
        has_repr, block, inside = False, "", tuple[str, ...]()
        for line in path.read_text(encoding="utf-8").splitlines():
            code, note = line.partition("//")[0].rstrip(), NOTE.search(line)
            item = ITEM.match(code)
            if (begun := IMPL.match(code)) is not None:
                block, inside = begun[1], (begun[2],)
            elif inside and code == f"{block}}}":
                inside = ()
                continue
            if item is not None and item[1] == "mod":
                modules.append(item[2])
                continue
            has_repr = has_repr or code.lstrip().startswith("#[repr(")
            if item is not None and (has_repr or waiting or item[1] not in TYPES):
                current = "::".join((*modules, *inside, item[2]))
                self.notes[current] = waiting
                waiting, has_repr = set(), False
            if note is not None:
                (waiting if current is None else self.notes[current]).add(spell(*note.groups()))
            if current is not None and code.endswith(("}", ";")) and "{" not in code:
                current = None
            elif current is None and code == "}" and len(modules) > 2:
                modules.pop()
        assert not waiting, f"{path.name}: {waiting} belong to no type"


def spell(check_id: str, member: str | None) -> str:
    """Return the note for a root mismatch."""
    return f"{check_id} {member}" if member else check_id


def found_in(verdict: Verdict) -> set[str]:
    """Return the notes for a verdict."""
    if verdict.status is Status.INDETERMINATE:
        return {"indeterminate"}
    if verdict.status is Status.AGREES:
        return {"agrees"}
    roots = {spell(m.check_id, m.member_path) for m in verdict.mismatches if m.cause is None}
    return roots or {"follows"}


@pytest.fixture(scope="module")
def sources() -> Sources:
    """Notes of all modules."""
    sources = Sources()
    for module in MODULES:
        sources.read(BROKEN / "src" / f"{module}.rs")
    return sources


@pytest.fixture(scope="module")
def run() -> Run:
    """Run on the crate."""
    return Pipeline(read_manifest(BROKEN / "layoutcheck.toml"), Options()).verify()


@pytest.mark.parametrize("module", MODULES)
def test_what_is_found_is_what_is_wrong(run: Run, sources: Sources, module: str) -> None:
    """Root causes in a module are those that its notes name."""
    inside = f"broken::{module}::"
    aside = {item.rust_path for item in run.set_aside}
    noted = {
        p: n for p, n in sources.notes.items() if p.startswith(inside) and (n or p not in aside)
    }
    found = {v.rust_path: found_in(v) for v in run.verdicts if v.rust_path.startswith(inside)}
    unlike = [
        f"{path}\n  not found: {sorted(noted.get(path, set()) - found.get(path, set()))}"
        f"\n  not noted: {sorted(found.get(path, set()) - noted.get(path, set()))}"
        for path in sorted(noted.keys() | found.keys())
        if noted.get(path) != found.get(path)
    ]
    assert not unlike, "\n" + "\n".join(unlike)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_is_wrong(sources: Sources, module: str) -> None:
    """Every module has a note, and each note is a check's id or a state."""
    inside = f"broken::{module}::"
    notes = {note for path, found in sources.notes.items() if inside in path for note in found}
    assert notes
    assert {note.split()[0] for note in notes} <= {check.id for check in CHECKS} | {*STATUSES}


def test_every_module_is_part_of_the_crate() -> None:
    """Every module is named in `lib.rs`, since another file would not be checked."""
    lib = (BROKEN / "src" / "lib.rs").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^pub mod (\w+);$", lib, re.MULTILINE)) == MODULES


def test_every_check_has_a_twin(sources: Sources) -> None:
    """Every check has a note."""
    noted = Counter(note.split()[0] for notes in sources.notes.values() for note in notes)
    assert {check.id for check in CHECKS} <= noted.keys()


def test_only_types_without_a_layout_of_their_own_are_set_aside(run: Run) -> None:
    """Skipped records are generic, except three without a size that none holds."""
    aside = {item.rust_path: item.why for item in run.set_aside if item.kind == "record"}
    opaque = [path for path, why in aside.items() if why == "opaque"]
    inside = "broken::opaque_by_value::behind_a_pointer"
    assert opaque == ["broken::functions::va_list", f"{inside}::callout", f"{inside}::Marker"]


def test_what_follows_names_what_it_follows_from(run: Run) -> None:
    """A cause is an existing mismatch: a root cause of the item, or any mismatch of another one."""
    found: defaultdict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for verdict in run.verdicts:
        found[verdict.rust_path] |= {(m.check_id, m.member_path) for m in verdict.mismatches}
    lost = []
    for verdict in run.verdicts:
        roots = {(m.check_id, m.member_path) for m in verdict.mismatches if m.cause is None}
        for mismatch in verdict.mismatches:
            cause = mismatch.cause
            if cause is not None:
                known = roots if cause.item is None else found[cause.item]
                is_known = (
                    bool(known) if cause.check is None else (cause.check, cause.member) in known
                )
                if not is_known:
                    lost.append(f"{verdict.rust_path}: {mismatch} because of {cause!r}")
    assert not lost, "\n".join(lost)


def test_the_consequences_are_there(run: Run) -> None:
    """A cause does not hide its consequences: each wrong offset is reported."""
    (dropped,) = (v for v in run.verdicts if v.rust_path == "broken::dropped_middle::uio")
    found = (m for m in dropped.mismatches if m.cause and m.cause.member == "uio_offset")
    follows = {(m.check_id, m.member_path) for m in found}
    assert follows == {
        ("record-size", None),
        ("member-offset", "uio_resid"),
        ("member-offset", "uio_segflg"),
        ("member-offset", "uio_rw"),
        ("member-offset", "uio_td"),
    }
