"""Rust paths -> the text of one crate that asks rustc for them. No input or output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.symbols import PRESENT, SUBJECT, WRAPPER

__all__ = ["FIRST_LINE", "render_rust_probe"]

PROLOGUE: Final = f"""\
#![no_std]
#![allow(warnings)]
#[repr(transparent)]
pub struct {WRAPPER}<T>(*const T);
unsafe impl<T> Sync for {WRAPPER}<T> {{}}
#[used] #[no_mangle] pub static {PRESENT}: u8 = 0;
"""
FIRST_LINE: Final = PROLOGUE.count("\n") + 1
"""The line of the first subject; the N-th after it is on the N-th line after this one."""


def render_rust_probe(subjects: Sequence[tuple[str, str]]) -> str:
    """The text of a crate that asks for each (key, path).

    A `static` of a transparent wrapper of a pointer makes rustc describe what it points to,
    without a value of it: rustc has debug information only for types that something refers to.
    """
    statics = (
        f"#[used] #[no_mangle] pub static {SUBJECT}{key}: "
        f"{WRAPPER}<::{path}> = {WRAPPER}(core::ptr::null());\n"
        for key, path in subjects
    )
    return PROLOGUE + "".join(statics)
