"""Calling conventions: Rust's names for C's conventions."""

from __future__ import annotations

from typing import Final

from layoutcheck.model.layout import FunctionType, Type

__all__ = ["is_called_alike", "is_rusts"]

# These names mean "C" on every target that is not Windows (The Rust Reference, "External blocks").
# rustc refuses "sysv64" on other targets. Unwinding does not change how a function is called.
# "efiapi" occurs here only where it is Microsoft's convention (`ms_abi`): on amd64.
_ALIKE: Final = {"C": ("C", "system", "cdecl", "sysv64"), "win64": ("efiapi",)}


def is_called_alike(c: FunctionType, rust: FunctionType) -> bool:
    """Return whether two functions have the same calling convention, under any name."""
    convention = rust.convention.removesuffix("-unwind")
    return c.convention == convention or convention in _ALIKE.get(c.convention, ())


def is_rusts(type_: Type) -> bool:
    """Return whether a type is a function of Rust's own calling convention."""
    return isinstance(type_, FunctionType) and type_.convention == "Rust"
