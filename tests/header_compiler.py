"""A compiler of headers whose rules are written in a test: which are compatible, which conflict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.preprocessor import Redefinition
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.units.header_units import HeaderUnits, Preprocessed
from layoutcheck.location import SourceLocation

__all__ = ["Compiler"]


class Compiler:
    """A compiler that refuses headers after those they conflict with, or before those they need.

    `macros` are the words that headers give to one macro, `drawn_in` their includes, `guards` their
    include guards; with `is_copy` the guards are all they have.
    """

    def __init__(
        self,
        *,
        wants: Mapping[str, Sequence[str]] | None = None,
        conflicts: Mapping[str, Sequence[str]] | None = None,
        macros: Mapping[str, str] | None = None,
        drawn_in: Mapping[str, Sequence[str]] | None = None,
        guards: Mapping[str, str] | None = None,
        is_copy: bool = False,
    ) -> None:
        self.wants, self.conflicts, self.macros = wants or {}, conflicts or {}, macros or {}
        self.drawn_in, self.guards = drawn_in or {}, guards or {}
        self.is_copy = is_copy
        self.calls = 0

    def check(
        self, includes: Sequence[str], behind: Sequence[str] = ()
    ) -> Mapping[str, tuple[Diagnostic, ...]]:
        """Check a text, like `Clang.check`."""
        self.calls += 1
        kept = list(behind)
        left_out = {}
        for header in includes:
            wanted = [name for name in self.wants.get(header, ()) if name not in kept]
            clash = [name for name in self.conflicts.get(header, ()) if name in kept]
            if wanted or clash:
                where = SourceLocation(path=header, line=1)
                # Missing headers are reported in clang's words.
                why = [f"unknown type name '{one}'" for one in wanted]
                message = (why + [f"redefinition of '{one}'" for one in clash])[0]
                left_out[header] = (Diagnostic(message=message, location=where),)
            else:
                kept.append(header)
        return left_out

    def preprocess(self, includes: Sequence[str]) -> Preprocessed:
        """Preprocess a text, like `Clang.preprocess`."""
        words = [(header, self.macros[header]) for header in includes if header in self.macros]
        redefined = tuple(
            Redefinition("M", before, one, after, other)
            for (before, one), (after, other) in pairwise(words)
            if one != other
        )
        drawn_in = (name for header in includes for name in self.drawn_in.get(header, ()))
        guards = [self.guards.get(header) for header in includes]
        empty = {h for n, h in enumerate(includes) if guards[n] and guards[n] in guards[:n]}
        return Preprocessed(redefined, frozenset((*includes, *drawn_in)), frozenset(empty))

    def read(self, header: str) -> str:
        """The text of a header: its guard, and its name."""
        guard = self.guards.get(header, "")
        own = "" if self.is_copy else header
        return f"#ifndef {guard}\n#define {guard}\n{own}\n#endif\n" if guard else ""

    def defining(self, macro: str) -> Collection[str]:
        """The headers that have a guard."""
        return {header for header, guard in self.guards.items() if guard == macro}

    def units(self, headers: Sequence[str], seed: Sequence[str]) -> HeaderUnits:
        """The units that are found with this compiler."""
        return HeaderUnits(
            headers,
            seed,
            self.check,
            self.preprocess,
            drawn_in=lambda header: self.drawn_in.get(header, ()),
            read=self.read,
            defining=self.defining,
            is_behind_machine=FREEBSD.rules.is_behind_machine,
        )
