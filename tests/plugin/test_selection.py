"""Selections of users: -k, node ids, --lf, -x, --collect-only, several confs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.shell_project import CELL, IDS, MANIFEST, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")


def _ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_collect_only(
    project: Run, counting_clang: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ids have the cell and the Rust path, and clang is not searched."""
    result = project(*GENERIC, "--co", "-q")
    assert result.ret == pytest.ExitCode.OK
    assert _ids(result) == list(IDS)
    assert counting_clang() == 0
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
    assert _ids(project(*GENERIC, "--co", "-q")) == list(IDS)


def test_keyword(project: Run) -> None:
    """-k selects by a part of the name, and the summary says that it is about all items."""
    result = project(*GENERIC, "-k", "mtx", "-v")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, deselected=6)
    result.stdout.fnmatch_lines(
        [f"{CELL}::mtx PASSED*", "note: only 1 of these 7 subjects were selected for this run"]
    )


@pytest.mark.parametrize(
    ("selected", "outcomes"),
    [
        (f"{CELL}::mtx", {"passed": 1}),
        (f"{CELL}::absent", {"failed": 1}),
        (f"{CELL}::absent::no_such_struct", {"failed": 1}),
        ("layoutcheck.toml::amd64-GENERIC", {"passed": 2, "failed": 3, "skipped": 1, "xfailed": 1}),
    ],
)
def test_node_ids(project: Run, selected: str, outcomes: dict[str, int]) -> None:
    """A printed id can be given to the next session: a record, a module, a cell."""
    project(*GENERIC, selected).assert_outcomes(**outcomes)


def test_unknown_node_id(project: Run) -> None:
    """An unknown record's id is pytest's own error."""
    result = project(*GENERIC, f"{CELL}::mtxx")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: not found: *::mtxx"])


def test_last_failed(project: Run) -> None:
    """--lf runs only the failed items again."""
    project(*GENERIC).assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    project(*GENERIC, "--lf").assert_outcomes(failed=3, deselected=4)


def test_last_failed_elsewhere(pytester: pytest.Pytester, project: Run) -> None:
    """--lf without the manifest is no error of --kernel-conf."""
    pytester.makepyfile("def test_wrong(): assert False")
    selected = ("--deselect", CELL)
    project(*GENERIC, *selected).assert_outcomes(failed=1, deselected=7)
    result = project(*GENERIC, *selected, "--lf")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*1 failed*"])


def test_stop_at_first(project: Run) -> None:
    """-x stops at the first failure."""
    result = project(*GENERIC, "-x")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=2, failed=1)


@pytest.mark.parametrize(
    "options", [["--kernel-conf", "GENERIC,MINIMAL"], [*GENERIC, "--kernel-conf", "MINIMAL"]]
)
def test_two_confs(project: Run, options: list[str]) -> None:
    """Each conf is a cell of its own, with all records."""
    result = project(*options, "-rf", "--tb=no")
    result.assert_outcomes(passed=4, failed=6, skipped=2, xfailed=2)
    result.stdout.fnmatch_lines(
        [
            "bindings against FreeBSD 14.* amd64 GENERIC*",
            "bindings against FreeBSD 14.* amd64 MINIMAL*",
            "FAILED layoutcheck.toml::amd64-GENERIC::bindings::iovec*",
            "FAILED layoutcheck.toml::amd64-MINIMAL::bindings::iovec*",
        ]
    )


def test_conf_by_path(pytester: pytest.Pytester, project: Run) -> None:
    """A conf may be a file, whose name is the cell's."""
    conf = pytester.path / "confs" / "MYKERNEL"
    conf.parent.mkdir()
    conf.write_text("include GENERIC\nident MYKERNEL\n", encoding="utf-8")
    result = project("--kernel-conf", "confs/MYKERNEL", "-k", "mtx", "-v")
    result.stdout.fnmatch_lines(
        ["layoutcheck.toml::amd64-MYKERNEL::bindings::mtx PASSED*", "*(conf: confs/MYKERNEL;*"]
    )


def test_other_architecture(pytester: pytest.Pytester, project: Run) -> None:
    """--kernel-arch needs a conf of that machine."""
    conf = pytester.path / "AMD"
    conf.write_text("machine amd64\nident AMD\ncpu HAMMER\noptions SMP\n", encoding="utf-8")
    (pytester.path / "DEFAULTS").write_text("", encoding="utf-8")
    result = project("--kernel-arch", "arm64", "--kernel-conf", "./AMD")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "*AMD: a configuration for amd64, not for arm64",
            "hint: --kernel-arch chooses the machine",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_conf_in_the_manifest(pytester: pytest.Pytester, run: Run) -> None:
    """Without an option the manifest's conf is used."""
    write_project(
        pytester.path, manifest=MANIFEST.replace("[kernel]", '[kernel]\nconf = "MINIMAL"')
    )
    result = run("-k", "mtx", "-v")
    result.stdout.fnmatch_lines(["layoutcheck.toml::amd64-MINIMAL::bindings::mtx PASSED*"])


def test_no_conf(project: Run) -> None:
    """Without any conf nothing is collected, and a note has the reason."""
    result = project()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(
        ["layoutcheck.toml: not checked: no kernel conf (--kernel-conf GENERIC)"]
    )


def test_pyproject(pytester: pytest.Pytester, run: Run) -> None:
    """A pyproject.toml with [tool.layoutcheck] is a manifest, and without that it is none."""
    write_project(pytester.path)
    (pytester.path / "layoutcheck.toml").unlink()
    table = MANIFEST.replace("[[", "[[tool.layoutcheck.").replace(
        "\n[kernel", "\n[tool.layoutcheck.kernel"
    )
    table = table.replace("[bindings]", "[tool.layoutcheck.bindings]")
    (pytester.path / "pyproject.toml").write_text(table, encoding="utf-8")
    (pytester.path / "sub").mkdir()
    other = "# not [tool.layoutcheck]\n[project]\nname = 'x'\n"
    (pytester.path / "sub" / "pyproject.toml").write_text(other, encoding="utf-8")
    result = run(*GENERIC, "--co", "-q")
    assert _ids(result) == [name.replace("layoutcheck.toml", "pyproject.toml") for name in IDS]


def test_beside_python_tests(pytester: pytest.Pytester, project: Run) -> None:
    """Manifests do not depend on python_files, and Python tests run with them."""
    pytester.makeini("[pytest]\npython_files = check_*.py\n")
    pytester.makepyfile(check_more="def test_one(): pass")
    project(*GENERIC).assert_outcomes(passed=3, failed=3, skipped=1, xfailed=1)


def test_several_manifests(pytester: pytest.Pytester, run: Run) -> None:
    """Each manifest of a session has its records, its summary and its report."""
    good = "#[repr(C)] pub struct iovec { pub iov_base: *mut u8, pub iov_len: usize }"
    write_project(pytester.path / "a")
    write_project(pytester.path / "b", source=good, manifest=MANIFEST.partition("[[waive]]")[0])
    result = run(*GENERIC, "--layout-report", "json=out.json")
    result.assert_outcomes(passed=3, failed=3, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "bindings against FreeBSD 14.*",
            "4 records compared*",
            "bindings against FreeBSD 14.*",
            "1 record compared*",
            "report: out.json",
            "report: out-2.json",
        ]
    )


def test_inline_pyproject(pytester: pytest.Pytester, run: Run) -> None:
    """The table may be inline. A mention elsewhere is no table, and a broken file is an error."""
    inline = "[tool]\nlayoutcheck = { bindings = { source = 'b.rs' }, kernel = { arch = 'vax' } }\n"
    pytester.makepyprojecttoml(inline)
    result = run("--kernel-conf", "GENERIC")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["pyproject.toml:2: *unknown architecture 'vax'*"])
    pytester.makepyprojecttoml("[project]\nname = 'x'\ndependencies = ['layoutcheck']\n")
    assert run().ret == pytest.ExitCode.NO_TESTS_COLLECTED
    pytester.makepyprojecttoml("[project]\nname = 'x'\n")
    (pytester.mkdir("sub") / "pyproject.toml").write_text("[tool.layoutcheck\n", encoding="utf-8")
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*sub/pyproject.toml:1: not a TOML file: *"])


ITEMS = """
use core::ffi::{c_int, c_void};
#[repr(C)] pub struct iovec { pub iov_base: *mut c_void, pub iov_len: usize }
pub const MAXPATHLEN: c_int = 1024;
pub const NBBY: c_int = 9;
pub const OWN: c_int = 1;
pub mod deep { pub const MAXCOMLEN: u32 = 19; }
unsafe extern "C" { pub fn mtx_sysinit(arg: *mut c_void); }
"""


def test_items_of_a_module_are_one(pytester: pytest.Pytester, run: Run) -> None:
    """Constants and functions of a module are an item each, which fails with its mismatches."""
    write_project(pytester.path, source=ITEMS)
    result = run(*GENERIC, "-v")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"{CELL}::constants FAILED*",
            f"{CELL}::functions PASSED*",
            f"{CELL}::deep::constants PASSED*",
            "*constant-value*C says 8 (int), Rust 9 (i32)*",
        ]
    )
    result.stdout.no_fnmatch_line("*MAXPATHLEN*")


def test_keyword_picks_one_constant(pytester: pytest.Pytester, run: Run) -> None:
    """A selected constant is an item of its own, without the rest of its module."""
    write_project(pytester.path, source=ITEMS)
    result = run(*GENERIC, "-k", "MAXPATHLEN", "-v")
    result.assert_outcomes(passed=1, deselected=4)
    result.stdout.fnmatch_lines([f"{CELL}::constants::MAXPATHLEN PASSED*"])
    run(*GENERIC, "-k", "nbby").assert_outcomes(failed=1, deselected=4)
    run(*GENERIC, "-k", "OWN").assert_outcomes(skipped=1, deselected=4)
    run(*GENERIC, "-k", "constants and not nbby").assert_outcomes(passed=2, deselected=3)


def test_a_constant_is_run_again(pytester: pytest.Pytester, run: Run) -> None:
    """Its own pytest item, which -k made, is there again for its id, and for --lf."""
    write_project(pytester.path, source=ITEMS)
    run(*GENERIC, "-k", "nbby").assert_outcomes(failed=1, deselected=4)
    result = run(*GENERIC, "--lf", "-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{CELL}::constants::NBBY FAILED*"])
    run(*GENERIC, f"{CELL}::constants::NBBY").assert_outcomes(failed=1)
    run(*GENERIC, f"{CELL}::constants::MAXPATHLEN").assert_outcomes(passed=1)


def test_the_operators_of_a_keyword_are_no_names(pytester: pytest.Pytester, run: Run) -> None:
    """`or` does not give a pytest item of its own to each constant whose name has these letters."""
    source = f"{ITEMS}\npub const PRIBIO_OR_NOT: u32 = 1;\n"
    write_project(pytester.path, source=source)
    result = run(*GENERIC, "-k", "maxpathlen or nbby", "--co", "-q")
    assert not [line for line in result.outlines if "PRIBIO_OR_NOT" in line]
    assert [line.rpartition("::")[2] for line in _ids(result)] == ["MAXPATHLEN", "NBBY"]
