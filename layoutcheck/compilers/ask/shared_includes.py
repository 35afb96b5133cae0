"""Includes with which several units begin -> compiled and preprocessed once for all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from layoutcheck.cache.memo import Memo
from layoutcheck.compilers.ask.c_names import Survey
from layoutcheck.compilers.ask.clang import begin_with, precompile
from layoutcheck.compilers.ask.clang_answers import Question, survey
from layoutcheck.compilers.ask.preprocessor import write_macros

__all__ = ["Measure", "SharedIncludes"]

Measure: TypeAlias = Callable[[str], AbstractContextManager[object]]
_Includes: TypeAlias = tuple[str, ...]


class SharedIncludes:
    """Includes with which further units may begin; all of them compile.

    `compiler` is the command, and `work` a folder for the output. `measure` counts the time of a
    stage. Several threads may use it.
    """

    def __init__(self, compiler: Sequence[str], work: Path, measure: Measure) -> None:
        self._compiler, self._work, self._measure = compiler, work, measure
        self._known: set[_Includes] = set()
        self._precompiled: Memo[_Includes, tuple[Path, frozenset[Path]]] = Memo()
        self._surveys: Memo[_Includes, Survey] = Memo()
        self._macros: Memo[_Includes, Path] = Memo()

    def add(
        self, includes: _Includes, precompiled: tuple[Path, frozenset[Path]] | None = None
    ) -> None:
        """Note that units begin so. `precompiled` is the output, if any, and the files read."""
        if precompiled is not None:
            self._precompiled.get(includes, lambda: precompiled)
        self._known.add(includes)

    def find(self, includes: _Includes) -> _Includes:
        """Return the longest beginning of a unit that is precompiled, or worth precompiling."""
        return max(
            (
                first
                for first in tuple(self._known)
                if includes[: len(first)] == first
                and (len(first) < len(includes) or self._precompiled.is_made(first))
            ),
            key=len,
            default=(),
        )

    def precompile(self, includes: _Includes) -> tuple[Path, frozenset[Path]]:
        """Precompile these includes. Return the output, and the files that were read for it."""

        def make() -> tuple[Path, frozenset[Path]]:
            output = Path(tempfile.mkdtemp(dir=self._work)) / "beginning.pch"
            with self._measure("clang"):
                return output, precompile(self._compiler, includes=includes, output=output)

        return self._precompiled.get(includes, make)

    def begin_with(self, first: _Includes) -> tuple[str, ...]:
        """Return the flags that begin a unit with these includes, if there are any."""
        return begin_with(self.precompile(first)[0]) if first else ()

    def survey(self, first: _Includes, question: Question, *, work: Path) -> Survey:
        """Preprocess a question after the includes `first`, in the folder `work`."""
        with self._measure("preprocess"):
            if first and question.includes:
                before = self._surveys.get(first, lambda: self._survey_first(first))
                macros = self._macros.get(first, lambda: self._write_macros(first))
                command = (*self._compiler, "-imacros", str(macros))
                return survey(command, question, work=work, behind=before)
            whole = replace(question, includes=(*first, *question.includes))
            known = survey(self._compiler, whole, work=work)
            if whole.includes in self._known:
                self._surveys.get(whole.includes, lambda: known)
            return known

    def _survey_first(self, includes: _Includes) -> Survey:
        work = Path(tempfile.mkdtemp(dir=self._work))
        return survey(self._compiler, Question(includes=includes), work=work)

    def _write_macros(self, includes: _Includes) -> Path:
        output = Path(tempfile.mkdtemp(dir=self._work)) / "macros.h"
        write_macros(self._compiler, includes=includes, output=output)
        return output
