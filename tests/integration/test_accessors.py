"""Accessors of every form and every mistake: both real compilers, both byte orders.

C's bit-fields are declared in the other order for the big-endian machine, so that the same masks
are right there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

MANIFEST: Final = """
[bindings]
source = "bindings.rs"
edition = "2024"
[kernel]
headers = "include"
view = "userland"
conf = "GENERIC"
include = ["case.h"]
"""
FIELDS: Final = (
    "unsigned a:4;",
    "unsigned b:4;",
    "int c:4;",
    "unsigned e:2;",
    "unsigned f:1;",
    "unsigned g:17;",
)
RECORD: Final = "#[repr(C)] #[derive(Clone, Copy)] pub struct S { v: u32 }"
NAME: Final = re.compile(r"\bS\b")
UNION: Final = "#[repr(C)] #[derive(Clone, Copy)] pub union S { _bitfield_1: u32 }"
MACHINES: Final = {"amd64": "amd64", "powerpc64": "powerpc"}

CASE: Final = re.compile(
    r"^//= (?P<status>\w+): (?P<name>[^:\n]*)(?:: (?P<why>[^\n]*))?\n"
    r"(?P<text>(?:(?!//=)[^\n]*\n)*)",
    re.MULTILINE,
)
CASES: Final = {
    case["name"]: case
    for case in CASE.finditer(Path(__file__).with_name("accessors.rs").read_text(encoding="utf-8"))
}


def _check(arch: str, texts: list[str], record: str, kind: str, folder: Path) -> list[Verdict]:
    """Return the verdicts on records with these methods, in order."""
    fields = " ".join(reversed(FIELDS) if arch == "powerpc64" else FIELDS)
    include = folder / "include"
    for name, text in (
        ("sys/param.h", "#define __FreeBSD_version 1402000\n"),
        ("machine/param.h", f'#define MACHINE "{MACHINES[arch]}"\n'),
        ("case.h", "".join(f"{kind} S{n} {{ {fields} }};\n" for n in range(len(texts)))),
    ):
        (include / name).parent.mkdir(parents=True, exist_ok=True)
        (include / name).write_text(f"#pragma once\n{text}", encoding="utf-8")
    modules = (
        f"pub mod m{n} {{ {re.sub(NAME, f'S{n}', record + text)} }}\n"
        for n, text in enumerate(texts)
    )
    (folder / "bindings.rs").write_text("".join(modules), encoding="utf-8")
    (folder / "layoutcheck.toml").write_text(MANIFEST, encoding="utf-8")
    manifest = read_manifest(folder / "layoutcheck.toml")
    verdicts = Pipeline(manifest, Options(kernel_arch=(arch,))).verify().verdicts
    found = {int(v.rust_path.rpartition("::S")[2]): v for v in verdicts if "::S" in v.rust_path}
    return [found[number] for number in range(len(texts))]


@pytest.fixture(scope="module", params=MACHINES)
def verdicts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Verdict]:
    """Verdicts on the record of each case, by its name."""
    texts = [case["text"] for case in CASES.values()]
    found = _check(request.param, texts, RECORD, "struct", tmp_path_factory.mktemp("accessors"))
    return dict(zip(CASES, found, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_each_form(name: str, verdicts: dict[str, Verdict]) -> None:
    """A right method agrees, a wrong one differs, and an unknown one has a reason."""
    verdict, case = verdicts[name], CASES[name]
    assert verdict.status == Status(case["status"])
    assert {mismatch.check_id for mismatch in verdict.mismatches} <= {"member-bits"}
    reason = verdict.reason or ""
    assert (case["why"] or "") in reason
    assert ("could not be checked: " in reason) is (case["status"] == "indeterminate")


@pytest.mark.parametrize("arch", MACHINES)
def test_a_union(arch: str, tmp_path: Path) -> None:
    """Bit-fields of a union begin at its low end, or on a big-endian machine at its high end."""
    shift = {"amd64": 0, "powerpc64": 15}[arch]
    method = "impl S {{ pub fn g(&self) -> u32 {{ unsafe {{ self._bitfield_1 >> {} & {} }} }} }}"
    texts = [method.format(shift, mask) for mask in (0x1FFFF, 0xFFFF)]
    found = _check(arch, texts, UNION, "union", tmp_path)
    assert [verdict.status for verdict in found] == [Status.AGREES, Status.DIFFERS]
