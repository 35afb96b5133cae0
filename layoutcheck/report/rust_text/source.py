"""C types -> the text of a Rust file, and the types that it cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.model.c_types import CTypes
from layoutcheck.model.layout import EnumType, RecordLayout, Type, strip
from layoutcheck.report.rust_text.asserts import render_asserts, render_cfg
from layoutcheck.report.rust_text.identifiers import identifier
from layoutcheck.report.rust_text.records import RecordWriter
from layoutcheck.report.rust_text.shapes import Inexpressible
from layoutcheck.report.rust_text.types import TypeKey, enum_key, key_of, last_name

__all__ = ["RustSource", "write_asserts", "write_rust"]

_ALLOWED: Final = (
    "#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code)]\n"
    "#![allow(clippy::all, unused_parens)]\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RustSource:
    """The text of a Rust file. `refused` are pairs of a C name and why it is not in the text."""

    text: str
    refused: tuple[tuple[str, str], ...]


def write_rust(types: CTypes) -> RustSource:
    """Return Rust types for C's, and for all that they hold by value.

    Types that only a pointer leads to are declared, without a size.
    """
    writer, refused = RecordWriter(types), []
    named = [(c_name, last_name(c_name) or c_name, record) for c_name, record in types.records]
    # The types that were asked for have the first right to their names.
    mine = [writer.reserve(name, _key(record, name)) for _, name, record in named]
    for (c_name, name, record), is_mine in zip(named, mine, strict=True):
        if not is_mine:
            refused.append((c_name, f"Rust's name `{name}` stands for another type"))
            continue
        try:
            _write(writer, record, name)
        except Inexpressible as why:
            refused.append((c_name, str(why)))
    return RustSource(text="\n".join(_parts(types, writer)), refused=tuple(refused))


def write_asserts(types: CTypes) -> RustSource:
    """Return assertions about Rust types and members that have C's names.

    Bit-fields and anonymous members are left out: Rust has no name of C's for them.
    """
    parts, refused = [f"// {types.origin}\n"] if types.origin else [], []
    for c_name, record in types.records:
        if record.alignment is None:
            refused.append((c_name, "its alignment is not known"))
            continue
        named = () if _scalar(record) is not None else record.members
        offsets = {
            identifier(member.name): member.offset
            for member in named
            if member.name is not None and not member.is_bit_field
        }
        name = identifier(last_name(c_name) or c_name)
        lines = render_asserts(name, record.byte_size, record.alignment, offsets)
        parts.append("\n".join((render_cfg(types.target), *lines)) + "\n")
    return RustSource(text="\n".join(parts), refused=tuple(refused))


def _key(record: RecordLayout, name: str) -> TypeKey:
    scalar = _scalar(record)
    inner = strip(scalar)
    if isinstance(inner, EnumType):
        return enum_key(inner, name)
    return f"typedef {name}" if scalar is not None else key_of(record, name)


def _scalar(record: RecordLayout) -> Type | None:
    """Return the type that stands in a record of one member, if C's type is no record."""
    is_record = record.ref is not None or [m.name for m in record.members] != ["__0"]
    return None if is_record else record.members[0].type


def _write(writer: RecordWriter, record: RecordLayout, name: str) -> None:
    scalar = _scalar(record)
    shape = writer.record(record, name, name) if scalar is None else writer.shape(scalar, name)
    if shape.text != identifier(name):
        writer.texts[name] = f"pub type {identifier(name)} = {shape.text};\n"


def _parts(types: CTypes, writer: RecordWriter) -> Iterator[str]:
    yield f"// {types.origin}\n" if types.origin else ""
    yield _ALLOWED
    yield from writer.texts.values()
    for name in sorted(writer.pointees.keys() - writer.texts.keys()):
        yield f"#[repr(C)]\npub struct {identifier(name)} {{\n    _opaque: [u8; 0],\n}}\n"
    yield from _enums(writer)


def _enums(writer: RecordWriter) -> Iterator[str]:
    """Yield each enum with its enumerators. Enums of two units may have one name in common."""
    told: set[str] = set()
    for name, enum in writer.enums.items():
        lines = [f"pub type {identifier(name)} = {writer.scalars.enum(enum).text};"]
        for enumerator, value in enum.enumerators:
            if enumerator not in told:
                told.add(enumerator)
                lines.append(f"pub const {identifier(enumerator)}: {identifier(name)} = {value};")
        yield "\n".join(lines) + "\n"
