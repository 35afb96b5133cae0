"""Ids of the checks, and what each finds, in a sentence: for reports, which know no check. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["SUMMARIES", "UNCHECKED", "UNCHECKED_SUMMARY"]

SUMMARIES: Final[Mapping[str, str]] = {
    "alias-type": "the alias stands for another kind, size or signedness than C's typedef",
    "constant-kind": "one is an integer, a float or a text, the other is not",
    "constant-sign": "the bits are equal, but only one type is signed: the numbers differ",
    "constant-value": "the value differs",
    "constant-width": "C's value does not fit the Rust type, and is cut off",
    "enum-size": "the enum's size in bytes differs",
    "enum-value": "the variant's value is not that of C's enumerator",
    "function-convention": "the calling convention differs",
    "function-symbol": (
        "C has no function's symbol of that name, or Rust links to another function's"
    ),
    "function-variadic": "one takes further arguments (`...`), the other does not",
    "member-bits": "an accessor reads or writes other bits than C's bit-field has",
    "member-extra": "Rust has a member that C lacks",
    "member-missing": "C has a member that Rust lacks",
    "member-offset": "the member's offset differs",
    "member-signature": "a pointer to a function has other parameters, or another result",
    "member-size": "the member's size differs",
    "member-type": "the member's kind, width or signedness differs, or what it points to",
    "opaque-by-value": "an opaque type is held by value",
    "parameter-count": "the number of parameters differs",
    "parameter-type": "the parameter's kind, width or signedness differs, or what it points to",
    "record-alignment": "the record's alignment in bytes differs",
    "record-kind": "one is a struct, the other a union",
    "record-size": "the record's size in bytes differs",
    "repr-missing": "a type without `repr` stands for one of C's",
    "result-type": (
        "the kind, width or signedness of what is returned differs, or what it points to"
    ),
    "static-symbol": "one side links to another variable, or has one for each thread",
    "static-type": "the variable's kind, size or signedness differs, or what it points to",
}
"""The summary of each check of `judge/checks`, by its id."""

UNCHECKED: Final = "indeterminate"
"""Word for unchecked items in the place of a check's id: in waivers and in reports."""

UNCHECKED_SUMMARY: Final = "the item could not be compared"
