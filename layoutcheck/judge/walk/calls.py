"""Calling conventions: which of Rust's names mean C's."""

from __future__ import annotations

from typing import Final

from layoutcheck.model.layout import FunctionType, Type

__all__ = ["is_called_alike", "is_rusts"]

# What is the same as "C" on every target that is not Windows (The Rust Reference, "External
# blocks"): "sysv64" is refused where it is not. Unwinding is no matter of how a function is called.
# "efiapi" comes here only where it is Microsoft's convention (`ms_abi`): on amd64.
_ALIKE: Final = {"C": ("C", "system", "cdecl", "sysv64"), "win64": ("efiapi",)}


def is_called_alike(c: FunctionType, rust: FunctionType) -> bool:
    """Return whether two functions have one calling convention, by whatever name."""
    convention = rust.convention.removesuffix("-unwind")
    return c.convention == convention or convention in _ALIKE.get(c.convention, ())


def is_rusts(type_: Type) -> bool:
    """Return whether it is a function of Rust's own convention."""
    return isinstance(type_, FunctionType) and type_.convention == "Rust"
