"""Headers and a kernel conf -> the effect of each kernel option on the records in these headers.

The headers are compiled after every `opt_*.h`: once under the conf, and once for each option that
the headers mention, with that option toggled. If the preprocessed text is the same, it is not
compiled. Only the records for which clang's own dump differs are read from DWARF.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from layoutcheck.compilers.ask.clang import CompiledC, compile_c, dump_c
from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.preprocessor import expand_c, read_macros
from layoutcheck.compilers.probes.c import CQuestion
from layoutcheck.errors import CompileError
from layoutcheck.judge.layout_changes import compare_layouts, names_inside
from layoutcheck.kernel.options.expanded import defined_records
from layoutcheck.kernel.options.mentioned import mentioned_options
from layoutcheck.kernel.options.toggle import Turn, turn_over
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.effects import AskedType, Failure, OptionEffect
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.kernel_files import OpenKernel, write_headers
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["Unit", "UnitEffects", "study_unit"]

_TAGLESS: Final = re.compile(r"\((?:unnamed|anonymous)[^)]*\)")
"""Name that clang gives a record without a tag: the place of its definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Headers that compile together, in this order, and the `types` in them to study.

    If `types` is None, these are all records that the headers define, except the `known` ones.
    `known` holds pairs of a name and a digest of its definition, as in an earlier unit's `defined`.
    """

    includes: tuple[str, ...]
    types: tuple[str, ...] | None
    known: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEffects:
    """Effects of the options on one unit.

    `defined` holds the records that the unit defines under the conf, with digests of their
    definitions. `types` are the types that were asked for and compile. `effects` has one entry for
    each option that the unit's headers mention, most of them without changes. `left_out` are the
    headers that do not compile under the conf itself.
    """

    defined: Mapping[str, str]
    types: tuple[AskedType, ...]
    effects: tuple[OptionEffect, ...]
    left_out: tuple[Failure, ...]


def study_unit(
    kernel: OpenKernel, target: Target, tools: Tools, unit: Unit, *, work: Path
) -> UnitEffects:
    """Return each option's effect on the unit's types. At most one compiler per core runs."""
    study = _Study(kernel, target, tools, unit, work)
    effects = []
    if study.base.asked or unit.types is not None:
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        try:
            for number, effect in enumerate(pool.map(study.effect, study.turns), 1):
                tools.progress(f"kernel options tried: {number} of {len(study.turns)}")
                effects.append(effect)
        finally:
            pool.shutdown(cancel_futures=True)
    return UnitEffects(
        defined=study.base.defined,
        types=tuple(
            AskedType(c_name=name, declared_at=record.declared_at, byte_size=record.byte_size)
            for name, record in study.base.layouts.items()
        ),
        effects=tuple(effects),
        left_out=study.left_out,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Unit under one set of options: its text, the records that it defines, their layouts.

    `said` is clang's own dump of each record of the unit. `asked` are the types that were asked for
    and compile. `layouts` are read from DWARF. Under the conf itself, they are those of all such
    types; else only of the types that clang lays out in another way than under the conf. `failed`
    are the headers that had to be left out.
    """

    text: str | None
    defined: Mapping[str, str]
    refused: frozenset[str]
    said: Mapping[str, str]
    asked: frozenset[str]
    layouts: Mapping[str, RecordLayout]
    failed: Mapping[str, tuple[Diagnostic, ...]]


class _Study:
    """One unit, compiled under the conf, and the options to toggle in it."""

    def __init__(
        self, kernel: OpenKernel, target: Target, tools: Tools, unit: Unit, work: Path
    ) -> None:
        self._tools, self._unit, self._work = tools, unit, work
        self._headers = kernel.conf.headers
        self._compiler = (
            *tools.clang.argv,
            *tools.clang.target_flags(target, kernel.tree.release),
        )
        self._flags = write_headers(kernel, Kernel(), target, work=work)
        tools.linker  # noqa: B018 - looked for now, not by several threads at once
        self._options = kernel.conf.included_headers
        compiler = (*self._compiler, *self._flags)
        tools.progress(f"compiling {len(unit.includes)} headers")
        includes = (*self._options, *unit.includes)
        alone = compile_c(compiler, includes=includes, questions=(), work=work)
        self.left_out = tuple(self._failures(alone.left_out))
        self._includes = tuple(name for name in includes if name not in alone.left_out)
        self.base = self._look(compiler, work, None)
        self._inside = names_inside(self.base.layouts)
        macros = read_macros(compiler, includes=self._includes, work=work)
        options = mentioned_options(self._texts(alone), kernel.conf.options)
        self.turns = tuple(turn_over(option, self._headers, macros) for option in options)

    def effect(self, turn: Turn) -> OptionEffect:
        """Return the effect of the option. Several threads may call it."""
        with tempfile.TemporaryDirectory(dir=self._work) as folder:
            work = Path(folder)
            changed = work / "options" / turn.option.header
            changed.parent.mkdir()
            changed.write_text(turn.text, encoding="utf-8")
            own = str(self._work / "options" / turn.option.header)
            flags = (str(changed) if flag == own else flag for flag in self._flags)
            compiler = (*self._compiler, "-I", str(changed.parent), *flags)
            try:
                other = self._look(compiler, work, self.base)
            except CompileError as error:
                failure = Failure(header="(no header in particular)", reason=error.what)
                return _effect(turn, {}, {}, (failure,), self.base.layouts)
        if other is self.base:
            return _effect(turn, {}, {}, (), ())
        gone = self.base.asked - other.asked
        # Two kinds of types are missing, not gone, and are not compared: types that are still
        # defined but whose name is a macro, and all types if a header had to be left out.
        missing = gone if other.failed else gone & other.defined.keys()
        base = {
            name: record
            for name, record in self.base.layouts.items()
            if name in other.layouts or name in gone - missing
        }
        return _effect(turn, base, other.layouts, tuple(self._failures(other.failed)), missing)

    def _look(self, compiler: Sequence[str], work: Path, base: _Seen | None) -> _Seen:
        """Return the unit as this compiler sees it, or `base` itself if nothing is different."""
        text = expand_c(compiler, includes=self._includes, work=work)
        if base is not None and text == base.text is not None:
            return base
        defined = defined_records(text) if text else base.defined if base else {}
        wanted = self._wanted(defined, base)
        questions = _questions(sorted(wanted))
        dumped = dump_c(compiler, includes=self._includes, questions=questions, work=work)
        asked = frozenset(one.name for one in questions if one.key not in dumped.refused)
        is_same = base is not None and (dumped.layouts, asked) == (base.said, base.asked)
        if base is not None and is_same and not dumped.left_out:
            return base
        changed = asked if base is None else self._changed(base, asked, dumped.layouts)
        return _Seen(
            text=text,
            defined=defined,
            refused=frozenset(one.name for one in questions if one.key in dumped.refused),
            said=dumped.layouts,
            asked=asked,
            layouts=self._read(compiler, work, sorted(changed)),
            failed=dumped.left_out,
        )

    def _wanted(self, defined: Mapping[str, str], base: _Seen | None) -> set[str]:
        """Return the types to ask for in a text that defines these records."""
        unit = self._unit
        if unit.types is not None:
            return {_c_name(type_, defined) for type_ in unit.types}
        if base is None:
            return defined.keys() - {name for name, _ in unit.known & defined.items()}
        # Leave out the records of an earlier unit, and those that are defined where nobody can use
        # them, such as in a function.
        known = {name for name, _ in unit.known & base.defined.items()}
        known |= {name for name, _ in unit.known & defined.items() if name not in base.defined}
        return defined.keys() - known - (base.refused & base.defined.keys())

    def _changed(
        self, base: _Seen, asked: Collection[str], said: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield the types that may be laid out in another way than under the conf.

        clang's dump of a record does not show the inside of an array's elements. There is no dump
        of a type that is not a record. So every type that holds a changed record counts, too.
        """
        names = base.said.keys() | said.keys()
        changed = {name for name in names if base.said.get(name) != said.get(name)}
        tagless = {word for name in changed for word in _TAGLESS.findall(name)}
        for name in asked:
            inside = self._inside.get(name)
            if (
                inside is None
                or name in changed
                or name not in said
                or inside & changed
                or (tagless and not tagless.isdisjoint(_TAGLESS.findall(said[name])))
            ):
                yield name

    def _read(
        self, compiler: Sequence[str], work: Path, names: Sequence[str]
    ) -> Mapping[str, RecordLayout]:
        """Return the layouts of the types, all of which compile."""
        compiled = compile_c(
            compiler, includes=self._includes, questions=_questions(names), work=work
        )
        folders = (folder for flag, folder in pairwise(compiler) if flag in {"-isystem", "-I"})
        read = self._tools.read(
            compiled.object, strip_prefixes=tuple(f"{folder}/" for folder in folders)
        )
        return {names[key.number]: record for key, record in read.records.items()}

    def _texts(self, compiled: CompiledC) -> Iterator[str]:
        """Yield the texts of all headers that were read, except the option headers."""
        options = (self._work / "options").resolve()
        for path in compiled.read:
            whole = (self._work / path).resolve()
            if whole.is_file() and not whole.is_relative_to(options):
                yield whole.read_text(encoding="utf-8", errors="replace")

    def _failures(self, left_out: Mapping[str, tuple[Diagnostic, ...]]) -> Iterator[Failure]:
        folders = [folder for flag, folder in pairwise(self._flags) if flag == "-isystem"]
        for header, (first, *_) in left_out.items():
            reason = str(first)
            for folder in folders:
                reason = reason.removeprefix(f"{folder}/")
            yield Failure(header=header, reason=reason)


def _effect(
    turn: Turn,
    base: Mapping[str, RecordLayout],
    other: Mapping[str, RecordLayout],
    failures: tuple[Failure, ...],
    not_compared: Collection[str],
) -> OptionEffect:
    """Return the option's effect, from layouts under the conf and with the option toggled."""
    without, with_option = (other, base) if turn.is_set else (base, other)
    return OptionEffect(
        option=turn.option.name,
        header=turn.option.header,
        is_set=turn.is_set,
        value=turn.value,
        default=turn.default,
        changes=compare_layouts(without, with_option),
        failures=failures,
        not_compared=tuple(sorted(not_compared)),
    )


def _c_name(type_: str, defined: Collection[str]) -> str:
    """Return the C name of a type. A bare word is a tag if there is one, else a typedef's name."""
    tags = (f"{kind} {type_}" for kind in ("struct", "union"))
    return next((tag for tag in tags if tag in defined), type_)


def _questions(names: Sequence[str]) -> list[CQuestion]:
    """Return the questions for C types. The number of a key is the type's place in `names`."""
    return [CQuestion("type", ProbeKey("type", n), name) for n, name in enumerate(names)]
