"""The lines of one `opt_*.h` while config(8) writes it, option by option (mkoptions.c).

For each option of a header, config(8) reads the header back and writes it again: the new line
first, then the old ones in reverse order. It reads four words at a time: `#define`, a name, a
value, and the end of the line. A value with blanks is more than one word. config(8) then loses the
rest of the header, unless the number of words happens to be a multiple of four.
"""

from __future__ import annotations

from collections import deque

from layoutcheck.kernel.freebsd.config.table_words import words

__all__ = ["HeaderLines"]

_WORDS = 4
_Line = tuple[str, str]


class HeaderLines:
    """The (name, value) lines of a header. The cost of adding one does not grow with their number.

    Lines that were read back once consist of whole words and stay unchanged. Only the newest line
    can change.
    """

    def __init__(self) -> None:
        self._lines: deque[_Line] = deque()
        self._is_turned = False

    @property
    def text(self) -> str:
        """Return the text of the header."""
        lines = reversed(self._lines) if self._is_turned else self._lines
        return "".join(map(_text, lines))

    def add(self, name: str, value: str) -> bool:
        """Write the header again with one more line; return whether lines were lost."""
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
        """Replace the first line, and those after it, by the lines that config(8) reads."""
        if not self._lines:
            return
        first = _text(self._pop())
        understood, is_whole = _understood(first)
        if not is_whole:
            # The words of the next lines are taken for parts of this one, up to the next end of a
            # line.
            second = _text(self._pop()) if self._lines else ""
            understood, _ = _understood(first + second)
            self._lines.clear()
        for line in reversed(understood):
            self._push(line)


def _text(line: _Line) -> str:
    return f"#define {line[0]} {line[1]}\n"


def _understood(text: str) -> tuple[list[_Line], bool]:
    """Return the lines that config(8) finds in the text, and whether it is whole groups of four."""
    found = [word for word, _ in words(text)]
    lines: list[_Line] = []
    for start in range(0, len(found), _WORDS):
        four = found[start : start + _WORDS]
        if len(four) < _WORDS - 1 or None in four[: _WORDS - 1]:
            return lines, False
        lines.append((str(four[1]), str(four[2])))
    return lines, len(found) % _WORDS == 0
