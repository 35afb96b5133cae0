"""C headers and flags -> the output of clang's preprocessor, and the macros in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from layoutcheck.compilers.ask.clang import QUIET
from layoutcheck.compilers.ask.dependencies import read_dependencies
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.errors import CompileError

__all__ = [
    "Followed",
    "Redefinition",
    "expand_c",
    "expand_with_places",
    "follow_macros",
    "read_macros",
    "write_macros",
]

# The text after a `#`: a macro; or a place, with the line, the file, and whether the file is
# entered (1) or returned to (2).
_CHANGED: Final = re.compile(r"(define|undef) (\w+)(.*)")
_PLACE: Final = re.compile(r' (\d+) "([^"\n]*)"(?: ([12]))?')


@dataclass(frozen=True, slots=True)
class Redefinition:
    """A macro that the header `before` defines as `words`, and `after` later as `other`, in a unit.

    Both definitions begin with the parameters. `other` is None if `after` undefines the macro.
    """

    name: str
    before: str
    words: str
    after: str
    other: str | None


class Followed(NamedTuple):
    """Macros of a unit that one include defines and a later one redefines or undefines.

    `empty` are the files that were read but left neither text nor a macro. `read` are all files
    that were read.
    """

    redefined: tuple[Redefinition, ...]
    empty: frozenset[Path]
    read: frozenset[Path]


def expand_c(compiler: Sequence[str], *, includes: Sequence[str], work: Path) -> str | None:
    """Return the text that `compile_c` would compile, with macros expanded and headers put in.

    None if the preprocessor fails: a header is missing, or has an `#error`.
    """
    # Without line markers, which name files in the working folder.
    finished = _preprocess((*compiler, "-E", "-P"), includes, work)
    return finished.stdout if finished.succeeded else None


def expand_with_places(compiler: Sequence[str], *, includes: Sequence[str], work: Path) -> str:
    """Return the preprocessed text of the includes, with line markers.

    Raises `CompileError` where the preprocessor fails.
    """
    finished = _preprocess((*compiler, "-E"), includes, work)
    if not finished.succeeded:
        raise CompileError(f"clang's preprocessor failed: {finished.words}", where=str(work))
    return finished.stdout


def read_macros(
    compiler: Sequence[str], *, includes: Sequence[str], work: Path
) -> Mapping[str, str]:
    """Return the macros without parameters that are defined at the end of a unit of these headers.

    The result is empty if the preprocessor fails.
    """
    finished = _preprocess((*compiler, "-E", "-dM"), includes, work)
    text = finished.stdout if finished.succeeded else ""
    return dict(re.findall(r"^#define (\w+)(?: (.*))?$", text, re.MULTILINE))


def write_macros(compiler: Sequence[str], *, includes: Sequence[str], output: Path) -> None:
    """Write the macros that are defined at the end of a unit of headers, for `-imacros`.

    Raises `CompileError` where the preprocessor fails.
    """
    command = (*compiler, "-E", "-dM", "-o", output.name)
    finished = _preprocess(command, includes, output.parent)
    if not finished.succeeded:
        raise CompileError(f"clang's preprocessor failed: {finished.words}", where=str(output))


def follow_macros(compiler: Sequence[str], *, includes: Sequence[str], work: Path) -> Followed:
    """Find the macros that a unit's headers redefine. None is found if the preprocessor fails."""
    depend = work / "probe.d"
    depend.unlink(missing_ok=True)
    finished = _preprocess((*compiler, "-E", "-dD", "-MD", "-MF", depend.name), includes, work)
    text = finished.stdout if finished.succeeded else ""
    return Followed(tuple(_redefined(text, includes)), _empty(text), read_dependencies(depend))


def _empty(text: str) -> frozenset[Path]:
    """Return the files that leave nothing in a unit's text, which has its macros and places."""
    ahead, entered, left = list[str](), set[str](), set[str]()
    for directive in text.split("\n#"):
        place, _, rest = directive.partition("\n")
        found = _PLACE.match(place)
        if found and found[3] == "1":
            ahead.append(found[2])
            entered.add(found[2])
        elif found and found[3] == "2" and ahead:
            ahead.pop()
        if ahead and (found is None or rest.strip()):
            left.add(ahead[-1])
    return frozenset(map(Path, entered - left))


class _Defined(NamedTuple):
    """A macro in force: the file and the include that defined it, and its definition."""

    path: str
    header: str
    words: str


def _redefined(text: str, includes: Sequence[str]) -> Iterator[Redefinition]:
    in_force: dict[str, _Defined] = {}
    gone: dict[str, tuple[_Defined, str]] = {}
    for name, is_defined, now in _changes(text, includes):
        before = in_force.pop(name, None)
        was, _ = gone.pop(name, (None, ""))
        if is_defined:
            in_force[name] = now
        old = before or was
        if old is None or old.header == now.header or old.path == now.path:
            continue  # changes within one include do not count
        if not is_defined:
            gone[name] = (old, now.header)
        elif old.words != now.words:
            yield Redefinition(name, old.header, old.words, now.header, now.words)
    for name, (old, header) in gone.items():
        yield Redefinition(name, old.header, old.words, header, None)


def _changes(text: str, includes: Sequence[str]) -> Iterator[tuple[str, bool, _Defined]]:
    """Yield the macros that headers define or undefine, in order."""
    depth, path, number, header = 0, "", 0, ""
    for line in text.split("\n#"):
        if macro := _CHANGED.match(line):
            if header:  # else it is clang's own, or one of the command
                yield macro[2], macro[1] == "define", _Defined(path, header, macro[3].strip())
        elif place := _PLACE.match(line):
            path = place[2]
            depth += {"1": 1, "2": -1}.get(place[3], 0)
            # The unit has a line for each include. An include that was read before has no marker.
            if place[3] == "2" and depth == 0:
                number = int(place[1]) - 1
            elif place[3] == "1" and depth == 1:
                left = includes[number:]
                header = next((name for name in left if path.endswith(f"/{name}")), header)


def _preprocess(command: Sequence[str], includes: Sequence[str], work: Path) -> Finished:
    source = work / "probe.c"
    source.write_text(render_c_probe(includes, ()), encoding="utf-8")
    return run((*command, *QUIET, source.name), cwd=work)
