"""C type names and flags -> an object that describes the types, and clang's refusals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from layoutcheck.compilers.ask.dependencies import list_dependencies, read_dependencies
from layoutcheck.compilers.ask.diagnostic import Diagnostic, parse_clang
from layoutcheck.compilers.probes.c import (
    QUESTIONS_FILE,
    CQuestion,
    Retry,
    never,
    render_c_probe,
)
from layoutcheck.compilers.programs.run_program import BRIEF, render_command, run
from layoutcheck.errors import CompileError, ToolchainError
from layoutcheck.location import SourceLocation
from layoutcheck.model.probe_key import ProbeKey

__all__ = [
    "CompiledC",
    "DumpedC",
    "begin_with",
    "check_includes",
    "compile_c",
    "dump_c",
    "precompile",
]

QUIET: Final = (
    "-w",
    "-ferror-limit=0",
    "-fno-caret-diagnostics",
    "-fno-color-diagnostics",
    "-fno-spell-checking",
    "-fdiagnostics-show-note-include-stack",
)
PRECOMPILING: Final = ("-x", "c-header")
_NOT_FOUND: Final = "' file not found"
RECORD: Final = "\n*** Dumping AST Record Layout\n"
MAX_ROUNDS: Final = 100
"""Maximum number of rounds. A missing header stops clang at once, so each one costs a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledC:
    """A unit that compiled in the end.

    `refused` holds clang's message for each question's key that is not a type here. `left_out`
    holds the errors of each include that does not compile. `read` are the files that clang read,
    also for those includes.
    """

    object: Path
    read: frozenset[Path]
    refused: Mapping[ProbeKey, str]
    left_out: Mapping[str, tuple[Diagnostic, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpedC:
    """Clang's own dump of the layouts in a unit, without an object; the rest as in `CompiledC`.

    `layouts` holds the dump of each record, by clang's name for the record.
    """

    layouts: Mapping[str, str]
    refused: Mapping[ProbeKey, str]
    left_out: Mapping[str, tuple[Diagnostic, ...]]


def compile_c(
    compiler: Sequence[str],
    *,
    includes: Sequence[str],
    questions: Sequence[CQuestion],
    work: Path,
    retry: Retry = never,
) -> CompiledC:
    """Compile a probe of `questions` in the folder `work`.

    If clang refuses a question, the question that `retry` returns is asked instead, if it returns
    one.

    `compiler` is the whole command except the input, the output and the flags for diagnostics. A
    question or an include that does not compile does not affect the others. Raises `CompileError`
    if clang's error is about neither.
    """
    source, output = work / "probe.c", work / "probe-c.o"
    making = ("-gdwarf-5", "-c", "-o", output.name)
    settled = _drop_errors(compiler, making, includes, questions, source=source, retry=retry)
    return CompiledC(
        object=output,
        read=settled.read,
        refused=settled.refused,
        left_out=settled.left_out,
    )


def dump_c(
    compiler: Sequence[str],
    *,
    includes: Sequence[str],
    questions: Sequence[CQuestion],
    work: Path,
) -> DumpedC:
    """Ask clang only how it would lay out the types; otherwise like `compile_c`.

    The dump of a record has the offset and the type of every member, with typedefs resolved, and
    those of the members inside. For an array, it has only the elements' type.
    """
    dump = ("-fsyntax-only", "-Xclang", "-fdump-record-layouts-canonical")
    settled = _drop_errors(compiler, dump, includes, questions, source=work / "probe.c")
    blocks = (block.partition("\n") for block in settled.said.split(RECORD)[1:])
    layouts = {heading.partition("|")[2].strip(): body for heading, _, body in blocks}
    return DumpedC(layouts=layouts, refused=settled.refused, left_out=settled.left_out)


def check_includes(
    compiler: Sequence[str],
    *,
    includes: Sequence[str],
    work: Path,
    behind: Sequence[str] = (),
    output: Path | None = None,
) -> tuple[Mapping[str, tuple[Diagnostic, ...]], frozenset[Path]]:
    """Return the includes that do not compile in one unit, in that order, with clang's errors.

    Also return the files that clang read. The function is made for a thousand includes. `behind`
    are flags for what comes before them. If possible, the includes that compile are precompiled
    into `output`, as by `precompile`. Raises `CompileError` as `compile_c` does.
    """
    missing = work / "missing"
    drop_errors = partial(
        _drop_errors,
        (*compiler, *behind, "-isystem", str(missing)),
        includes=includes,
        questions=(),
        source=work / "check.c",
        # With one include, it is clear which one fails.
        stand_in=(
            partial(_stand_in, compiler, includes, work, missing) if len(includes) > 1 else None
        ),
    )
    settled = None
    if output is not None:
        settled = drop_errors((*PRECOMPILING, "-o", str(output)))
        if not _can_end(compiler, output):
            output.unlink()
            settled = None
    settled = settled or drop_errors(("-fsyntax-only",))
    left_out = {
        include: tuple(_by_its_include(error, include, missing) for error in errors)
        for include, errors in settled.left_out.items()
    }
    return left_out, settled.read


def precompile(
    compiler: Sequence[str], *, includes: Sequence[str], output: Path
) -> frozenset[Path]:
    """Compile the includes once, into `output`. Return the files that clang read.

    Raises `CompileError` if they do not all compile.
    """
    source, depend = output.with_suffix(".h"), output.with_suffix(".d")
    source.write_text("".join(f"#include <{name}>\n" for name in includes), encoding="utf-8")
    making = (*PRECOMPILING, source.name, "-o", output.name, "-MD", "-MF", depend.name)
    finished = run((*compiler, *QUIET, *making), cwd=output.parent)
    if not finished.succeeded:
        raise CompileError(f"clang does not precompile it: {finished.words}", where=str(source))
    return read_dependencies(depend)


def begin_with(precompiled: Path | None) -> tuple[str, ...]:
    """Return the flags that begin a unit with a precompiled file, if there is one."""
    return () if precompiled is None else ("-include-pch", str(precompiled))


def _can_end(compiler: Sequence[str], precompiled: Path) -> bool:
    """Return whether a unit of nothing else compiles. Some errors show only at a unit's end."""
    source = precompiled.with_suffix(".end.c")
    source.write_text("", encoding="utf-8")
    command = (*compiler, *QUIET, *begin_with(precompiled), "-fsyntax-only", source.name)
    return run(command, cwd=source.parent).succeeded


def _by_its_include(error: Diagnostic, include: str, missing: Path) -> Diagnostic:
    """Return an error of a stand-in as one of the include, since users do not know the stand-in."""
    is_ours = missing in Path(error.location.path).parents
    return replace(error, location=SourceLocation(path=include)) if is_ours else error


def _stand_in(compiler: Sequence[str], includes: Sequence[str], work: Path, folder: Path) -> None:
    """Write headers with an `#error` into `folder`, for those that the includes do not find.

    A missing header ends clang at once. An `#error` does not, so one round finds them all.
    """
    folder.mkdir(exist_ok=True)
    for name in list_dependencies(compiler, includes=includes, work=work):
        path = folder / name
        if not {"..", "/"} & {*name.parts}:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"#error '{name}' file not found\n", encoding="utf-8")


class _Settled(NamedTuple):
    """State when clang has no more errors: its output then, and all files that it has read."""

    said: str
    refused: Mapping[ProbeKey, str]
    left_out: Mapping[str, tuple[Diagnostic, ...]]
    read: frozenset[Path]


def _drop_errors(
    compiler: Sequence[str],
    flags: Sequence[str],
    includes: Sequence[str],
    questions: Sequence[CQuestion],
    *,
    source: Path,
    retry: Retry = never,
    stand_in: Callable[[], None] | None = None,
) -> _Settled:
    """Compile, each time without the includes or questions in clang's errors, until there are none.

    `flags` say what clang makes. `retry` is as in `compile_c`. If a header is missing, `stand_in`
    may put others in the place of all missing headers.
    """
    refused: dict[ProbeKey, str] = {}
    left_out: dict[str, tuple[Diagnostic, ...]] = {}
    read: frozenset[Path] = frozenset()
    depend = source.with_suffix(".d")
    command = (*compiler, *QUIET, *flags, "-MD", "-MF", depend.name, source.name)
    words = ""
    most = MAX_ROUNDS + len(includes)  # all headers of a folder may fail, one in each round
    for _ in range(most):
        depend.unlink(missing_ok=True)
        source.write_text(render_c_probe(includes, questions), encoding="utf-8")
        finished = run(command, cwd=source.parent)
        if stand_in is not None and _NOT_FOUND in finished.stderr:
            stand_in()
            stand_in = None
            continue
        # If a header is missing, clang does not tell which files it has read.
        read |= read_dependencies(depend) or list_dependencies(
            compiler, includes=includes, work=source.parent
        )
        if finished.succeeded:
            return _Settled(finished.stdout, refused, left_out, read)
        words = finished.words
        by_include, by_question = _by_line(finished.stderr, includes, source)
        if not by_include and max(by_question, default=0) > len(questions):
            # clang has come to the end, and something is still open. Find the include at fault.
            opened = _find_open(command, includes, source)
            by_include = {opened: [_unclosed(includes[opened - 1])]} if opened else {}
            by_question = {}
        if not by_include and not by_question:
            ended_by_itself = finished.returncode > 0
            raise (CompileError if ended_by_itself else ToolchainError)(
                f"clang failed: {finished.brief}",
                where=str(source),
                hint=f"the command was: {render_command(command, most=BRIEF)}",
            )
        # A broken include may be the reason why a question is refused, so includes go first.
        if by_include:
            left_out |= {includes[line - 1]: tuple(found) for line, found in by_include.items()}
            includes = [name for n, name in enumerate(includes, 1) if n not in by_include]
        else:
            again = {n: retry(questions[n - 1], why) for n, why in by_question.items()}
            refused |= {questions[n - 1].key: by_question[n] for n in again if again[n] is None}
            left = (again.get(n, one) for n, one in enumerate(questions, 1))
            questions = [one for one in left if one is not None]
    raise CompileError(f"clang still refuses it after {most} rounds: {words}", where=str(source))


def _by_line(
    words: str, includes: Sequence[str], source: Path
) -> tuple[dict[int, list[Diagnostic]], dict[int, str]]:
    """Return the errors by the number of the include, or of the question, that they are about."""
    by_include: dict[int, list[Diagnostic]] = {}
    by_question: dict[int, str] = {}
    for error in parse_clang(words, unit=source.name):
        path, number = error.location.path, error.location.line
        if path == QUESTIONS_FILE:
            by_question.setdefault(number, error.message)
        elif path == source.name:  # the include itself: users do not know our probe's lines
            whole = SourceLocation(path=includes[number - 1])
            by_include.setdefault(number, []).append(replace(error, location=whole))
        elif error.included_at is not None:
            by_include.setdefault(error.included_at, []).append(error)
    return by_include, by_question


def _find_open(command: Sequence[str], includes: Sequence[str], source: Path) -> int:
    """Return the line of the first include after which the unit cannot end; 0 if there is none."""

    def is_open(count: int) -> bool:
        source.write_text(render_c_probe(includes[:count], ()), encoding="utf-8")
        return not run((*command, "-fsyntax-only"), cwd=source.parent).succeeded

    count = bisect_left(range(len(includes) + 1), x=True, key=is_open)
    return count if count <= len(includes) else 0


def _unclosed(include: str) -> Diagnostic:
    message = (
        "it does not close what it opens, such as a brace or a #pragma pack, or redefines a keyword"
    )
    return Diagnostic(message=message, location=SourceLocation(path=include))
