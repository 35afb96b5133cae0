"""Report a type without a size that is held or passed by value, where C's type has a size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from layoutcheck.judge.idioms import out_of_core
from layoutcheck.judge.item_pairs import FunctionPair, StaticPair
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.layout import RecordLayout, Type, byte_size_of, spell, strip
from layoutcheck.model.verdict import Mismatch
from layoutcheck.model.words import counted

__all__ = ["ID", "check"]

ID: Final = "opaque-by-value"

_Pair: TypeAlias = RecordPair | FunctionPair | StaticPair


def check(pair: _Pair) -> Iterator[Mismatch]:
    """Yield one mismatch for an opaque record that is held, or for each opaque value passed.

    If C only declares the type of a variable, that has no size in C either: no mismatch.
    """
    match pair:
        case RecordPair() if pair.held_in is not None and pair.c.byte_size:
            yield _mismatch(None, pair.c.byte_size, f"and held by value as {pair.held_in}")
        case FunctionPair(c=function) if function is not None:
            both = zip(function.parameters, pair.rust.parameters, strict=False)
            for number, (c, rust) in enumerate(both, 1):
                yield from _passed(f"parameter {number}", c, rust)
            yield from _passed("result", function.result, pair.rust.result)
        case StaticPair():
            yield from _passed(None, pair.c, pair.rust)


def _passed(path: str | None, c: Type | None, rust: Type | None) -> Iterator[Mismatch]:
    size, inner = byte_size_of(c), out_of_core(strip(rust))
    if size and isinstance(inner, RecordLayout) and not inner.byte_size:
        yield _mismatch(path, size, f"and {spell(inner)} is passed or held by value")


def _mismatch(path: str | None, size: int, where: str) -> Mismatch:
    return Mismatch(
        check_id=ID,
        member_path=path,
        c=counted(size, "byte"),
        rust=f"no size, {where}",
        hint=f"hold it behind a pointer, or give it C's {counted(size, 'byte')}",
    )
