"""Diagnostics of real compilers, and text that no compiler should print."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.diagnostic import Diagnostic, parse_clang, parse_rustc
from layoutcheck.compilers.programs.run_program import run
from tests.dwarf_objects import clang, rust


def _complaints(folder: Path, *flags: str, **files: str) -> list[Diagnostic]:
    """Return clang's diagnostics of `unit.c` beside other files (named without `.h`)."""
    for name, text in files.items():
        suffix = ".c" if name == "unit" else ".h"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    command = (*clang().argv, "-fno-color-diagnostics", "-fdiagnostics-show-note-include-stack")
    finished = run((*command, "-I.", *flags, "-fsyntax-only", "unit.c"), cwd=folder)
    assert not finished.succeeded
    return list(parse_clang(finished.stderr, unit="unit.c"))


@pytest.mark.needs_clang
def test_clang_errors_know_the_include_they_came_by(tmp_path: Path) -> None:
    """Errors of headers have the line of the unit's include; errors of the unit have none."""
    errors = _complaints(
        tmp_path,
        unit="int ok;\n#include <twice.h>\n#include <outer.h>\nwrong here;\n",
        twice="missing_a a;\nmissing_b b;\n",
        outer="#define OUTER 1\n#include <inner.h>\n",
        inner="missing_c c;\n",
    )
    assert [(error.location.path, error.location.line, error.included_at) for error in errors] == [
        ("./twice.h", 1, 2),
        ("./twice.h", 2, 2),
        ("./inner.h", 1, 3),
        ("unit.c", 4, None),
    ]
    assert str(errors[0]) == "./twice.h:1: unknown type name 'missing_a'"


@pytest.mark.needs_clang
def test_an_error_after_a_note(tmp_path: Path) -> None:
    """The note is in another header than the error before it, and than the one after it."""
    errors = _complaints(
        tmp_path,
        unit="#include <first.h>\n#include <second.h>\n#include <third.h>\n",
        first="struct s { int a; };\n",
        second="struct s { int b; };\nmissing m;\n",
        third="struct s { int c; };\n",
    )
    assert [(error.location.path, error.included_at) for error in errors] == [
        ("./second.h", 2),
        ("./second.h", 2),
        ("./third.h", 3),
    ]


@pytest.mark.needs_clang
def test_errors_that_no_include_led_to(tmp_path: Path) -> None:
    """An error without an include has none: in a file of `-include`, or at a missing header."""
    forced = _complaints(tmp_path, "-include", "forced.h", unit="int ok;\n", forced="bad x;\n")
    assert [(error.location.path, error.included_at) for error in forced] == [("./forced.h", None)]
    missing = _complaints(tmp_path, unit="int ok;\n#include <nowhere.h>\n")
    assert [(str(error), error.included_at) for error in missing] == [
        ("unit.c:2: 'nowhere.h' file not found", None)
    ]


@pytest.mark.needs_rustc
def test_rustc_errors(tmp_path: Path) -> None:
    """Each with its code and its line; warnings and the closing words are none."""
    text = "fn unused() {}\npub static A: Missing = 0;\npub static B: u8 = 256u16;\n"
    (tmp_path / "unit.rs").write_text(text, encoding="utf-8")
    command = (rust().rustc, "--crate-type=lib", "--emit=metadata", "--error-format=json")
    sysroot = () if rust().sysroot is None else ("--sysroot", str(rust().sysroot))
    target = ("--target", "x86_64-unknown-freebsd")
    first = run(
        (*command, *sysroot, *target, "unit.rs"), cwd=tmp_path, env={"RUSTC_BOOTSTRAP": "1"}
    )
    errors = list(parse_rustc(first.stderr))
    places = {(error.location.path, error.location.line) for error in errors}
    assert ("unit.rs", 2) in places
    assert any(error.message.endswith("[E0425]") or "[E0412]" in error.message for error in errors)


def test_what_is_no_diagnostic_of_rustc() -> None:
    """Panics, broken lines, and errors without a place are ignored."""
    text = "thread 'rustc' panicked\n{not json\n{}\n" + '{"level": "error", "spans": []}\n'
    assert list(parse_rustc(text)) == []


def test_rustc_warnings() -> None:
    """Warnings are not among the errors. They come with rustc's notes."""
    span = '{"file_name": "a.rs", "line_start": 3, "is_primary": true}'
    text = (
        f'{{"level": "warning", "message": "odd", "code": {{"code": "lint"}}, "spans": [{span}],'
        ' "children": [{"message": "why"}, {"message": "where"}]}'
    )
    assert list(parse_rustc(text)) == []
    (warning,) = parse_rustc(text, "warning")
    assert str(warning) == "a.rs:3: odd [lint]"
    assert warning.notes == ("why", "where")
