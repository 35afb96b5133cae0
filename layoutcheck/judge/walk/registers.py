"""Values that are not passed as they lie in memory: vectors, `_Complex`, records for scalars."""

from __future__ import annotations

from typing import Final

from layoutcheck.judge.walk.differences import Difference, type_difference, unknown
from layoutcheck.judge.walk.parts import is_complex
from layoutcheck.judge.walk.scalars import kind_of, scalar_words
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    spell,
)
from layoutcheck.model.target import Target

__all__ = ["in_registers", "is_passed_as_parts", "is_plain"]

WORD: Final = 8
HALF_WORD: Final = 4
VECTORS: Final = ("core::core_arch::", "core::core_simd::", "core::arch::")


def is_plain(c: Type | None, rust: Type | None) -> bool:
    """Return whether kind and size alone decide how two values, no C record, are passed."""
    return not (isinstance(c, ArrayType) or is_complex(c) or isinstance(rust, RecordLayout))


def is_passed_as_content(target: Target | None, c: Type | None, *, is_result: bool) -> bool:
    """Return whether a record of one scalar is passed, or returned, like C's scalar.

    That depends on the machine's psABI. Scalars shorter than a register are extended and records
    are not (SysV amd64, i386 and AAPCS: to 32 bits; RISC-V and ELFv2: to 64; AAPCS64: neither).
    AAPCS returns records of more than 4 bytes in memory. i386 returns floats in other registers.
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
    """Return whether a `_Complex` is passed like Rust's record of its two parts.

    SysV amd64 and RISC-V pass it as such a record, AAPCS64 as a homogeneous aggregate of two.
    """
    is_of_parts = is_complex(c) and scalar_words(c, rust, by_value=False) is None
    return target is not None and target.machine in {"amd64", "arm64", "riscv"} and is_of_parts


def in_registers(c_type: Type | None, c: Type | None, rust: Type | None) -> Difference:
    """Return the difference of two values of one size that are not plain.

    `c` is `c_type` stripped. A vector's registers are unknown: they depend on the features of the
    target. A `_Complex`'s are unknown, too, unless the psABI passes it as a record of its parts. A
    record in place of a scalar is a difference: its parts are not extended like a scalar, or are
    passed in memory.
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
