"""Pairs of constants, functions, enums, aliases and statics: C's and Rust's side of one item.

A constant's value is a number or a text. The width of its type counts only if the value does not
fit into it (docs/adr/0017).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from layoutcheck.judge.enum_variants import lacking
from layoutcheck.judge.walk import Difference
from layoutcheck.judge.walk.scalars import element_of
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.model.layout_set import ConstantValue, LongFloat, Number
from layoutcheck.model.words import counted

__all__ = [
    "AliasPair",
    "ConstantPair",
    "EnumPair",
    "FunctionPair",
    "StaticPair",
    "spell_enum",
    "spell_function",
    "spell_value",
]

ValueDifference = Literal["kind", "width", "sign", "value"]
_WORTH_HEX = 4096
_SHOWN = 8
"""Number of elements of an array that are written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantPair:
    """Pair of a C and a Rust constant, both of known values.

    `is_text`: Rust has it as a `str`. No C function takes that as a string, as it has no NUL.
    """

    c: ConstantValue
    rust: ConstantValue
    is_text: bool = False

    def difference(self) -> ValueDifference | None:
        """Return how the two values differ; None if they are equal.

        Arrays are equal if they have as many elements in each dimension, of one size, and all
        elements are equal: an array is used by its address. The first elements that differ decide
        how the arrays differ.

        Integers are equal if the numbers are. They are also equal if C's type is no wider than
        Rust's, and C's conversion to that type gives Rust's value (C17 6.3.1.3): -1 for `u32::MAX`.
        They differ in width if Rust's type has fewer bits and holds what is left of C's value. They
        differ in sign if they agree in all bits that both have; otherwise in value.

        A number and a text differ in kind, and so do an integer and a float. Floats are equal if
        their bits are: 0.0 is not -0.0.
        """
        match self.c.value, self.rust.value:
            case bytes(c_text), bytes(rust_text):
                same = rust_text == c_text or (self.is_text and rust_text + b"\0" == c_text)
                return None if same else "value"
            case (tuple() | bytes(), tuple() | bytes()):
                if _counts(self.c.type) != _counts(self.rust.type):
                    return "kind"
                if len({byte_size_of(element_of(side.type)) for side in self._arrays()}) > 1:
                    return "width"
                found = self._first_unlike()
                return None if found is None else found[1].difference()
            case int(c), int(rust):
                return self._of_integers(c, rust)
            case (float() | LongFloat() as c_float, float() | LongFloat() as rust_float):
                return self._of_floats(c_float, rust_float)
            case _:
                return "kind"

    def _arrays(self) -> Iterator[ConstantValue]:
        """Yield the sides that are arrays; a `str` or a `CStr` is none, and has bytes."""
        for side in (self.c, self.rust):
            if isinstance(strip(side.type), ArrayType):
                yield side

    def _of_integers(self, c: int, rust: int) -> ValueDifference | None:
        c_bits, rust_bits = (8 * byte_size_of(side.type) for side in (self.c, self.rust))
        if c == rust or (c_bits <= rust_bits and (c - rust) % (1 << rust_bits) == 0):
            return None
        bits = min(c_bits, rust_bits)
        if (c - rust) % (1 << bits):
            return "value"
        return "sign" if -(1 << (bits - 1)) <= c < 1 << bits else "width"

    def words(self) -> tuple[str, str]:
        """Return both values in the words of a report; for long arrays the first difference."""
        is_long = isinstance(self.c.value, tuple) and len(self.c.value) > _SHOWN
        found = self._first_unlike() if is_long and self.difference() != "kind" else None
        if found is None:
            return spell_value(self.c), spell_value(self.rust)
        number, pair = found
        return f"[{number}] is {spell_value(pair.c)}", f"[{number}] is {spell_value(pair.rust)}"

    def _first_unlike(self) -> tuple[int, ConstantPair] | None:
        """Return the first elements of two arrays that differ, and their place."""
        elements = zip(_elements(self.c), _elements(self.rust), strict=True)
        pairs = (ConstantPair(c=c, rust=rust) for c, rust in elements)
        return next((at for at in enumerate(pairs) if at[1].difference() is not None), None)

    def _of_floats(self, c: float | LongFloat, rust: float | LongFloat) -> ValueDifference | None:
        if isinstance(c, LongFloat) and isinstance(rust, float):
            return "width" if c.nearest == rust else "value"
        if isinstance(c, LongFloat) or isinstance(rust, LongFloat):
            return None if c == rust else "value"
        if struct.pack("d", c) == struct.pack("d", rust):
            return None
        narrow = byte_size_of(self.rust.type) < byte_size_of(self.c.type)
        return "width" if narrow and c != rust and abs(c - rust) <= abs(c) * 2**-23 else "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPair:
    """Pair of a C and a Rust function.

    `symbol` is the symbol that Rust links to, `label` C's symbol if that is another one.
    `variable` is the type in C if it is no function there. `no_symbol` says why C has no symbol of
    that name, in the words of a report; then `c` may be unknown. `other` is C's function of Rust's
    name, if it has a symbol and Rust links to another one. `differences` are those of parameters
    and result.
    """

    symbol: str
    c: FunctionType | None
    rust: FunctionType
    variable: str | None = None
    no_symbol: str | None = None
    label: str | None = None
    other: str | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumPair:
    """Pair of a Rust enum and a C enum, or the type of C's typedef of that name."""

    c: Type
    rust: EnumType

    def lacking(self) -> tuple[tuple[str, int], ...]:
        """Return C's enumerators whose value no variant has."""
        c = strip(self.c)
        return lacking(c, self.rust) if isinstance(c, EnumType) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPair:
    """Pair of the types of C's typedef and Rust's alias, with their differences.

    For C's typedef of a function, `c` is a pointer to it: Rust has only pointers to functions.
    """

    c: Type
    rust: Type
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPair:
    """Pair of a C and a Rust variable, with the differences of their types.

    `symbol`, `label` and `other` are those of `FunctionPair`, for variables. `of_thread` says
    whether C's and Rust's variables are thread-local.
    """

    c: Type
    rust: Type
    symbol: str = ""
    label: str | None = None
    other: str | None = None
    of_thread: tuple[bool, bool] = (False, False)
    differences: tuple[Difference, ...] = ()


def spell_value(constant: ConstantValue) -> str:
    """Spell a constant: `-1 (int)`, `65536 = 0x10000 (u32)`, `"mtx" (char[3])`."""
    match constant.value:
        case None:
            text = "?"
        case bytes(data):
            text = (
                '"'
                + data.decode("latin-1").encode("unicode_escape").decode().replace("\\x00", "\\0")
                + '"'
            )
        case tuple(values):
            shown = ", ".join(map(_spell_number, values[:_SHOWN]))
            text = "{" + shown + (", ..." if len(values) > _SHOWN else "") + "}"
        case number:
            text = _spell_number(number)
    return f"{text} ({spell(_plain(constant.type))})"


def _spell_number(number: Number) -> str:
    if isinstance(number, int):
        return f"{number} = {number:#x}" if abs(number) >= _WORTH_HEX else str(number)
    if isinstance(number, LongFloat):
        return f"{number.nearest!r}..."
    # The bits tell one NaN from another.
    bits = struct.pack(">d", number).hex()
    return f"NaN 0x{bits}" if number != number else repr(number)  # noqa: PLR0124


def _counts(type_: Type) -> tuple[int | None, ...]:
    inner = strip(type_)
    return inner.counts if isinstance(inner, ArrayType) else ()


def _elements(constant: ConstantValue) -> Iterator[ConstantValue]:
    """Yield the elements of an array, in order."""
    array, values = strip(constant.type), constant.value
    assert isinstance(array, ArrayType)  # noqa: S101 - it has elements
    assert isinstance(values, bytes | tuple)  # noqa: S101
    inner = strip(array.element)
    is_signed = isinstance(inner, BaseType) and inner.encoding is Encoding.SIGNED
    if isinstance(values, bytes):
        values = struct.unpack(f"{len(values)}{'b' if is_signed else 'B'}", values)
    for value in values:
        yield ConstantValue(type=array.element, value=value)


def _plain(type_: Type) -> Type:
    """Return an array type without `const` and typedefs; any other type as it is."""
    inner = strip(type_)
    return inner if isinstance(inner, ArrayType) else type_


def spell_function(function: FunctionType) -> str:
    """Spell a function's type, in C's or Rust's names: `int (struct mtx *, int)`."""
    written = [spell(parameter) for parameter in function.parameters]
    written += ["..."] * function.variadic
    return f"{spell(function.result)} ({', '.join(written) or 'void'})"


def spell_enum(type_: Type) -> str:
    """Spell an enum: `enum uio_rw, 4 bytes: UIO_READ = 0, UIO_WRITE = 1`."""
    inner = strip(type_)
    values = inner.enumerators if isinstance(inner, EnumType) else ()
    listed = ", ".join(f"{name} = {value}" for name, value in values)
    return f"{spell(type_)}, {counted(byte_size_of(type_), 'byte')}" + (
        f": {listed}" if listed else ""
    )
