"""The texts of headers -> the records whose layout depends on which other headers are read. Pure.

A header may leave a macro to whoever includes it: `int rpccnt[NFS_NPROCS]`, `#if USB_HAVE_UGEN`.
Where several headers define that macro in different words, C has no one layout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from layoutcheck.kernel.comments import strip_comments
from layoutcheck.kernel.dependence import CONDITION, DEFINE, DIRECTIVE, WORD, Dependence
from layoutcheck.kernel.guards import include_guard
from layoutcheck.kernel.inclusions import Inclusions
from layoutcheck.once import Once

__all__ = ["Company", "CompanyFinder", "Renamed"]

_RECORD: Final = re.compile(r"\b(?:struct|union)\b[^;{}()]{0,200}\{")
_BRACE: Final = re.compile(r"[{}]")
# The rest of a record's declaration, behind the brace: attributes, and names.
_TAIL: Final = re.compile(r"[^;{}#]{0,400}")
# A condition without which nothing compiles.
_ERROR: Final = re.compile(r"^[ \t]*#[ \t]*if([^\n]*)\n[ \t]*#[ \t]*error\b", re.MULTILINE)
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_CALL: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*\(")
# A word in front of a name, which is no name itself: `PACKED x_t`.
_NO_NAME: Final = re.compile(r"([A-Za-z_]\w*)\s+(?=(?!__)([A-Za-z_]\w*)\s*(?:[,\[]|\Z))")

_FIRST: Final = ("sys/param.h", "sys/systm.h")
"""Sources of the kernel include these first (style(9))."""

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


class CompanyFinder:
    """Finds what the records of a header leave to others; `read` gives a header's text.

    That is a macro that others define in different words, or for which the header has a default; or
    one of which the header asks whether it is defined, and another one defines it. The header's own
    macros, types and enumerators that a record uses count as its words. The conditions around a
    record count if the header has another one of that name: otherwise they say whether there is
    such a record, not how it is.

    Others are those of the `core`, which is read with every header, and of `headers` those in the
    same folder; not those `aside`, whose macros hold for nobody else. What sources include first is
    there in any case. Several threads may use it.
    """

    def __init__(
        self,
        core: Collection[str],
        headers: Collection[str],
        aside: Collection[str],
        read: Callable[[str], str],
    ) -> None:
        self._core, self._read = [header for header in core if header not in aside], read
        self._inclusions = Inclusions(read)
        self._folders: dict[str, list[str]] = {}
        for header in headers:
            if header not in aside:
                self._folders.setdefault(_folder(header), []).append(header)
        self._defined: Once[str | None, _Definers] = Once()
        self._disputes: Once[str | None, frozenset[str]] = Once()
        self._found: Once[tuple[str, bool], tuple[Company, ...]] = Once()
        self._first: Once[None, frozenset[str]] = Once()

    def find(self, header: str, *, is_in_core: bool = False) -> tuple[Company, ...]:
        """The records of a header that leave a macro to others.

        Of what is in the core it is known that all is read before it that it asks for.
        """
        key = (header, is_in_core)
        return self._found.get(key, lambda: tuple(self._find(header, is_in_core=is_in_core)))

    def renamed(self, header: str, line: int, members: Iterable[str]) -> Renamed | None:
        """The first of a record's members, as clang has them, that its header calls otherwise.

        The record is at that line of a header that is not in the core.
        """
        text = self._stripped(header)
        at = next(
            (one for one in _records(text) if _line(text, one[0]) <= line <= _line(text, one[1])),
            None,
        )
        if at is None:
            return None
        words = frozenset(WORD.findall(text[slice(*at)]))
        known, beside = self._definers(header)
        new = frozenset(members) - words
        for word in sorted(words) if new else ():
            by = _plain({*known.get(word, ()), *beside.get(word, ())})
            for name in new.intersection(said for _, said in by):
                definers = tuple(definer for definer, said in by if said == name)
                if self._inclusions.of(header).isdisjoint(definers):
                    return Renamed(word, name, definers)
        return None

    def _stripped(self, header: str) -> str:
        return strip_comments(self._read(header), keep_lines=True)

    def _definers(self, header: str) -> tuple[_Definers, _Definers]:
        """The macros of the core, and of the header's folder."""
        folder = _folder(header)
        return (
            self._defined.get(None, lambda: self._define(self._core)),
            self._defined.get(folder, lambda: self._define(self._folders.get(folder, ()))),
        )

    def _disputed(self, header: str) -> frozenset[str]:
        """The macros that the core and the header's folder may define in different words."""
        known, beside = self._definers(header)
        return self._disputes.get(None, lambda: _disputed(known)) | self._disputes.get(
            _folder(header),
            lambda: _disputed({name: (*by, *known.get(name, ())) for name, by in beside.items()}),
        )

    def _find(self, header: str, *, is_in_core: bool) -> Iterator[Company]:
        text = self._stripped(header)
        # That would come to nothing, as for most headers, and takes much longer.
        if is_in_core and self._disputed(header).isdisjoint(WORD.findall(text)):
            return
        known, beside = self._definers(header)
        dependence, guard = Dependence(text), frozenset((include_guard(text),))
        needed = frozenset(WORD.findall(" ".join(_ERROR.findall(text))))
        macros = frozenset[str]() if is_in_core else known.keys() | beside.keys()
        included: frozenset[str] = frozenset()
        records = [(start, text[start:end]) for start, end in _records(text)]
        times = Counter(name for _, body in records for name in _names(body) - macros)
        for start, body in records:
            asked = frozenset[str]() if is_in_core else _asked(body, macros)
            if not is_in_core and any(times[name] > 1 for name in _names(body)):
                asked |= dependence.conditions(start)
            words, asked = dependence.follow(_words(body), asked)
            asked = (asked | (words & dependence.declared)) - needed
            for name in sorted(words - guard):
                by = _plain({*known.get(name, ()), *beside.get(name, ())})
                is_asked = not is_in_core and name in asked and self._is_late(by)
                if _disagree(by) or is_asked:
                    included = included or self._included(header, needed)
                    if not self._is_settled(name, by, included, is_in_core=is_in_core):
                        first = _line(text, start)
                        last = first + body.count("\n")
                        yield Company(header, first, last, name.rstrip("("), by)

    def _included(self, header: str, needed: Iterable[str]) -> frozenset[str]:
        """The headers that a header includes, and each that alone defines a macro it needs."""
        found = self._inclusions.of(header)
        known, beside = self._definers(header)
        for macro in needed:
            by = {definer for definer, _ in (*known.get(macro, ()), *beside.get(macro, ()))}
            if len(by) == 1:
                found |= self._inclusions.of(*by)
        return found

    def _is_settled(
        self,
        name: str,
        definers: Collection[tuple[str, str]],
        included: Collection[str],
        *,
        is_in_core: bool,
    ) -> bool:
        """Whether the headers `included` settle a macro: one of its definers is among them.

        Out of the core a default does not, if somebody else defines the macro in other words.
        """
        inside = {definer for definer, _ in definers if definer in included}
        outside = {definer for definer, _ in definers} - inside
        if is_in_core or not outside or not _disagree(definers):
            return bool(inside)
        return any(not self._is_default(definer, name) for definer in inside)

    def _is_late(self, definers: Collection[tuple[str, str]]) -> bool:
        """Whether none of the headers that all sources include first defines a macro."""
        first = self._first.get(None, lambda: frozenset().union(*map(self._inclusions.of, _FIRST)))
        return bool(definers) and first.isdisjoint(definer for definer, _ in definers)

    def _is_default(self, header: str, name: str) -> bool:
        """Whether a header gives a macro a default: `#ifndef N` stands before its definition."""
        name = re.escape(name.rstrip("("))
        asks = rf"^[ \t]*#[ \t]*if(?:ndef[ \t]+|\b[^\n]*![ \t]*defined[ \t]*\(?[ \t]*){name}\b"
        return re.search(asks, self._stripped(header), re.MULTILINE) is not None

    def _define(self, headers: Iterable[str]) -> _Definers:
        return _definitions({header: self._stripped(header) for header in headers})


def _folder(header: str) -> str:
    return header.rpartition("/")[0]


def _definitions(texts: Mapping[str, str]) -> _Definers:
    """By macro the headers that define it, and the words, but for another name for a member.

    One with parameters has a bracket behind its name.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for header, text in texts.items():
        for name, parameters, words in DEFINE.findall(text):
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


def _disputed(definers: _Definers) -> frozenset[str]:
    """The macros that headers define in different words, if only in their spaces."""
    return frozenset(name.rstrip("(") for name, by in definers.items() if _disagree(by))


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


def _names(body: str) -> frozenset[str]:
    """The names that a record's declaration gives it: the tag, and those behind it."""
    head, tail = body.partition("{")[0], body.rpartition("}")[2]
    tag = frozenset(WORD.findall(head)[-1:]) - {"struct", "union"}
    return tag.union(WORD.findall(tail))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _asked(body: str, macros: Collection[str]) -> frozenset[str]:
    """The words of a record's conditions, and those behind it, which are names or attributes.

    Without the macro PACKED, `} PACKED x_t;` would not compile: nothing is asked of it.
    """
    conditions = (one for one in DIRECTIVE.findall(body) if CONDITION.match(one.strip()))
    tail = body.rpartition("}")[2]
    no_names = {one for one, name in _NO_NAME.findall(tail) if name not in macros}
    behind = (word for word in WORD.findall(tail) if word not in no_names)
    return frozenset((*WORD.findall(" ".join(conditions)), *behind))


def _words(body: str) -> frozenset[str]:
    """The words of a record's members and conditions, and those of calls with the bracket, too."""
    conditions = (one for one in DIRECTIVE.findall(body) if CONDITION.match(one.strip()))
    text = " ".join((*conditions, DIRECTIVE.sub("", body)))
    return frozenset(WORD.findall(text)) | {f"{name}(" for name in _CALL.findall(text)}
