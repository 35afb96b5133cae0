"""Fields with C's offsets -> their order with fillers, and the `repr` that gives these offsets.

The rules are those of `repr(C)` (the Rust Reference, "Type layout"): each field is at the next
offset that its alignment divides, `packed(N)` limits the alignments to N, and the size is rounded
up to the record's alignment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from layoutcheck.report.rust_text.identifiers import free_name
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape, byte_array

__all__ = ["Field", "Placed", "place_fields"]

_FILLER: Final = "_filler"
_MARKER: Final = "_align"
_MOST_MARKED: Final = 8
"""Bytes of the highest alignment that a marker gives; higher ones are C's attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a Rust record, at an offset in bytes.

    `why_bytes` is the reason why C's member is written as bytes. `is_open`: its type may lack the
    alignment of C's, since it is a storage unit or is written as bytes.
    """

    name: str
    offset: int
    shape: Shape
    is_public: bool = True
    is_open: bool = False
    why_bytes: str | None = None

    def as_bytes(self) -> Field:
        """Return the field as bytes, which have no alignment."""
        name = self.name.removeprefix("r#")
        return replace(
            self,
            name=f"_{name}",
            shape=byte_array(self.shape.byte_size),
            is_public=False,
            is_open=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A Rust record: its fields in order, `repr`, and alignment."""

    fields: tuple[Field, ...]
    representation: str
    alignment: int
    is_aligned: bool


def place_fields(
    fields: Sequence[Field],
    *,
    kind: Literal["struct", "union"],
    byte_size: int,
    alignment: int | None,
    integers: dict[int, str],
    taken: Collection[str],
) -> Placed:
    """Return the record that has these fields at their offsets, this size and this alignment.

    Without an alignment, it is the highest that the fields allow. `integers` are Rust's integers by
    their alignment on the target. `taken` are names that a filler may not have. Raises
    `Inexpressible`.
    """
    if alignment is None:
        alignment = _highest_alignment(fields, byte_size)
    packing, fields = _pack(fields, alignment)
    natural = max((min(f.shape.alignment, packing or alignment) for f in fields), default=1)
    marker = integers.get(alignment)
    representation = "C" if packing is None else "C, packed" + (f"({packing})" * (packing > 1))
    is_aligned = any(field.shape.is_aligned for field in fields)
    if natural < alignment:
        is_open = any(field.is_open for field in fields)
        if is_open and marker is not None and alignment <= _MOST_MARKED:
            shape = Shape(text=f"[{marker}; 0]", byte_size=0, alignment=alignment)
            name = free_name(_MARKER, taken)
            fields = (Field(name=name, offset=0, shape=shape, is_public=False), *fields)
        else:
            representation, is_aligned = f"C, align({alignment})", True
    if kind == "union":
        lined = tuple(_unite(fields, byte_size, alignment, taken))
    else:
        lined = tuple(_line_up(fields, byte_size, alignment, packing, taken))
    twice = [name for name, times in Counter(field.name for field in lined).items() if times > 1]
    if twice:
        raise Inexpressible(f"two of its fields would be called `{twice[0]}`")
    return Placed(
        fields=lined,
        representation=representation,
        alignment=alignment,
        is_aligned=is_aligned,
    )


def _highest_alignment(fields: Sequence[Field], byte_size: int) -> int:
    """Return the highest alignment of a record for which all fields lie where they are."""
    alignment = max((field.shape.alignment for field in fields), default=1)
    while alignment > 1 and (
        byte_size % alignment or any(_is_astray(field, alignment) for field in fields)
    ):
        alignment //= 2
    return alignment


def _is_astray(field: Field, packing: int) -> bool:
    return field.offset % min(field.shape.alignment, packing) != 0


def _pack(fields: Sequence[Field], alignment: int) -> tuple[int | None, tuple[Field, ...]]:
    """Return the N of `packed(N)`, None for none, and the fields that are right under it.

    A field that is right under neither is written as bytes: the fewest possible.
    """
    plain = tuple(
        field.as_bytes()
        if field.shape.alignment > alignment or _is_astray(field, field.shape.alignment)
        else field
        for field in fields
    )
    packed = tuple(
        field.as_bytes() if field.shape.is_aligned or _is_astray(field, alignment) else field
        for field in fields
    )
    if _count_bytes(plain) <= _count_bytes(packed):
        return None, plain
    needs_packing = any(field.shape.alignment > alignment for field in packed)
    is_packed = needs_packing or any(_is_astray(f, f.shape.alignment) for f in packed)
    return (alignment if is_packed else None), packed


def _count_bytes(fields: Sequence[Field]) -> int:
    return sum(field.is_open for field in fields)


def _line_up(
    fields: Sequence[Field],
    byte_size: int,
    alignment: int,
    packing: int | None,
    taken: Collection[str],
) -> Iterator[Field]:
    """Yield a struct's fields, with fillers where they would not lie at their offsets."""
    taken, end = {*taken}, 0
    for field in fields:
        step = min(field.shape.alignment, packing or field.shape.alignment)
        if field.offset < end:
            raise Inexpressible(f"its member {field.name} overlaps the one before")
        if -(-end // step) * step != field.offset:
            yield _filler(end, field.offset, taken)
        yield field
        end = field.offset + field.shape.byte_size
    if end > byte_size:
        raise Inexpressible(f"its members end at {end}, behind its {byte_size} bytes")
    if -(-end // alignment) * alignment != byte_size:
        yield _filler(end, byte_size, taken)
        if byte_size % alignment:
            raise Inexpressible(f"its size of {byte_size} bytes is no multiple of {alignment}")


def _unite(
    fields: Sequence[Field],
    byte_size: int,
    alignment: int,
    taken: Collection[str],
) -> Iterator[Field]:
    """Yield a union's fields, and a filler if it is larger than all of them."""
    yield from fields
    largest = max((field.shape.byte_size for field in fields), default=0)
    if not fields or -(-largest // alignment) * alignment != byte_size:
        yield _filler(0, byte_size, {*taken})
    if largest > byte_size or byte_size % alignment:
        raise Inexpressible(f"its members do not make its {byte_size} bytes")


def _filler(start: int, end: int, taken: set[str]) -> Field:
    name = free_name(_FILLER, taken)
    taken.add(name)
    return Field(name=name, offset=start, shape=byte_array(end - start), is_public=False)
