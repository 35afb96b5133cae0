"""report/terminal_text.py: no name sends commands to the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.report.terminal_safe import ascii_only, chopped, printable, wrapped


@given(text=st.text())
def test_no_control_character_remains(text: str) -> None:
    """The text is printable, on one line, and stable."""
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)
    assert ascii_only(text).isascii()


def test_an_escape_code_is_shown() -> None:
    """An escape code of a crate is made visible."""
    assert printable("a\x1b[2Jb") == "a\\x1b[2Jb"


def test_the_quotes_of_compilers_become_plain() -> None:
    """Clang and rustc quote with curly quotes in some locales."""
    assert ascii_only("type \u2018pcb\u2019 caf\u00e9") == "type 'pcb' caf\\xe9"


@given(words=st.lists(st.text("abc", min_size=1, max_size=12)), width=st.integers(20, 80))
def test_lines_fit_and_lose_no_word(words: list[str], width: int) -> None:
    """Every line fits the width, and all words stay in order."""
    lines = list(wrapped(" ".join(words), width, first="! ", rest="    "))
    assert all(len(line) <= width for line in lines)
    assert " ".join(lines).split() == ["!", *words]


def test_a_long_path_stays_whole() -> None:
    """A path longer than a line is not cut, so that it can be copied."""
    path = "sys/" + "x" * 90
    assert list(wrapped(f"see {path} there", 40, rest="  ")) == ["see", f"  {path}", "  there"]


def test_chopped_says_that_it_chopped() -> None:
    """Two dots mark a cut."""
    assert chopped("abcdef", 6) == "abcdef"
    assert chopped("abcdefg", 6) == "abcd.."
