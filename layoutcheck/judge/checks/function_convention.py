"""A function that is called in another way than C calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.layout import FunctionType
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check", "is_called_alike"]

ID: Final = "function-convention"
SUMMARY: Final = "the calling convention differs"

# What is the same as "C" on every target that is not Windows (The Rust Reference, "External
# blocks"): "sysv64" is refused where it is not. Unwinding is no matter of how a function is called.
# "efiapi" comes here only where it is Microsoft's convention (`ms_abi`): on amd64.
_ALIKE: Final = {"C": ("C", "system", "cdecl", "sysv64"), "win64": ("efiapi",)}


def is_called_alike(c: FunctionType, rust: FunctionType) -> bool:
    """Whether two functions have one calling convention, by whatever name."""
    convention = rust.convention.removesuffix("-unwind")
    return c.convention == convention or convention in _ALIKE.get(c.convention, ())


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """One mismatch if only one is called as the target's C calls functions."""
    if pair.c is not None and not is_called_alike(pair.c, pair.rust):
        yield Mismatch(
            check_id=ID, member_path=None, c=pair.c.convention, rust=pair.rust.convention
        )
