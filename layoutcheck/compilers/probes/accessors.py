"""Accessors of bit-fields -> the text of one crate that calls each. No input or output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import MAKES, READS, STRIDE, WRITES

__all__ = [
    "ACCESSOR_LINE",
    "FORMS",
    "MADE",
    "render_accessor",
    "render_accessor_probe",
    "render_constructor",
]

PROLOGUE: Final = """\
#![no_std]
#![allow(warnings)]
use core::mem::size_of_val;
use core::pin::Pin;
#[inline(always)] unsafe fn give<T>(value: T, to: *mut u8) -> u64 {
    let size = size_of_val(&value); (to as *mut T).write(value); size as u64
}
#[inline(always)] unsafe fn take<T>(from: *mut u8) -> T { (from as *mut T).read() }
"""
ACCESSOR_LINE: Final = PROLOGUE.count("\n") + 1
"""Line of the first accessor. The N-th after it is on the N-th line after this one."""
FORMS: Final = {
    "&self": "&*record",
    "&mut self": "&mut *record",
    "self": "record.read()",
    "*const self": "record as *const _",
    "*mut self": "record",
    "Pin<&self>": "Pin::new_unchecked(&*record)",
    "Pin<&mut self>": "Pin::new_unchecked(&mut *record)",
}
"""Forms in which a method takes its record, and how the record's address becomes one."""

MADE: Final = {
    "Self": "{}",
    "Option": "match {} {{ Some(made) => made, None => panic!() }}",
    "Result": "match {} {{ Ok(made) => made, Err(_) => panic!() }}",
}
"""Forms in which a constructor returns its record, and how the record is taken out of them."""


def render_accessor(
    key: ProbeKey, type_: str, method: str, *, form: str, writes: bool, returns_record: bool = False
) -> str:
    """Return the line that calls a method of a type; both are paths that begin with the crate.

    The line is a function that takes the address of the record, and of memory for the value. A
    value that is read is put there, and a value to write is taken from there. The function returns
    the value's size in bytes. `returns_record` says that a setter returns the new record.
    """
    name = f"{WRITES if writes else READS}{key}"
    line = f'#[no_mangle] pub unsafe extern "C" fn {name}(record: *mut {type_}, value: *mut u8)'
    call = f"{method}({FORMS[form]}"
    if not writes:
        return f"{line} -> u64 {{ give({call}), value) }}"
    call += ", new)"
    if returns_record:
        call = f"record.write({call})"
    body = f"let new = take(value); let size = size_of_val(&new); {call}; size as u64"
    return f"{line} -> u64 {{ {body} }}"


def render_constructor(key: ProbeKey, method: str, *, form: str, count: int) -> str:
    """Return the line that calls a constructor with `count` values.

    The line is a function that puts the result at the address of a record, or of its storage unit,
    and returns the result's size in bytes. It takes each value `STRIDE` bytes after the one before.
    In their place it leaves the values' sizes, one `u64` after the other.
    """
    takes = " ".join(f"let v{n} = take(value.add({n * STRIDE}));" for n in range(count))
    sizes = ", ".join(f"size_of_val(&v{n}) as u64" for n in range(count))
    call = MADE[form].format(f"{method}({', '.join(f'v{n}' for n in range(count))})")
    line = f'#[no_mangle] pub unsafe extern "C" fn {MAKES}{key}(record: *mut u8, value: *mut u8)'
    body = f"{takes} let sizes = [{sizes}]; let made = {call}; give(sizes, value);"
    return f"{line} -> u64 {{ {body} give(made, record) }}"


def render_accessor_probe(questions: Sequence[tuple[ProbeKey, str]]) -> str:
    """Return the text of a crate with each (key, line of `render_accessor`)."""
    return PROLOGUE + "".join(f"{line}\n" for _, line in questions)
