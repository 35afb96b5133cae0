"""C records -> Rust structs and unions with the same members at the same offsets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from layoutcheck.model.c_types import CTypes
from layoutcheck.model.layout import BaseType, Encoding, EnumType, Member, RecordLayout, Type, strip
from layoutcheck.report.rust_text.asserts import render_asserts
from layoutcheck.report.rust_text.bit_fields import BitField, render_accessors, runs_of
from layoutcheck.report.rust_text.identifiers import field_path, free_name, identifier
from layoutcheck.report.rust_text.placing import Field, Placed, place_fields
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape, byte_array
from layoutcheck.report.rust_text.types import TypeKey, TypeWriter, key_of, last_name

__all__ = ["RecordWriter"]


class RecordWriter(TypeWriter):
    """Writer of records, each once; a record that cannot be written has a reason."""

    def __init__(self, types: CTypes) -> None:
        super().__init__(types)
        self._written: dict[TypeKey, Shape | Inexpressible] = {}

    def record(self, record: RecordLayout, name: str | None, hint: str) -> Shape:
        """Return the shape of a record, which is written if it was not yet."""
        record = self.types.defined(record)
        if record.is_declaration:
            raise Inexpressible(f"{record.kind} {record.name} is only declared")
        own = last_name(record.name) or name
        key = key_of(record, own or hint)
        if key not in self._written:
            rust = own if own is not None and self.reserve(own, key) else self._unused(hint)
            self._owners.setdefault(rust, key)
            self.texts[rust] = ""  # its place is before those of its parts
            try:
                self._written[key] = self._write(record, rust)
            except Inexpressible as why:
                self._written[key] = why
                del self.texts[rust]
        found = self._written[key]
        if isinstance(found, Inexpressible):
            raise found
        return found

    def _unused(self, hint: str) -> str:
        return free_name(hint, self._owners)

    def _write(self, record: RecordLayout, name: str) -> Shape:
        taken = set(_names_in(record))
        bits: list[BitField] = []
        fields = tuple(self._fields(record, name, taken, bits))
        placed = place_fields(
            fields,
            kind=record.kind,
            byte_size=record.byte_size,
            alignment=record.alignment,
            integers=self.scalars.markers,
            taken=taken | {field_path(field.name) for field in fields},
        )
        _refuse_twins(bits)
        accessors = tuple(
            render_accessors(bits, is_big_endian=self.types.target.byte_order == "big")
        )
        self.texts[name] = _render(record, identifier(name), placed, accessors)
        return Shape(
            text=identifier(name),
            byte_size=record.byte_size,
            alignment=placed.alignment,
            is_aligned=placed.is_aligned,
        )

    def _fields(
        self, record: RecordLayout, name: str, taken: set[str], bits: list[BitField]
    ) -> Iterator[Field]:
        """Yield the fields of the members, and add the bit-fields to `bits`."""
        unit = anonymous = 0
        runs = ((m,) for m in record.members) if record.kind == "union" else runs_of(record.members)
        for run in runs:
            if run[0].is_bit_field:
                unit += 1
                yield self._unit(record, run, f"_bitfield_{unit}", bits)
                continue
            (member,) = run
            own = member.name
            if own is None:
                anonymous += 1
                own = free_name(f"anon_{anonymous}", taken)
                taken.add(own)
            yield self._field(member, own, f"{field_path(name)}__{own}")

    def _field(self, member: Member, name: str, hint: str) -> Field:
        size, why = member.bit_size // 8, None
        try:
            shape = self.shape(member.type, hint)
            if shape.byte_size != size:
                why = f"C has {size} bytes"
        except Inexpressible as reason:
            shape, why = byte_array(size), str(reason)
        field = Field(
            name=identifier(name),
            offset=member.offset,
            shape=shape if why is None else byte_array(size),
            why_bytes=why,
        )
        return field if why is None else field.as_bytes()

    def _unit(
        self, record: RecordLayout, run: tuple[Member, ...], name: str, bits: list[BitField]
    ) -> Field:
        start = min(member.bit_offset for member in run) // 8
        end = -(-max(member.bit_end for member in run) // 8)
        bits += (
            BitField(
                member=member,
                unit=name,
                unit_offset=start,
                shape=self.shape(member.type, name),
                kind=_kind(member.type),
                in_union=record.kind == "union",
            )
            for member in run
        )
        return Field(
            name=name,
            offset=start,
            shape=byte_array(end - start),
            is_public=False,
            is_open=True,
        )


def _refuse_twins(bits: Sequence[BitField]) -> None:
    """Raise `Inexpressible` if a bit-field is called as the setter of another one."""
    names = {bit.member.name for bit in bits if bit.member.name is not None}
    for name in names:
        if f"set_{name}" in names:
            raise Inexpressible(f"two of its methods would be called `set_{name}`")


def _kind(type_: Type) -> Literal["bool", "signed", "unsigned"]:
    match strip(type_):
        case BaseType(encoding=Encoding.BOOLEAN):
            return "bool"
        case BaseType(encoding=Encoding.SIGNED) | EnumType(signed=True):
            return "signed"
        case _:
            return "unsigned"


def _names_in(record: RecordLayout) -> Iterator[str]:
    """Yield the names of a record's members, also of those in anonymous ones."""
    for member in record.members:
        inner = strip(member.type)
        if member.name is not None:
            yield member.name
        elif isinstance(inner, RecordLayout):
            yield from _names_in(inner)


def _render(record: RecordLayout, name: str, placed: Placed, accessors: tuple[str, ...]) -> str:
    """Return the item, its methods and its assertions."""
    c_name = f"{record.kind} {record.name or '{...}'}"
    place = "" if record.declared_at is None else f", defined in {record.declared_at}"
    lines = [
        f"/// `{c_name}`{place}.",
        f"#[repr({placed.representation})]",
        "#[derive(Clone, Copy)]",
        f"pub {record.kind} {name} {{",
    ]
    for field in placed.fields:
        why = "" if field.why_bytes is None else f" // {field.why_bytes}"
        public = "pub " if field.is_public else ""
        lines.append(f"    {public}{field.name}: {field.shape.text},{why}")
    lines.append("}")
    if accessors:
        lines += ["", f"impl {name} {{", *accessors, "}"]
    offsets: Mapping[str, int] = {field.name: field.offset for field in placed.fields}
    lines += ["", *render_asserts(name, record.byte_size, placed.alignment, offsets)]
    return "\n".join(lines) + "\n"
