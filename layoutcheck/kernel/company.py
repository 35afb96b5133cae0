"""The texts of headers -> the records whose layout depends on which other headers are read. Pure.

A header may leave a macro to whoever includes it: `int rpccnt[NFS_NPROCS]`, `#if USB_HAVE_UGEN`.
Where several headers define that macro in different words, C has no one layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, NamedTuple

__all__ = ["Company", "find_company", "included_in"]

_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_INCLUDE: Final = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)
_DEFINE: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)\n]*\))?[ \t]*((?:[^\\\n]|\\\n|\\.)*)", re.MULTILINE
)
_CONDITION: Final = re.compile(r"#[ \t]*(?:el)?if")
_DIRECTIVE: Final = re.compile(r"^[ \t]*#(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
_RECORD: Final = re.compile(r"\b(?:struct|union)\b[^;{}()]{0,200}\{")
_BRACE: Final = re.compile(r"[{}]")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")


class Company(NamedTuple):
    """A record, from its first line in a header to the last; a macro that it leaves to others.

    `definers` are the headers that define it, and in which words.
    """

    header: str
    first: int
    last: int
    macro: str
    definers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Why nothing can be said of the record."""
        said: dict[str, list[str]] = {}
        for header, words in self.definers:
            said.setdefault(words or "nothing", []).append(f"<{header}>")
        ways = ", ".join(f"{words} by {' and '.join(by)}" for words, by in said.items())
        return f"its layout depends on {self.macro}, which is left to whoever includes it: {ways}"


def find_company(headers: Collection[str], read: Callable[[str], str]) -> tuple[Company, ...]:
    """The records of `headers` that leave a macro to others which disagree; `read` gives a text."""
    texts = {header: _without_comments(read(header)) for header in headers}
    macros = {name: words for name, words in _definitions(texts).items() if _disagree(words)}
    included: dict[str, frozenset[str]] = {}
    found = []
    for header, text in texts.items():
        for start, end in _records(text) if macros.keys() & set(_WORD.findall(text)) else ():
            body = text[start:end]
            for name in sorted(macros.keys() & set(_words(body))):
                own = included.setdefault(header, included_in(header, read))
                if own.isdisjoint(by for by, _ in macros[name]):
                    first = text.count("\n", 0, start) + 1
                    last = first + body.count("\n")
                    found.append(Company(header, first, last, name, tuple(macros[name])))
    return tuple(found)


def included_in(header: str, read: Callable[[str], str]) -> frozenset[str]:
    """A header, and those that it includes, directly or not, whatever the conditions."""
    found, left = set[str](), [header]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _INCLUDE.findall(read(name))
    return frozenset(found)


def _without_comments(text: str) -> str:
    """The text, line by line as it was."""
    return _COMMENT.sub(lambda comment: " " + "\n" * comment[0].count("\n"), text)


def _definitions(texts: Mapping[str, str]) -> Mapping[str, list[tuple[str, str]]]:
    """By macro the headers that define it, and the words, but for another name for a member."""
    found: dict[str, list[tuple[str, str]]] = {}
    for header, text in texts.items():
        for name, _, words in _DEFINE.findall(text):
            plain = " ".join(words.replace("\\\n", " ").split())
            if "->" not in plain and (header, plain) not in found.setdefault(name, []):
                found[name].append((header, plain))
    return found


def _disagree(definers: Collection[tuple[str, str]]) -> bool:
    """Whether headers define something in different words, each in the same ones throughout."""
    words: dict[str, set[str]] = {}
    for header, said in definers:
        words.setdefault(header, set()).add(said)
    return len({frozenset(said) for said in words.values()}) > 1


def _records(text: str) -> Iterator[tuple[int, int]]:
    """Where each record begins and ends that is in no other."""
    end = 0
    for found in _RECORD.finditer(text):
        if found.start() < end:
            continue
        depth = 0
        for brace in _BRACE.finditer(text, found.end() - 1):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = brace.end()
                yield found.start(), end
                break


def _words(body: str) -> Iterator[str]:
    """The words of a record's members and conditions."""
    for directive in _DIRECTIVE.findall(body):
        if _CONDITION.match(directive.strip()):
            yield from _WORD.findall(directive)
    yield from _WORD.findall(_DIRECTIVE.sub("", body))
