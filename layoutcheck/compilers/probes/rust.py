"""Rust paths -> the text of one crate that asks rustc for them. No input or output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import CONSTANT, ITEM, PRESENT, SUBJECT, TYPE, VALUE, WRAPPER

__all__ = [
    "FIRST_LINE",
    "INFERRED",
    "render_constant",
    "render_function",
    "render_named",
    "render_rust_probe",
    "render_static",
    "render_type",
]

INFERRED: Final = "_"
"""Type of a constant that only rustc knows. A function's opaque type takes its place."""
_INFERRING: Final = "#![feature(type_alias_impl_trait)] "

PROLOGUE: Final = f"""\
#![no_std]
#![allow(warnings)]
#[repr(transparent)]
pub struct {WRAPPER}<T>(*const T);
unsafe impl<T> Sync for {WRAPPER}<T> {{}}
#[repr(transparent)]
pub struct {VALUE}<T>(T);
unsafe impl<T> Sync for {VALUE}<T> {{}}
fn {ITEM}<const NUMBER: usize, T>(_: T) {{}}
const fn layoutcheck_copy<T: Copy, const N: usize>(from: &[T]) -> [T; N] {{
    unsafe {{ *from.as_ptr().cast() }}
}}
#[used] #[no_mangle] pub static {PRESENT}: u8 = 0;
"""
FIRST_LINE: Final = PROLOGUE.count("\n") + 1
"""Line of the first question. The N-th after it is on the N-th line after this one."""

# The bytes of a constant of these types, as a slice.
_BYTES: Final = {
    "&CStr": "::{}.to_bytes_with_nul()",
    "*const c_char": "unsafe {{ core::ffi::CStr::from_ptr(::{}) }}.to_bytes_with_nul()",
    "&str": "::{}.as_bytes()",
}


def render_type(key: ProbeKey, path: str) -> str:
    """Ask for a type.

    A `static` of a transparent wrapper of a pointer makes rustc describe the type that it points
    to, without a value of it. rustc has debug information only for types that something refers to.
    """
    return _static(f"{SUBJECT}{key}", f"{WRAPPER}<::{path}>", f"{WRAPPER}(core::ptr::null())")


def render_constant(key: ProbeKey, path: str, type_: str) -> str:
    """Ask for the value of a constant. `type_` is as in `SurfaceItem.type`, or `INFERRED`."""
    name = f"{CONSTANT}{key}"
    if type_ == "*const ()":
        return _static(name, f"{WRAPPER}<()>", f"{WRAPPER}(::{path} as *const ())")
    if path.startswith(f"{type_.removeprefix('::')}::"):  # a value of the type that it belongs to
        return _static(name, f"{VALUE}<{type_}>", f"{VALUE}(::{path})")
    if type_ == INFERRED:
        hidden = f"type T{key} = impl Sized; #[define_opaque(T{key})]"
        asked = f"{hidden} const fn f{key}() -> T{key} {{ ::{path} }} "
        return asked + _static(name, f"{VALUE}<T{key}>", f"{VALUE}(f{key}())")
    if type_ in _BYTES:
        got = _BYTES[type_].format(path)
        return _static(name, f"[u8; ({got}).len()]", f"layoutcheck_copy({got})")
    if type_.startswith("&["):
        return _static(name, _sized(type_[1:], path), f"layoutcheck_copy(::{path})")
    if type_.startswith("["):
        return _static(name, _sized(type_, path), f"::{path}")
    return _static(name, type_, f"::{path}")


def render_function(key: ProbeKey, path: str, trait: str | None = None) -> str:
    """Ask for the type of a function. A generic's parameter accepts any type.

    The function may be one of the `trait` of that path, as a type implements it.
    """
    type_, _, name = path.rpartition("::")
    named = f"::{path}" if trait is None else f"<::{type_} as ::{trait}>::{name}"
    return _generic(key, named)


def render_static(key: ProbeKey, path: str) -> str:
    """Ask for the type of a static. A generic's parameter accepts any type."""
    return _generic(key, f"&raw const ::{path}")


def render_named(key: ProbeKey, path: str) -> str:
    """Ask for an enum, or for the type that an alias stands for, in the way of `render_type`."""
    return _static(f"{TYPE}{key}", f"{WRAPPER}<::{path}>", f"{WRAPPER}(core::ptr::null())")


def render_rust_probe(questions: Sequence[tuple[ProbeKey, str]]) -> str:
    """Return the text of a crate that asks each (key, line)."""
    needed = _INFERRING if any("define_opaque" in line for _, line in questions) else ""
    return needed + PROLOGUE + "".join(f"{line}\n" for _, line in questions)


def _sized(slice_: str, path: str) -> str:
    """Return a constant's array type, with lengths, from a type without them such as `[[u8]]`."""
    depth = len(slice_) - len(slice_.lstrip("["))
    lengths = (f"::{path}{'[0]' * level}.len()" for level in reversed(range(depth)))
    array = slice_[depth:-depth]
    for length in lengths:
        array = f"[{array}; {length}]"
    return array


def _generic(key: ProbeKey, value: str) -> str:
    """Pass a value to the generic's instance for an item. rustc allows it a number, no name."""
    return f"pub unsafe fn layoutcheck_ask_{key}() {{ {ITEM}::<{key.number}, _>({value}) }}"


def _static(name: str, type_: str, value: str) -> str:
    return f"#[used] #[no_mangle] pub static {name}: {type_} = {value};"
