"""plain_types.py: types in rustdoc JSON as Rust writes them anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from layoutcheck.bindings.rustdoc.items import INFERRED
from layoutcheck.bindings.rustdoc.plain_types import PlainTypes
from layoutcheck.bindings.rustdoc.surface import Surface

Json = Mapping[str, Any]


def primitive(name: str) -> Json:
    """A type of the language."""
    return {"primitive": name}


def path(identity: int, written: str = "") -> Json:
    """A type that has a name."""
    return {"resolved_path": {"id": identity, "path": written, "args": None}}


def array(element: Json) -> Json:
    """An array."""
    return {"array": {"type": element, "len": "2"}}


def pointer(pointee: Json, *, is_mutable: bool = False) -> Json:
    """A raw pointer."""
    return {"raw_pointer": {"is_mutable": is_mutable, "type": pointee}}


def reference(to: Json) -> Json:
    """A reference."""
    return {"borrowed_ref": {"lifetime": None, "is_mutable": False, "type": to}}


def alias(of: Json, crate: int = 0) -> Json:
    """An alias in the index."""
    return {"crate_id": crate, "inner": {"type_alias": {"type": of}}}


DOCUMENT = {
    "index": {
        "1": alias(primitive("u16")),
        "2": alias(path(1)),
        "3": {"crate_id": 0, "inner": {"struct": {}}},
        "4": alias(primitive("u8"), crate=5),
        "5": alias(path(12)),
    },
    "paths": {
        "4": {"crate_id": 5, "kind": "type_alias", "path": ["other", "type", "t"]},
        "11": {"crate_id": 1, "kind": "struct", "path": ["core", "num", "NonZero"]},
        "12": {
            "crate_id": 1,
            "kind": "type_alias",
            "path": ["core", "ffi", "primitives", "c_char"],
        },
        "13": {"crate_id": 1, "kind": "type_alias", "path": ["std", "os", "raw", "c_ulong"]},
        "14": {"crate_id": 7, "kind": "type_alias", "path": ["mine", "c_int"]},
        "15": {"crate_id": 1, "kind": "type_alias", "path": ["core", "fmt", "Result"]},
    },
}


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (primitive("u32"), "u32"),
        (path(1), "u16"),
        (path(2), "u16"),
        (path(3), None),
        (path(4), "::other::r#type::t"),
        (path(11), None),
        (path(12), "::core::ffi::c_char"),
        (path(13), "::core::ffi::c_ulong"),
        (path(14), "::mine::c_int"),
        (path(15), "::core::fmt::Result"),
        (path(99), None),
        (pointer(primitive("i8")), "*const c_char"),
        (pointer(path(5)), "*const c_char"),
        (pointer(primitive("i8"), is_mutable=True), "*const ()"),
        (pointer(primitive("u8")), "*const ()"),
        (pointer(path(3)), "*const ()"),
        (array(path(1)), "[u16]"),
        (array(array(primitive("f32"))), "[[f32]]"),
        (array(pointer(primitive("u8"))), None),
        (array(reference(primitive("str"))), None),
        (array(path(3)), None),
        (reference(primitive("str")), "&str"),
        (reference(primitive("u8")), None),
        (reference(array(primitive("u8"))), "&[u8]"),
        (reference({"slice": primitive("u8")}), "&[u8]"),
        (reference({"slice": array(primitive("u8"))}), None),
        (reference(path(20, "core::ffi::CStr")), "&CStr"),
        (reference(path(20, "CStr")), "&CStr"),
        (reference(path(20, "MyCStr")), None),
        ({"tuple": []}, None),
        ({"function_pointer": {}}, None),
    ],
)
def test_a_type_in_rustdoc_json(type_: Json, written: str | None) -> None:
    """An alias of the crate is resolved. Another crate's is its path, if any, or None."""
    assert PlainTypes(DOCUMENT).written(type_) == written


@pytest.mark.needs_rustc
@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("pub const A: u32 = 1;", "u32"),
        ("pub const A: bool = true;", "bool"),
        ("pub const A: f64 = 1.0;", "f64"),
        ("type hidden = i16; pub const A: hidden = 1;", "i16"),
        ("pub const A: core::ffi::c_int = 1;", "::core::ffi::c_int"),
        ("type a = b; type b = core::ffi::c_ulong; pub const A: a = 1;", "::core::ffi::c_ulong"),
        ("pub const A: *mut u8 = 1 as *mut u8;", "*const ()"),
        ('pub const A: *const core::ffi::c_char = c"x".as_ptr();', "*const c_char"),
        ('pub const A: &[u8; 2] = b"x\\0";', "&[u8]"),
        ('pub const A: &[u8] = b"x\\0";', "&[u8]"),
        ("pub const A: [u8; 1] = [0];", "[u8]"),
        ("pub const A: [[f32; 1]; 2] = [[0.0]; 2];", "[[f32]]"),
        ("pub const A: &[i16] = &[1];", "&[i16]"),
        ('pub const A: [&str; 1] = ["x"];', INFERRED),
        ("pub const A: &[[u8; 1]; 1] = &[[0]];", INFERRED),
        ('pub const A: &core::ffi::CStr = c"x";', "&CStr"),
        ('pub const A: &str = "x";', "&str"),
        ("pub const A: (u8, u8) = (0, 0);", INFERRED),
        ("pub const A: [u32; 1] = [0];", "[u32]"),
        ("pub struct S; pub const A: S = S;", INFERRED),
        ("pub const A: Option<fn()> = None;", INFERRED),
    ],
)
def test_the_type_of_a_constant(
    surface_of: Callable[[str], Surface], text: str, type_: str | None
) -> None:
    """Constants have types that Rust can write anywhere, or None if only rustc knows the value."""
    (item,) = (item for item in surface_of(text).items if item.kind != "alias")
    assert (item.kind, item.name, item.type) == ("constant", "A", type_)
