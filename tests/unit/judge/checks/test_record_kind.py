"""Structs and unions."""

from __future__ import annotations

from layoutcheck.judge.checks import record_kind
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U32, record, union


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(record_kind.check(pair_records(c, rust)))


def test_kind() -> None:
    """A union of one member is no struct. Bindgen's struct for a union is a union."""
    struct, either = record("s", ("a", U32)), union("s", ("a", U32))
    (found,) = _check(either, struct)
    assert (found.check_id, found.member_path) == ("record-kind", None)
    assert (found.c, found.rust) == ("union", "struct")
    assert found.hint == "declare it as a `#[repr(C)] union`"
    assert [other.rust for other in _check(struct, either)] == ["union"]
    assert _check(struct, struct) == _check(either, either) == []


def test_bindgens_union() -> None:
    """A struct of `__BindgenUnionField`s, whose parameters are its members."""
    field = record("k::__BindgenUnionField<u32>", type_parameters=(U32,))
    rust = record("k::u", ("a", field), ("bindgen_union_field", U32))
    assert _check(union("u", ("a", U32)), rust) == []
    assert [found.c for found in _check(record("u", ("a", U32)), rust)] == ["struct"]
