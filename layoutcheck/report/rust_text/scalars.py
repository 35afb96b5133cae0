"""C scalars -> Rust's, with the target's alignments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from layoutcheck.model.c_types import ScalarKind
from layoutcheck.model.layout import BaseType, Encoding, EnumType, TypedefType, strip
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape

__all__ = ["Scalars"]

_FIXED: Final = re.compile(r"_*(u?)_?int(8|16|32|64)_t")
_POINTER_WIDE: Final = {
    "size_t": "usize",
    "uintptr_t": "usize",
    "ssize_t": "isize",
    "intptr_t": "isize",
    "ptrdiff_t": "isize",
}
_OF_TARGET: Final = {
    "char": "::core::ffi::c_char",
    "long": "::core::ffi::c_long",
    "unsigned long": "::core::ffi::c_ulong",
}
"""Types whose sign or width is the target's."""
_INTEGERS: Final = (1, 2, 4, 8, 16)
_FLOATS: Final = (4, 8)
_SIGNS: Final = {Encoding.SIGNED: "i", Encoding.UNSIGNED: "u"}


class Scalars:
    """Rust's scalars on one target; `alignments` is that of `CTypes`."""

    def __init__(self, alignments: Mapping[tuple[ScalarKind, int], int]) -> None:
        self._alignments = alignments
        self.markers: dict[int, str] = {}
        """The integer of each alignment, for a field that has no size."""
        for size in _INTEGERS:
            if ("integer", size) in alignments:
                self.markers.setdefault(alignments["integer", size], f"u{8 * size}")

    def shape(self, kind: ScalarKind, byte_size: int, text: str) -> Shape:
        """Return a scalar's shape. Raises `Inexpressible` if the target has none of this size."""
        alignment = self._alignments.get((kind, byte_size))
        if alignment is None:
            raise Inexpressible(f"the target has no {kind} of {byte_size} bytes")
        return Shape(text=text, byte_size=byte_size, alignment=alignment)

    def base(self, type_: BaseType) -> Shape:
        """Return the shape of C's scalar. Raises `Inexpressible` if Rust has no such scalar."""
        size = type_.byte_size
        match type_.encoding:
            case Encoding.BOOLEAN if size == 1:
                return self.shape("integer", 1, "bool")
            case Encoding.SIGNED | Encoding.UNSIGNED as encoding if size in _INTEGERS:
                text = _OF_TARGET.get(type_.name, f"{_SIGNS[encoding]}{8 * size}")
                return self.shape("integer", size, text)
            case Encoding.FLOAT if size in _FLOATS:
                return self.shape("float", size, f"f{8 * size}")
        raise Inexpressible(f"Rust has no `{type_.name}` of {size} bytes")

    def enum(self, type_: EnumType) -> Shape:
        """Return the integer of an enum."""
        if type_.byte_size not in _INTEGERS:
            raise Inexpressible(f"enum {type_.name} is only declared")
        text = f"{'i' if type_.signed else 'u'}{8 * type_.byte_size}"
        return self.shape("integer", type_.byte_size, text)

    def typedef(self, type_: TypedefType) -> Shape | None:
        """Return the shape of a typedef that Rust has, such as `uint32_t`; None for others."""
        base = strip(type_)
        if not isinstance(base, BaseType) or base.encoding not in _SIGNS:
            return None
        fixed = _FIXED.fullmatch(type_.name)
        if fixed is not None and int(fixed[2]) == 8 * base.byte_size:
            return self.shape("integer", base.byte_size, f"{fixed[1] or 'i'}{fixed[2]}")
        wide = _POINTER_WIDE.get(type_.name)
        if wide is not None and ("pointer", base.byte_size) in self._alignments:
            return self.shape("integer", base.byte_size, wide)
        return None
