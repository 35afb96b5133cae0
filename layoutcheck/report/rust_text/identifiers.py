"""C names -> Rust identifiers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

__all__ = ["RESERVED_TYPES", "field_path", "free_name", "identifier"]

_KEYWORDS: Final = frozenset(
    (
        *("abstract", "as", "async", "await", "become", "box", "break", "const", "continue"),
        *("do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if"),
        *("impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override"),
        *("priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type"),
        *("typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield"),
    )
)
# These are no identifiers with `r#` either (the Rust Reference, "Identifiers").
_NEVER_RAW: Final = frozenset(("crate", "self", "super", "Self", "_"))
RESERVED_TYPES: Final = frozenset(
    (
        *("bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize"),
        *("i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Clone", "Copy"),
    )
)
"""Names that the text uses for Rust's own types and traits."""


def identifier(name: str) -> str:
    """Return C's name as Rust writes it: `r#type`, `self_`."""
    if name in _NEVER_RAW:
        return f"{name}_"
    return f"r#{name}" if name in _KEYWORDS else name


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return the name, or the name with the first number that makes it another than the taken."""
    bare = {name.strip("_") for name in taken}
    name, number = wanted, 1
    while name.strip("_") in bare:
        number += 1
        name = f"{wanted}_{number}"
    return name


def field_path(name: str) -> str:
    """Return the name of a field without `r#`, as a part of another name."""
    return name.removeprefix("r#")
