"""A pointer to a function that is called otherwise than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.checks.function_convention import is_called_alike
from layoutcheck.judge.checks.passing import Words, passing_difference
from layoutcheck.judge.idioms import see_through
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.layout import (
    ArrayType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check", "pointed_function", "signature_difference"]

ID: Final = "member-signature"
SUMMARY: Final = "a pointer to a function has other parameters, or another result"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """One mismatch for each member that points to a function on both sides, with what is first.

    C's old `f()` says nothing of its parameters, nor does a pointer to data of the function.
    """
    for member in pair.members:
        if member.c is None or member.rust is None or member.is_covered:
            continue
        c, rust = pointed_function(member.c.type), pointed_function(member.rust.type)
        if c is None or rust is None:
            continue
        words = signature_difference(c, rust)
        if words is not None:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=f"{spell(c)}: {words[0]}",
                rust=f"{spell(rust)}: {words[1]}",
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )


def pointed_function(type_: Type) -> FunctionType | None:
    """The function that a pointer, or each of an array of pointers, points to."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    pointee = strip(inner.pointee) if isinstance(inner, PointerType) else None
    return pointee if isinstance(pointee, FunctionType) else None


def signature_difference(c: FunctionType, rust: FunctionType) -> Words | None:
    """In what two functions that are pointed to differ first."""
    return next(_differences(c, rust), None)


def _differences(c: FunctionType, rust: FunctionType) -> Iterator[Words]:
    if not is_called_alike(c, rust):
        yield f'extern "{c.convention}"', f'extern "{rust.convention}"'
    if not c.is_unprototyped:
        counts = len(c.parameters), len(rust.parameters)
        if counts[0] != counts[1]:
            yield f"{counts[0]} parameters", f"{counts[1]} parameters"
        if c.variadic != rust.variadic:
            yield ("variadic", "not variadic") if c.variadic else ("not variadic", "variadic")
        both = zip(c.parameters, rust.parameters, strict=False)
        for number, (c_type, rust_type) in enumerate(both, 1):
            words = _difference(c_type, rust_type)
            if words is not None:
                yield f"parameter {number} is {words[0]}", f"parameter {number} is {words[1]}"
    words = _difference(c.result, rust.result)
    if words is not None:
        yield f"the result is {words[0]}", f"the result is {words[1]}"


def _difference(c: Type | None, rust: Type | None) -> Words | None:
    """As of a function's own; of a record that is passed by value only the size is known here."""
    records = (isinstance(strip(type_), RecordLayout) for type_ in (c, rust))
    if any(records) and byte_size_of(c) == byte_size_of(rust):
        return None
    return passing_difference(c, rust)
