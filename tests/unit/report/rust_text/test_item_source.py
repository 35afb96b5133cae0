"""report/rust_text/item_source.py: an item of a source, in parts."""

from __future__ import annotations

import pytest

from layoutcheck.report.rust_text.item_source import ItemSource, SourceField, find_item
from layoutcheck.report.rust_text.shapes import Inexpressible

TEXT = """\
//! Types.

use core::ffi::c_int;

pub mod inner {
    /// A clock, `struct { no: u8 }`.
    #[repr(C, align(64))]
    #[derive(Clone, Copy)]
    pub struct clock {
        /// Seconds.
        pub sec: c_int, // counted, from 1970
        pub(crate) r#type: Option<unsafe extern "C" fn(a: c_int, b: *const u8) -> c_int>,
        frac: [u8; 1 + 2], /* a } in
        a comment */
        pub map: Map<u8, u16>,
    }
}

#[repr(transparent)] pub struct Uid(pub u32);
pub struct Of<T>(T);
struct Unit;
pub const LIMIT: c_int = 0x10 + 1; // 17
"""


def find(line: int, name: str) -> ItemSource:
    """The item that begins at or behind a line."""
    return find_item(TEXT, line, name)


def test_an_item_has_its_attributes() -> None:
    """Its `repr` apart from the others, from the first comment to the last brace."""
    item = find(9, "clock")
    assert TEXT[item.start :].startswith("    /// A clock")
    assert TEXT[: item.end].endswith("Map<u8, u16>,\n    }")
    assert item.representation == "C, align(64)"
    assert item.before == item.head("C, align(64)")
    assert item.head("C") == item.before.replace("C, align(64)", "C")
    assert (item.public, item.word, item.indent) == ("pub ", "struct", "    ")


def test_a_repr_is_put_where_none_was() -> None:
    """Before the item's first word."""
    item = find_item("    /// A.\n    pub struct a {\n        b: u8,\n    }\n", 2, "a")
    assert item.head("C") == "    /// A.\n    #[repr(C)]\n    "


def test_fields_are_text() -> None:
    """Commas inside brackets, and in comments, divide nothing."""
    function = 'Option<unsafe extern "C" fn(a: c_int, b: *const u8) -> c_int>'
    assert find(7, "clock").fields() == (
        SourceField(
            name="sec",
            type="c_int",
            public="pub ",
            before="/// Seconds.",
            after="// counted, from 1970",
        ),
        SourceField(name="r#type", type=function, public="pub(crate) "),
        SourceField(name="frac", type="[u8; 1 + 2]", before="", after=""),
        SourceField(
            name="map", type="Map<u8, u16>", public="pub ", before="/* a } in\n        a comment */"
        ),
    )


def test_a_tuple_has_numbers() -> None:
    """Its `repr` may stand on its line."""
    item = find(19, "Uid")
    assert item.is_tuple
    assert item.representation == "transparent"
    assert item.fields() == (SourceField(name="0", type="u32", public="pub "),)
    assert TEXT[item.end - 1] == ";"


def test_a_constant_has_a_value() -> None:
    """And a type."""
    item = find(22, "LIMIT")
    assert (item.type, item.body) == ("c_int", "0x10 + 1")
    assert TEXT[item.start : item.end] == "pub const LIMIT: c_int = 0x10 + 1;"


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        (3, "clock", "a macro may have made it"),
        (9, "Clock", "a macro may have made it"),
        (20, "Of", "type parameters"),
        (21, "Unit", "no fields"),
        (99, "clock", "no such line"),
    ],
)
def test_what_is_not_there_is_refused(line: int, name: str, why: str) -> None:
    """With the reason."""
    with pytest.raises(Inexpressible, match=why):
        find(line, name)


def test_a_field_may_depend_on_nothing() -> None:
    """The text is for one target; who knows for which a field is?"""
    item = find_item("struct a {\n    #[cfg(unix)]\n    b: u8,\n}\n", 1, "a")
    with pytest.raises(Inexpressible, match="cfg"):
        item.fields()
