"""Views of the kernel and of a module on real headers, and how each is selected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from layoutcheck.cli import main
from layoutcheck.manifest.kernel import VIEWS
from layoutcheck.pytest_plugin.plugin import VIEWS as OFFERED
from tests.shell_project import make_cache

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

# GENERIC has RACCT, which adds a pointer to a uidinfo of 14.2.
KERNEL, MODULE = 88, 80
SOURCE = "#[repr(C)] pub struct uidinfo { _data: [u64; {}] }\n"
MANIFEST = """\
[bindings]
source = "bindings.rs"
[opaque]
types = ["uidinfo"]
[kernel]
conf = "GENERIC"
include = ["sys/param.h", "sys/lock.h", "sys/mutex.h", "sys/resourcevar.h"]
"""
Check = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks a binding of this size: exit status and JSON report."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    monkeypatch.chdir(tmp_path)

    def run(byte_size: int, *args: str, view: str = "") -> tuple[int, dict[str, Any]]:
        Path("bindings.rs").write_text(SOURCE.replace("{}", str(byte_size // 8)))
        Path("layoutcheck.toml").write_text(MANIFEST + view)
        report = ("--report", "json=run.json")
        result = CliRunner().invoke(main, ("check", *report, *args), catch_exceptions=False)
        return result.exit_code, json.loads(Path("run.json").read_text())

    return run


def notes(report: dict[str, Any]) -> str:
    """Return the notes of the report's only cell."""
    return "\n".join(report["cells"][0]["notes"])


def test_a_module_does_not_see_what_the_kernel_sees(check: Check) -> None:
    """Each view has its size, and the report names a view other than the kernel's."""
    status, report = check(KERNEL)
    assert status == 0
    assert "view" not in notes(report)
    status, report = check(MODULE, "--view", "module")
    assert status == 0
    assert "the view of a module" in notes(report)
    status, _ = check(KERNEL, "--view", "module")
    assert status == 1


def test_the_command_line_overrides_the_manifest(check: Check) -> None:
    """The command line overrides the manifest's view."""
    status, report = check(MODULE, view='view = "module"\n')
    assert status == 0
    assert "the view of a module" in notes(report)
    status, report = check(KERNEL, "--view", "kernel", view='view = "module"\n')
    assert status == 0
    assert "view" not in notes(report)


def test_userlands_view_is_told_too(check: Check) -> None:
    """Userland's view is named in the report, and has no uidinfo."""
    status, report = check(KERNEL, "--view", "userland")
    assert status == 1
    assert "the view of userland" in notes(report)
    assert report["subjects"][0]["status"] == "indeterminate"


@pytest.mark.parametrize(
    ("view", "rust", "status"),
    [
        ("userland", "pub fn strdup(s: *const c_char) -> *mut c_char;", "agrees"),
        ("userland", "pub fn strdup(s: *const c_char) -> c_int;", "differs"),
        (
            "kernel",
            "pub fn strdup(s: *const c_char, m: *mut malloc_type) -> *mut c_char;",
            "agrees",
        ),
    ],
)
def test_whose_function_a_name_is_without_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str, rust: str, status: str
) -> None:
    """A program's function is in <string.h>, and the kernel's in <sys/libkern.h>."""
    monkeypatch.chdir(tmp_path)
    source = "use core::ffi::*;\n#[repr(C)] pub struct malloc_type { _private: [u8; 0] }\n"
    Path("functions.rs").write_text(f'{source}unsafe extern "C" {{ {rust} }}\n')
    Path("functions.toml").write_text(
        f'[bindings]\nsource = "functions.rs"\n[opaque]\ntypes = ["malloc_type"]\n'
        f'[kernel]\nconf = "GENERIC"\nview = "{view}"\n'
    )
    CliRunner().invoke(main, ("check", "functions.toml", "--report", "json=functions.json"))
    report = json.loads(Path("functions.json").read_text())
    found = {one["rust_path"]: one["status"] for one in report["subjects"]}
    assert found["functions::strdup"] == status


def test_pytest_offers_the_same(pytester: pytest.Pytester) -> None:
    """Pytest has the same views, although the plugin imports the engine late."""
    assert OFFERED == VIEWS
    (pytester.path / "bindings.rs").write_text(SOURCE.replace("{}", str(MODULE // 8)))
    (pytester.path / "layoutcheck.toml").write_text(MANIFEST)
    result = pytester.runpytest_subprocess("--kernel-view", "module")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["note: the view of a module *"])
    pytester.runpytest_subprocess("--kernel-view", "kernel").assert_outcomes(failed=1)
    result = pytester.runpytest_subprocess("--kernel-view", "modul")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
