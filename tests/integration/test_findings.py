"""docs/findings.md is true: its C compiles, and the audit's manifests report its findings."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from layoutcheck.compilers.find.programs import find_clang, find_ziglang
from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run, Status
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.headers_of_15 import install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

ROOT = Path(__file__).parents[2]
CRATES = ROOT / "fixtures" / "crates"
FINDING = re.compile(r"^### (\d+)\. (.+?)$(.*?)^```c$(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_findings() -> dict[int, str]:
    """Return each finding's number and its C."""
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    return {int(number): code for number, _, _, code in FINDING.findall(text)}


FINDINGS = read_findings()
KERNEL_VIEW = {1, 2, 9, 14, 18, 22}
OF_15 = {9, 10, 12, 13, 18, 19, 21, 22, 23}
ON = {**dict.fromkeys((12, 13, 19), "i386"), 23: "powerpc64"}
"""Findings about another machine than amd64."""


def compile_assertions(number: int, code: str, folder: Path) -> Finished:
    """Compile a finding's assertions in its view and release."""
    package = install_headers() if number in OF_15 else find_ziglang()
    assert package is not None
    include = package / "lib" / "libc" / "include"
    (folder / "opt_global.h").write_text("#define SMP 1\n", encoding="utf-8")
    (folder / "probe.c").write_text(code, encoding="utf-8")
    target, clang = find_target(ON.get(number, "amd64")), find_clang()
    release = "15.0" if number in OF_15 else "14.2"
    kernel = ("-D_KERNEL", "-DGENOFFSET", "-include", str(folder / "opt_global.h"))
    return run(
        (
            *clang.argv,
            *clang.target_flags(target, release),
            *(kernel if number in KERNEL_VIEW else ()),
            "-nostdinc",
            *("-isystem", str(include / target.zig_include)),
            *("-isystem", str(include / "generic-freebsd")),
            *("-isystem", str(ROOT / "layoutcheck" / "kernel" / "stub_headers")),
            "-ffreestanding",
            "-w",
            "-Xclang",
            "-fdump-record-layouts",
            "-c",
            str(folder / "probe.c"),
            *("-o", str(folder / "probe.o")),
        )
    )


@pytest.mark.parametrize("number", FINDINGS)
def test_the_proof_compiles(number: int, tmp_path: Path) -> None:
    """Every number is clang's, too."""
    assert "_Static_assert" in FINDINGS[number]
    finished = compile_assertions(number, FINDINGS[number], tmp_path)
    assert finished.succeeded, finished.words


@pytest.mark.parametrize("number", FINDINGS)
def test_a_wrong_number_would_not_compile(number: int, tmp_path: Path) -> None:
    """Other numbers are refused, so the assertions are effective."""
    wrong = re.sub(r"== (\d+)", lambda match: f"== {int(match[1]) + 1}", FINDINGS[number])
    wrong = wrong.replace("default: 0), ", "default: 0) == 0, ")
    said = compile_assertions(number, wrong, tmp_path).stderr
    assert said.count("static assertion failed") == wrong.count("_Static_assert(")


def test_what_clang_dumps_of_the_window_scales(tmp_path: Path) -> None:
    """The dump that finding 5 quotes is clang's."""
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^ +6:\d-\d \| .*$", text, re.MULTILINE)
    assert len(quoted) == 2
    code = FINDINGS[5] + "struct tcp_info dumped;\n"
    dump = compile_assertions(5, code, tmp_path).stdout.splitlines()
    assert set(quoted) <= set(dump)


@pytest.fixture(scope="module", params=["netmap", "kqueue", "libc"])
def audited(request: pytest.FixtureRequest) -> Run:
    """Run on one of the audit's manifests."""
    manifest = read_manifest(CRATES / request.param / "layoutcheck.toml")
    return Pipeline(manifest, Options()).verify()


def test_the_audit_passes_and_says_why(audited: Run) -> None:
    """All differing items are waived by a finding or by design, and some items agree."""
    assert audited.passed
    assert not [note for cell in audited.cells for note in cell.notes if "waives nothing" in note]
    compared = [v for v in audited.verdicts if v.is_compared]
    differing = [v for v in compared if v.status is Status.WAIVED]
    assert len(compared) > len(differing) > 0
    why = re.compile(r"(follows from [\w:]+: )?(finding \d+: |by design: )")
    assert all(why.match(v.reason or "") for v in differing)
    numbers = {int(n) for v in differing for n in re.findall(r"finding (\d+)", v.reason or "")}
    assert numbers <= set(FINDINGS)


def test_every_item_of_the_crate_is_accounted_for(audited: Run) -> None:
    """Each item has one verdict or is skipped, and all items are the crate's."""
    keys = [v.key for v in audited.verdicts] + [a.key for a in audited.set_aside]
    assert len(keys) == len(set(keys))
    expected = {
        "netmap_sys 0.1.4": {"record": 5, "constant": 52},
        "kqueue-sys 1.1.1": {"record": 3, "enum": 1, "alias": 1, "constant": 48, "function": 2},
        "libc 0.2.191": {
            "record": 258,
            "enum": 9,
            "alias": 119,
            "constant": 3075,
            "function": 886,
            "static": 2,
        },
    }
    assert Counter(kind for kind, _ in keys) == expected[audited.bindings]
