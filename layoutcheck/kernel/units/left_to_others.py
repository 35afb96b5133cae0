"""What a header leaves to whoever includes it, and how that is told."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LeftMacro", "Renamed"]


class LeftMacro(NamedTuple):
    """A record, from its first line in a header to the last; a macro that it leaves to others.

    Or, where it is no record, what has a name somewhere in the header.

    `definers` are the headers that define it, and in which words.
    """

    header: str
    first: int
    last: int
    macro: str
    definers: tuple[tuple[str, str], ...]
    is_record: bool = True

    def __str__(self) -> str:
        """Why nothing can be said of it."""
        said: dict[str, list[str]] = {}
        for header, words in self.definers:
            said.setdefault(words or "nothing", []).append(f"<{header}>")
        ways = ", ".join(f"{words} by {' and '.join(by)}" for words, by in said.items())
        what = "layout" if self.is_record else "declaration"
        return f"its {what} depends on {self.macro}, which is left to whoever includes it: {ways}"


class Renamed(NamedTuple):
    """A member that a macro of another header gives another name."""

    member: str
    name: str
    definers: tuple[str, ...]

    def __str__(self) -> str:
        """Why nothing can be said of the record."""
        by = " and ".join(f"<{header}>" for header in self.definers)
        return (
            f"its member {self.member} is called {self.name} where {by} is read before, "
            "which is left to whoever includes it"
        )
