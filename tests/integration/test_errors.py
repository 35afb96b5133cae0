"""Errors of the input or the tools have a status, a message and a hint, and no traceback."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.compilers.find.programs import find_linker
from layoutcheck.compilers.find.rustc import list_rustcs
from tests.shell_project import MANIFEST, POINT, make_cache, write_headers, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CONF = MANIFEST.replace("[kernel]", '[kernel]\nconf = "GENERIC"')
Check = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a cache of the tests' own, so that the user's cache does not fill up."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path_factory.mktemp("cache"))))


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that runs `layoutcheck check` in the test's folder, without a traceback."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Result:
        result = CliRunner().invoke(main, ["check", *args], catch_exceptions=False)
        assert "Traceback" not in result.output
        return result

    return run


def _program(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def _refused(result: Result, status: int, *patterns: str) -> None:
    """Assert the status, an empty stdout, and the patterns of the message."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0].startswith("layoutcheck: ")
    for pattern in patterns:
        assert re.search(pattern, result.stderr, re.MULTILINE), (pattern, result.stderr)


# --- the manifest


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("[bindings\n", [r"^layoutcheck: layoutcheck\.toml:1: not a TOML file: "]),
        (
            CONF.replace("include =", "includes ="),
            [r"layoutcheck\.toml:7: \[kernel\]: unknown key 'includes'$", "^hint: .*include"],
        ),
        ("", [r"there is no \[bindings\] table$", "^hint: say what to check: path"]),
        (CONF.replace("reason", "resaon", 1), [r"toml:12: .*unknown key 'resaon'$", "mean reason"]),
        (CONF.replace('"14"', "14.2"), [r"toml:6: \[kernel\]: release is 14\.2$", '"14.3"']),
        (
            CONF.replace('"bindings.rs"', '"no.rs"'),
            [r": no\.rs: No such file", "^hint: see source"],
        ),
    ],
)
def test_manifest(check: Check, tmp_path: Path, text: str, patterns: list[str]) -> None:
    """A mistake in a manifest is an error with its line and the closest right word."""
    write_project(tmp_path, manifest=text)
    _refused(check(), 2, *patterns)


def test_no_manifest(check: Check, tmp_path: Path) -> None:
    """A missing file, a folder without a manifest, and such a working folder are errors."""
    _refused(check("no.toml"), 2, r"no\.toml: No such file or directory")
    for args in ([str(tmp_path)], []):
        _refused(
            check(*args), 2, rf"{tmp_path}: there is no layoutcheck\.toml here", "^hint: name the"
        )


def test_folder(check: Check, tmp_path: Path) -> None:
    """A folder means its manifest."""
    write_project(tmp_path / "sub", manifest=CONF)
    assert check("sub").exit_code == 1


def test_pyproject_without_table(check: Check, tmp_path: Path) -> None:
    """A pyproject.toml without a table of layoutcheck is an error."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    _refused(check(), 2, r"pyproject\.toml: has no \[tool\.layoutcheck\] table")


def test_unreadable_manifest(check: Check, tmp_path: Path) -> None:
    """A manifest that cannot be read, even by root, is an error."""
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    _refused(check("loop.toml"), 2, r"loop\.toml: Too many levels of symbolic links")


# --- the kernel conf, the release, the headers


@pytest.mark.parametrize(
    ("options", "patterns"),
    [
        (["--kernel-conf", "GENERC"], ["no kernel conf 'GENERC'", "^hint: did you mean GENERIC"]),
        (["--kernel-conf", "./NO"], ["NO: No such file"]),
        (["--kernel-arch", "amd65"], ["unknown architecture 'amd65'", "^hint: .*amd64, arm64"]),
        (
            ["--kernel-release", "15.0"],
            [r"ziglang .*: these headers are of FreeBSD 14\.", "^hint: "],
        ),
        (["--kernel-release", "new"], ["'new' is not a FreeBSD release", '^hint: .*"14.2"']),
        (["--kernel-src", "/nonexistent"], ["/nonexistent: there is no such folder", "^hint: "]),
        (["--report", "pdf=x"], ["'pdf=x' is no report", "^hint: say FORMAT=PATH"]),
        (["--report", "html=x", "--report", "json=./x"], ["x: two reports go to one file"]),
        (["--report", "html=."], [r"\.: is a folder", "^hint: name a file"]),
    ],
)
def test_options(check: Check, tmp_path: Path, options: list[str], patterns: list[str]) -> None:
    """A wrong option is an error that names right values."""
    write_project(tmp_path, manifest=CONF)
    _refused(check(*options), 2, *patterns)


@pytest.mark.parametrize(
    "option", ["--kernel-conf", "--kernel-arch", "--kernel-src", "--kernel-release"]
)
def test_empty_option(check: Check, tmp_path: Path, option: str) -> None:
    """An empty option is an error, not the manifest's value."""
    write_project(tmp_path, manifest=CONF)
    result = check(option, "")
    assert result.exit_code == 2
    assert f"Error: {option} names nothing" in result.stderr


def test_unknown_kernel_option(check: Check, tmp_path: Path) -> None:
    """An unknown option in a conf is an error with its line and the closest option."""
    write_project(tmp_path, manifest=CONF)
    conf = "machine amd64\nident MINE\ncpu HAMMER\noptions SMPP\n"
    (tmp_path / "MINE").write_text(conf, encoding="utf-8")
    _refused(
        check("--kernel-conf", "./MINE"), 2, r'MINE:4: unknown option "SMPP"', "^hint: .*mean SMP"
    )


def test_confs_of_one_name(check: Check, tmp_path: Path) -> None:
    """Two confs of one name are refused, because their cells would have one name."""
    write_project(tmp_path, manifest=CONF)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "MINE").write_text("include GENERIC\n", encoding="utf-8")
    _refused(check("--kernel-conf", "a/MINE,b/MINE"), 2, "same name make amd64-MINE ambiguous")


def test_missing_header(check: Check, tmp_path: Path) -> None:
    """A missing header fails the run, and the others are still checked."""
    write_headers(tmp_path, "point.h", "no/such.h", point="struct point { int x; int y; };")
    result = check()
    assert result.exit_code == 1
    assert "1 record compared: 1 agree" in result.stdout
    assert re.search(r"problem: <no/such\.h> does not compile: .*\n? *.*file\s+not", result.stdout)


def test_broken_header(check: Check, tmp_path: Path) -> None:
    """A broken header is a problem with clang's message and place."""
    write_headers(tmp_path, point="struct point { int x; int y; };", bad="int a; nonsense b;")
    result = check()
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    assert "problem: <bad.h> does not compile:" in words
    assert "inc/bad.h:1: unknown type name 'nonsense'" in words


def test_header_broken_by_an_option(check: Check, tmp_path: Path) -> None:
    """A header that an option breaks is a problem only under a conf with that option."""
    text = '#ifdef SMP\n#error "not with SMP"\n#endif\nstruct line { int from; };'
    source = f"{POINT}#[repr(C)] pub struct line {{ pub from: i32 }}\n"
    write_headers(tmp_path, source=source, point="struct point { int x; int y; };", line=text)
    (tmp_path / "UP").write_text("include GENERIC\nident UP\nnooptions SMP\n", encoding="utf-8")
    with_smp = check()
    assert with_smp.exit_code == 1
    assert "problem: <line.h> does not compile" in with_smp.stdout
    assert "1 record compared: 1 agree" in with_smp.stdout
    without = check("--kernel-conf", "./UP")
    assert without.exit_code == 0
    assert "2 records compared: 2 agree" in without.stdout


def test_unclosed_header(check: Check, tmp_path: Path) -> None:
    """A header without its closing brace is left out, not the headers after it."""
    write_headers(tmp_path, point="struct point { int x; int y; };", open="struct open { int x;")
    result = check()
    assert result.exit_code == 1
    assert "problem: <open.h> does not compile: open.h: it does not close" in result.output


def test_only_header_broken(check: Check, tmp_path: Path) -> None:
    """A refused only header is the reported problem."""
    write_headers(tmp_path, point="#error nobody home")
    result = check()
    assert result.exit_code == 1
    assert "problem: <point.h> does not compile" in result.stdout


# --- the bindings


@pytest.mark.parametrize(
    ("source", "patterns"),
    [
        (b"fn f( {", [r"bindings\.rs:1: bindings\.rs does not compile", "unclosed delimiter"]),
        (
            b"#[repr(C)] pub struct a { pub b: nope }",
            [r"bindings\.rs:1: .*does not compile", "cannot find type `nope`", "^hint: names are"],
        ),
        (b"\xff\xfe", [r"bindings\.rs: is not UTF-8", "^hint: see source"]),
    ],
)
def test_source(check: Check, tmp_path: Path, source: bytes, patterns: list[str]) -> None:
    """Bindings that do not compile, or are no UTF-8, are an error with the compiler's message."""
    write_project(tmp_path, manifest=CONF)
    (tmp_path / "bindings.rs").write_bytes(source)
    _refused(check(), 2, *patterns)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "#[repr(C)] pub struct a<T> { pub a: T }",
        "#[repr(C)] pub struct a { _a: [u8; 0] }",
    ],
)
def test_nothing_to_check(check: Check, tmp_path: Path, source: str) -> None:
    """A crate without anything to compare is refused."""
    write_project(tmp_path, source=source, manifest=CONF)
    _refused(check(), 2, r"has no repr\(C\) struct or union to check")


@pytest.mark.parametrize(
    "source",
    [
        "#[repr(C)] pub struct no_such { pub a: i32 }",
        "macro_rules! m { ($t:ident) => { #[repr(C)] struct $t { a: i32 } } } m!(uio);",
    ],
)
def test_nothing_could_be_checked(check: Check, tmp_path: Path, source: str) -> None:
    """Records that one side lacks are unchecked, each with its reason."""
    write_project(tmp_path, source=source, manifest=CONF)
    result = check()
    assert result.exit_code == 1
    assert "1 could not be checked:" in result.stdout


def test_package_that_does_not_compile(check: Check, tmp_path: Path) -> None:
    """A Cargo package with wrong code is an error with rustc's message."""
    write_project(tmp_path, manifest=CONF.replace('source = "bindings.rs"', 'path = "."'))
    package = '[package]\nname = "wrong"\nversion = "0.1.0"\nedition = "2021"\n'
    (tmp_path / "Cargo.toml").write_text(package, encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("#![no_std]\npub type A = nope;\n", encoding="utf-8")
    _refused(check(), 2, "does not compile", "cannot find type `nope`")


def test_no_package(check: Check, tmp_path: Path) -> None:
    """A folder without a Cargo package is an error."""
    write_project(tmp_path, manifest=CONF.replace('source = "bindings.rs"', 'path = "."'))
    _refused(check(), 2, r"Cargo\.toml")


# --- the tools


def test_missing_clang(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing clang that the user named is an error, and no other clang is used."""
    write_project(tmp_path, manifest=CONF)
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
    _refused(check(), 3, "LAYOUTCHECK_CLANG=/nonexistent: /nonexistent was not found")


@pytest.mark.parametrize(
    ("tool", "line", "pattern"),
    [
        ("CLANG", "echo gcc 14", "is no clang: its --version says 'gcc 14'"),
        ("CLANG", "echo clang version 3.1", "'clang version 3.1' is older than"),
        ("CLANG", "echo no licence >&2; exit 1", "does not run: no licence"),
        ("LD", "echo GNU ld 2", "is no LLD: its --version says 'GNU ld 2'"),
        ("RUSTC", "exit 1", "does not run: exit status 1"),
    ],
)
def test_wrong_tool(check: Check, tool: str, line: str, pattern: str) -> None:
    """A wrong or broken tool is an error with the variable that names it."""
    folder = Path.cwd()
    write_project(folder, manifest=CONF)
    variable, program = f"LAYOUTCHECK_{tool}", _program(folder / "tool", line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, program)
        _refused(check(), 3, rf"{variable}={program}: .*{re.escape(pattern)}")


def test_missing_core(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rustc without core and its sources for the target is an error with a hint."""
    write_project(tmp_path, manifest=CONF)
    real = next(rustc for rustc in list_rustcs()[0] if rustc.problem is None)
    odd = re.escape(real.version)
    lines = [f"'{real.rustc}' \"$@\" | sed 's/{odd}/1.90.77/g'"]
    empty = tmp_path / "empty"
    empty.mkdir()
    lines = [f'case "$*" in *sysroot*) echo {empty}; exit ;; esac', *lines]
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", _program(tmp_path / "rustc", *lines))
    _refused(
        check(),
        3,
        "no Rust toolchain for x86_64-unknown-freebsd was found",
        "^hint: run `layoutcheck doctor --install`, or by hand: ",
    )


def test_no_rust_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an empty PATH, tools in the usual folders are used, or the error says that none is."""
    write_project(tmp_path, manifest=CONF)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["check"], catch_exceptions=False)
    if any(shutil.which("rustc", path=folder) for folder in ("/usr/bin", "/usr/local/bin")):
        assert result.exit_code == 1
    else:
        _refused(result, 3, "no Rust toolchain", "^hint: run `layoutcheck doctor --install`")


def test_compiler_that_fails(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clang that fails without a place is an error with its message and the command."""
    write_headers(tmp_path, point="struct point { int x; int y; };")
    lines = ['case "$*" in *--version*) echo clang version 19.1.7; exit ;; esac']
    program = _program(tmp_path / "clang", *lines, "echo 'clang: out of memory' >&2; exit 1")
    monkeypatch.setenv("LAYOUTCHECK_CLANG", program)
    _refused(check(), 2, "clang failed: clang: out of memory", "^hint: the command was: ")


def test_corrupt_object(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A linker that writes rubbish is an error with the file."""
    write_headers(tmp_path, source=POINT, point="struct point { int x; int y; };")
    linker = " ".join(find_linker().argv)
    program = _program(
        tmp_path / "ld",
        f'case "$*" in *--version*) exec {linker} --version ;; esac',
        'while [ $# -gt 0 ]; do [ "$1" = -o ] && echo rubbish > "$2"; shift; done; exit 0',
    )
    monkeypatch.setenv("LAYOUTCHECK_LD", program)
    _refused(check(), 2, r"\.so: cannot be read: ", "^hint: is it a complete ELF object")


def test_unwritable_report(check: Check, tmp_path: Path) -> None:
    """A report that cannot be written is an error, after the verdicts."""
    write_headers(tmp_path, point="struct point { int x; int y; };")
    (tmp_path / "file").touch()
    result = check("--report", "html=file/x.html")
    assert result.exit_code == 2
    assert "1 record compared: 1 agree" in result.stdout
    assert "file/x.html: the report cannot be written: " in result.stderr


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may read and write everything"
)
def test_unreadable_source(check: Check, tmp_path: Path) -> None:
    """Bindings without read permission are an error."""
    write_project(tmp_path, manifest=CONF)
    (tmp_path / "bindings.rs").chmod(0)
    _refused(check(), 2, r"bindings\.rs: Permission denied", "^hint: see source")
