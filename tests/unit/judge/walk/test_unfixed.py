"""unfixed.py: the type of no fixed layout that a Rust type in C's place contains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import Definitions
from layoutcheck.judge.walk.unfixed import find_unfixed
from layoutcheck.model.layout import EnumType, Type, TypedefType
from tests.layouts import U8, U32, U64, array, record
from tests.passed import behind, to

C = record("o", ("x", U32))
FREE = record("k::o", ("x", U32), ("y", U8))
UNKNOWN = record("dep::o", ("x", U32), ("y", U8))
FIXED = record("k::fixed", ("x", U32))
ENUM = EnumType(name="k::E", byte_size=1, signed=False, enumerators=())
REPRS = Reprs(
    free=frozenset({"k::o", "k::E", "k::Wrapper"}),
    fixed=frozenset({"k::fixed", "k::other"}),
    transparent=frozenset({"k::New"}),
)


def found(c: Type | None, rust: Type | None, definitions: Definitions | None = None) -> str | None:
    """Return the name of the type that has no fixed layout."""
    one = find_unfixed(c, rust, REPRS, definitions or Definitions())
    return None if one is None else one.name


@pytest.mark.parametrize(
    ("rust", "name"),
    [
        (FREE, "k::o"),
        (UNKNOWN, "dep::o"),
        (FIXED, None),
        (U32, None),
        (None, None),
        (array(FREE, 2), "k::o"),
        (TypedefType(name="t", target=FREE), "k::o"),
        (record("core::cell::UnsafeCell<k::o>", ("value", FREE)), "k::o"),
        (record("k::New", ("__0", FREE)), "k::o"),
        (record("k::New", ("__0", array(FREE, 2))), "k::o"),
        (record("k::Wrapper", ("__0", FIXED)), "k::Wrapper"),
        (record("dep::Flags", ("bits", U32)), None),  # a newtype without a verdict of its own
        (record("dep::Flags", ("bits", FREE)), "k::o"),
        (record("k::fixed", ("a", FREE), ("b", U32)), None),  # its members are compared elsewhere
        (ENUM, "k::E"),
        (array(record("k::o", ("x", array(U8, 0))), 1), None),  # it has no bytes
        (record("(u32, u8)", ("__0", U32), ("__1", U8)), "(u32, u8)"),
    ],
)
def test_types_that_are_held(rust: Type | None, name: str | None) -> None:
    """A type is found by value, in arrays and in wrappers; so is an unknown one of a dependency."""
    assert found(C, rust) == name


@pytest.mark.parametrize(
    ("c", "rust", "name"),
    [
        (to(C), to(FREE), "k::o"),
        (to(TypedefType(name="o", target=record(None, ("x", U32)))), to(FREE), "k::o"),
        (to(C), record("core::ptr::non_null::NonNull<k::o>", ("pointer", to(FREE))), "k::o"),
        (to(C), to(record("core::cell::UnsafeCell<k::o>", ("value", FREE))), "k::o"),
        (to(record("q", ("x", U32))), to(FREE), None),
        (to(C), to(UNKNOWN), None),  # a handle's record needs no layout
        (to(C), to(behind("k::o", 0)), None),
        (to(None), to(FREE), None),
        (U64, to(FREE), None),
        (to(C), to(to(FREE)), None),
        (to(C), to(ENUM), None),
    ],
)
def test_types_behind_pointers(c: Type, rust: Type, name: str | None) -> None:
    """A type behind a pointer is found only if it has the name of C's record."""
    assert found(c, rust) == name


def test_keywords() -> None:
    """C's tag may be a keyword of Rust."""
    c, rust = record("type", ("x", U32)), record("k::type_", ("x", U32))
    reprs = Reprs(free=frozenset({"k::type_"}))
    assert find_unfixed(to(c), to(rust), reprs, Definitions()) == rust


def test_records_with_their_members() -> None:
    """A pointer's record is looked up, so that its wrapped type is known."""
    whole = record("k::New", ("__0", FREE))
    short = replace(behind("k::New", whole.byte_size), ref=3)
    assert found(C, short) is None
    assert found(C, short, Definitions({}, {3: whole})) == "k::o"


def test_parts_of_the_library() -> None:
    """A promise about a library's type covers its parts."""
    align = record("core::sync::atomic::private::Align4<u32>", ("__0", U32))
    atomic = record("core::sync::atomic::Atomic<u32>", ("v", align))
    assert found(U32, atomic) is None
    assert found(U32, record("core::time::Duration", ("secs", U64))) == "core::time::Duration"


def test_options() -> None:
    """An Option of an enum has one value more. Of other types the payload counts."""
    option = record("core::option::Option<k::N>", ("__0", replace(ENUM, name="k::N")))
    reprs = replace(REPRS, fixed=REPRS.fixed | {"k::N"})
    assert find_unfixed(U8, option, reprs, Definitions()) is None
    of_free = find_unfixed(
        U8, record("core::option::Option<k::E>", ("__0", ENUM)), reprs, Definitions()
    )
    assert of_free is ENUM
    of_number = record("core::option::Option<u32>", ("tag", U32), ("__0", U32))
    assert find_unfixed(U64, of_number, reprs, Definitions()) is of_number
