"""A Rust constant that differs from C's -> its source with C's value."""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.model.verdict import Verdict
from layoutcheck.report.rust_text.item_source import ItemSource
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["fix_constant"]

_VALUE: Final = re.compile(r"(-?\d+)(?: = -?0x[0-9a-f]+)? \((.+)\)")
_LITERAL: Final = r"-?(?:0x[\da-fA-F_]+|0b[01_]+|0o[0-7_]+|\d[\d_]*?)(?:_?[iu](?:\d+|size))?"
_PLAIN: Final = re.compile(rf"{_LITERAL}(?: as \w+)?")
_WRAPPED: Final = re.compile(rf"(\w+)\({_LITERAL}\)")
_INTEGER: Final = re.compile(r"[iu](?:8|16|32|64|128)")
_WIDER: Final = ("i32", "u32", "i64", "u64")


def fix_constant(verdict: Verdict, source: ItemSource) -> str:
    """Return the constant with C's value, and with the author's type if that can hold the value.

    Raises `Inexpressible` with the reason if one of the two is no plain integer.
    """
    said, rust = _VALUE.fullmatch(verdict.c_says or ""), _VALUE.fullmatch(verdict.rust_says or "")
    wrapped = _WRAPPED.fullmatch(source.body)
    if said is None or rust is None:
        raise Inexpressible(f"C has {verdict.c_says}, Rust {verdict.rust_says}: write it by hand")
    if not wrapped and not _PLAIN.fullmatch(source.body):
        raise Inexpressible(f"its value {source.body} is no literal; C has {verdict.c_says}")
    value, type_ = int(said[1]), source.type or ""
    checks = {mismatch.check_id for mismatch in verdict.mismatches}
    keeps_type = checks == {"constant-value"} and _holds(rust[2], value)
    if wrapped and not keeps_type:
        raise Inexpressible(f"its type {type_} cannot hold C's {verdict.c_says}")
    if not keeps_type:
        type_ = next((one for one in _WIDER if _holds(one, value)), "u128")
    is_hexadecimal = "0x" in source.body and value >= 0
    text = f"{value:#x}" if is_hexadecimal else str(value)
    text = f"{wrapped[1]}({text})" if wrapped else text
    return f"{source.before}{source.public}const {source.name}: {type_} = {text};"


def _holds(type_: str, value: int) -> bool:
    if not _INTEGER.fullmatch(type_):
        return False
    bits = int(type_[1:])
    if type_[0] == "u":
        return 0 <= value < 1 << bits
    return -(1 << (bits - 1)) <= value < 1 << (bits - 1)
