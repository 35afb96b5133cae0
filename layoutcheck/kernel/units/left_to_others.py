"""Macros that a header leaves to its includers, and the text that reports them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LeftMacro", "Renamed"]


class LeftMacro(NamedTuple):
    """A record, by its first and last line in a header, and a macro that it leaves to others.

    With `is_record` false, it is some declaration of a name in the header. `definers` are the
    headers that define the macro, each with its replacement.
    """

    header: str
    first: int
    last: int
    macro: str
    definers: tuple[tuple[str, str], ...]
    is_record: bool = True

    def __str__(self) -> str:
        """Return the reason why the declaration cannot be compared."""
        said: dict[str, list[str]] = {}
        for header, words in self.definers:
            said.setdefault(words or "nothing", []).append(f"<{header}>")
        ways = ", ".join(f"{words} by {' and '.join(by)}" for words, by in said.items())
        what = "layout" if self.is_record else "declaration"
        return f"its {what} depends on {self.macro}, which is left to whoever includes it: {ways}"


class Renamed(NamedTuple):
    """A member that a macro of another header renames."""

    member: str
    name: str
    definers: tuple[str, ...]

    def __str__(self) -> str:
        """Return the reason why the record cannot be compared."""
        by = " and ".join(f"<{header}>" for header in self.definers)
        return (
            f"its member {self.member} is called {self.name} where {by} is read before, "
            "which is left to whoever includes it"
        )
