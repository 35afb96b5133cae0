"""A Rust type's text, with the size and the alignment that it has on the target."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Inexpressible", "Shape", "byte_array"]


class Inexpressible(Exception):  # noqa: N818 - no error: the member becomes bytes, or is refused
    """Reason why Rust has no type for a C type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A Rust type.

    `is_aligned`: it has a `repr(align)`, or holds a type that has one. No packed type may hold it
    (rustc's E0588).
    """

    text: str
    byte_size: int
    alignment: int
    is_aligned: bool = False


def byte_array(byte_size: int) -> Shape:
    """Return the type of so many bytes."""
    return Shape(text=f"[u8; {byte_size}]", byte_size=byte_size, alignment=1)
