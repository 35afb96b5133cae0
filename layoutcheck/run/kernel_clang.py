"""Headers, a kernel conf and C names -> clang's answer on each of the names."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from layoutcheck.cache.memo import Memo
from layoutcheck.compilers.ask.c_names import survey_names
from layoutcheck.compilers.ask.clang import check_includes
from layoutcheck.compilers.ask.clang_answers import Answer, Question, ask_c
from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.preprocessor import expand_with_places, follow_macros
from layoutcheck.compilers.ask.shared_includes import SharedIncludes
from layoutcheck.judge.items.c_answers import SideOfC
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.judge.judge_types import Side
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.units.header_units import Preprocessed
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.c_cache_key import CFacts
from layoutcheck.run.kernel_files import STUBS, OpenKernel, write_headers
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["AskedC", "KernelClang"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedC:
    """Answer of clang on one unit: on types (`side`) and on `items`.

    `includes` are the headers that compile, `left_out` the others with the errors of each. `stubs`
    are the stub headers that clang read.
    """

    side: Side
    items: SideOfC
    includes: tuple[str, ...]
    left_out: Mapping[str, tuple[Diagnostic, ...]]
    stubs: tuple[str, ...]


class KernelClang:
    """Questions to clang about one cell's kernel, under the manifest's `[kernel]`.

    The option headers, the stub headers and the compiled files are written into `work`. `known`
    holds clang's answers by architecture and preprocessed text. If another kernel's text is
    identical, it is not compiled again.
    """

    def __init__(
        self,
        kernel: OpenKernel,
        wanted: Kernel,
        target: Target,
        tools: Tools,
        *,
        work: Path,
        known: Memo[tuple[str, ...], AskedC] | None = None,
    ) -> None:
        flags = write_headers(kernel, wanted, target, work=work)
        self._command = (
            *tools.clang.argv,
            *tools.clang.target_flags(target, kernel.tree.release),
            *flags,
        )
        # A command without headers and `-D`: all macros that clang then defines are its own.
        self._bare = (
            *tools.clang.argv,
            *tools.clang.target_flags(target, kernel.tree.release),
            *(
                flag
                for flag in FREEBSD.compile_flags(target, wanted.view)
                if not flag.startswith("-D")
            ),
        )
        self._own: dict[str, str | None] = {}
        pairs = pairwise(self._command)
        self._prefixes = tuple(f"{path}/" for flag, path in pairs if flag in {"-isystem", "-I"})
        self._stubs, self._target, self._tools = kernel.tree.stubs, target, tools
        self._work, self._known = work, known
        self._shared = SharedIncludes(self._command, work, tools.watch.measure)
        self._answered: dict[tuple[tuple[str, ...], tuple[ItemCandidate, ...]], SideOfC] = {}
        generated = (work, kernel.tree.generated or work)
        self.facts = CFacts(self._command, generated, kernel.names, tools.cache)
        self.read: set[str] = set()
        """Files that clang has read so far; see `CFacts.files`."""

    def ask(
        self,
        includes: Sequence[str],
        candidates: Sequence[tuple[ProbeKey, str]],
        items: Sequence[ItemCandidate] = (),
    ) -> AskedC:
        """Return clang's answers on candidates (key, C type) and `items`, after the includes.

        `ask_items` then knows the answer on these items after the includes that compile. It does
        not ask clang again.
        """
        self._tools.progress(f"compiling {len(includes)} headers for {self._target.name}")
        question = ("types", repr(includes), repr(candidates), repr(items))
        asked = self._recall(question, lambda: self._ask(includes, candidates, items))
        if items:
            self._answered[asked.includes, tuple(items)] = asked.items
        return asked

    def ask_items(self, includes: Sequence[str], candidates: Sequence[ItemCandidate]) -> SideOfC:
        """Return clang's answer on each candidate after the includes, all of which compile."""
        answered = self._answered.get((tuple(includes), tuple(candidates)))
        if answered is not None:
            return answered
        self._tools.progress(f"asking for {len(candidates)} names of {self._target.name}")
        question = ("items", repr(includes), repr(candidates))
        return self._recall(question, lambda: self._ask(includes, (), candidates)).items

    def _ask(
        self,
        includes: Sequence[str],
        types: Sequence[tuple[ProbeKey, str]],
        items: Sequence[ItemCandidate],
    ) -> tuple[AskedC, frozenset[Path]]:
        question = Question(
            includes=tuple(includes),
            types=types,
            constants=[(one.key, one.name) for one in items if one.kind == "constant"],
            enums=[(one.key, one.name) for one in items if one.kind == "enum"],
            aliases=[(one.key, one.name) for one in items if one.kind == "alias"],
            objects=[(one.key, one.name) for one in items if one.kind in {"function", "static"}],
        )
        # Several threads may ask.
        tools, command, work = self._tools, self._command, Path(tempfile.mkdtemp(dir=self._work))
        first = self._shared.find(question.includes)
        behind = replace(question, includes=question.includes[len(first) :])
        look = partial(self._shared.survey, first, work=work)
        known = look(behind)
        read = known.read

        def compile_() -> AskedC:
            nonlocal read
            begin = self._shared.begin_with(first)
            with tools.watch.measure("clang"):
                answer = ask_c((*command, *begin), behind, known, work=work, look=look)
            read = answer.read
            return self._read(answer, question)

        if self._known is None or not known.is_whole:
            return compile_(), read
        same = (self._target.name, known.digest, repr(types), repr(items))
        return self._known.get(same, compile_), read

    def _read(self, answer: Answer, question: Question) -> AskedC:
        """Return an answer together with the layouts in its object."""
        layouts = LayoutSet(producer="none")
        if answer.object is not None:
            layouts = self._tools.read(answer.object, strip_prefixes=self._prefixes)
        none = MappingProxyType[ProbeKey, Any]({})
        types = replace(layouts, constants=none, objects=none)
        return AskedC(
            side=Side(layouts=types, refused=answer.refused),
            items=SideOfC(
                side=Side(layouts=replace(layouts, records=none), refused=answer.refused_items),
                macros=answer.macros,
                compilers=self._compilers(answer.macros),
                linkage=answer.linkage,
            ),
            includes=tuple(name for name in question.includes if name not in answer.left_out),
            left_out=answer.left_out,
            stubs=tuple(name for name in self._stubs if self._work / STUBS / name in answer.read),
        )

    def _compilers(self, macros: Mapping[str, str]) -> frozenset[str]:
        """Return the names of the macros that expand to the same text without any header."""
        unknown = [name for name in macros if name not in self._own]
        if unknown:
            work = Path(tempfile.mkdtemp(dir=self._work))
            survey = survey_names(self._bare, includes=(), names=unknown, work=work)
            self._own |= {name: survey.macros.get(name) for name in unknown}
        return frozenset(name for name, text in macros.items() if self._own[name] == text)

    def check(
        self, includes: Sequence[str], behind: Sequence[str] = ()
    ) -> Mapping[str, tuple[Diagnostic, ...]]:
        """Return the includes that do not compile in one unit in that order, and their errors.

        They come after the includes in `behind`, all of which compile.
        """
        question = ("check", repr(includes), repr(behind))
        left_out = self._recall(question, lambda: self._check(includes, tuple(behind)))
        if behind:
            self._shared.add(tuple(behind))
        elif len(includes) > 1:
            self._shared.add(tuple(name for name in includes if name not in left_out))
        return left_out

    def _check(
        self, includes: Sequence[str], behind: tuple[str, ...]
    ) -> tuple[Mapping[str, tuple[Diagnostic, ...]], frozenset[Path]]:
        # Several threads may ask. A precompiled file and its sources stay as long as `work` does.
        folder = Path(tempfile.mkdtemp(dir=self._work))
        # Other units may begin with this one.
        output = folder / "check.pch" if len(includes) > 1 and not behind else None
        begin = self._shared.begin_with(behind)
        before = self._shared.precompile(behind)[1] if behind else frozenset[Path]()
        with self._tools.watch.measure("clang"):
            left_out, read = check_includes(
                self._command,
                includes=includes,
                work=folder,
                behind=begin,
                output=output,
            )
        if output is not None and output.exists():
            whole = tuple(name for name in includes if name not in left_out)
            self._shared.add(whole, (output, read))
        return {
            include: tuple(self._named(error) for error in errors)
            for include, errors in left_out.items()
        }, read | before

    def _recall(self, question: Sequence[str], make: Callable[[], tuple[T, Iterable[Path]]]) -> T:
        """Return the cached answer, or make a new one."""

        def made() -> tuple[T, frozenset[str]]:
            answer, read = make()
            return answer, self.facts.files(read)

        facts = (*question, self.facts.digest, self._tools.c_identity)
        answer, files = self._tools.cache.get(facts, made)
        self.read.update(files)
        return answer

    @property
    def headers_read(self) -> frozenset[str]:
        """Headers that clang has read so far, by the names by which they are included."""
        return frozenset(map(self._as_included, self.read))

    def expand(self, includes: Sequence[str]) -> str:
        """Return the preprocessed text of the includes, with line markers."""
        with self._tools.watch.measure("preprocess"):
            return expand_with_places(self._command, includes=includes, work=self._work)

    def preprocess(self, includes: Sequence[str]) -> Preprocessed:
        """Return the preprocessor's findings on a unit of includes, all of which compile."""

        def find() -> tuple[Preprocessed, frozenset[Path]]:
            with (
                tempfile.TemporaryDirectory(dir=self._work) as folder,
                self._tools.watch.measure("preprocess"),
            ):
                found = follow_macros(self._command, includes=includes, work=Path(folder))
            read, empty = (
                frozenset(self._as_included(str(path)) for path in paths)
                for paths in (found.read, found.empty)
            )
            return Preprocessed(found.redefined, read, empty), found.read

        return self._recall(("preprocessed", repr(includes)), find)

    def _named(self, error: Diagnostic) -> Diagnostic:
        """Return an error with the name by which C includes its header."""
        location = error.location
        shown = SourceLocation(path=self._as_included(location.path), line=location.line)
        return replace(error, location=shown)

    def _as_included(self, path: str) -> str:
        prefix = next((prefix for prefix in self._prefixes if path.startswith(prefix)), "")
        return path.removeprefix(prefix)
