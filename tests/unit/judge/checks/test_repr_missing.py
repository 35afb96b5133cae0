"""Types of no fixed layout in place of C's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.checks import repr_missing
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import RustFacts
from layoutcheck.model.layout import EnumType, FunctionType, PointerType, Type, TypedefType
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, array, record
from tests.walked import function_pair, record_pair, static_pair

C = record("o", ("x", U32))
FREE = record("k::o", ("x", U32))
FIXED = frozenset({"k::s", "k::fixed"})
ENUM = EnumType(name="k::e", byte_size=1, signed=False, enumerators=(("A", 0),))
CELL = record("core::cell::UnsafeCell<k::o>", ("value", FREE))
UNINIT = record("core::mem::maybe_uninit::MaybeUninit<[k::o; 2]>", ("value", array(FREE, 2)))
GENERIC = record("k::o<u8>", ("x", U32))


def _check(c: Type, rust: Type, *, told: frozenset[str] = frozenset()) -> list[Mismatch]:
    free = frozenset({"k::o", "k::e", "k::other", "k::Marker"})
    both = record("s", ("m", c)), record("k::s", ("m", rust), ("n", U8))
    return list(
        repr_missing.check(record_pair(*both, facts=RustFacts(Reprs(free=free, fixed=FIXED), told)))
    )


def _pointer(type_: Type) -> PointerType:
    return PointerType(byte_size=8, pointee=type_)


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (C, FREE),
        (C, GENERIC),
        (C, CELL),
        (array(C, 2), array(FREE, 2)),
        (
            array(C, 2),
            record("core::mem::maybe_uninit::MaybeUninit<[k::o; 2]>", ("value", array(FREE, 2))),
        ),
        (U8, ENUM),
        (U32, FREE),
        (_pointer(C), _pointer(FREE)),
        (_pointer(TypedefType(name="o", target=record(None, ("x", U32)))), _pointer(FREE)),
        (_pointer(C), record("core::ptr::non_null::NonNull<k::o>", ("pointer", _pointer(FREE)))),
    ],
)
def test_what_crosses(c: Type, rust: Type) -> None:
    """A type of no fixed layout differs by value, wrapped, or behind a pointer under C's name."""
    (found,) = _check(c, rust)
    assert (found.check_id, found.member_path) == ("repr-missing", "m")
    assert found.rust.endswith(", which has no `repr(C)`")
    assert found.cause is None
    (told,) = _check(c, rust, told=frozenset({"k::o", "k::o<u8>", "k::e"}))
    assert told == replace(found, cause=told.cause)
    assert str(told.cause) in {"k::o", "k::o<u8>", "k::e"}


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (C, record("k::fixed", ("x", U32))),
        (_pointer(U8), _pointer(FREE)),
        (PointerType(byte_size=8, pointee=None), _pointer(FREE)),
        (_pointer(C), _pointer(record("k::other", ("x", U32)))),
        (_pointer(C), _pointer(record("k::o", ("_data", array(U8, 0))))),
        (_pointer(C), _pointer(record("k::fixed", ("x", U32)))),
        (array(U8, 0), record("k::Marker", ("_data", array(U8, 0)))),
        (U32, U32),
    ],
)
def test_what_does_not(c: Type, rust: Type) -> None:
    """Types of fixed layout, other names, and types without a size are no mismatch."""
    assert _check(c, rust) == []


def test_the_record_itself() -> None:
    """A record's own `repr` is one mismatch of the whole record."""
    for told in (frozenset(), frozenset({"k::o"})):
        pair = record_pair(C, FREE, facts=RustFacts(Reprs(free=frozenset({"k::o"})), told))
        (found,) = repr_missing.check(pair)
        assert (found.member_path, found.cause) == (None, None)


def test_nothing_is_known_of_reprs() -> None:
    """Without facts about `repr` nothing is reported, as in a comparison of layouts alone."""
    pair = record_pair(record("s", ("m", C)), record("k::s", ("m", FREE)))
    assert list(repr_missing.check(pair)) == []


def test_functions_and_statics() -> None:
    """Parameters, results and statics are checked."""
    facts = RustFacts(Reprs(free=frozenset({"k::o"})))
    c = FunctionType(result=C, parameters=(U8, _pointer(C)), variadic=False)
    rust = FunctionType(result=FREE, parameters=(U8, _pointer(FREE)), variadic=False)
    pair = function_pair(c, rust, facts=facts)
    assert [m.member_path for m in repr_missing.check(pair)] == ["parameter 2", "result"]
    (found,) = repr_missing.check(static_pair(C, FREE, facts=facts))
    assert found.member_path is None
    assert list(repr_missing.check(static_pair(C, FREE))) == []
