"""findings.py: a table of a check's tools, and whether a check could run."""

from __future__ import annotations

import pytest

from layoutcheck.run.toolchain.findings import Finding, could_check, render_findings

FOUND = Finding(tool="clang", found=True, path="/usr/bin/clang-19", version="19.1.7")
LOST = Finding(tool="cargo", found=False, alternatives=(("best", "way"), ("other", "a b")))
OPTIONAL = Finding(tool="FreeBSD headers", found=False, required=False, note="word " * 30)


def test_could_check() -> None:
    """Only required tools count."""
    assert could_check((FOUND, OPTIONAL))
    assert not could_check((FOUND, LOST))


def test_rendering_fits_80_columns() -> None:
    """Long paths and notes are wrapped. Commands are not, so that they can be copied."""
    long = Finding(tool="rustc, rustdoc", found=True, path="/a" * 70, version="1.97.0-nightly")
    shown = render_findings((FOUND, long, LOST, OPTIONAL))
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "\n  best way\n  or: other 'a b'\n" in shown
    assert "cargo            MISSING" in shown
    assert "FreeBSD headers  no" in shown
    command = ("pip", "install", "x" * 100)
    lost = Finding(tool="cargo", found=False, alternatives=(command,))
    assert f"\n  pip install {'x' * 100}\n" in render_findings((lost,))


def test_a_command_for_two_findings_is_told_once() -> None:
    """A command for two findings, such as rustc and cargo, is shown once."""
    both = tuple(
        Finding(tool=tool, found=False, alternatives=(("apt-get", "install"),))
        for tool in ("rustc", "cargo")
    )
    assert render_findings(both).count("apt-get install") == 1


def test_nothing_that_helps_is_known() -> None:
    """An unknown package manager has words instead of a command."""
    assert "rustup with its rust-src" in render_findings((Finding(tool="rustc", found=False),))


def test_all_is_there() -> None:
    """If all tools exist, no installation is proposed."""
    assert render_findings((FOUND,)).splitlines() == [
        "tool    found    version    where",
        "------  -------  ---------  -----------------",
        "clang   yes      19.1.7     /usr/bin/clang-19",
        "",
        "A check can run.",
    ]


def test_the_best_command() -> None:
    """The best command is the first alternative, if there is one."""
    assert LOST.install == ("best", "way")
    assert FOUND.install is None


def test_headings() -> None:
    """The heading names the doctor, unless it has just run."""
    asked = render_findings((LOST,))
    assert "\nTo install what is missing (or let `layoutcheck doctor --install` do it):\n" in asked
    assert asked.endswith("\nA check cannot run yet.")
    after = render_findings((LOST,), after_install=True)
    assert "\nTo install by hand what is still missing:\n" in after
    assert "doctor" not in after


@pytest.mark.parametrize(
    ("finding", "lines"),
    [
        (
            Finding(tool="clang", found=False, alternatives=(("apt-get", "update"),)),
            [
                "  apt-get update  # as root, then look again",
                "  or: install clang and lld 14 or newer, or the Python package ziglang",
            ],
        ),
        (
            Finding(tool="core for i386", found=False),
            ["  install rustup with its rust-src (https://rustup.rs; it needs no root)"],
        ),
        (Finding(tool="cc", found=False, required=False), []),
        (
            Finding(tool="clang", found=False, note="LAYOUTCHECK_CLANG=/x: no such file"),
            ["  nothing: correct the variable that is named above, or unset it"],
        ),
    ],
)
def test_ways(finding: Finding, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ways are commands with notes, and words if no command is certain."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    told = render_findings((finding,)).splitlines()
    assert [line for line in told if line.startswith("  ")] == lines
