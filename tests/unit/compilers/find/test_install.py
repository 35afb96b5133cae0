"""The install commands of this machine: real packages of apt and rustup, and who may run them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from layoutcheck.compilers.find import install
from layoutcheck.compilers.find.install import (
    hint_install,
    plan_clang,
    plan_core,
    plan_headers,
    plan_host_linker,
    plan_rust,
    run_install,
    say_apts_rust,
)
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.target import TARGETS, find_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layoutcheck.compilers.find.rustc import Rustc

APT = """case "$1 $2" in
    "pkgnames rustc-1.") echo "rustc-1.90 rustc-1.89 rustc-1.89-x" ;;
    *) shift; for name in "$@"; do printf '%s:\\n  Installed: (none)\\n' $name
       case $name in {known}) echo "  Candidate: {version}" ;; *) echo "  Candidate: (none)" ;; esac
       done ;;
esac"""


@pytest.fixture
def fake_apt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_program: Callable[[Path, str], Path]
) -> Callable[..., None]:
    """Return a function that puts an apt on PATH, alone, which knows the packages given."""
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "mirror_dists_stable_main_Packages.lz4").touch()

    def make(known: str, version: str, removes: str = "") -> None:
        make_program(tmp_path / "bin" / "apt-cache", APT.format(known=known, version=version))
        make_program(
            tmp_path / "bin" / "apt-get", f"[ -z '{removes}' ] || echo 'Remv {removes} [1]'"
        )

    monkeypatch.setattr(install, "LISTS", lists)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", "")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return make


@pytest.mark.parametrize(
    ("known", "version", "packages"),
    [
        ("rust*-web*|cargo-web|rustc|cargo|rust-src", "1.96.0+dfsg1", "rustc-web"),
        ("rustc|cargo|rust-src", "1.90.0+dfsg1", "rustc"),
        ("rustc|cargo|rust-src", "1.63.0+dfsg1", None),
        ("rustc-web|cargo-web", "1.96.0", None),
        ("rustc-1.89|rust-1.89-src|cargo-1.89", "1.89.0+dfsg0ubuntu1", "rustc-1.89"),
    ],
)
def test_apts_rust(
    fake_apt: Callable[..., None], known: str, version: str, packages: str | None
) -> None:
    """The first set of packages that is complete and new enough, as Debian and Ubuntu name them."""
    fake_apt(known, version)
    chosen = {"rustc-web": ("rustc-web", "rust-web-src", "cargo-web")}
    chosen["rustc"] = ("rustc", "rust-src", "cargo")
    chosen["rustc-1.89"] = ("rustc-1.89", "rust-1.89-src", "cargo-1.89")
    prefix = ("apt-get", "install", "-y", "--no-install-recommends")
    # Without a package, apt's lists may be out of date.
    expected = ((*prefix, *chosen[packages]),) if packages else (("apt-get", "update"),)
    assert plan_rust() == expected
    assert plan_core(TARGETS[0]) == expected


def test_nothing_else_is_removed(fake_apt: Callable[..., None]) -> None:
    """Apt may replace the rustc that the new one takes the place of, but nothing more."""
    fake_apt("rust*|cargo-web", "1.96.0", removes="rustc")
    assert "--no-remove" not in plan_rust()[0]
    fake_apt("rust*|cargo-web", "1.96.0", removes="rustup")
    assert "--no-remove" in plan_rust()[0]


def test_without_package_lists(
    fake_apt: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that has never asked apt asks it first."""
    fake_apt("clang-19|lld-19", "1:19.1.7-3")
    assert plan_clang()[0][-2:] == ("clang-19", "lld-19")
    monkeypatch.setattr(install, "LISTS", tmp_path / "none")
    assert plan_clang() == (("apt-get", "update"), *plan_headers())
    assert plan_host_linker() == (("apt-get", "update"),)


def test_out_of_date_lists(fake_apt: Callable[..., None]) -> None:
    """Lists that have nothing new enough may be old: they are updated, but nothing better first."""
    fake_apt("clang", "1:11.0.1")
    assert plan_clang() == (*plan_headers(), ("apt-get", "update"))
    assert hint_install(plan_rust()) == "run `layoutcheck doctor --install`"
    assert say_apts_rust() == "apt has no rustc, and 1.89 or newer is needed"
    fake_apt("rustc|cargo|rust-src|*-web", "1.85.0+dfsg1-1~deb12u1")
    assert say_apts_rust() == "apt has rustc-web 1.85.0, rustc 1.85.0, and 1.89 or newer is needed"
    fake_apt("rustc", "1.90.0")
    assert say_apts_rust() == ""


def test_not_root(
    fake_apt: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_program: Callable[[Path, str], Path],
) -> None:
    """The command has sudo if the user is not root. It is only shown if sudo asks or is missing."""
    fake_apt("gcc|libc6-dev", "4:12.2.0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    told: list[str] = []
    (command,) = plan_host_linker()
    assert command[0] == "apt-get"
    assert not run_install(command, told.append)
    make_program(tmp_path / "bin" / "sudo", "exit 1")
    (command,) = plan_host_linker()
    assert command[:2] == ("sudo", "apt-get")
    assert not run_install(command, told.append)
    assert [line.split(":")[0] for line in told] == ["not run, it needs root"] * 2
    make_program(tmp_path / "bin" / "sudo", '[ "$*" = "-n true" ] || echo "$*"')
    assert run_install(command, told.append)
    assert told[2] == "$ sudo apt-get install -y --no-install-recommends gcc libc6-dev"


@pytest.mark.needs_rustc
@pytest.mark.skipif(shutil.which("apt-cache") is None, reason="a machine without apt")
def test_this_machines_apt(rustc: Rustc) -> None:
    """The real apt is asked and understood: its packages, or nothing, never half a set."""
    for command in plan_core(TARGETS[0]):
        assert command[0] in {"apt-get", "sudo"} or command[0].endswith("rustup")
        if command[-2:] != ("apt-get", "update") and "apt-get" in command:
            assert sum("rust" in word or "cargo" in word for word in command) == 3
    assert rustc.release


def has_rustups_toolchain() -> bool:
    """Return whether there is a rustup with an active toolchain."""
    rustup = shutil.which("rustup")
    return rustup is not None and run((rustup, "show", "active-toolchain")).succeeded


@pytest.mark.skipif(not has_rustups_toolchain(), reason="a machine without rustup's toolchain")
def test_this_machines_rustup() -> None:
    """Rustup is asked for a target only where it has it: there is no prebuilt arm64 FreeBSD."""
    amd64, arm64 = (
        [command[1:3] for command in plan_core(find_target(name)) if "rustup" in command[0]]
        for name in ("amd64", "arm64")
    )
    assert ("component", "add") in amd64
    listed = run(("rustup", "target", "list")).stdout
    assert (("target", "add") in amd64) is ("x86_64-unknown-freebsd" in listed)
    assert ("target", "add") not in arm64


def test_headers_go_into_this_python() -> None:
    """The command uses pip of the running Python, not `pip` on PATH."""
    assert plan_headers()[0][:4] == (sys.executable, "-m", "pip", "install")
