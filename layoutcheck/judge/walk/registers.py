"""What is passed otherwise than it lies in memory: vectors, `_Complex`, records for scalars."""

from __future__ import annotations

from typing import Final

from layoutcheck.judge.walk.differences import Difference, type_difference, unknown
from layoutcheck.judge.walk.scalars import kind_of
from layoutcheck.layout import ArrayType, BaseType, Encoding, RecordLayout, Type, spell

__all__ = ["in_registers", "is_plain"]

VECTORS: Final = ("core::core_arch::", "core::core_simd::", "core::arch::")


def is_plain(c: Type | None, rust: Type | None) -> bool:
    """Whether two values, none of which is a record of C's, are passed by kind and size alone."""
    return not (isinstance(c, ArrayType) or _is_complex(c) or isinstance(rust, RecordLayout))


def in_registers(c_type: Type | None, c: Type | None, rust: Type | None) -> Difference:
    """Return the difference of two values of one size that are not plain; `c` is `c_type` itself.

    A vector's registers depend on the features of the target, and Rust has no type for `_Complex`:
    both are unknown. A record in the place of a scalar is a difference, for its parts are not
    extended as a scalar is, or are passed in memory.
    """
    if _is_complex(c):
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


def _is_complex(type_: Type | None) -> bool:
    complex_ = (Encoding.COMPLEX, Encoding.COMPLEX_INTEGER)
    return isinstance(type_, BaseType) and type_.encoding in complex_
