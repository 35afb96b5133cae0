"""Methods that may be accessors, as the real rustdoc describes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from layoutcheck.bindings.rustdoc.accessors import Method
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.compilers.probes.accessors import FORMS, MADE

pytestmark = pytest.mark.needs_rustc


OWN: Final = """
#[repr(C)] pub struct S { x: u32 }
pub type Word = core::ffi::c_uint;
#[repr(u8)] pub enum E { A }
pub struct Rules(u8);
"""


def _methods(surface_of: Callable[[str], Surface], text: str) -> dict[str, Method]:
    """The methods of `S`, by name."""
    (type_,) = (one for one in surface_of(OWN + text).types if one.name == "S")
    return {method.name: method for method in type_.methods}


def test_forms(surface_of: Callable[[str], Surface]) -> None:
    """Each form in which a method takes its record is one that a probe can call."""
    found = _methods(
        surface_of,
        """
    use core::pin::Pin;
    impl S {
        pub fn by_ref(&self) -> u32 { 0 }
        pub const fn by_own_name(this: &S) -> u32 { 0 }
        pub unsafe fn by_mut(&mut self) -> u32 { 0 }
        pub fn by_value(self) -> u32 { 0 }
        pub fn by_pointer(this: *const Self) -> u32 { 0 }
        pub extern "C" fn by_mut_pointer(this: *mut Self) -> u32 { 0 }
        pub fn pinned(self: Pin<&Self>) -> u32 { 0 }
        pub fn pinned_mut<'a>(self: core::pin::Pin<&'a mut Self>) -> u32 { 0 }
        pub fn r#type(&self) -> u32 { 0 }
        fn hidden(&self) -> u32 { 0 }
        pub const N: u32 = 0;
    }
    impl Clone for S { fn clone(&self) -> S { S { x: 0 } } }
    """,
    )
    assert {name: method.form for name, method in found.items()} == {
        "by_ref": "&self",
        "by_own_name": "&self",
        "by_mut": "&mut self",
        "by_value": "self",
        "by_pointer": "*const self",
        "by_mut_pointer": "*mut self",
        "pinned": "Pin<&self>",
        "pinned_mut": "Pin<&mut self>",
        "type": "&self",
    }
    assert {method.form for method in found.values()} == FORMS.keys()
    assert all(m.verb == "reads" and m.why_not is None for m in found.values())
    assert found["type"].path("::lib::S") == "<::lib::S>::r#type"


def test_setters(surface_of: Callable[[str], Surface]) -> None:
    """A setter's value is read. So is whether it returns the record."""
    found = _methods(
        surface_of,
        """
    impl S {
        pub fn set_number(&mut self, value: u32) {}
        pub fn set_alias(&mut self, value: Word) -> bool { true }
        pub fn set_enum(&mut self, value: E) -> &mut Self { self }
        pub fn set_rules(&mut self, value: Rules) {}
        pub fn with_it(self, value: u32) -> Self { self }
        pub fn own(self, value: u32) -> S { self }
    }""",
    )
    assert all(m.verb == "writes" and m.why_not is None for m in found.values())
    assert [n for n, m in found.items() if m.returns_record] == ["with_it", "own"]
    assert [n for n, m in found.items() if not m.is_of_value] == ["set_rules"]


def test_what_has_no_accessors_form(surface_of: Callable[[str], Surface]) -> None:
    """A method that is no accessor has a reason, since it may have a bit-field's name."""
    found = _methods(
        surface_of,
        """
    impl S {
        pub fn nothing(&self) {}
        pub fn set_nothing(&mut self) {}
        pub fn generic<T>(&self) -> u32 { 0 }
        pub fn either(&mut self, value: impl Into<u32>) {}
        pub fn sized<const N: usize>(&self) -> u32 { 0 }
        pub fn more(&mut self, n: u32, m: u32) {}
        pub async fn later(&self) -> u32 { 0 }
        pub fn new() -> u32 { 0 }
        pub fn other(it: &E) -> u32 { 0 }
        pub fn shared(self: &&Self) -> u32 { 0 }
    }""",
    )
    assert {name: method.why_not for name, method in found.items()} == {
        "nothing": "it returns nothing",
        "set_nothing": "it takes no value",
        "generic": "it has type parameters",
        "either": "it has type parameters",
        "sized": "it has type parameters",
        "more": "it takes 2 values",
        "later": "it is async",
        "new": "it does not take the record",
        "other": "it does not take the record",
        "shared": "it does not take the record",
    }
    assert found["set_nothing"].verb == "writes"


UNITS: Final = """
pub struct Unit<T>(T);
#[repr(C)] pub struct S {
    x: u32,
    _bitfield_1: Unit<[u8; 4]>,
    _bitfield_2: Unit<[u8; 2]>,
    _bitfield_3: Unit<[u8; 2]>,
    _bitfield_4: u8,
}
impl S {
    pub fn new(a: u32, r#type: u8) -> Self { todo!() }
    pub fn checked(mut a: u32) -> Option<S> { todo!() }
    pub fn result(a: Unit<u8>) -> core::result::Result<S, u8> { todo!() }
    pub fn new_bitfield_1(a: u32) -> Unit<[u8; 4]> { todo!() }
    pub fn first(a: u32) -> Unit<[u8; 4]> { todo!() }
    pub fn new_bitfield_3(a: u32) -> Unit<[u8; 2]> { todo!() }
    pub fn new_bitfield_4(a: u32) -> u8 { todo!() }
    pub fn generic(a: impl Into<u32>) -> Self { todo!() }
    pub fn empty() -> Self { todo!() }
    pub fn one_of_two(a: u32) -> Unit<[u8; 2]> { todo!() }
    pub fn mask(a: u32) -> u8 { todo!() }
    pub fn from(a: u32, other: &Self) -> Self { todo!() }
    pub fn list(a: u32) -> [Self; 2] { todo!() }
}
"""


def test_constructors(surface_of: Callable[[str], Surface]) -> None:
    """A constructor takes no record and returns one, or a storage unit of its bits."""
    (type_,) = (one for one in surface_of(UNITS).types if one.name == "S")
    found = {method.name: method for method in type_.methods if method.verb == "makes"}
    assert {name: (method.form, method.unit) for name, method in found.items()} == {
        "new": ("Self", None),
        "checked": ("Option", None),
        "result": ("Result", None),
        "new_bitfield_1": ("Self", "_bitfield_1"),
        "first": ("Self", "_bitfield_1"),
        "new_bitfield_3": ("Self", "_bitfield_3"),
        "new_bitfield_4": ("Self", "_bitfield_4"),
        "generic": ("Self", None),
    }
    assert {method.form for method in found.values()} == MADE.keys()
    assert found["new"].parameters == ("a", "type")
    assert [name for name, method in found.items() if not method.is_of_value] == [
        "result",
        "generic",
    ]
    assert found["generic"].why_not == "it has type parameters"


def test_traits(surface_of: Callable[[str], Surface]) -> None:
    """Methods of the crate's own traits count if others can name them, including provided ones."""
    found = _methods(
        surface_of,
        """
    mod inner { pub trait Hidden { fn hidden(&self) -> u32; } }
    mod shown { pub trait Low { fn low(&self) -> u32; fn high(&self) -> u32 { self.low() } } }
    pub use shown::Low as Renamed;
    pub trait All { fn set_all(&mut self, value: u32) {} }
    trait Private { fn private(&self) -> u32; }
    impl shown::Low for S { fn low(&self) -> u32 { 0 } }
    impl<T> All for T {}
    impl Private for S { fn private(&self) -> u32 { 0 } }
    impl inner::Hidden for S { fn hidden(&self) -> u32 { 0 } }
    impl core::ops::Not for S { type Output = u32; fn not(self) -> u32 { 0 } }
    """,
    )
    assert {name: method.trait for name, method in found.items()} == {
        "low": "sample::Renamed",
        "high": "sample::Renamed",
        "set_all": "sample::All",
    }
    assert found["low"].path("::lib::S") == "<::lib::S as ::sample::Renamed>::low"


def test_enums_have_none(surface_of: Callable[[str], Surface]) -> None:
    """Enums have no accessors, but unions have."""
    surface = surface_of("""
    #[repr(C)] pub union U { a: u32 }
    impl U { pub fn of_union(&self) -> u32 { 0 } }
    #[repr(u8)] pub enum E { A }
    impl E { pub fn of_enum(&self) -> u32 { 0 } }
    """)
    assert [method.name for method in surface.types[0].methods] == ["of_union"]
    assert surface.enums[0].methods == ()
