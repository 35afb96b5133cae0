"""A compiled crate's accessors of bit-fields -> the bits that each reads and writes."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from layoutcheck.bindings.rustdoc.accessors import Method
from layoutcheck.bindings.rustdoc.surface import SurfaceType
from layoutcheck.compilers.ask.rustc import ACCESSORS, compile_rust
from layoutcheck.compilers.probes.accessors import render_accessor, render_constructor
from layoutcheck.errors import CompileError
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["Accessor", "CompiledAccessors", "compile_accessors", "find_accessors", "tell_accessors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessor:
    """One `method` of a type. Its `key` holds the places of the type and of the method."""

    key: ProbeKey
    type: SurfaceType
    method: Method

    @property
    def type_key(self) -> ProbeKey:
        """Key of the type in a probe for rustc."""
        return ProbeKey("type", self.key.number)

    @property
    def question(self) -> tuple[ProbeKey, str]:
        """Key, and the line of the probe that calls the method."""
        path, method = f"::{self.type.public_path}", self.method
        if method.verb == "makes":
            count = len(method.parameters)
            called = method.path(path)
            return self.key, render_constructor(self.key, called, form=method.form, count=count)
        line = render_accessor(
            self.key,
            path,
            method.path(path),
            form=method.form,
            writes=method.verb == "writes",
            returns_record=method.returns_record,
        )
        return self.key, line


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledAccessors:
    """Compiled accessors: their LLVM IR, and rustc's errors on the `refused` ones, by key."""

    accessors: tuple[Accessor, ...]
    text: str = ""
    refused: Mapping[ProbeKey, str] = field(default_factory=dict)


def find_accessors(
    types: Sequence[SurfaceType], known: Collection[ProbeKey] | None = None
) -> tuple[Accessor, ...]:
    """Return the methods that may be accessors, of types that have a `repr`.

    `known` holds the keys of the types that rustc has described. None means that they are not known
    yet.
    """
    return tuple(
        Accessor(key=ProbeKey("accessor", number, place), type=type_, method=method)
        for number, type_ in enumerate(types)
        if type_.repr and not type_.generic
        if known is None or type_.public_path is None or ProbeKey("type", number) in known
        for place, method in enumerate(type_.methods)
    )


def compile_accessors(
    accessors: tuple[Accessor, ...],
    target: Target,
    tools: Tools,
    *,
    crate_flags: Sequence[str],
) -> CompiledAccessors:
    """Compile calls of the accessors with rustc. If none can be called, rustc does not run."""
    asked = [one.question for one in accessors if _why_not(one) is None]
    if not asked:
        return CompiledAccessors(accessors=accessors)
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        try:
            compiled = compile_rust(
                tools.rust(target),
                target=target,
                crate_flags=crate_flags,
                questions=asked,
                work=Path(folder),
                probe=ACCESSORS,
            )
        except CompileError as error:
            refused = dict.fromkeys((key for key, _ in asked), error.what)
            return CompiledAccessors(accessors=accessors, refused=refused)
        text = compiled.output.read_text(encoding="utf-8")
    return CompiledAccessors(accessors=accessors, text=text, refused=compiled.refused)


def tell_accessors(
    compiled: CompiledAccessors, records: Mapping[ProbeKey, RecordLayout]
) -> dict[str, tuple[BitAccess, ...]]:
    """Return the bits that the accessors read and write, by the type's Rust path.

    `records` are the records that rustc described, by key. The result for an accessor that is not
    understood holds the reason. If rustc cannot compile the accessors, each one gets that reason.
    """
    from layoutcheck.compilers.llvm_ir import Question, read_accessors  # noqa: PLC0415 - if it is compiled

    found: defaultdict[str, tuple[BitAccess, ...]] = defaultdict(tuple)
    reasons = {one.key: _why_not(one) for one in compiled.accessors}
    reasons |= {key: f"rustc: {words}" for key, words in compiled.refused.items()}
    asked = [one for one in compiled.accessors if reasons[one.key] is None]
    questions = []
    for one in asked:
        first_bit, byte_size = _place(one, records[one.type_key])
        question = Question(
            key=one.key,
            name=one.method.name,
            verb=one.method.verb,
            byte_size=byte_size,
            parameters=one.method.parameters,
            first_bit=first_bit,
        )
        questions.append(question)
    told = read_accessors(compiled.text, questions)
    for one in compiled.accessors:
        accesses = told.get(one.key) or _unknown(one.method, reasons[one.key])
        if one.method.verb == "makes" and one.method.name not in one.method.parameters:
            why = "it does not take the record"
            accesses += (BitAccess(name=one.method.name, verb="reads", unknown=why),)
        is_plain = one.method.verb != "makes" and _why_not(one) is None
        found[one.type.rust_path] += tuple(
            replace(access, is_plain=is_plain, is_of_value=one.method.is_of_value)
            for access in accesses
        )
    return dict(found)


def _place(accessor: Accessor, record: RecordLayout) -> tuple[int, int]:
    """Return the first bit and the byte size of the part of the record that a method runs on."""
    for member in record.members:
        if member.name is not None and member.name == accessor.method.unit:
            return member.bit_offset, member.bit_size // 8
    return 0, record.byte_size


def _unknown(method: Method, why: str | None) -> tuple[BitAccess, ...]:
    access = BitAccess(name=method.name, verb=method.verb, unknown=why)
    if method.verb != "makes":
        return (access,)
    return tuple(replace(access, name=name, maker=method.name) for name in method.parameters)


def _why_not(accessor: Accessor) -> str | None:
    """Return why a probe cannot call a method; None if it can."""
    if accessor.type.public_path is None:
        return "no other crate can name its type"
    return accessor.method.why_not
