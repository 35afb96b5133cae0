"""console.py: output, errors and exit statuses of all commands."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli.console import colors, examples, reported, say, say_exactly, telling, warn
from layoutcheck.errors import KernConfError, ManifestError, ToolchainError


def run(body: Callable[[], object]) -> Result:
    """Run a command with this body and return its output and exit status."""

    @click.command
    @reported
    def command() -> None:
        body()

    return CliRunner().invoke(command, catch_exceptions=False, color=True)


def failing(error: BaseException) -> Result:
    """Run a command that this error ends."""

    def body() -> None:
        raise error

    return run(body)


def test_a_command_that_ends() -> None:
    """A command that ends has only its output, and status 0."""
    result = run(lambda: say("text"))
    assert (result.stdout, result.stderr, result.exit_code) == ("text\n", "", 0)


@pytest.mark.parametrize(
    ("error", "words", "status"),
    [
        (
            ManifestError("has no [bindings] table", where="a.toml:3", hint="add one"),
            "layoutcheck: a.toml:3: has no [bindings] table\nhint: add one\n",
            2,
        ),
        (ToolchainError("there is no clang"), "layoutcheck: there is no clang\n", 3),
        (KeyboardInterrupt(), "layoutcheck: interrupted\n", 130),
        (click.UsageError("no such option"), "Error: no such option\n", 2),
        (BrokenPipeError(), "", 141),
    ],
)
def test_errors(
    error: BaseException, words: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is one message on standard error, with the status of its kind."""
    monkeypatch.setattr("layoutcheck.cli.console._drop_output", lambda: None)
    result = failing(error)
    assert (result.stdout, result.exit_code) == ("", status)
    assert result.stderr.endswith(words)


def test_a_bug() -> None:
    """A bug shows a traceback, with a status that no verdict has."""
    result = failing(ZeroDivisionError("of mine"))
    assert result.exit_code == 70
    assert "ZeroDivisionError: of mine" in result.stderr
    assert result.stderr.endswith(
        "layoutcheck: this is a bug in layoutcheck; please report the above\n"
    )


def test_warnings_of_a_conf() -> None:
    """Warnings of a conf come before the error."""
    error = KernConfError("unknown option FOO", where="MINE:3")
    error.messages = ("MINE:1: odd",)
    result = failing(error)
    assert result.stderr.splitlines() == [
        "layoutcheck: MINE:1: odd",
        "layoutcheck: MINE:3: unknown option FOO",
    ]


def test_texts_that_a_terminal_would_obey() -> None:
    """Escape codes of untrusted input are made visible; lines and tabs stay."""
    result = failing(ManifestError("\x1b[31mred\tof\nmine\x9b"))
    assert result.stderr == "layoutcheck: \\x1b[31mred\tof\nmine\\x9b\n"
    assert run(lambda: warn(["\x07bell", "\udc80"])).stderr.splitlines() == [
        "layoutcheck: \\x07bell",
        "layoutcheck: \\udc80",
    ]


def test_output_for_programs() -> None:
    """Output for programs is written unchanged, even bytes that are no UTF-8."""
    result = run(lambda: say_exactly("\x1b[31m \udcff"))
    assert result.stdout_bytes == b"\x1b[31m \xff\n"


def test_output_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escape codes are made visible on a terminal."""

    def body() -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        say_exactly("\x1b[31m")

    assert run(body).stdout == "\\x1b[31m\n"


def test_examples() -> None:
    """Each example is on a line of its own, which click does not join."""
    assert examples("a --b", "c") == "\b\nExamples:\n  a --b\n  c"


@pytest.mark.parametrize(
    ("term", "is_terminal", "written"),
    [
        ("xterm", True, "\r\033[Kcompiling ...\r\033[K"),
        ("xterm", False, ""),
        ("dumb", True, "compiling\n"),
        ("dumb", False, "compiling\n"),
    ],
)
def test_progress(
    term: str, *, is_terminal: bool, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is one line that is overwritten and removed; with TERM=dumb, a line each."""
    monkeypatch.setenv("TERM", term)

    def body() -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
        with telling() as tell:
            tell("compiling")

    assert run(body).stderr == written


def test_progress_that_an_error_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress line is removed before an error's message."""
    monkeypatch.setenv("TERM", "xterm")

    def body() -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        with telling() as tell:
            tell("compiling")
            raise ToolchainError("there is no clang")

    expected = "\r\033[Kcompiling ...\r\033[Klayoutcheck: there is no clang\n"
    assert run(body).stderr == expected


@pytest.mark.parametrize(
    ("is_terminal", "term", "no_color", "expected"),
    [
        (True, "xterm", None, True),
        (True, "xterm", "", True),  # no-color.org: an empty value has no effect
        (True, "xterm", "1", False),
        (True, "dumb", None, False),
        (False, "xterm", None, False),
    ],
)
def test_colors(
    term: str,
    no_color: str | None,
    *,
    is_terminal: bool,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Output has colors on a capable terminal, unless NO_COLOR is set."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    assert colors() is expected
