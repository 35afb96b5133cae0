"""Accessors of bit-fields -> the text of one crate that calls each. No input or output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.symbols import READS, WRITES

__all__ = ["ACCESSOR_LINE", "render_accessor", "render_accessor_probe"]

PROLOGUE: Final = """\
#![no_std]
#![allow(warnings)]
use core::mem::{size_of, transmute_copy};
#[inline(always)] unsafe fn word<T>(value: T) -> u64 {
    match size_of::<T>() {
        1 => transmute_copy::<T, u8>(&value) as u64, 2 => transmute_copy::<T, u16>(&value) as u64,
        4 => transmute_copy::<T, u32>(&value) as u64, 8 => transmute_copy::<T, u64>(&value),
        _ => panic!(),
    }
}
#[inline(always)] unsafe fn value<T>(word: u64) -> T {
    match size_of::<T>() {
        1 => transmute_copy(&(word as u8)), 2 => transmute_copy(&(word as u16)),
        4 => transmute_copy(&(word as u32)), 8 => transmute_copy(&word),
        _ => panic!(),
    }
}
"""
ACCESSOR_LINE: Final = PROLOGUE.count("\n") + 1
"""The line of the first accessor; the N-th after it is on the N-th line after this one."""


def render_accessor(key: str, path: str, name: str, *, writes: bool) -> str:
    """The line that calls the method `name` of the type at `path`; with `writes`, its `set_`, too.

    A function takes the record, and as a word of 64 bits returns what is read or takes what is
    written: the bits of the accessor's own type, and none above.
    """
    line = f'#[no_mangle] pub unsafe extern "C" fn {READS}{key}(record: &::{path}) -> u64'
    line += f" {{ word(<::{path}>::{name}(record)) }}"
    if writes:
        line += f' #[no_mangle] pub unsafe extern "C" fn {WRITES}{key}'
        line += f"(record: &mut ::{path}, word: u64)"
        line += f" {{ <::{path}>::set_{name}(record, value(word)); }}"
    return line


def render_accessor_probe(questions: Sequence[tuple[str, str]]) -> str:
    """The text of a crate with each (key, line of `render_accessor`)."""
    return PROLOGUE + "".join(f"{line}\n" for _, line in questions)
