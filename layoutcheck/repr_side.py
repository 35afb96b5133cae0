"""A crate's surface and layouts -> what fixes the layouts of its types and its dependencies'."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.bindings.crate import CheckedCrate
from layoutcheck.bindings.naming import render_path
from layoutcheck.bindings.repr_words import fixes_layout
from layoutcheck.bindings.surface import Surface
from layoutcheck.errors import CompileError
from layoutcheck.judge.idioms import see_through
from layoutcheck.judge.reprs import Repr, Reprs, path_of
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    strip,
)
from layoutcheck.layout_set import LayoutSet
from layoutcheck.probe.reprs import render_alike, render_name, render_passed
from layoutcheck.target import Target
from layoutcheck.toolchain.rust import REPRS, CompiledRust, compile_rust
from layoutcheck.tools import Tools

__all__ = ["ask_reprs", "foreign_types", "own_reprs"]

SAID: Final = re.compile(r"uses type `(.+)`, which is not FFI-safe")
"""The words of the lint `improper_ctypes` (Rust 1.88 to 1.97); its notes say why."""
FREE: Final = re.compile(r"unspecified layout|no representation hint")
# What it finds only after it has seen that the layout is fixed.
FIXED: Final = re.compile(r"non-exhaustive|has no fields|PhantomData")
UNLIKE: Final = "ABIs are not compatible"
SCALAR: Final = re.compile(r"[iuf]\d+|[iu]size|bool|char")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A `path` by which a dependency's type may be named, and the scalar that it may be passed as.

    `type` is what DWARF says of it.
    """

    key: str
    type: RecordLayout | EnumType
    path: str
    scalar: str | None

    def questions(self) -> Iterator[tuple[str, str]]:
        """What to ask, in lines of their own."""
        yield self.key, render_passed(self.key, self.path)
        yield f"{self.key} name", render_name(self.key, self.path)
        if self.scalar is not None:
            yield f"{self.key} alike", render_alike(self.key, self.path, self.scalar)


def own_reprs(surface: Surface) -> Reprs:
    """What rustdoc says of the crate's own types."""
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
    """What rustdoc and rustc say of each type of the crate and its dependencies in `layouts`.

    rustc is asked only of dependencies' types, and only if there are any. What it cannot be asked
    of, since it is private, or of several versions of one crate, is not known.
    """
    own, metadata = own_reprs(surface), dict(crate.dependencies)
    if not metadata:
        return own
    foreign = [
        type_
        for type_ in foreign_types(layouts, metadata.keys())
        if not own.knows(path_of(type_) or "")
    ]
    candidates = [
        _Candidate(key=str(number), type=type_, path=path, scalar=_scalar(type_))
        for number, (type_, path) in enumerate(
            (type_, path) for type_ in foreign for path in _paths(type_.name or "")
        )
    ]
    if not candidates:
        return own
    crates = dict.fromkeys((path_of(type_) or "").partition("::")[0] for type_ in foreign)
    externs = [word for name in crates for word in ("--extern", f"{name}={metadata[name]}")]
    with (
        tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder,
        tools.watch.measure("rustc probe"),
    ):
        try:
            compiled = compile_rust(
                tools.rust(target),
                target=target,
                crate_flags=(*crate.rustc_flags, *externs),
                questions=[question for one in candidates for question in one.questions()],
                work=Path(folder),
                probe=REPRS,
            )
        except CompileError:
            return own
        named = tools.read(compiled.output).objects
    return own.adding(
        (path, said)
        for one in candidates
        if (path := path_of(one.type)) is not None
        and getattr(named.get(one.key), "name", None) == one.type.name
        and (said := _answer(one, compiled)) is not None
    )


def foreign_types(layouts: LayoutSet, crates: Iterable[str]) -> tuple[RecordLayout | EnumType, ...]:
    """The types of these crates that are anywhere in the layouts, one a name, sorted by it.

    That with members is preferred to one behind a pointer.
    """
    beginnings = tuple(f"{crate}::" for crate in crates)
    found: dict[str, RecordLayout | EnumType] = {}
    seen: set[int] = set()
    waiting: list[Type | None] = [*layouts.records.values(), *layouts.objects.values()]
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


def _paths(name: str) -> Iterator[str]:
    """How a type may be named: as it is declared, or with some of the modules around it left out.

    What is exported again is so from a module further out, or with its module.
    """
    declared, angle, arguments = name.partition("<")
    crate, *modules, last = declared.split("::")
    ends = range(len(modules) + 1)
    runs = (*(modules[:end] for end in reversed(ends)), *(modules[end:] for end in ends))
    for run in dict.fromkeys(map(tuple, runs)):
        yield render_path((crate, *run, last)) + angle + arguments


def _scalar(type_: Type) -> str | None:
    """The scalar in a type that only wraps one, as Rust writes it; any pointer stands for all."""
    match see_through(type_):
        case BaseType(name=name) if SCALAR.fullmatch(name):
            return name
        case PointerType():
            return "*const ()"
        case EnumType(byte_size=size, signed=signed):
            return f"{'i' if signed else 'u'}{size * 8}"
        case _:
            return None


def _answer(one: _Candidate, compiled: CompiledRust) -> Repr | None:
    """What rustc says of a type; None if it is not understood."""
    control = compiled.warned.get(f"{one.key} name")
    called = None if control is None else SAID.search(control.message)
    if one.key in compiled.refused or called is None:
        return None
    told = compiled.warned.get(one.key)
    if told is not None:
        named = SAID.search(told.message)
        if named is None:
            return None
        reason = "\n".join(told.notes)
        if f"[{named[1]}]" == called[1]:
            if FREE.search(reason):
                return "free"
            if not FIXED.search(reason):
                return None
    unlike = compiled.refused.get(f"{one.key} alike")
    if one.scalar is None or (unlike is not None and unlike.startswith(UNLIKE)):
        return "fixed"
    return "transparent" if unlike is None else None
