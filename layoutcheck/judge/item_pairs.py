"""Two constants, or what two compilers say of one function or static, side by side.

What a constant is worth is a number or a text; how wide its type is counts only where the value
does not survive it (docs/adr/0017).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from layoutcheck.judge.enum_variants import lacking
from layoutcheck.judge.walk import Difference
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
"""Number of an array's elements that are written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantPair:
    """A constant on both sides; both values are known.

    `is_text` says that Rust has it as a `str`, which no C function takes for a string.
    """

    c: ConstantValue
    rust: ConstantValue
    is_text: bool = False

    def difference(self) -> ValueDifference | None:
        """In what the two differ, None where they are worth the same.

        Arrays are if they have as many elements in each dimension, and each is worth the same; the
        first that is not says how they differ.

        Integers are if the numbers are equal, or if C's, in a type that is no wider than Rust's, is
        Rust's once C has converted it to that type (C17 6.3.1.3): -1 for `u32::MAX`. They differ in
        width, if Rust has what is left of C's value in fewer bits; in sign, if they have the same
        bits as far as both go; else in value. A number and a text, or a float, differ in kind.
        Floats are if they have the same bits: 0.0 is not -0.0.
        """
        match self.c.value, self.rust.value:
            case bytes(c_text), bytes(rust_text):
                same = rust_text == c_text or (self.is_text and rust_text + b"\0" == c_text)
                return None if same else "value"
            case (tuple() | bytes(), tuple() | bytes()):
                if _counts(self.c.type) != _counts(self.rust.type):
                    return "kind"
                found = self._first_unlike()
                return None if found is None else found[1].difference()
            case int(c), int(rust):
                return self._of_integers(c, rust)
            case (float() | LongFloat() as c_float, float() | LongFloat() as rust_float):
                return self._of_floats(c_float, rust_float)
            case _:
                return "kind"

    def _of_integers(self, c: int, rust: int) -> ValueDifference | None:
        c_bits, rust_bits = (8 * byte_size_of(side.type) for side in (self.c, self.rust))
        if c == rust or (c_bits <= rust_bits and (c - rust) % (1 << rust_bits) == 0):
            return None
        bits = min(c_bits, rust_bits)
        if (c - rust) % (1 << bits):
            return "value"
        return "sign" if -(1 << (bits - 1)) <= c < 1 << bits else "width"

    def words(self) -> tuple[str, str]:
        """Return both values for a reader; of long arrays the first elements that differ."""
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
    """A function as C and Rust declare it.

    `symbol` is what Rust links it by, `label` what C does, where that is another symbol.
    `variable` is the type that it has in C, where it is no function. `no_symbol` says why C has
    nothing of that name to link, as a reader would say it; then `c` may be unknown. `other` is C's
    function of Rust's name, where that has a symbol and Rust links to another one. `differences`
    are those of parameters and result.
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
    """A Rust enum, and C's, or the type that C's typedef of that name stands for."""

    c: Type
    rust: EnumType

    def lacking(self) -> tuple[tuple[str, int], ...]:
        """C's enumerators of a value that no variant has."""
        c = strip(self.c)
        return lacking(c, self.rust) if isinstance(c, EnumType) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPair:
    """Types of C's typedef and of Rust's alias of a name, and their differences.

    Of a function, for which Rust has only pointers, `c` is a pointer to it.
    """

    c: Type
    rust: Type
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPair:
    """A variable as C and Rust declare it, and the differences of the types; the rest as above.

    `of_thread` says of C's and of Rust's whether it is another variable in each thread.
    """

    c: Type
    rust: Type
    symbol: str = ""
    label: str | None = None
    other: str | None = None
    of_thread: tuple[bool, bool] = (False, False)
    differences: tuple[Difference, ...] = ()


def spell_value(constant: ConstantValue) -> str:
    """`-1 (int)`, `65536 = 0x10000 (u32)`, `"mtx" (char[3])`."""
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
    # Of what is no number the bits tell which.
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
    """Without `const`, and without the dimensions' names."""
    inner = strip(type_)
    return inner if isinstance(inner, ArrayType) else type_


def spell_function(function: FunctionType) -> str:
    """`int (struct mtx *, int)`: the type of a function, in C's or in Rust's names."""
    written = [spell(parameter) for parameter in function.parameters]
    written += ["..."] * function.variadic
    return f"{spell(function.result)} ({', '.join(written) or 'void'})"


def spell_enum(type_: Type) -> str:
    """`enum uio_rw, 4 bytes: UIO_READ = 0, UIO_WRITE = 1`."""
    inner = strip(type_)
    values = inner.enumerators if isinstance(inner, EnumType) else ()
    listed = ", ".join(f"{name} = {value}" for name, value in values)
    return f"{spell(type_)}, {counted(byte_size_of(type_), 'byte')}" + (
        f": {listed}" if listed else ""
    )
