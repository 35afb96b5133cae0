"""A crate's surface and layouts -> whether its types and its dependencies' have fixed layouts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from layoutcheck.bindings.crates.build_crate import CheckedCrate
from layoutcheck.bindings.rustdoc.naming import render_path
from layoutcheck.bindings.rustdoc.repr_words import fixes_layout
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.rustc import REPRS, CompiledRust, compile_rust
from layoutcheck.compilers.probes.reprs import render_alike, render_passed
from layoutcheck.errors import CompileError
from layoutcheck.judge.type_reprs import Repr, Reprs, path_of
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    strip,
)
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["ask_reprs", "foreign_types", "own_reprs"]

Named: TypeAlias = RecordLayout | EnumType

SAID: Final = re.compile(r"uses type `(.+)`, which is not FFI-safe")
"""Message of the lint `improper_ctypes` (Rust 1.88 to 1.97). Its notes give the reason."""
FREE: Final = re.compile(r"unspecified layout|no representation hint")
# Reasons that the lint gives only after it has seen that the layout is fixed.
FIXED: Final = re.compile(r"non-exhaustive|has no fields|PhantomData")
UNLIKE: Final = "ABIs are not compatible"
SCALARS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        1: ("u8", "i8", "bool"),
        2: ("u16", "i16"),
        4: ("u32", "i32", "f32", "*const ()"),
        8: ("u64", "i64", "f64", "*const ()"),
        16: ("u128", "i128"),
    }
)
"""Scalars of Rust by their size in bytes. `char` is passed as `u32`."""


def own_reprs(surface: Surface) -> Reprs:
    """Return the reprs of the crate's own types, as rustdoc has them."""
    fixed = [t for t in (*surface.types, *surface.enums) if fixes_layout(t.kind, t.repr)]
    transparent = frozenset(type_.rust_path for type_ in fixed if "transparent" in type_.repr)
    return Reprs(
        free=surface.without_repr,
        transparent=transparent,
        fixed=frozenset(type_.rust_path for type_ in fixed) - transparent,
    )


def ask_reprs(
    surface: Surface, crate: CheckedCrate, layouts: LayoutSet, target: Target, tools: Tools
) -> Reprs:
    """Return the repr of each type of the crate and its dependencies in `layouts`.

    rustdoc has those of the crate's own types. rustc is asked about dependencies' types only, and
    only if there are any. It cannot be asked about a type that is private, or of a crate in several
    versions. The repr of such a type is not known.
    """
    own, metadata = own_reprs(surface), dict(crate.dependencies)
    if not metadata:
        return own
    foreign = [
        type_ for type_ in foreign_types(layouts, metadata) if not own.knows(path_of(type_) or "")
    ]
    crates = dict.fromkeys((path_of(type_) or "").partition("::")[0] for type_ in foreign)
    externs = [word for name in crates for word in ("--extern", f"{name}={metadata[name]}")]
    asker = _Asker((*crate.rustc_flags, *externs), target, tools)
    try:
        found = asker.ask(foreign)
    except CompileError:
        return own
    return own.adding((path_of(type_) or "", said) for type_, said in found)


class _Asker:
    """Questions to rustc about types of the crates that its `flags` name."""

    def __init__(self, flags: Sequence[str], target: Target, tools: Tools) -> None:
        self._flags, self._target, self._tools = flags, target, tools

    def ask(self, types: Sequence[Named]) -> list[tuple[Named, Repr]]:
        """Return the types whose repr is known, by whichever path they can be named."""
        found: list[tuple[Named, Repr]] = []
        waiting = [(type_, _paths(type_.name or "")) for type_ in types]
        while waiting:
            asked = {ProbeKey("type", number): one for number, one in enumerate(waiting)}
            answers, named = self._compile(
                [(key, render_passed(key, paths[0])) for key, (_, paths) in asked.items()]
            )
            right = {
                key: (type_, paths[0])
                for key, (type_, paths) in asked.items()
                if _name(named.get(key)) == type_.name
            }
            fixed = {}
            for key, (type_, path) in right.items():
                said = _answer(answers.warned.get(key, ()))
                if said == "fixed":
                    fixed[key] = (type_, path)
                elif said is not None:
                    found.append((type_, said))
            found += self._tell_transparent(fixed)
            waiting = [
                (type_, paths[1:])
                for key, (type_, paths) in asked.items()
                if key not in right and paths[1:]
            ]
        return found

    def _tell_transparent(
        self, types: Mapping[ProbeKey, tuple[Named, str]]
    ) -> Iterator[tuple[Named, Repr]]:
        """Yield which types of a fixed layout are passed like the scalar in them, and which not."""
        asked = {
            key: {
                ProbeKey("scalar", key.number, n): scalar
                for n, scalar in enumerate(_scalars(type_))
            }
            for key, (type_, _) in types.items()
        }
        questions = [
            (key, render_alike(key, types[number][1], scalar))
            for number, scalars in asked.items()
            for key, scalar in scalars.items()
        ]
        refused = self._compile(questions)[0].refused if questions else {}
        for number, (type_, _) in types.items():
            said = [refused.get(key) for key in asked[number]]
            if None in said:
                yield type_, "transparent"
            elif all(words is not None and words.startswith(UNLIKE) for words in said):
                yield type_, "fixed"

    def _compile(
        self, questions: Sequence[tuple[ProbeKey, str]]
    ) -> tuple[CompiledRust, Mapping[ProbeKey, Type]]:
        """Return rustc's answers on the questions, and the types that they name, by key."""
        tools = self._tools
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            with tools.watch.measure("rustc probe"):
                compiled = compile_rust(
                    tools.rust(self._target),
                    target=self._target,
                    crate_flags=self._flags,
                    questions=questions,
                    work=Path(folder),
                    probe=REPRS,
                )
            return compiled, tools.read(compiled.output).objects


def foreign_types(layouts: LayoutSet, crates: Collection[str]) -> tuple[Named, ...]:
    """Return the types of these crates anywhere in the layouts, one for each name, sorted by name.

    A type with members is preferred to its declaration behind a pointer.
    """
    beginnings = tuple(f"{crate}::" for crate in crates)
    found: dict[str, Named] = {}
    seen: set[int] = set()
    waiting: list[Type | None] = [*layouts.records.values(), *layouts.objects.values()]
    waiting += layouts.definitions.values()
    waiting += [constant.type for constant in layouts.constants.values()]
    while waiting:
        type_ = strip(waiting.pop())
        if type_ is None or id(type_) in seen:
            continue
        seen.add(id(type_))
        if isinstance(type_, RecordLayout | EnumType) and (type_.name or "").startswith(beginnings):
            name = type_.name or ""
            if name not in found or getattr(found[name], "is_declaration", False):
                found[name] = type_
        match type_:
            case RecordLayout(members=members, type_parameters=parameters):
                waiting += [member.type for member in members]
                waiting += parameters
            case PointerType(pointee=inner) | ArrayType(element=inner):
                waiting.append(inner)
            case FunctionType(result=result, parameters=inner_types):
                waiting += (result, *inner_types)
    return tuple(type_ for _, type_ in sorted(found.items()))


def _paths(name: str) -> tuple[str, ...]:
    """Return the possible paths of a type, likeliest first: crate root, declaration, in between.

    A type is re-exported from a module further out, or together with its module.
    """
    declared, angle, arguments = name.partition("<")
    crate, *modules, last = declared.split("::")
    numbers = range(1, len(modules))
    runs = ([], modules, *(modules[:n] for n in numbers), *(modules[n:] for n in numbers))
    return tuple(
        render_path((crate, *run, last)) + angle + arguments
        for run in dict.fromkeys(map(tuple, runs))
    )


def _name(type_: Type | None) -> str | None:
    return type_.name if isinstance(type_, RecordLayout | EnumType) else None


def _scalars(type_: Named) -> tuple[str, ...]:
    """Return the scalars as which a struct may be passed; none for an enum, which is one itself."""
    return () if isinstance(type_, EnumType) else SCALARS.get(type_.byte_size, ())


def _answer(warned: Sequence[Diagnostic]) -> Literal["free", "fixed"] | None:
    """Return the lint's answer, from its warnings on a type and then on a slice of it.

    None means that the warnings are not understood.
    """
    said = [SAID.search(warning.message) for warning in warned]
    names = [one[1] for one in said if one is not None]
    if len(names) != len(warned) or not names or not names[-1].startswith("["):
        return None
    if len(names) == 1 or f"[{names[0]}]" != names[-1]:  # the warning is on a type inside it
        return "fixed"
    reasons = "\n".join(warned[0].notes)
    return "free" if FREE.search(reasons) else "fixed" if FIXED.search(reasons) else None
