"""A type without a size that a record holds by value."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.checks import (
    opaque_by_value,
    record_alignment,
    record_kind,
    record_size,
    run_checks,
)
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.layout import FunctionType, PointerType, RecordLayout, Type
from layoutcheck.model.verdict import Cause
from tests.layouts import U8, U32, array, record, union
from tests.walked import function_pair, static_pair

NOTHING = record("k::o", ("_data", array(U8, 0)))


def _held(c: RecordLayout, held_in: str | None) -> RecordPair:
    return RecordPair(c=c, rust=NOTHING, members=(), nested=(), held_in=held_in)


def test_held_by_value() -> None:
    """The mismatch shows the place and a hint. No other check of the record finds anything."""
    pair = _held(union("o", ("a", U32)), "k::s.member")
    (found,) = opaque_by_value.check(pair)
    assert (found.check_id, found.member_path) == ("opaque-by-value", None)
    assert (found.c, found.rust) == ("4 bytes", "no size, and held by value as k::s.member")
    assert found.hint == "hold it behind a pointer, or give it C's 4 bytes"
    for check in (record_size, record_alignment, record_kind):
        assert list(check.check(pair)) == []


def test_not_held() -> None:
    """Only the record's size differs if no record holds it. C's may have no size either."""
    pair = _held(record("o", ("a", U32)), None)
    assert list(opaque_by_value.check(pair)) == []
    assert len(list(record_size.check(pair))) == 1
    empty = replace(record("o"), byte_size=0)
    assert list(opaque_by_value.check(_held(empty, "k::s.member"))) == []


def _function(result: Type | None, *parameters: Type) -> FunctionType:
    return FunctionType(result=result, parameters=parameters, variadic=False)


def test_passed() -> None:
    """A type passed by value without a size is a root cause; the mismatch of its type follows."""
    c, behind = record("o", ("a", U32)), PointerType(byte_size=8, pointee=NOTHING)
    pair = function_pair(_function(c, U32, c), _function(NOTHING, U32, NOTHING))
    found = {(m.check_id, m.member_path): m.cause for m in run_checks("function", pair)}
    for path, check in (("parameter 2", "parameter-type"), ("result", "result-type")):
        assert found.pop(("opaque-by-value", path)) is None
        assert found.pop((check, path)) == Cause(check="opaque-by-value", member=path)
    assert not found
    right = FunctionPair(symbol="f", c=_function(None, behind), rust=_function(None, behind))
    assert list(opaque_by_value.check(right)) == []


def test_a_variable() -> None:
    """A static of a type without a size differs if C's type has one, and agrees if not."""
    c = record("o", ("a", U32))
    (found,) = opaque_by_value.check(static_pair(c, NOTHING))
    assert (found.c, found.rust) == ("4 bytes", "no size, and k::o is passed or held by value")
    declared = replace(record("o"), byte_size=0)
    assert list(opaque_by_value.check(static_pair(declared, NOTHING))) == []
