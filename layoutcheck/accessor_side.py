"""A compiled crate's accessors of bit-fields -> the bits that each reads and writes."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layoutcheck.bindings.surface import SurfaceType
from layoutcheck.bit_access import BitAccess
from layoutcheck.errors import CompileError
from layoutcheck.layout import RecordLayout
from layoutcheck.probe.accessors import render_accessor
from layoutcheck.target import Target
from layoutcheck.toolchain.rust import ACCESSORS, compile_rust
from layoutcheck.tools import Tools

__all__ = ["Accessor", "CompiledAccessors", "compile_accessors", "find_accessors", "tell_accessors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessor:
    """One method `name` of a type, which is known by its `number` in the surface.

    It is asked about by `key`; `writes` if there is a method that sets it, too.
    """

    key: str
    number: str
    type: SurfaceType
    name: str
    writes: bool

    @property
    def question(self) -> tuple[str, str]:
        """The key, and the line of the probe that calls it."""
        path = self.type.public_path or ""
        return self.key, render_accessor(self.key, path, self.name, writes=self.writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledAccessors:
    """What rustc made of accessors: LLVM's IR, and its words on those that it `refused`, by key."""

    accessors: tuple[Accessor, ...]
    text: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


def find_accessors(
    types: Sequence[SurfaceType], known: Collection[str] | None = None
) -> tuple[Accessor, ...]:
    """The accessors of types that have a `repr` and can be named without parameters.

    `known` are the numbers of the types that rustc has described; None before that is known.
    """
    return tuple(
        Accessor(key=f"{number}_{place}", number=str(number), type=type_, name=name, writes=writes)
        for number, type_ in enumerate(types)
        if type_.repr and type_.public_path is not None and not type_.generic
        if known is None or str(number) in known
        for place, (name, writes) in enumerate(type_.accessors)
    )


def compile_accessors(
    accessors: tuple[Accessor, ...],
    target: Target,
    tools: Tools,
    *,
    crate_flags: Sequence[str],
) -> CompiledAccessors:
    """Lets rustc compile calls of them; none cost nothing."""
    if not accessors:
        return CompiledAccessors(accessors=())
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        try:
            compiled = compile_rust(
                tools.rust(target),
                target=target,
                crate_flags=crate_flags,
                questions=[one.question for one in accessors],
                work=Path(folder),
                probe=ACCESSORS,
            )
        except CompileError as error:
            refused = dict.fromkeys((one.key for one in accessors), error.what)
            return CompiledAccessors(accessors=accessors, refused=refused)
        text = compiled.output.read_text(encoding="utf-8")
    return CompiledAccessors(accessors=accessors, text=text, refused=compiled.refused)


def tell_accessors(
    compiled: CompiledAccessors, records: Mapping[str, RecordLayout]
) -> dict[str, tuple[BitAccess, ...]]:
    """What the accessors do with their record's bits, by the type's Rust path.

    `records` are those that rustc described, by number. An accessor that is not understood says
    why; that is so for all where rustc cannot compile them.
    """
    from layoutcheck.accessors import read_accessors  # noqa: PLC0415 - if something is compiled

    found: defaultdict[str, tuple[BitAccess, ...]] = defaultdict(tuple)
    refused = compiled.refused
    asked = [one for one in compiled.accessors if one.key not in refused]
    read = read_accessors(
        compiled.text,
        [(one.key, one.name, one.writes, records[one.number].byte_size) for one in asked],
    )
    for one, accesses in zip(asked, read, strict=True):
        found[one.type.rust_path] += accesses
    for one in compiled.accessors:
        if one.key in refused:
            access = BitAccess(name=one.name, verb="reads", unknown=f"rustc: {refused[one.key]}")
            found[one.type.rust_path] += (access,)
    return dict(found)
