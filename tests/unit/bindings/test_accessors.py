"""Which methods may be accessors, as the real rustdoc describes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.bindings.surface import Surface

pytestmark = pytest.mark.needs_rustc


def test_accessors(surface_of: Callable[[str], Surface]) -> None:
    """Public methods that take the record only, and what sets the same."""
    surface = surface_of("""
    #[repr(C)] pub struct S { x: u32 }
    impl S {
        pub fn both(&self) -> u32 { 0 }
        pub fn set_both(&mut self, value: u32) {}
        pub fn alone(&self) -> bool { true }
        pub fn set_alone(&mut self, value: u32, other: u32) {}
        pub const fn constant(&self) -> u8 { 0 }
        pub unsafe fn careful(&self) -> u8 { 0 }
        fn hidden(&self) -> u32 { 0 }
        pub fn nothing(&self) {}
        pub fn generic<T>(&self) -> u32 { 0 }
        pub fn more(&self, n: u32) -> u32 { 0 }
        pub fn consumes(self) -> u32 { 0 }
        pub fn changes(&mut self) -> u32 { 0 }
        pub fn new() -> u32 { 0 }
        pub unsafe fn both_raw(this: *const Self) -> u32 { 0 }
        pub const N: u32 = 0;
    }
    impl Clone for S { fn clone(&self) -> S { S { x: 0 } } }
    impl S { pub fn late(&self) -> u32 { 0 } }
    #[repr(C)] pub union U { a: u32 }
    impl U { pub fn of_union(&self) -> u32 { 0 } }
    #[repr(u8)] pub enum E { A }
    impl E { pub fn of_enum(&self) -> u32 { 0 } }
    """)
    accessors = {type_.name: dict(type_.accessors) for type_ in surface.types}
    assert accessors == {
        "S": {"both": True, "alone": False, "constant": False, "careful": False, "late": False},
        "U": {"of_union": False},
    }
    assert surface.enums[0].accessors == ()
