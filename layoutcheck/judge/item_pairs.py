"""Two constants, or what two compilers say of one function or static, side by side.

What a constant is worth is a number or a text; how wide its type is counts only where the value
does not survive it (docs/adr/0017).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from layoutcheck.layout import ArrayType, EnumType, FunctionType, Type, byte_size_of, spell, strip
from layoutcheck.layout_set import ConstantValue

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

Difference = Literal["kind", "width", "sign", "value"]
_WORTH_HEX = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantPair:
    """A constant on both sides; both values are known.

    `is_text` says that Rust has it as a `str`, which no C function takes for a string.
    """

    c: ConstantValue
    rust: ConstantValue
    is_text: bool = False

    def difference(self) -> Difference | None:
        """In what the two differ, None where they are worth the same.

        Integers are if the numbers are equal, or if C's, in a type that is no wider than Rust's, is
        Rust's once C has converted it to that type (C17 6.3.1.3): -1 for `u32::MAX`. They differ in
        width, if Rust has what is left of C's value in fewer bits; in sign, if they have the same
        bits as far as both go; else in value. A number and a text, or a float, differ in kind.
        """
        match self.c.value, self.rust.value:
            case bytes(c_text), bytes(rust_text):
                same = rust_text == c_text or (self.is_text and rust_text + b"\0" == c_text)
                return None if same else "value"
            case int(c), int(rust):
                return self._of_integers(c, rust)
            case float(c_float), float(rust_float):
                return self._of_floats(c_float, rust_float)
            case _:
                return "kind"

    def _of_integers(self, c: int, rust: int) -> Difference | None:
        c_bits, rust_bits = (8 * byte_size_of(side.type) for side in (self.c, self.rust))
        if c == rust or (c_bits <= rust_bits and (c - rust) % (1 << rust_bits) == 0):
            return None
        bits = min(c_bits, rust_bits)
        if (c - rust) % (1 << bits):
            return "value"
        return "sign" if -(1 << (bits - 1)) <= c < 1 << bits else "width"

    def _of_floats(self, c: float, rust: float) -> Difference | None:
        if struct.pack("d", c) == struct.pack("d", rust) or c == rust:
            return None
        narrow = byte_size_of(self.rust.type) < byte_size_of(self.c.type)
        return "width" if narrow and abs(c - rust) <= abs(c) * 2**-23 else "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPair:
    """A function as C and Rust declare it.

    `symbol` is what Rust links it by. `no_symbol` says why C has nothing of that name to link, as a
    reader would say it; then `c` may be unknown. `other` is C's function of Rust's name, where that
    has a symbol and Rust links to another one. `without_repr` are the Rust types of no fixed
    layout, `told` those whose own verdict says so.
    """

    symbol: str
    c: FunctionType | None
    rust: FunctionType
    no_symbol: str | None = None
    other: str | None = None
    without_repr: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumPair:
    """A Rust enum, and C's, or the type that C's typedef of that name stands for."""

    c: Type
    rust: EnumType

    def lacking(self) -> tuple[tuple[str, int], ...]:
        """C's enumerators of a value that no variant has."""
        c = strip(self.c)
        values = {value for _, value in self.rust.enumerators}
        enumerators = c.enumerators if isinstance(c, EnumType) else ()
        return tuple(item for item in enumerators if item[1] not in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPair:
    """What C's typedef and Rust's alias of a name stand for.

    Of a function, for which Rust has only pointers, `c` is a pointer to it. `without_repr` and
    `told` are as of a function.
    """

    c: Type
    rust: Type
    without_repr: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPair:
    """A variable as C and Rust declare it; `without_repr` and `told` as of a function."""

    c: Type
    rust: Type
    without_repr: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


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
        case int(number):
            text = f"{number} = {number:#x}" if abs(number) >= _WORTH_HEX else str(number)
        case number:
            text = str(number)
    return f"{text} ({spell(_plain(constant.type))})"


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
    return f"{spell(type_)}, {byte_size_of(type_)} bytes" + (f": {listed}" if listed else "")
