"""diagnostics.py: rustc's and cargo's words when a crate does not build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from layoutcheck.bindings.crates.diagnostics import StdMissingError, build_error, read_messages
from layoutcheck.errors import BindingsError

TARGET = "x86_64-unknown-freebsd"
# rustc's output with `--error-format=json` (the rustc book, "JSON Output").
ABORTING: Mapping[str, Any] = {
    "message": "aborting due to 2 previous errors",
    "code": None,
    "level": "error",
    "spans": [],
    "rendered": "error: aborting due to 2 previous errors\n\n",
}


def diagnostic(
    message: str, code: str | None = None, line: int = 0, level: str = "error"
) -> Mapping[str, Any]:
    """One diagnostic, with a place if it has a line."""
    place = {"file_name": "src/lib.rs", "line_start": line, "is_primary": True}
    other = {"file_name": "src/other.rs", "line_start": 1, "is_primary": False}
    return {
        "message": message,
        "code": None if code is None else {"code": code, "explanation": None},
        "level": level,
        "spans": [other, place] if line else [],
        "rendered": f"{level}[{code}]: {message}\n --> src/lib.rs:{line}\n\n",
    }


def error_of(*messages: Mapping[str, Any], stderr: str = "") -> BindingsError:
    """The error of a crate that does not build."""
    return build_error("a 0.1.0", messages, stderr, target=TARGET, where="/a")


def test_messages_among_other_lines() -> None:
    """Other lines are left out, and so is an object that is cut off."""
    output = 'Compiling\n{"a": 1}\n["b"]\n{"c": \n  {"d": 1}\n{"e": {}}\n'
    assert read_messages(output) == ({"a": 1}, {"e": {}})
    assert read_messages("") == ()


def test_one_error() -> None:
    """One error is shown as the compiler renders it, with its place. Warnings are ignored."""
    error = error_of(
        diagnostic("unused", "W1", 1, level="warning"), diagnostic("mismatch", "E0308", 7), ABORTING
    )
    assert str(error) == (
        "src/lib.rs:7: a 0.1.0 does not compile for x86_64-unknown-freebsd: 1 error\n"
        "error[E0308]: mismatch\n --> src/lib.rs:7"
    )


def test_many_errors() -> None:
    """Three errors are shown in full, each once, with the number of others."""
    every = [diagnostic(f"e{n}", "E0308", n) for n in range(1, 6)]
    error = error_of(*every, *every, ABORTING)
    assert error.what.startswith("a 0.1.0 does not compile for x86_64-unknown-freebsd: 5 errors\n")
    assert [f"e{n}" in error.what for n in range(1, 6)] == [True, True, True, False, False]
    assert error.what.endswith("\n\n... and 2 more")
    assert error.where == "src/lib.rs:1"


def test_an_error_without_a_place() -> None:
    """The crate's place is shown. An error that is not rendered is shown by its message."""
    message = {**diagnostic("linking failed"), "rendered": None}
    error = error_of(message)
    assert (error.where, error.hint) == ("/a", None)
    assert error.what.endswith(": 1 error\nlinking failed")


@pytest.mark.parametrize(
    ("message", "code", "hint"),
    [
        ("#![feature] may not be used", "E0554", "the crate wants a nightly compiler: LAYOUTCHECK"),
        ("cannot find type `T` in this scope", "E0412", "names are missing: perhaps a feature"),
        ("cannot find value `v` in this scope", "E0425", "names are missing: perhaps a feature"),
        ("unresolved import `x`", "E0432", "names are missing: perhaps a feature"),
        ("cannot find module `x`", "E0433", "names are missing: perhaps a feature"),
        ("expected identifier, found keyword `gen`", None, "for a source file, `edition` in"),
        ("mismatched types", "E0308", ""),
    ],
)
def test_the_hint_of_an_error(message: str, code: str | None, hint: str) -> None:
    """An error's hint depends on its code or its message."""
    found = error_of(diagnostic("other", "E0001", 1), diagnostic(message, code, 2)).hint or ""
    assert found.startswith(hint)
    assert bool(found) == bool(hint)


def test_a_crate_that_needs_std() -> None:
    """A crate that needs std is a StdMissingError, even among other errors."""
    std = diagnostic("can't find crate for `std`", "E0463", 1)
    error = error_of(diagnostic("cannot find type `T`", "E0412", 2), std)
    assert isinstance(error, StdMissingError)
    assert error.what.startswith("a 0.1.0 needs std, and there is only core and alloc for x86_64")
    assert (error.hint or "").endswith("rustup target add x86_64-unknown-freebsd")
    other = error_of(diagnostic("can't find crate for `stdx`", "E0463", 1))
    assert not isinstance(other, StdMissingError)


def test_an_error_of_cargo() -> None:
    """An error of cargo is shown from its first error on, without the lines before."""
    error = error_of(stderr="   Compiling a\nerror: failed to run\n\nCaused by:\n  no\n")
    assert str(error) == "/a: a 0.1.0 does not build:\nerror: failed to run\n\nCaused by:\n  no"
    assert error_of(stderr="").what == "a 0.1.0 does not build:\n(no message)"


def test_a_build_script_that_fails() -> None:
    """The hint says that `env` in [bindings] sets variables for the build script."""
    error = error_of(stderr="error: failed to run custom build command for `a v0.1.0`\n")
    assert error.hint == "its build script failed: env in [bindings] sets variables for it"


def test_many_words_of_cargo() -> None:
    """The first line and the last thirty are shown."""
    lines = ["error: first", *(f"line {n}" for n in range(50))]
    _, *shown = error_of(stderr="\n".join(lines)).what.split("\n")
    assert shown == ["error: first", "...", *(f"line {n}" for n in range(20, 50))]
