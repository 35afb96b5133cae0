"""Find in which registers or memory a machine passes a record by value. Pure.

A psABI classifies the scalars of a record. So a record that is right in memory (bytes for a member,
one variant for a union, a filler for padding) may be passed in other registers than C's.

Sources: System V psABI for amd64, 3.2.3; AAPCS64, 6.8.2; AAPCS, 6.1.2; RISC-V calling conventions,
"Hardware Floating-point Calling Convention"; ELFv2 for Power, 2.2.3.3; for i386 clang's
`X86_32ABIInfo`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from layoutcheck.judge.walk.parts import is_complex
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    Member,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)
from layoutcheck.model.target import Target
from layoutcheck.model.words import counted

__all__ = ["KNOWN", "is_passed_apart", "passed_in"]

Class: TypeAlias = Literal["integer", "float", "x87", "vector"]
"""Class of registers for a scalar."""

KNOWN: Final = frozenset(("amd64", "arm64", "riscv64", "powerpc64", "powerpc64le", "i386", "armv7"))
"""Names of the targets whose rules this module and `registers` have."""

WORD: Final = 8
TWO_WORDS: Final = 16
MAX_ELEMENTS: Final = {"arm64": 4, "arm": 4, "powerpc": 8}
"""Maximum number of floats of one size that are passed as a record in as many registers."""
MAX_BYTES: Final = 128
"""Maximum bytes of a record in registers: eight vectors."""
SMALL: Final = (1, 2, 4, 8)
"""Bytes of the records that FreeBSD's i386 returns in registers."""
INTEGER: Final = "integer registers"
FLOAT: Final = "a float register"
WIDE: Final = ", an even one first"
"""Words for a scalar of 16 bytes."""
SPLIT: Final = frozenset(
    (("float",), ("float", "float"), ("float", "integer"), ("integer", "float"))
)
"""Scalars of the records that RISC-V passes with each scalar in a register of its own."""
X87: Final = "long double"


class _Scalar(NamedTuple):
    """Scalar of a record, in bytes; `in_union` if others may overlap it."""

    at: int
    size: int
    kind: Class
    in_union: bool


def passed_in(target: Target, record: RecordLayout, *, is_result: bool) -> str:
    """Return words for the registers or memory in which a machine passes or returns a record.

    Two records of one size and alignment have equal words if they are passed in the same way. The
    target is one of `KNOWN`.
    """
    size = record.byte_size
    if size > MAX_BYTES:
        return "memory"
    scalars = tuple(_scalars(record, 0, target, in_union=False))
    # Also where registers are used up: such a scalar has an even register, or an aligned place.
    is_wide = any(one.kind == "integer" and one.size >= TWO_WORDS for one in scalars)
    return _words(target, scalars, size, is_result=is_result) + is_wide * WIDE


def _words(target: Target, scalars: tuple[_Scalar, ...], size: int, *, is_result: bool) -> str:
    """Return words for the registers that a machine's rules give to scalars, or for memory."""
    match target.machine:
        case "amd64":
            return _by_eightbytes(scalars, size)
        case "i386":
            return _as_on_i386(scalars, size) if is_result else "memory"
        case "riscv":
            return _by_members(scalars, size)
        case machine:
            elements = _elements(scalars, size, MAX_ELEMENTS.get(machine, 0))
            return elements or (INTEGER if size <= TWO_WORDS else "memory")


def is_passed_apart(target: Target, record: RecordLayout, *, is_result: bool) -> bool:
    """Return whether clang and rustc may pass one declaration in different ways.

    An array without elements counts for clang, which passes some of these records in memory or in
    other registers, and not for rustc. On i386 clang returns a record in registers only if each
    member has the size of one, and a float that `aligned` makes larger as an integer.
    """
    sizes = set(_member_sizes(record))
    if target.machine != "i386":
        return 0 in sizes
    scalars = tuple(_scalars(record, 0, target, in_union=False))
    is_padded = len(scalars) == 1 and scalars[0].size != record.byte_size
    is_odd = not sizes <= {*SMALL} or (scalars[:1] and scalars[0].kind == "float" and is_padded)
    return is_result and record.byte_size in SMALL and bool(is_odd)


def _member_sizes(type_: Type | None) -> Iterator[int]:
    """Yield the size in bytes of each member, also of records inside."""
    inner = strip(type_)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    for member in inner.members if isinstance(inner, RecordLayout) else ():
        if not member.is_bit_field:
            yield byte_size_of(member.type)
            yield from _member_sizes(member.type)


def _scalars(type_: Type | None, at: int, target: Target, *, in_union: bool) -> Iterator[_Scalar]:
    match strip(type_):
        case RecordLayout() as record:
            sized = [member for member in record.members if member.bit_size]
            # A union of one variant is passed as that variant: Rust's `MaybeUninit`.
            several = in_union or (record.kind == "union" and len(sized) > 1)
            for member in sized:
                yield from _of_member(member, at, target, in_union=several)
        case ArrayType(is_vector=True) as vector:
            yield _Scalar(at, byte_size_of(vector), "vector", in_union)
        case ArrayType(element=element) as array:
            step = byte_size_of(element)
            for start in range(0, byte_size_of(array), step or 1):
                yield from _scalars(element, at + start, target, in_union=in_union)
        case BaseType(byte_size=size) as scalar if is_complex(scalar):
            is_float = scalar.encoding is Encoding.COMPLEX
            for start in (0, size // 2):
                kind: Class = "float" if is_float else "integer"
                yield _Scalar(at + start, size // 2, kind, in_union)
        case BaseType(name=name, byte_size=size, encoding=Encoding.FLOAT):
            is_x87 = name == X87 and target.machine in {"amd64", "i386"}
            yield _Scalar(at, size, "x87" if is_x87 else "float", in_union)
        case None:
            return
        case other:
            yield _Scalar(at, byte_size_of(other), "integer", in_union)


def _of_member(member: Member, at: int, target: Target, *, in_union: bool) -> Iterator[_Scalar]:
    if not member.is_bit_field:
        yield from _scalars(member.type, at + member.bit_offset // 8, target, in_union=in_union)
        return
    first = member.bit_offset // 8
    end = (member.bit_offset + member.bit_size + 7) // 8
    yield from (_Scalar(at + byte, 1, "integer", in_union) for byte in range(first, end))


def _by_eightbytes(scalars: tuple[_Scalar, ...], size: int) -> str:
    """Classify each of up to two words by its scalars, integer before float (amd64)."""
    is_unaligned = any(one.at % min(one.size, TWO_WORDS) for one in scalars if one.size)
    if size > TWO_WORDS or is_unaligned:
        return "memory"
    words: list[str] = []
    for start in range(0, size, WORD):
        inside = {
            f"upper {one.kind}" if one.at < start and one.kind != "integer" else one.kind
            for one in scalars
            if one.at < start + WORD and start < one.at + one.size
        }
        words.append("integer" if "integer" in inside else ", ".join(sorted(inside)) or "nothing")
    return f"{' and '.join(words)} registers"


def _as_on_i386(scalars: tuple[_Scalar, ...], size: int) -> str:
    """Return the words for a result on i386; parameters are passed on the stack."""
    if size not in SMALL:
        return "memory"
    kinds = [one.kind for one in scalars]
    return FLOAT if kinds == ["float"] and scalars[0].size == size else INTEGER


def _by_members(scalars: tuple[_Scalar, ...], size: int) -> str:
    """Return the words for a record on RISC-V, by the number and the kinds of its scalars."""
    if size > TWO_WORDS:
        return "memory"
    kinds = [one.kind if one.size <= WORD else "integer" for one in scalars]
    is_split = tuple(kinds) in SPLIT and not any(one.in_union for one in scalars)
    return f"{' and '.join(kinds)} registers" if is_split else INTEGER


def _elements(scalars: tuple[_Scalar, ...], size: int, most: int) -> str | None:
    """Return the words for a record of floats (or vectors) of one size; None for any other."""
    same = {(one.kind, one.size) for one in scalars}
    if len(same) != 1:
        return None
    ((kind, step),) = same
    starts = {one.at for one in scalars}
    if kind == "integer" or starts != set(range(0, size, step)) or len(starts) > most:
        return None
    return f"{len(starts)} {kind} registers of {counted(step, 'byte')}"
