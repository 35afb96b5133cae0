"""C names and flags -> which of them are macros, and which functions no other unit can link."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.compilers.ask.c_text import CText, plain_name
from layoutcheck.compilers.ask.clang import QUIET
from layoutcheck.compilers.ask.dependencies import read_dependencies
from layoutcheck.compilers.ask.diagnostic import parse_clang
from layoutcheck.compilers.probes.c import (
    QUESTIONS_FILE,
    CQuestion,
    Way,
    render_c_probe,
)
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.layout_set import Linkage
from layoutcheck.model.probe_key import KEY_PATTERN, ProbeKey
from layoutcheck.model.symbols import BUILT_IN, ITEM

__all__ = ["Survey", "find_linkage", "is_expression", "survey_names"]

_SAID: Final = re.compile(rf"^(?:({ITEM})|{BUILT_IN})({KEY_PATTERN})[ \t]*(.*)$", re.MULTILINE)
_KEYWORDS: Final = ("struct", "union", "enum")
# clang's messages that confirm each way of declaration; `local` has none.
_ANSWERS: Final[Mapping[Way, re.Pattern[str]]] = {
    "local": re.compile(r"^$"),
    "thread": re.compile(r"^non-thread-local declaration of "),
    "regparm": re.compile(r"\bpreviously declared with the regparm\b"),
}
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_TEXT: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Preprocessor's output for a unit of headers, and its answers on names after them.

    `macros` holds the names that are macros, with their expansions. A macro with parameters has no
    arguments here, so it is its own expansion. `digest` is that of the whole output. `read` are the
    files that were read. `is_whole` says that nothing of the headers was refused. `text` shows what
    they may declare; None if something was refused, or if a keyword is a macro.
    """

    macros: Mapping[str, str]
    digest: str
    read: frozenset[Path]
    is_whole: bool
    text: CText | None


def survey_names(
    compiler: Sequence[str],
    *,
    includes: Sequence[str],
    names: Iterable[str],
    work: Path,
    behind: Survey | None = None,
) -> Survey:
    """Ask the preprocessor about those `names` that are identifiers, before compiling.

    Nothing is known if the includes do not compile. They may come `behind` those of another survey.
    The `compiler` command then begins with the macros of that survey.
    """
    wanted = dict.fromkeys((*_KEYWORDS, *names))
    listed = tuple(name for name in wanted if plain_name(name) == name)
    questions = [
        CQuestion("macro", ProbeKey("name", number), name) for number, name in enumerate(listed)
    ]
    source = work / "names.c"
    source.write_text(render_c_probe(includes, questions), encoding="utf-8")
    depend = source.with_suffix(".d")
    depend.unlink(missing_ok=True)
    command = (*compiler, *QUIET, "-E", "-P", "-MD", "-MF", depend.name, source.name)
    finished = run(command, cwd=work)
    said, macros, built_in = finished.stdout, dict[str, str](), set[str]()
    headers_end = len(said)
    for found in _SAID.finditer(said):
        headers_end = min(headers_end, found.start())
        name = listed[ProbeKey.parse(found[2]).number]
        if found[1]:
            macros[name] = found[3].strip()
        else:
            built_in.add(name)
    is_plain = finished.succeeded and macros.keys().isdisjoint(_KEYWORDS)
    before = None if behind is None else behind.text
    text = CText(said[:headers_end], macros, built_in, behind=before)
    whole = said if behind is None else f"{behind.digest}\n{said}"
    return Survey(
        macros=macros,
        digest=hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest(),
        read=read_dependencies(depend).union(() if behind is None else behind.read),
        is_whole=finished.succeeded and (behind is None or behind.is_whole),
        text=text if is_plain and (behind is None or before is not None) else None,
    )


def is_expression(expansion: str) -> bool:
    """Return whether a macro's expansion could be an expression: all its brackets are closed.

    An open bracket would take in the lines after the expansion.
    """
    opened: list[str] = []
    for char in _TEXT.sub("", expansion):
        if char in "([{":
            opened.append(char)
        elif char in _BRACKETS and (not opened or opened.pop() != _BRACKETS[char]):
            return False
    return bool(expansion) and not opened and not expansion.endswith(";")


def find_linkage(
    compiler: Sequence[str],
    *,
    includes: Sequence[str],
    names: Sequence[str],
    text: CText | None,
    work: Path,
) -> Linkage:
    """Return those `names` of functions or variables that are declared in a way that DWARF hides.

    `text` shows which names need not be asked for.
    """
    may_be: dict[Way, Callable[[CText, str], bool]] = {
        "thread": CText.may_be_of_thread,
        "regparm": CText.may_have_registers,
        # Last, because it is an error for most names, and an error may cause the next one.
        "local": CText.may_be_local,
    }
    asked = [
        CQuestion(way, ProbeKey("name", number), name)
        for way, may_be_so in may_be.items()
        for number, name in enumerate(names)
        if text is None or may_be_so(text, name)
    ]
    if not asked:
        return Linkage()
    source = work / "linkage.c"
    source.write_text(render_c_probe(includes, asked), encoding="utf-8")
    finished = run((*compiler, *QUIET, "-fsyntax-only", source.name), cwd=work)
    said: dict[int, str] = {}
    for error in parse_clang(finished.stderr, unit=source.name):
        if error.location.path == QUESTIONS_FILE:
            said.setdefault(error.location.line, error.message)
    found: dict[Way, set[str]] = {way: set() for way in may_be}
    for line, question in enumerate(asked, 1):
        if _ANSWERS[question.way].search(said.get(line, "")):
            found[question.way].add(question.name)
    return Linkage(
        local=frozenset(found["local"]),
        of_thread=frozenset(found["thread"]),
        regparm=frozenset(found["regparm"]),
    )
