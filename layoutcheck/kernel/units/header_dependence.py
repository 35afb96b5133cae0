"""The texts of headers -> the records whose layout depends on other headers that are read. Pure.

A header may use a macro that its includer defines: `int rpccnt[NFS_NPROCS]`, `#if USB_HAVE_UGEN`.
If several headers define that macro differently, the record has no single layout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from layoutcheck.cache.memo import Memo
from layoutcheck.kernel.names.comments import strip_comments
from layoutcheck.kernel.names.macro_words import DIRECTIVE, WORD, Dependence, conditions_in
from layoutcheck.kernel.system import Before
from layoutcheck.kernel.units.guards import include_guard
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.kernel.units.left_to_others import LeftMacro, Renamed
from layoutcheck.kernel.units.macro_definers import Definers, MacroDefiners, disagree
from layoutcheck.kernel.units.record_text import asked_by, names_of, records_in, words_of

__all__ = ["FIRST", "LeftMacroFinder"]

# A condition without which nothing compiles.
_ERROR: Final = re.compile(r"^[ \t]*#[ \t]*if([^\n]*)\n[ \t]*#[ \t]*error\b", re.MULTILINE)
# A declaration, up to its `;` or its braces.
_STATEMENT: Final = re.compile(r"[^;{}]+(?=[;{])")

FIRST: Final = ("sys/param.h", "sys/systm.h")
"""The headers that kernel sources include first (style(9))."""

_Suspects: TypeAlias = tuple[frozenset[str], Mapping[str, Definers]]
"""The macros that a header needs; those that it does not settle, each with its definers."""


class _Statement(NamedTuple):
    """A declaration: its end, its words, and the words that its conditions test."""

    end: int
    words: frozenset[str]
    asked: frozenset[str]


class LeftMacroFinder:
    """Finder of macros that a header's records leave to others; `read` returns a header's text.

    Such a macro meets one of these conditions:

    - other headers define it differently, or the header has a default for it;
    - the header tests whether it is defined, and another header defines it.

    A record's words include those of the header's own macros, types and enumerators that it uses.
    Conditions around a record count only if the header has another record of that name: otherwise
    they decide whether the record exists, not its layout.

    The other headers are those of the `core`, those of `headers` in the same folder, and those of
    `includers` that include the header; sources that include it are given by `before`.
    `MacroDefiners` finds which of them define one of the `macros`. Headers in `aside` are left out,
    since their macros affect no other header. The headers that sources include first are always
    read. If a header `stands_without` others, it compiles behind the core, which has none of them;
    their definitions may then be absent. Several threads may use this.
    """

    def __init__(
        self,
        core: Collection[str],
        headers: Collection[str],
        aside: Collection[str],
        read: Callable[[str], str],
        macros: Mapping[str, Sequence[tuple[str, str]]],
        *,
        includers: Collection[str] = (),
        before: Callable[[str], Sequence[Before]] = lambda _: (),
        stands_without: Callable[[str, Collection[str]], bool] = lambda _header, _others: False,
    ) -> None:
        self._core, self._read = frozenset(core) - {*aside}, read
        self._stands_without = stands_without
        self._inclusions = Inclusions(read)
        self._texts: Memo[str, str] = Memo()
        self._definers = MacroDefiners(
            macros,
            core=self._core,
            headers=frozenset(headers) - {*aside},
            includers=frozenset(includers) - {*aside},
            inclusions=self._inclusions,
            text=self._stripped,
            before=before,
        )
        self._found: Memo[tuple[str, bool], tuple[LeftMacro, ...]] = Memo()
        self._parsed: Memo[str, tuple[Dependence, Sequence[_Statement]]] = Memo()
        self._suspects: Memo[tuple[str, bool], _Suspects] = Memo()
        self._named: Memo[str, frozenset[str]] = Memo()
        self._first: Memo[None, frozenset[str]] = Memo()

    def find(self, header: str, *, is_in_core: bool = False) -> tuple[LeftMacro, ...]:
        """Return the records of a header that leave a macro to others.

        A header of the core is known to be read after everything that it tests.
        """
        key = (header, is_in_core)
        return self._found.get(key, lambda: tuple(self._find(header, is_in_core=is_in_core)))

    def renamed(self, header: str, line: int, members: Iterable[str]) -> Renamed | None:
        """Return the first member of a record that clang names differently than its header.

        The record is at that line of a header that is not in the core.
        """
        text = self._stripped(header)
        at = next(
            (one for one in records_in(text) if _line(text, one[0]) <= line <= _line(text, one[1])),
            None,
        )
        if at is None:
            return None
        words = frozenset(WORD.findall(text[slice(*at)]))
        new = frozenset(members) - words
        for word in sorted(words) if new else ():
            by = self._definers.of(header, word)
            for name in new.intersection(said for _, said in by):
                definers = tuple(definer for definer, said in by if said == name)
                if self._inclusions.of(header).isdisjoint(definers):
                    return Renamed(word, name, definers)
        return None

    def _stripped(self, header: str) -> str:
        return self._texts.get(header, lambda: strip_comments(self._read(header), keep_lines=True))

    def _find(self, header: str, *, is_in_core: bool) -> Iterator[LeftMacro]:
        text = self._stripped(header)
        packing = () if is_in_core else self._definers.packing(header)
        if packing:
            yield LeftMacro(header, 1, _line(text, len(text)), "#pragma pack", packing)
        # Most headers of the core have no such macro, and the full search takes much longer.
        if is_in_core and self._definers.disputed(header).isdisjoint(WORD.findall(text)):
            return
        if not self._suspected(header, is_in_core=is_in_core)[1]:
            return
        dependence = self._depends(header)
        records = [(start, text[start:end]) for start, end in records_in(text)]
        inside = {word for _, body in records for word in WORD.findall(body)}
        macros = self._definers.known(header, inside)
        times = Counter(name for _, body in records for name in names_of(body) - macros)
        for start, body in records:
            asked = frozenset[str]()
            if not is_in_core:
                asked = asked_by(body, macros)
                around = dependence.conditions(start)
                is_one_of = any(times[name] > 1 for name in names_of(body))
                asked |= around if is_one_of else {*self._has_another(header, body, around)}
            words, asked = dependence.follow(words_of(body), asked)
            first = _line(text, start)
            last = first + body.count("\n")
            left = self._left(header, words, asked, dependence, is_in_core=is_in_core)
            for macro, by in left:
                yield LeftMacro(header, first, last, macro, by)

    def _has_another(self, header: str, body: str, macros: Iterable[str]) -> Iterable[str]:
        """Yield the macros whose definers include another header with a record of that name."""
        for macro in macros:
            by = {definer for definer, _ in self._definers.of(header, macro)} - {header}
            if any(not self._records_of(one).isdisjoint(names_of(body)) for one in by):
                yield macro

    def _records_of(self, header: str) -> frozenset[str]:
        """Return the names of a header's records."""

        def find() -> frozenset[str]:
            text = self._stripped(header)
            return frozenset().union(*(names_of(text[slice(*at)]) for at in records_in(text)))

        return self._named.get(header, find)

    def find_named(self, header: str, name: str) -> tuple[LeftMacro, ...]:
        """Find the macros that a header out of the core leaves to others in declaring a name.

        The name is that of a macro, typedef, enum, enumerator, function or variable.
        """
        dependence, statements = self._parsed.get(header, lambda: self._parse(header))
        said = [one for one in statements if name in one.words]
        words = frozenset((name,)).union(*(one.words for one in said))
        asked = frozenset[str]().union(*(one.asked for one in said))
        if len(said) > 1:
            asked = asked.union(*(dependence.conditions(one.end) for one in said))
        words, asked = dependence.follow(words, asked)
        # A header compiles whatever its macros expand to.
        left = self._left(
            header,
            words,
            asked,
            dependence,
            is_compiled=bool(said) or name not in dependence.macros,
        )
        last = self._stripped(header).count("\n") + 1
        return tuple(LeftMacro(header, 1, last, *one, is_record=False) for one in left)

    def _parse(self, header: str) -> tuple[Dependence, Sequence[_Statement]]:
        """Parse a header: its dependence, and its declarations."""
        return self._depends(header), [
            _Statement(
                one.end() - 1,
                frozenset(WORD.findall(DIRECTIVE.sub("", one[0]))),
                _asked_inside(one[0]),
            )
            for one in _STATEMENT.finditer(self._stripped(header))
        ]

    def _depends(self, header: str) -> Dependence:
        """Return the dependence of a header and of the headers out of the core that it includes."""
        return Dependence("\n".join(self._with_included(header, frozenset(), {*self._core})))

    def _with_included(
        self, header: str, conditions: frozenset[str], but: set[str]
    ) -> Iterator[str]:
        """Yield the texts of a header and those that it includes, under their conditions."""
        if header in but:
            return
        but.add(header)
        text = self._stripped(header)
        yield f"#if {' '.join(sorted(conditions))}\n{text}\n#endif\n" if conditions else text
        around = Dependence(text)
        for at, included in self._inclusions.within(header, text):
            yield from self._with_included(included, conditions | around.conditions(at), but)

    def _left(
        self,
        header: str,
        words: frozenset[str],
        asked: frozenset[str],
        dependence: Dependence,
        *,
        is_in_core: bool = False,
        is_compiled: bool = True,
    ) -> Iterator[tuple[str, Definers]]:
        """Yield the macros left to others among a header's words, some of which are tested."""
        needed, suspects = self._suspected(header, is_in_core=is_in_core)
        asked = (asked | (words & dependence.declared)) - needed
        for name in sorted(words.intersection(suspects)):
            by = suspects[name]
            if disagree(by) or name in asked or (is_compiled and self._may_go_without(header, by)):
                yield name.rstrip("("), by

    def _suspected(self, header: str, *, is_in_core: bool) -> _Suspects:
        """Return the macros that a header needs, and those that it does not settle."""
        return self._suspects.get(
            (header, is_in_core), lambda: self._suspect(header, is_in_core=is_in_core)
        )

    def _suspect(self, header: str, *, is_in_core: bool) -> _Suspects:
        texts = map(self._stripped, self._inclusions.of(header).difference(self._core) | {header})
        text = "\n".join(texts)
        words = frozenset(WORD.findall(text))
        if is_in_core:
            words &= self._definers.disputed(header)
        needed = frozenset(WORD.findall(" ".join(_ERROR.findall(text))))
        included, guard = self._included(header, needed), include_guard(self._stripped(header))
        suspects: dict[str, Definers] = {}
        for name in (name for word in words for name in (word, f"{word}(")):
            by = self._definers.of(header, name)
            is_late = not is_in_core and self._is_late(by)
            may_be_left = name != guard and (is_late or disagree(by))
            if may_be_left and not self._is_settled(name, by, included, is_in_core=is_in_core):
                suspects[name] = by
        return needed, suspects

    def _may_go_without(self, header: str, definers: Collection[tuple[str, str]]) -> bool:
        """Return whether no definer of a macro is in the core, and the header compiles without."""
        by = {definer for definer, _ in definers}
        return self._core.isdisjoint(by) and self._stands_without(header, by)

    def _included(self, header: str, needed: Iterable[str]) -> frozenset[str]:
        """Return the headers that a header includes, and sole definers of macros that it needs."""
        found = self._inclusions.of(header)
        for macro in needed:
            by = {definer for definer, _ in self._definers.of(header, macro)}
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
        """Return whether one of the headers in `included` defines a macro and so settles it.

        Out of the core, a default settles nothing if another header defines the macro differently.
        """
        inside = {definer for definer, _ in definers if definer in included}
        outside = {definer for definer, _ in definers} - inside
        if is_in_core or not outside or not disagree(definers):
            return bool(inside)
        return any(not self._is_default(definer, name) for definer in inside)

    def _is_late(self, definers: Collection[tuple[str, str]]) -> bool:
        """Return whether a macro has definers, none of which all sources include first."""
        first = self._first.get(None, lambda: frozenset().union(*map(self._inclusions.of, FIRST)))
        return bool(definers) and first.isdisjoint(definer for definer, _ in definers)

    def _is_default(self, header: str, name: str) -> bool:
        """Return whether a header gives a macro a default: it has `#ifndef N` or similar."""
        name = re.escape(name.rstrip("("))
        asks = rf"^[ \t]*#[ \t]*if(?:ndef[ \t]+|\b[^\n]*![ \t]*defined[ \t]*\(?[ \t]*){name}\b"
        return re.search(asks, self._stripped(header), re.MULTILINE) is not None


def _asked_inside(declaration: str) -> frozenset[str]:
    """Return the words of the conditions inside a declaration, not of those before it."""
    words = DIRECTIVE.sub(lambda found: " " * len(found[0]), declaration)
    return conditions_in(declaration[len(words) - len(words.lstrip()) :])


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
