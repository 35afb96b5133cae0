"""The texts of headers -> the records whose layout depends on which other headers are read. Pure.

A header may leave a macro to whoever includes it: `int rpccnt[NFS_NPROCS]`, `#if USB_HAVE_UGEN`.
Where several headers define that macro in different words, C has no one layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from posixpath import normpath
from typing import Final, NamedTuple, TypeAlias

from layoutcheck.kernel.comments import strip_comments
from layoutcheck.once import Once

__all__ = ["Company", "CompanyFinder", "Inclusions", "included_in"]

_INCLUDE: Final = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
_DEFINE: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)\n]*\))?[ \t]*((?:[^\\\n]|\\\n|\\.)*)", re.MULTILINE
)
_CONDITION: Final = re.compile(r"#[ \t]*(?:el)?if")
_DIRECTIVE: Final = re.compile(r"^[ \t]*#(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
_RECORD: Final = re.compile(r"\b(?:struct|union)\b[^;{}()]{0,200}\{")
_BRACE: Final = re.compile(r"[{}]")
# What is behind a record, up to the end of its declaration: attributes, and names.
_TAIL: Final = re.compile(r"[^;{}#]{0,200}")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_CALL: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*\(")

_Definers: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]
"""By macro the headers that define it, each with the words."""


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


class CompanyFinder:
    """Finds what the records of a header leave to others; `read` gives a header's text.

    That is a macro that others define in different words; or one of which the header asks whether
    it is defined, and a neighbour defines it.

    Others are those of the `core`, which is read with every header, and of `headers` those in the
    same folder; not those `aside`, whose macros hold for nobody else. Several threads may use it.
    """

    def __init__(
        self,
        core: Collection[str],
        headers: Collection[str],
        aside: Collection[str],
        read: Callable[[str], str],
    ) -> None:
        self._core, self._read = [header for header in core if header not in aside], read
        self._folders: dict[str, list[str]] = {}
        for header in headers:
            if header not in aside:
                self._folders.setdefault(_folder(header), []).append(header)
        self._defined: Once[str | None, _Definers] = Once()
        self._found: Once[tuple[str, bool], tuple[Company, ...]] = Once()

    def find(self, header: str, *, is_in_core: bool = False) -> tuple[Company, ...]:
        """The records of a header that leave a macro to others.

        Of what is in the core it is known that all is read before it that it asks for.
        """
        key = (header, is_in_core)
        return self._found.get(key, lambda: tuple(self._find(header, is_in_core=is_in_core)))

    def _find(self, header: str, *, is_in_core: bool) -> Iterator[Company]:
        text = strip_comments(self._read(header), keep_lines=True)
        known = self._defined.get(None, lambda: self._define(self._core))
        folder = _folder(header)
        beside = self._defined.get(folder, lambda: self._define(self._folders.get(folder, ())))
        included: frozenset[str] = frozenset()
        for start, end in _records(text):
            body = text[start:end]
            asked = frozenset[str]() if is_in_core else _asked(body)
            for name in sorted(_words(body)):
                by = _plain({*known.get(name, ()), *beside.get(name, ())})
                if _disagree(by) or (name in asked and name in beside):
                    included = included or included_in(header, self._read)
                    if included.isdisjoint(definer for definer, _ in by):
                        first = text.count("\n", 0, start) + 1
                        last = first + body.count("\n")
                        yield Company(header, first, last, name.rstrip("("), by)

    def _define(self, headers: Iterable[str]) -> _Definers:
        return _definitions(
            {header: strip_comments(self._read(header), keep_lines=True) for header in headers}
        )


class Inclusions:
    """Which headers a header includes; `read` gives the text of one.

    Several threads may use it.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._direct: Once[str, tuple[str, ...]] = Once()

    def of(self, header: str) -> frozenset[str]:
        """A header, and those that it includes, directly or not, whatever the conditions."""
        found, left = set[str](), [header]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self._direct.get(name, partial(self._included, name))
        return frozenset(found)

    def _included(self, name: str) -> tuple[str, ...]:
        """The headers that one includes itself."""
        found = []
        for mark, included in _INCLUDE.findall(self._read(name)):
            beside = normpath(f"{name.rpartition('/')[0]}/{included}").lstrip("/")
            found.append(beside if mark == '"' and self._read(beside) else included)
        return tuple(found)


def included_in(header: str, read: Callable[[str], str]) -> frozenset[str]:
    """A header, and those that it includes, directly or not, whatever the conditions."""
    return Inclusions(read).of(header)


def _folder(header: str) -> str:
    return header.rpartition("/")[0]


def _definitions(texts: Mapping[str, str]) -> _Definers:
    """By macro the headers that define it, and the words, but for another name for a member.

    One with parameters has a bracket behind its name.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for header, text in texts.items():
        for name, parameters, words in _DEFINE.findall(text):
            if "->" not in words:
                found.setdefault(name + parameters[:1], []).append((header, words))
    return found


def _plain(definers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The definers in an order of their own, and words as they are however they are spaced."""
    words = ((by, _TOKEN.findall(said.replace("\\\n", " "))) for by, said in sorted(definers))
    return tuple(dict.fromkeys((by, " ".join(said)) for by, said in words))


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
                tail = _TAIL.match(text, brace.end())
                end = brace.end() if tail is None else tail.end()
                yield found.start(), end
                break


def _asked(body: str) -> frozenset[str]:
    """The words of a record's conditions, and those behind it, which are names or attributes."""
    conditions = (one for one in _DIRECTIVE.findall(body) if _CONDITION.match(one.strip()))
    return frozenset(_WORD.findall(" ".join((*conditions, body.rpartition("}")[2]))))


def _words(body: str) -> frozenset[str]:
    """The words of a record's members and conditions, and those of calls with the bracket, too."""
    conditions = (one for one in _DIRECTIVE.findall(body) if _CONDITION.match(one.strip()))
    text = " ".join((*conditions, _DIRECTIVE.sub("", body)))
    return frozenset(_WORD.findall(text)) | {f"{name}(" for name in _CALL.findall(text)}
