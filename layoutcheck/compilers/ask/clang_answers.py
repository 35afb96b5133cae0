"""Headers and names in C -> clang's answers on all of them, in as few processes as possible.

The preprocessor is asked first. Its text tells which names clang could only refuse. One compilation
then answers for the others, unless clang refuses some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from layoutcheck.compilers.ask.c_names import Survey, find_linkage, is_expression, survey_names
from layoutcheck.compilers.ask.c_text import plain_name
from layoutcheck.compilers.ask.clang import compile_c
from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.probes.c import CQuestion, Way, retry_as_array
from layoutcheck.model.layout_set import Linkage
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["Answer", "Question", "ask_c", "survey"]

_Pairs: TypeAlias = Sequence[tuple[ProbeKey, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Questions about the unit of `includes`: pairs of a key and a name in C.

    `types` are types by any name. `enums` are types that may be asked for as a name alone. An entry
    of `aliases` is a type or nothing. `objects` are functions and variables. All keys are
    different. The keys of types, and no others, are of the kind `type`.
    """

    includes: tuple[str, ...]
    types: _Pairs = ()
    constants: _Pairs = ()
    enums: _Pairs = ()
    aliases: _Pairs = ()
    objects: _Pairs = ()

    @property
    def items(self) -> tuple[tuple[ProbeKey, str], ...]:
        """All questions except those of `types`."""
        return (*self.constants, *self.enums, *self.aliases, *self.objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Object of the names that clang accepts, and the reasons for refusing the others.

    `refused` holds the reason for each type's key, in clang's words or in words like them;
    `refused_items` for each other key. `macros` holds the names of items that are macros, with
    their expansions. `linkage` is how objects are declared. `left_out` and `read` are as in
    `CompiledC`. There is no object if clang was not asked for anything.
    """

    object: Path | None
    refused: Mapping[ProbeKey, str]
    refused_items: Mapping[ProbeKey, str]
    macros: Mapping[str, str]
    linkage: Linkage
    left_out: Mapping[str, tuple[Diagnostic, ...]]
    read: frozenset[Path]


def survey(
    compiler: Sequence[str], question: Question, *, work: Path, behind: Survey | None = None
) -> Survey:
    """Preprocess a question's headers and names, in the folder `work`.

    `behind` is as in `survey_names`.
    """
    words = (plain_name(name) or name for _, name in (*question.types, *question.items))
    return survey_names(compiler, includes=question.includes, names=words, work=work, behind=behind)


def ask_c(
    compiler: Sequence[str],
    question: Question,
    known: Survey,
    *,
    work: Path,
    look: Callable[[Question], Survey],
) -> Answer:
    """Return clang's answer. `known` is the survey that `look` makes of the question.

    Files are written into the folder `work`. If includes do not compile, all questions are asked
    again after the other includes. Raises as `compile_c` does.
    """
    asked, refused = _sort_out(question, known)
    if not asked and not question.types and known.is_whole:
        return Answer(
            object=None,
            refused={},
            refused_items=refused,
            macros=_macros(question, known),
            linkage=Linkage(),
            left_out={},
            read=known.read,
        )
    probe = compile_c(
        compiler,
        includes=question.includes,
        questions=asked,
        work=work,
        retry=retry_as_array,
    )
    read = known.read | probe.read
    if probe.left_out and (question.items or known.text is not None):
        # Names were sorted out by the text of all includes, so do it again with the others.
        left = tuple(name for name in question.includes if name not in probe.left_out)
        again = replace(question, includes=left)
        answer = ask_c(compiler, again, look(again), work=work, look=look)
        left_out = {**probe.left_out, **answer.left_out}
        return replace(answer, left_out=left_out, read=read | answer.read)
    refused |= probe.refused
    objects = (one for one in asked if one.way in {"object", "linked"})
    names = [one.name for one in objects if one.key not in refused]
    return Answer(
        object=probe.object,
        refused={key: why for key, why in refused.items() if key.kind == "type"},
        refused_items={key: why for key, why in refused.items() if key.kind != "type"},
        macros=_macros(question, known),
        linkage=find_linkage(
            compiler, includes=question.includes, names=names, text=known.text, work=work
        ),
        left_out=probe.left_out,
        read=read,
    )


def _macros(question: Question, known: Survey) -> dict[str, str]:
    return {name: known.macros[name] for _, name in question.items if name in known.macros}


def _sort_out(question: Question, known: Survey) -> tuple[list[CQuestion], dict[ProbeKey, str]]:
    """Return the questions for clang, and the reason why each other name is refused, by key."""
    kinds: dict[Way, _Pairs] = {
        "type": question.types,
        "constant": question.constants,
        "enum": question.enums,
        "alias": question.aliases,
        "object": question.objects,
    }
    asked, refused = list[CQuestion](), dict[ProbeKey, str]()
    for kind, pairs in kinds.items():
        for key, name in pairs:
            why = _refusal(kind, name, known)
            if why is None:
                asked.append(CQuestion(_how(kind, name, known), key, name))
            else:
                refused[key] = why
    return asked, refused


def _how(kind: Way, name: str, known: Survey) -> Way:
    """Return the way to ask for a name of a kind, by what the headers' text shows."""
    text = known.text
    may_be_labelled = text is not None and text.may_be_labelled(name)
    # The address of a thread-local variable is not a constant.
    if kind == "object" and may_be_labelled and not (text and text.may_be_of_thread(name)):
        return "linked"
    return kind


def _refusal(kind: Way, name: str, known: Survey) -> str | None:
    """Return why clang need not be asked for a name; None if it has to be."""
    is_plain, text = plain_name(name) == name, known.text
    is_named = kind not in {"type", "alias"}
    if is_named and not is_expression(known.macros.get(name, name)):
        return "it is no expression"
    if text is None:
        return None
    is_type = kind == "type" or (kind in {"enum", "alias"} and not is_plain)
    if is_type and not text.may_be_type(name):
        return f"the headers have no complete type '{name}'"
    may_be = text.may_be_typedef if kind == "alias" else text.may_be_declared
    if not is_type and not may_be(name):
        return f"use of undeclared identifier '{name}'"
    return None
