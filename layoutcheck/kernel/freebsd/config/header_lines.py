"""The lines of one `opt_*.h` while config(8) writes it, option by option (mkoptions.c).

For every option that goes into a header config(8) reads the header back and writes it anew: the
new line first, then the old ones, which turn round each time. It reads by words, in fours: the
`#define`, a name, a value, and the end of the line. A value with blanks is more than one word, and
config(8) then loses what follows, unless the words happen to come out even.
"""

from __future__ import annotations

from collections import deque

from layoutcheck.kernel.freebsd.config.table_words import words

__all__ = ["HeaderLines"]

_WORDS = 4
_Line = tuple[str, str]


class HeaderLines:
    """The (name, value) lines of a header; adding one takes time for the last one added only.

    What was read back once is whole words, and stays as it is: only the newest line can differ.
    """

    def __init__(self) -> None:
        self._lines: deque[_Line] = deque()
        self._is_turned = False

    @property
    def text(self) -> str:
        """The text of the header."""
        lines = reversed(self._lines) if self._is_turned else self._lines
        return "".join(map(_text, lines))

    def add(self, name: str, value: str) -> bool:
        """Write the header anew with one more line; whether lines were lost on the way."""
        count = len(self._lines)
        self._read_back()
        lost = len(self._lines) != count
        self._is_turned = not self._is_turned
        self._push((name, value))
        return lost

    def _push(self, line: _Line) -> None:
        """Put a line before the others."""
        if self._is_turned:
            self._lines.append(line)
        else:
            self._lines.appendleft(line)

    def _pop(self) -> _Line:
        return self._lines.pop() if self._is_turned else self._lines.popleft()

    def _read_back(self) -> None:
        """Make of the first line, and of those after it, what config(8) understands of them."""
        if not self._lines:
            return
        first = _text(self._pop())
        understood, is_whole = _understood(first)
        if not is_whole:
            # The words of the lines that follow are taken for others, up to the next line's end.
            second = _text(self._pop()) if self._lines else ""
            understood, _ = _understood(first + second)
            self._lines.clear()
        for line in reversed(understood):
            self._push(line)


def _text(line: _Line) -> str:
    return f"#define {line[0]} {line[1]}\n"


def _understood(text: str) -> tuple[list[_Line], bool]:
    """The lines that config(8) finds in the text, and whether it is whole fours of words."""
    found = [word for word, _ in words(text)]
    lines: list[_Line] = []
    for start in range(0, len(found), _WORDS):
        four = found[start : start + _WORDS]
        if len(four) < _WORDS - 1 or None in four[: _WORDS - 1]:
            return lines, False
        lines.append((str(four[1]), str(four[2])))
    return lines, len(found) % _WORDS == 0
