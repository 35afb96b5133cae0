"""A Rust type as rustc lays it out -> its size and alignment."""

from __future__ import annotations

from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    natural_alignment,
    strip,
)
from layoutcheck.report.rust_text.scalars import Scalars
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape

__all__ = ["rust_shape"]


def rust_shape(type_: Type, scalars: Scalars) -> Shape:
    """Return the shape of a Rust type, without its text. Raises `Inexpressible`."""
    inner = strip(type_)
    match inner:
        case BaseType(byte_size=size) if size:
            is_float = inner.encoding is Encoding.FLOAT
            return scalars.shape("float" if is_float else "integer", size, "")
        case EnumType(byte_size=size) if size:
            return scalars.shape("integer", size, "")
        case PointerType(byte_size=size):
            return scalars.shape("pointer", size, "")
        case ArrayType(element=element):
            part = rust_shape(element, scalars)
            return Shape(
                text="",
                byte_size=byte_size_of(inner),
                alignment=part.alignment,
                is_aligned=part.is_aligned,
            )
        case RecordLayout(byte_size=size):
            alignment = inner.alignment or natural_alignment(inner)
            parts = [rust_shape(member.type, scalars) for member in inner.members]
            is_aligned = any(part.is_aligned for part in parts) or alignment > max(
                (part.alignment for part in parts), default=alignment
            )
            return Shape(text="", byte_size=size, alignment=alignment, is_aligned=is_aligned)
        case BaseType() | EnumType():
            return Shape(text="", byte_size=0, alignment=1)
    raise Inexpressible("one of its fields has no layout")
