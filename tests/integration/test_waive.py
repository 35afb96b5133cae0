"""`layoutcheck waive`: a baseline is printed or appended, and the check passes with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from tests.shell_project import make_cache, write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

HEADER = """\
struct inner { int a; };
struct outer { struct inner i; int b; };
extern struct outer kept;
"""
SOURCE = """\
#[repr(C)] pub struct inner { pub a: i64 }
#[repr(C)] pub struct outer { pub i: inner, pub b: i32 }
unsafe extern "C" { pub static kept: outer; pub fn gone(); }
"""


@pytest.fixture(name="manifest")
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one wrong type, two that follow from it, and a function that C lacks."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    monkeypatch.chdir(tmp_path)
    return write_headers(tmp_path, "a.h", source=SOURCE, a=HEADER)


def layoutcheck(*arguments: str) -> Result:
    """Run a command in this folder."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_baseline(manifest: Path) -> None:
    """It has a waiver for the root cause and one for the unchecked item; then the check passes."""
    before = manifest.read_text(encoding="utf-8")
    reason = ("--reason", 'as "found"')
    printed = layoutcheck("waive", "--all", *reason)
    assert printed.exit_code == 0, printed.output
    assert printed.stdout == (
        '[[waive]]\nsubject = "bindings::gone"\ncheck = "indeterminate"\n'
        'reason = "as \\"found\\""\n\n'
        '[[waive]]\nsubject = "bindings::inner"\ncheck = "member-size"\nmember = "a"\n'
        'reason = "as \\"found\\""\n'
    )
    assert manifest.read_text(encoding="utf-8") == before
    assert layoutcheck("check").exit_code == 1
    written = layoutcheck("waive", "--all", *reason, "--expires", "2999-12-31", "--write")
    assert written.stdout == "layoutcheck.toml: 2 waivers added\n"
    assert "expires = 2999-12-31\n" in manifest.read_text(encoding="utf-8")
    checked = layoutcheck("check", "--strict")
    assert checked.exit_code == 0, checked.output
    assert "nothing to waive" in layoutcheck("waive", "--all", *reason).stdout


def test_a_manifest_that_takes_no_tables(manifest: Path) -> None:
    """An inline list of waivers stays as it is, with one error."""
    inline = 'waive = [{ subject = "x", reason = "r" }]\n' + manifest.read_text(encoding="utf-8")
    manifest.write_text(inline, encoding="utf-8")
    refused = layoutcheck("waive", "--all", "--reason", "r", "--write")
    assert refused.exit_code == 2
    assert "layoutcheck.toml: the waivers cannot be appended to this file" in refused.output
    assert manifest.read_text(encoding="utf-8") == inline


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--reason", "r"), "say --all"),
        (("--all", "--reason", " "), "--reason is empty"),
        (("--all",), "Missing option '--reason'"),
    ],
)
def test_arguments(manifest: Path, arguments: tuple[str, ...], message: str) -> None:
    """All and the reason have to be said; nothing is compiled before."""
    refused = layoutcheck("waive", *arguments)
    assert refused.exit_code == 2
    assert message in refused.output
    assert manifest.is_file()
