"""A Rust type of no fixed layout that stands for C's: by value, or behind a pointer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from layoutcheck.idioms import crosses_as
from layoutcheck.item_pairs import FunctionPair, StaticPair
from layoutcheck.layout import Type, spell
from layoutcheck.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "repr-missing"
SUMMARY: Final = "a type without `repr` stands for one of C's"


def check(pair: RecordPair | FunctionPair | StaticPair) -> Iterator[Mismatch]:
    """One mismatch for each member, parameter, result or variable of such a type.

    Also for each pointer to one that has C's name; and one for a record whose own `repr` does not
    fix the order of its members.
    """
    free = pair.without_repr
    match pair:
        case RecordPair(members=members):
            if pair.is_unordered:
                yield Mismatch(
                    check_id=ID,
                    member_path=None,
                    c="the members in order",
                    rust="`packed` or `align` without `C`: rustc places the members as it likes",
                    hint="write `repr(C, packed)`, or `repr(C, align(N))`",
                )
            for member in members:
                if member.c is not None and member.rust is not None and not member.is_covered:
                    c, rust = member.c, member.rust
                    for mismatch in _found(member.path, c.type, rust.type, free):
                        yield replace(
                            mismatch, c_location=c.declared_at, rust_location=rust.declared_at
                        )
        case FunctionPair(c=function) if function is not None:
            both = zip(function.parameters, pair.rust.parameters, strict=False)
            for number, (c_type, rust_type) in enumerate(both, 1):
                yield from _found(f"parameter {number}", c_type, rust_type, free)
            yield from _found("result", function.result, pair.rust.result, free)
        case StaticPair():
            yield from _found(None, pair.c, pair.rust, free)


def _found(
    path: str | None, c: Type | None, rust: Type | None, free: frozenset[str]
) -> Iterator[Mismatch]:
    type_ = crosses_as(c, rust, free)
    if type_ is not None:
        yield Mismatch(
            check_id=ID,
            member_path=path,
            c=spell(c),
            rust=f"{spell(type_)}, which has no `repr`",
            hint="rustc may lay it out as it likes: give it `repr(C)`, `repr(transparent)`, or "
            "an enum an integer",
        )
