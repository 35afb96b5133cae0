"""A Rust type of no fixed layout that stands for C's: by value, or behind a pointer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from layoutcheck.judge.idioms import crosses_as
from layoutcheck.judge.item_pairs import AliasPair, FunctionPair, StaticPair
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.layout import Type, spell
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "repr-missing"
SUMMARY: Final = "a type without `repr` stands for one of C's"

_Pair: TypeAlias = RecordPair | FunctionPair | StaticPair | AliasPair


def check(pair: _Pair) -> Iterator[Mismatch]:
    """One mismatch for such a record, and for each member, parameter, result or variable of one.

    Also for each pointer to one that has C's name. What has a comparison of its own is the cause.
    """
    match pair:
        case RecordPair(members=members):
            if pair.rust.name in pair.told:
                yield _missing(None, pair.c, pair.rust)
            for member in members:
                if member.c is not None and member.rust is not None and not member.is_covered:
                    c, rust = member.c, member.rust
                    for mismatch in _found(member.path, c.type, rust.type, pair):
                        yield replace(
                            mismatch, c_location=c.declared_at, rust_location=rust.declared_at
                        )
        case FunctionPair(c=function) if function is not None:
            both = zip(function.parameters, pair.rust.parameters, strict=False)
            for number, (c_type, rust_type) in enumerate(both, 1):
                yield from _found(f"parameter {number}", c_type, rust_type, pair)
            yield from _found("result", function.result, pair.rust.result, pair)
        case StaticPair() | AliasPair():
            yield from _found(None, pair.c, pair.rust, pair)


def _found(path: str | None, c: Type | None, rust: Type | None, pair: _Pair) -> Iterator[Mismatch]:
    type_ = crosses_as(c, rust, pair.without_repr)
    if type_ is not None:
        yield replace(
            _missing(path, c, type_), cause=type_.name if type_.name in pair.told else None
        )


def _missing(path: str | None, c: Type | None, rust: Type) -> Mismatch:
    return Mismatch(
        check_id=ID,
        member_path=path,
        c=spell(c),
        rust=f"{spell(rust)}, which has no `repr(C)`",
        hint="rustc may lay it out as it likes: give it `repr(C)`, `repr(transparent)`, or "
        "an enum an integer",
    )
