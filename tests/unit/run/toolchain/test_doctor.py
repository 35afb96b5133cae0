"""doctor.py: findings on this machine and on one without tools, and installation."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import layoutcheck.compilers.find.install
import layoutcheck.compilers.find.rustc
from layoutcheck.model.target import TARGETS, Target
from layoutcheck.run.toolchain import doctor
from layoutcheck.run.toolchain.doctor import examine, install
from layoutcheck.run.toolchain.findings import Finding, could_check, render_findings

FOUND = Finding(tool="clang", found=True, path="/usr/bin/clang-19", version="19.1.7")


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.machine)
def test_this_machine(target: Target) -> None:
    """Every tool that is found exists, with a version."""
    findings = examine([target])
    assert [finding.tool for finding in findings] == [
        "clang",
        "ELF linker",
        "rustc, rustdoc",
        f"core for {target.name}",
        "cargo",
        "cc",
        "FreeBSD headers",
    ]
    if not could_check(findings):
        if "CI" in os.environ:
            pytest.fail(render_findings(findings))
        pytest.skip(render_findings(findings))
    for finding in findings:
        if finding.found:
            assert Path(shlex.split(finding.path)[0]).exists()
            assert finding.version or finding.tool == "cc"
            assert finding.install is None


@pytest.mark.needs_headers
@pytest.mark.needs_rustc
def test_a_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each architecture needs a core and each release its headers; missing ones are required."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    findings = {finding.tool: finding for finding in examine(TARGETS, ("14", "15", "12"))}
    assert {f"core for {target.name}" for target in TARGETS} <= findings.keys()
    assert "FreeBSD headers" not in findings
    assert findings["headers of 14"].found
    fetched = findings["headers of 15"]
    assert fetched.required
    assert not fetched.found
    assert fetched.install is not None
    assert fetched.install[-1] == "ziglang==0.16.0"
    assert str(tmp_path) in fetched.install[-2]
    assert "no ziglang package holds them" in findings["headers of 12"].note


def test_a_machine_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without clang and linker has the pip command that installs both."""
    for name in ("CLANG", "LD"):
        monkeypatch.delenv(f"LAYOUTCHECK_{name}", raising=False)
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", str(tmp_path / "RUSTC"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    findings = examine(TARGETS[:1])
    missing = {finding.tool: finding for finding in findings if not finding.found}
    assert {"clang", "ELF linker", "rustc, rustdoc", "core for amd64", "cc"} <= missing.keys()
    assert not could_check(findings)
    pip = (sys.executable, "-m", "pip", "install", "ziglang>=0.15.2")
    for tool in ("clang", "ELF linker", "FreeBSD headers"):
        assert missing[tool].install == pip
    shown = render_findings(findings)
    assert shown.count(shlex.join(pip)) == 1
    assert shown.endswith("A check cannot run yet.")


def test_chosen_tools_that_are_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken tool named by a variable has a note, but no install command."""
    for name in ("CLANG", "LD", "RUSTC"):
        monkeypatch.setenv(f"LAYOUTCHECK_{name}", str(tmp_path / name))
    findings = examine(TARGETS[:1])
    for finding, name in zip(findings, ("CLANG", "LD", "RUSTC"), strict=False):
        assert not finding.found
        assert finding.install is None
        assert f"LAYOUTCHECK_{name}={tmp_path / name}" in finding.note
    assert not findings[3].found


def test_install_tries_the_next_and_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed command's output is shown, then the alternative is run, each once."""
    wanted = tmp_path / "wanted"
    fails = (sys.executable, "-c", "import sys; sys.exit('the server does not answer')")
    works = (sys.executable, "-c", f"open({str(wanted)!r}, 'w').close()")
    never = (sys.executable, "-c", "import os; os.abort()")

    def look(targets: Sequence[Target], releases: Sequence[str]) -> tuple[Finding, ...]:
        assert (targets, releases) == (TARGETS[:1], ())
        found = wanted.exists()
        alternatives = () if found else (fails, works, never)
        return (Finding(tool="tool", found=found, alternatives=alternatives), FOUND)

    monkeypatch.setattr(doctor, "examine", look)
    told: list[str] = []
    findings = install(TARGETS[:1], told.append)
    assert could_check(findings)
    assert told[0] == f"$ {shlex.join(fails)}"
    assert told[1] == "  failed:\n    the server does not answer"
    assert told[2] == f"$ {shlex.join(works)}"
    assert told[3].startswith("  done in ")
    assert len(told) == 4


@pytest.fixture
def old_debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of programs on a machine with only an apt, whose lists have an old Rust.

    The lists stay old after an update.
    """
    lists, programs = tmp_path / "lists", tmp_path / "bin"
    programs.mkdir()
    lists.mkdir()
    (lists / "mirror_dists_stable_main_Packages.lz4").touch()
    monkeypatch.setattr(layoutcheck.compilers.find.install, "LISTS", lists)
    monkeypatch.setattr(layoutcheck.compilers.find.rustc, "SYSTEM_FOLDERS", ())
    for name in ("CLANG", "LD", "RUSTC"):
        monkeypatch.delenv(f"LAYOUTCHECK_{name}", raising=False)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write_apt(programs, "1.85.0")
    return programs


def write_apt(programs: Path, version: str) -> None:
    """Write an apt that has this Rust; `apt-get install` installs a rustc without output."""
    words = f"for name in $*; do echo $name:; echo '  Candidate: {version}+dfsg1'; done"
    for name, lines in {
        "apt-cache": f"[ $1 = policy ] && shift && {words}",
        "apt-get": f'echo "$*" >> {programs}/asked',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        (programs / name).chmod(0o755)


def test_lists_that_are_out_of_date(old_debian: Path) -> None:
    """Out-of-date lists are updated once. If they still lack a new Rust, the note says so."""
    told: list[str] = []
    findings = install(TARGETS[:1], told.append)
    asked = (old_debian / "asked").read_text(encoding="utf-8").splitlines()
    assert asked.count("update") == 1
    rustc = next(finding for finding in findings if finding.tool == "rustc, rustdoc")
    assert rustc.note == "apt has rustc-web 1.85.0, rustc 1.85.0, and 1.89 or newer is needed"
    assert rustc.install is None
    shown = render_findings(findings, after_install=True)
    assert "install rustup with its rust-src (https://rustup.rs; it needs no root)" in shown
    assert "no package manager" not in shown
    assert "layoutcheck doctor" not in shown
    assert "apt-get update" not in shown


def test_updated_lists_are_looked_at(old_debian: Path) -> None:
    """Packages of updated lists are installed, without a second update."""
    apt = (old_debian / "apt-get").read_text(encoding="utf-8")
    new = (old_debian / "apt-cache").read_text(encoding="utf-8").replace("1.85.0", "1.95.0")
    (old_debian / "new").write_text(new, encoding="utf-8")
    fetch = f"[ $1 != update ] || /bin/cat {old_debian}/new > {old_debian}/apt-cache\n"
    (old_debian / "apt-get").write_text(apt + fetch, encoding="utf-8")
    install(TARGETS[:1], lambda _: None)
    asked = (old_debian / "asked").read_text(encoding="utf-8").splitlines()
    packages = "rustc-web rust-web-src cargo-web"
    assert f"install -y --no-install-recommends {packages}" in asked
    assert asked.count("update") == 1


def test_a_user_who_is_not_root(old_debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is not root is refused, with root's command and a way without root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    told: list[str] = []
    findings = install(TARGETS[:1], told.append)
    assert "not run, it needs root: apt-get update" in told
    assert not could_check(findings)
    shown = render_findings(findings, after_install=True)
    assert "To install by hand what is still missing:" in shown
    assert "  apt-get update  # as root, then look again\n" in shown
    assert "it needs no root" in shown
    assert "doctor --install" not in shown
    asked = (old_debian / "asked").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("--simulate") for line in asked)


def test_install_ends_when_nothing_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command is run once, a missing program is reported, and the finding stays."""
    command = ("layoutcheck-no-such-installer",)
    lost = Finding(tool="tool", found=False, alternatives=(command,))
    monkeypatch.setattr(doctor, "examine", lambda _targets, _releases: (lost,))
    told: list[str] = []
    assert install(TARGETS[:1], told.append) == (lost,)
    assert told == ["$ layoutcheck-no-such-installer", told[1]]
    assert "layoutcheck-no-such-installer was not found" in told[1]
