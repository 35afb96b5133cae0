"""Types that are passed otherwise than they lie in memory.

Vectors, `_Complex`, records for scalars, and records in which filler stands for floats.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final, NamedTuple

from layoutcheck.judge.walk.differences import Difference, type_difference, unknown
from layoutcheck.judge.walk.parts import is_complex
from layoutcheck.judge.walk.scalars import kind_of, scalar_words
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.target import Target

__all__ = ["in_registers", "is_passed_as_parts", "is_plain", "record_words"]

WORD: Final = 8
HALF_WORD: Final = 4
TWO_WORDS: Final = 16
MOST_OF_FLOATS: Final = 8
"""The most floats of a record that ELFv2 passes as such; AAPCS has 4."""
VECTORS: Final = ("core::core_arch::", "core::core_simd::", "core::arch::")


def is_plain(c: Type | None, rust: Type | None) -> bool:
    """Whether two values, none of which is a record of C's, are passed by kind and size alone."""
    return not (isinstance(c, ArrayType) or is_complex(c) or isinstance(rust, RecordLayout))


def is_passed_as_content(target: Target | None, c: Type | None, *, is_result: bool) -> bool:
    """Whether a record of one scalar is passed, or returned, as that scalar of C's is.

    Each machine has its psABI: scalars shorter than a register are extended and records are not
    (SysV amd64, i386 and AAPCS: to 32 bits; RISC-V and ELFv2: to 64; AAPCS64: neither), AAPCS
    returns records of more than 4 bytes in memory, and i386 floats in other registers.
    """
    if target is None or not isinstance(c, BaseType | EnumType | PointerType):
        return False
    size = c.byte_size
    is_float = isinstance(c, BaseType) and c.encoding is Encoding.FLOAT
    if size > WORD or (is_float and size < HALF_WORD):
        return False
    match target.machine:
        case "amd64":
            return size >= HALF_WORD
        case "arm64":
            return True
        case "riscv" | "powerpc":
            return size == WORD or is_float
        case "arm" | "i386" if is_result:
            return size == HALF_WORD and not is_float
        case _:
            return size >= HALF_WORD


def is_passed_as_parts(target: Target | None, c: Type | None, rust: Type | None) -> bool:
    """Whether a `_Complex` is passed as Rust's record of its two parts is.

    SysV amd64 and RISC-V pass it as such a record, AAPCS64 as a homogeneous aggregate of two.
    """
    is_of_parts = is_complex(c) and scalar_words(c, rust, by_value=False) is None
    return target is not None and target.machine in {"amd64", "arm64", "riscv"} and is_of_parts


def in_registers(c_type: Type | None, c: Type | None, rust: Type | None) -> Difference:
    """Return the difference of two values of one size that are not plain; `c` is `c_type` itself.

    A vector's registers depend on the features of the target: they are unknown. So are those of a
    `_Complex`, but where the psABI passes it as a record of its parts. A record in the place of a
    scalar is a difference, for its parts are not extended as a scalar is, or are passed in memory.
    """
    if is_complex(c):
        return unknown(f"{spell(c_type)}: Rust has no type that is passed so")
    is_record = isinstance(rust, RecordLayout)
    if isinstance(c, ArrayType):
        if isinstance(rust, RecordLayout) and (rust.name or "").startswith(VECTORS):
            reason = "a vector's registers depend on the target's features"
            return unknown(f"{spell(c_type)}: {reason}")
        return type_difference("vector", kind_of(rust))
    return type_difference(
        kind_of(c), f"{kind_of(rust)}, which is passed as one" if is_record else kind_of(rust)
    )


class _Scalar(NamedTuple):
    """A scalar in a record, at a byte: a float, an x87 float or anything else."""

    at: int
    byte_size: int
    kind: str


def record_words(
    target: Target | None, c: RecordLayout, rust: RecordLayout
) -> tuple[str, str] | None:
    """Return how two records of one size are passed, where that differs because of floats.

    Filler stands for a float in memory, but integers are passed in other registers. SysV amd64
    decides that for each eight bytes, AAPCS and ELFv2 for a record of nothing but equal floats,
    RISC-V for one of one or two scalars; what is greater is passed in memory, and all is on i386.
    """
    machine = None if target is None else target.machine
    both = tuple(_scalars(c, 0)), tuple(_scalars(rust, 0))
    if machine == "amd64" and c.byte_size <= TWO_WORDS and all(map(_are_aligned, both)):
        for start in range(0, c.byte_size, WORD):
            of_c, of_rust = (_eightbyte(scalars, start) for scalars in both)
            if of_c and of_rust and of_c != of_rust:
                where = f"in bytes {start}-{start + WORD - 1}"
                return f"{of_c} {where}", f"{of_rust} {where}"
    if machine in {"arm64", "arm", "powerpc"}:
        most = MOST_OF_FLOATS if machine == "powerpc" else MOST_OF_FLOATS // 2
        return _by_floats(*(_are_floats(scalars, most) for scalars in both))
    if machine == "riscv" and c.byte_size <= TWO_WORDS:
        return _by_floats(*(_is_flat(scalars) for scalars in both))
    return None


def _by_floats(c: bool, rust: bool) -> tuple[str, str] | None:
    if c == rust:
        return None
    first, last = (
        "passed in registers of floats" if one else "passed in those of integers"
        for one in (c, rust)
    )
    return first, last


def _are_aligned(scalars: tuple[_Scalar, ...]) -> bool:
    return all(one.at % one.byte_size == 0 for one in scalars)


def _eightbyte(scalars: tuple[_Scalar, ...], start: int) -> str | None:
    """Return the class of eight bytes (SysV psABI 3.2.3): integers outdo floats."""
    kinds = {
        one.kind for one in scalars if one.at < start + WORD and start < one.at + one.byte_size
    }
    return "an integer" if "an integer" in kinds else next(iter(sorted(kinds)), None)


def _are_floats(scalars: tuple[_Scalar, ...], most: int) -> bool:
    """Tell a homogeneous aggregate: so many floats of one size, and nothing else."""
    kinds, places = {(one.kind, one.byte_size) for one in scalars}, {one.at for one in scalars}
    return len(kinds) == 1 and scalars[0].kind == "a float" and len(places) <= most


def _is_flat(scalars: tuple[_Scalar, ...]) -> bool:
    """Tell one or two scalars of which one is a float; variants of a union are not flat."""
    is_two = len(scalars) == 1 or (len(scalars) == 2 and scalars[0].at != scalars[1].at)  # noqa: PLR2004
    return is_two and any(one.kind == "a float" and one.byte_size <= WORD for one in scalars)


def _scalars(type_: Type | None, start: int) -> Iterator[_Scalar]:
    """Yield the scalars in a type at a byte; the parts of a `_Complex` are two."""
    match strip(type_):
        case RecordLayout(members=members):
            for member in members:
                at = start + member.bit_offset // 8
                if member.is_bit_field:
                    yield _Scalar(at, 1, "an integer")
                else:
                    yield from _scalars(member.type, at)
        case ArrayType(element=element, counts=counts):
            size, count = byte_size_of(element), prod(count or 0 for count in counts)
            for number in range(min(count, MOST_OF_FLOATS * TWO_WORDS)):
                yield from _scalars(element, start + number * size)
        case BaseType(byte_size=size, encoding=Encoding.COMPLEX):
            yield _Scalar(start, size // 2, "a float")
            yield _Scalar(start + size // 2, size // 2, "a float")
        case BaseType(name=name, byte_size=size, encoding=Encoding.FLOAT):
            yield _Scalar(start, size, "an x87 float" if name == "long double" else "a float")
        case inner if byte_size_of(inner):
            yield _Scalar(start, byte_size_of(inner), "an integer")
