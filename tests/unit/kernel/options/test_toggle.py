"""toggle.py: remove or define one option."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.config.option_table import OptionEntry
from layoutcheck.kernel.options.toggle import turn_over
from layoutcheck.location import SourceLocation

HEADERS = {"opt_a.h": "#define SMP 1\n#define SMP_MORE 2\n#define HZ (10 * 100)\n#define E \n"}


def option(name: str) -> OptionEntry:
    """An option of the one header."""
    return OptionEntry(name=name, header="opt_a.h", location=SourceLocation(path="options", line=1))


@pytest.mark.parametrize(
    ("name", "value", "gone"),
    [("SMP", "1", "SMP 1"), ("HZ", "(10 * 100)", "HZ (10 * 100)"), ("E", "", "E ")],
)
def test_what_the_conf_sets_is_taken_away(name: str, value: str, gone: str) -> None:
    """An option that the conf sets loses its line, for any default of the headers."""
    turn = turn_over(option(name), HEADERS, {name: "7"})
    assert (turn.is_set, turn.value, turn.default) == (True, value, None)
    assert turn.text == HEADERS["opt_a.h"].replace(f"#define {gone}\n", "")


@pytest.mark.parametrize(
    ("default", "value"),
    [
        (None, "1"),
        ("", "1"),
        ("0", "1"),
        ("1024", "2048"),
        ("0x10", "32"),
        ("010", "20"),
        ("(64 * 1024)", "(2 * (64 * 1024))"),
        ("(1) + (2)", "(2 * ((1) + (2)))"),
        ("PAGE_SIZE", "(2 * PAGE_SIZE)"),
        ("128UL*1024", "(2 * (128UL*1024))"),
        ('"a string"', "1"),
    ],
)
def test_what_it_does_not_set_is_defined(default: str | None, value: str) -> None:
    """An unset option is defined as 1, or as twice its default; the other options stay."""
    macros = {} if default is None else {"MAXCPU": default}
    turn = turn_over(option("MAXCPU"), HEADERS, macros)
    assert (turn.is_set, turn.value, turn.default) == (False, value, default)
    assert turn.text == f"{HEADERS['opt_a.h']}#define MAXCPU {value}\n"


def test_a_header_that_the_conf_leaves_empty() -> None:
    """A header that the conf leaves empty gets the one line."""
    assert turn_over(option("X"), {}, {}).text == "#define X 1\n"
