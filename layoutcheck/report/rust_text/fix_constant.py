"""A Rust constant that differs from C's -> its source with C's value."""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.model.verdict import Verdict
from layoutcheck.report.rust_text.item_source import ItemSource
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["fix_constant"]

_VALUE: Final = re.compile(r"(-?\d+)(?: = -?0x[0-9a-f]+)? \((.+)\)")
_LITERAL: Final = re.compile(
    r"-?(?:0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*)(?:[iu]\d+|[iu]size)?"
)
_INTEGER: Final = re.compile(r"[iu](?:8|16|32|64|128)")
_WIDER: Final = ("i32", "u32", "i64", "u64")


def fix_constant(verdict: Verdict, source: ItemSource) -> str:
    """Return the constant with C's value, and with the author's type if that can hold the value.

    Raises `Inexpressible` with the reason if one of the two is no plain integer.
    """
    said = _VALUE.fullmatch(verdict.c_says or "")
    if said is None:
        raise Inexpressible(f"C's value is no integer: {verdict.c_says}")
    if not _LITERAL.fullmatch(source.body):
        raise Inexpressible("its value is no literal")
    value, type_ = int(said[1]), source.type or ""
    checks = {mismatch.check_id for mismatch in verdict.mismatches}
    if checks != {"constant-value"} and _INTEGER.fullmatch(type_):
        type_ = next((one for one in _WIDER if _holds(one, value)), type_)
    if _INTEGER.fullmatch(type_) and not _holds(type_, value):
        type_ = next((one for one in _WIDER if _holds(one, value)), type_)
    if value < 0 and not type_.startswith("i"):
        raise Inexpressible(f"its type {type_} has no negative values")
    text = f"{value:#x}" if source.body.startswith("0x") and value >= 0 else str(value)
    return f"{source.before}{source.public}const {source.name}: {type_} = {text};"


def _holds(type_: str, value: int) -> bool:
    bits = int(type_[1:])
    if type_[0] == "u":
        return 0 <= value < 1 << bits
    return -(1 << (bits - 1)) <= value < 1 << (bits - 1)
