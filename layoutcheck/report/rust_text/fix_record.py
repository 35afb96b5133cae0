"""A Rust record that differs from C's -> its source with C's layout.

The author's names and comments are kept, and the author's types where these are right. Members
that only fillers stood for stay behind fillers, of the right length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import indent
from typing import Final

from layoutcheck.model.layout import RecordLayout, byte_size_of, strip
from layoutcheck.model.verdict import Verdict
from layoutcheck.report.rust_text.asserts import render_asserts
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.identifiers import field_path, identifier
from layoutcheck.report.rust_text.item_source import ItemSource, SourceField
from layoutcheck.report.rust_text.partners import Placement, find_partners
from layoutcheck.report.rust_text.placing import Field, Placed, place_fields
from layoutcheck.report.rust_text.rust_shapes import rust_shape
from layoutcheck.report.rust_text.shapes import Inexpressible, byte_array

__all__ = ["fix_record"]

_FILLER: Final = re.compile(r"_.*|(?:\w*_)?(?:pad|padding|reserved|spare|unused)\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A field of the new record, and its source."""

    field: Field
    source: SourceField

    @property
    def end(self) -> int:
        return self.field.offset + self.field.shape.byte_size


def fix_record(verdict: Verdict, source: ItemSource, writer: CrateTypes) -> str:
    """Return the item's source with C's layout, with the types that it needs and with assertions.

    Raises `Inexpressible` with the reason if more than the item has to change.
    """
    if verdict.c is None or verdict.rust is None:
        raise Inexpressible("its layout is not known")
    return _Fix(verdict, verdict.c, verdict.rust, source, writer).text()


class _Fix:
    def __init__(
        self,
        verdict: Verdict,
        c: RecordLayout,
        rust: RecordLayout,
        source: ItemSource,
        writer: CrateTypes,
    ) -> None:
        self._c, self._source, self._writer = c, source, writer
        if c.alignment is None and " in " not in (verdict.c_name or ""):
            raise Inexpressible("C's alignment of it is not known")
        own = tuple(m for m in verdict.mismatches if m.cause is None or m.cause.item is None)
        if not own:
            causes = dict.fromkeys(str(m.cause.item) for m in verdict.mismatches if m.cause)
            raise Inexpressible(f"nothing in it is wrong: it follows from {', '.join(causes)}")
        if any(one.check_id == "member-bits" for one in own):
            raise Inexpressible(
                "its methods read or write other bits than C's bit-fields have; "
                "`layoutcheck generate` prints right ones"
            )
        self._partners = find_partners(verdict, c, own)
        self._written = {field_path(field.name): field for field in source.fields()}
        self._covered: list[set[str]] = []
        prefix = "__" if source.is_tuple else ""
        self._rust = {m.name: m for m in rust.members if m.name is not None}
        self._names = {f"{prefix}{name}": name for name in self._written}
        self._is_other_kind = c.kind != rust.kind
        if self._is_other_kind:  # no member has a partner then
            own_members = [one for one in self._partners.every if one.member in c.members]
            by_name = {one.path: (one,) for one in own_members}
            found = {name: by_name[name] for name in self._names if name in by_name}
            missing = tuple(one for one in own_members if one.path not in found)
            self._partners = replace(self._partners, by_field=found, missing=missing)

    def text(self) -> str:
        """Return the new source."""
        slots = tuple(self._union() if self._c.kind == "union" else self._struct())
        new = {field_path(slot.field.name).strip("_") for slot in slots}
        for one in self._partners.missing:
            is_covered = any(one.path in covered for covered in self._covered)
            if one.path.strip("_") not in new and not is_covered:
                raise Inexpressible(f"C's {one.path} has no place of its own in it")
        placed = place_fields(
            [slot.field for slot in slots],
            kind=self._c.kind,
            byte_size=self._c.byte_size,
            alignment=self._c.alignment,
            integers=self._writer.scalars.markers,
            taken={*self._written, *(one.path for one in self._partners.every)},
        )
        sources = {slot.field.name.strip("_"): slot.source for slot in slots}
        return self._render(placed, sources)

    # -- fields ------------------------------------------------------------------------------------

    def _kept(self) -> dict[str, _Slot]:
        """Return the fields that have partners, by Rust's name, in the author's order."""
        by_field = self._partners.by_field
        return {name: self._slot(name, by_field[name]) for name in self._names if name in by_field}

    def _slot(self, name: str, places: tuple[Placement, ...]) -> _Slot:
        source = self._written[self._names[name]]
        first = places[0]
        if first.member.is_bit_field:
            return self._unit(name, places, source)
        if first.is_wrong:
            return self._new(first, source)
        shape = rust_shape(self._rust[name].type, self._writer.scalars)
        inner = strip(first.member.type)
        if isinstance(inner, RecordLayout) and inner.alignment is not None:
            shape = replace(shape, alignment=inner.alignment)  # it may be wrong in Rust, too
        shape = replace(shape, text=source.type, byte_size=byte_size_of(first.member.type))
        if self._is_other_kind and self._c.kind == "union" and isinstance(inner, RecordLayout):
            shape = replace(shape, text=_copied(source.type))
        field = Field(name=source.name, offset=first.bit_offset // 8, shape=shape)
        return _Slot(field=field, source=replace(source, type=shape.text))

    def _unit(self, name: str, places: tuple[Placement, ...], source: SourceField) -> _Slot:
        shape, member = rust_shape(self._rust[name].type, self._writer.scalars), self._rust[name]
        start = min(place.bit_offset for place in places) // 8
        end = -(-max(place.bit_end for place in places) // 8)
        if any(place.is_wrong for place in places) or end - start > shape.byte_size:
            raise Inexpressible("its bit-fields need another storage unit, and methods with it")
        if member.offset < start and end <= member.offset + shape.byte_size:
            start = member.offset
        shape = replace(shape, text=source.type)
        return _Slot(
            field=Field(name=source.name, offset=start, shape=shape, is_open=True), source=source
        )

    def _new(self, place: Placement, source: SourceField | None = None) -> _Slot:
        """Return a field of C's type, under the author's name if there is one."""
        member, name = place.member, identifier(place.path) if source is None else source.name
        if member.is_bit_field:
            raise Inexpressible("a bit-field of C's is missing, and methods with it")
        if source is None and member.name is None:
            raise Inexpressible("an anonymous member of C's is missing")
        size = member.bit_size // 8
        try:
            shape = self._writer.shape(member.type, f"{self._source.name}__{field_path(name)}")
            if shape.byte_size != size:
                raise Inexpressible(f"C has {size} bytes")  # noqa: TRY301 - the same way out
            field = Field(name=name, offset=place.bit_offset // 8, shape=shape)
        except Inexpressible as why:
            field = Field(
                name=name,
                offset=place.bit_offset // 8,
                shape=byte_array(size),
                why_bytes=str(why),
            ).as_bytes()
        if source is None:
            source = SourceField(name=name, type="", public="pub ")
        return _Slot(field=field, source=replace(source, type=field.shape.text))

    def _union(self) -> Iterator[_Slot]:
        yield from self._kept().values()
        yield from map(self._new, self._partners.missing)

    def _struct(self) -> Iterator[_Slot]:
        """Yield the fields in C's order, with what stands between them."""
        kept = sorted(self._kept().values(), key=lambda slot: slot.field.offset)
        fillers = self._fillers()
        end, before = 0, ""
        for slot in kept:
            yield from self._between(end, slot.field, fillers.get(before, ()))
            yield slot
            end, before = slot.end, slot.field.name.strip("_")
        yield from self._between(end, None, fillers.get(before, ()))

    def _fillers(self) -> dict[str, tuple[str, ...]]:
        """Return the author's fillers by the field that they follow."""
        found: dict[str, tuple[str, ...]] = {}
        before = ""
        for name, written in self._names.items():
            if name in self._partners.by_field:
                before = written.strip("_")
            elif _FILLER.fullmatch(name) and not self._source.is_tuple:
                found[before] = (*found.get(before, ()), name)
        return found

    def _between(
        self, start: int, until: Field | None, fillers: tuple[str, ...]
    ) -> Iterator[_Slot]:
        """Yield what stands between two kept fields: fillers, or the members that Rust lacks."""
        end = self._c.byte_size if until is None else until.offset
        covered = [
            one
            for one in self._partners.every
            if one.member.bit_size and start * 8 <= one.bit_offset < end * 8
        ]
        missing = [one for one in self._partners.missing if start * 8 <= one.bit_offset <= end * 8]
        if fillers and covered:
            self._covered.append({one.path for one in covered})
            last = max(one.bit_end for one in covered)
            yield from self._fitting(start, end, last, until, fillers) or (
                self._filler(fillers[0], start, end),
            )
        else:
            yield from map(self._new, missing)

    def _fitting(
        self, start: int, end: int, last: int, until: Field | None, fillers: tuple[str, ...]
    ) -> tuple[_Slot, ...]:
        """Return the author's fillers if they reach from `start` to `end`, else none."""
        slots, at = [], start
        for name in fillers:
            shape = rust_shape(self._rust[name].type, self._writer.scalars)
            at = -(-at // shape.alignment) * shape.alignment
            source = self._written[self._names[name]]
            field = Field(name=source.name, offset=at, shape=replace(shape, text=source.type))
            slots.append(_Slot(field=field, source=source))
            at += shape.byte_size
        step = (self._c.alignment or 1) if until is None else until.shape.alignment
        fits = last <= at * 8 and -(-at // step) * step == end
        return tuple(slots) if fits else ()

    def _filler(self, name: str, start: int, end: int) -> _Slot:
        source, shape = self._written[self._names[name]], byte_array(end - start)
        field = Field(name=source.name, offset=start, shape=shape, is_open=True)
        return _Slot(field=field, source=replace(source, type=shape.text))

    # -- text --------------------------------------------------------------------------------------

    def _render(self, placed: Placed, sources: dict[str, SourceField]) -> str:
        source = self._source
        lines = list[str]()
        for field in placed.fields:
            lines += _field_lines(field, sources.get(field.name.strip("_")), source)
        representation = placed.representation
        if source.representation == "transparent" and representation == "C" and len(lines) == 1:
            representation = "transparent"
        head = f"{source.public}{self._c.kind} {source.name}"
        if source.is_tuple:
            numbers = [str(number) for number in range(len(placed.fields))]
            if [field.name for field in placed.fields] != numbers:
                raise Inexpressible("a tuple struct has no names for what it lacks")
            body = [f"{head}({' '.join(line.strip() for line in lines).rstrip(',')});"]
        else:
            body = [f"{head} {{", *lines, "}"]
        parts = [*body, "", *self._asserts(placed)]
        for text in self._writer.texts.values():
            parts += ["", *text.splitlines()]
        whole = indent("\n".join(parts), source.indent)
        return source.head(representation) + whole[len(source.indent) :].rstrip()

    def _asserts(self, placed: Placed) -> Iterator[str]:
        offsets = {field.name: field.offset for field in placed.fields}
        return render_asserts(self._source.name, self._c.byte_size, placed.alignment, offsets)


def _field_lines(field: Field, source: SourceField | None, item: ItemSource) -> Iterator[str]:
    public = source.public if source is not None and not field.name.startswith("_") else ""
    if source is not None and source.name == field.name:
        public = source.public
    for line in () if source is None else source.before.splitlines():
        yield f"    {line.strip()}"
    why = f" // {field.why_bytes}" if field.why_bytes else ""
    after = f" {source.after}" if source is not None and source.after else ""
    name = "" if item.is_tuple else f"{field.name}: "
    yield f"    {public}{name}{field.shape.text},{after or why}"


def _copied(text: str) -> str:
    """Return the type of a union's field, which must need no drop."""
    return text if "ManuallyDrop<" in text else f"::core::mem::ManuallyDrop<{text}>"
