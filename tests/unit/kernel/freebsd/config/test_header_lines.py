"""A header that config(8) reads back and writes anew for every option in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.kernel.freebsd.config.header_lines import HeaderLines
from layoutcheck.kernel.freebsd.config.table_words import words


def rewritten(lines: list[tuple[str, str]]) -> tuple[str, list[bool]]:
    """Return the text and the losses of each line, as config(8) makes them by rereading all."""
    text, losses = "", []
    for line in lines:
        found = (word for word, _ in words(text))
        understood: list[tuple[str, str]] = []
        for define in found:
            name, value = (next(found, None), next(found, None)) if define else (None, None)
            if name is None or value is None:
                break
            understood.append((name, value))
            next(found, None)
        losses.append(len(understood) != text.count("\n"))
        text = "".join(f"#define {n} {v}\n" for n, v in [line, *reversed(understood)])
    return text, losses


VALUES = st.one_of(
    st.sampled_from(
        ["1", "", "1 2", "1 2 3", "1 2 3 4", "1 2 3 4 5", "\\", "a\\", "!", "a!b", "\f"]
    ),
    st.text(alphabet='a1 \\!\t\f\r"\x85\u2028', max_size=6),
)
NAMES = st.sampled_from(["A", "B", "C!", "!", "D\\"])


@given(lines=st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_the_shortcut_is_none(lines: list[tuple[str, str]]) -> None:
    """The shortcut gives the text and the losses that a full rereading gives."""
    header = HeaderLines()
    losses = [header.add(name, value) for name, value in lines]
    assert (header.text, losses) == rewritten(lines)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["1", "2", "3"], "#define C 3\n#define A 1\n#define B 2\n"),
        (["1", "(2 * 3)", "3"], "#define C 3\n#define B (2\n"),
        (["1 2 3 4 5", "2", "3"], "#define C 3\n#define A 1\n#define 4 5\n#define B 2\n"),
    ],
)
def test_lines_turn_round_and_are_lost(values: list[str], text: str) -> None:
    """Lines are reordered and lost as in config(8)'s source, computed by hand."""
    header = HeaderLines()
    for name, value in zip("ABC", values, strict=True):
        header.add(name, value)
    assert header.text == text
