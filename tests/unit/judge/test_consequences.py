"""Causes and consequences: exactly the root causes have to be fixed."""

from __future__ import annotations

from typing import TypeAlias

from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.consequences import ALIGNMENT, KIND, WHOLE, attribute
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import F32, I64, U8, U16, U32, U64, U128, array, record, union
from tests.walked import record_pair


def _attributed(
    c: RecordLayout,
    rust: RecordLayout,
    embedded: dict[str, str] | None = None,
    wrong: dict[str, tuple[str, ...]] | None = None,
) -> tuple[Mismatch, ...]:
    pair = record_pair(c, rust)
    found = list(run_checks("record", pair))
    return attribute(pair, found, embedded=embedded or {}, wrong=wrong or {})


Causes: TypeAlias = dict[tuple[str, str | None], str | None]


def _causes(mismatches: tuple[Mismatch, ...]) -> Causes:
    return {
        (m.check_id, m.member_path): None if m.cause is None else str(m.cause) for m in mismatches
    }


def _moved(names: str, cause: str) -> Causes:
    return {("member-offset", name): cause for name in names}


FIVE = record("s", ("a", U32), ("b", U64), ("c", U16), ("d", U32), ("e", U64))


def test_nothing_wrong() -> None:
    """Without a mismatch there is no cause."""
    assert _attributed(FIVE, FIVE) == ()


def test_what_was_dropped_moves_what_follows() -> None:
    """A missing member causes all later offsets, and the size."""
    rust = record("s", ("a", U32), ("c", U16), ("d", U32), ("e", U64))
    assert _causes(_attributed(FIVE, rust)) == {
        ("member-missing", "b"): None,
        **_moved("cde", "b"),
        ("record-size", None): "b",
    }


def test_what_was_added_moves_what_follows() -> None:
    """An extra member is the cause, at its place."""
    rust = record("s", ("a", U32), ("b", U64), ("x", U64), ("c", U16), ("d", U32), ("e", U64))
    assert _causes(_attributed(FIVE, rust)) == {
        ("member-extra", "x"): None,
        **_moved("cde", "x"),
        ("record-size", None): "x",
    }


def test_a_swap_is_one_mistake() -> None:
    """Two swapped neighbours are one mistake: the first is the cause."""
    rust = record("s", ("b", U64), ("a", U32), ("c", U16), ("d", U32), ("e", U64))
    causes = _causes(_attributed(FIVE, rust))
    assert [key for key, cause in causes.items() if cause is None] == [("member-offset", "a")]


def test_a_second_mistake_after_all_is_back_in_place() -> None:
    """A hole absorbs a missing narrow member; a later mistake is independent of it."""
    rust = record("s", ("a", U16), ("b", U64), ("c", U16), ("d", U64), ("e", U64))
    assert _causes(_attributed(FIVE, rust)) == {
        ("member-size", "a"): None,
        ("member-size", "d"): None,
        ("member-offset", "d"): "d",
        ("member-offset", "e"): "d",
        ("record-size", None): "d",
    }


def test_a_wrong_type_behind_a_mover_is_its_own_mistake() -> None:
    """A wrong type does not follow from a wrong offset."""
    rust = record("s", ("a", U32), ("c", U16), ("d", F32), ("e", U64))
    causes = _causes(_attributed(FIVE, rust))
    roots = [key for key, cause in causes.items() if cause is None]
    assert roots == [("member-missing", "b"), ("member-type", "d")]


def test_lost_packing() -> None:
    """The record's own attribute is the cause, not the member that is displaced first."""
    members = (("a", U8), ("b", U64), ("c", U16))
    c, rust = record("s", *members, packing=1), record("s", *members)
    for causes in (_causes(_attributed(c, rust)), _causes(_attributed(rust, c))):
        assert causes == {
            ("record-alignment", None): None,
            ("member-offset", "b"): str(ALIGNMENT),
            ("member-offset", "c"): str(ALIGNMENT),
            ("record-size", None): str(ALIGNMENT),
        }


def test_lost_packing_and_a_wider_member() -> None:
    """Lost packing and a wider member are two root causes, as another member is aligned so."""
    c = record("s", ("a", U8), ("b", U32), ("c", U16), packing=1)
    rust = record("s", ("a", U8), ("b", U32), ("c", U32))
    causes = _causes(_attributed(c, rust))
    roots = [key for key, cause in causes.items() if cause is None]
    assert roots == [("record-alignment", None), ("member-size", "c")]
    assert causes["member-offset", "b"] == str(ALIGNMENT)


def test_lost_alignment() -> None:
    """A lost alignment that no member explains is a root cause; the padding follows."""
    c, rust = record("s", ("a", U32), alignment=64), record("s", ("a", U32))
    assert _causes(_attributed(c, rust)) == {
        ("record-alignment", None): None,
        ("record-size", None): str(ALIGNMENT),
    }


def test_alignment_that_a_member_explains() -> None:
    """A wrong alignment follows from the only member that has it, if that member is wrong."""
    c = record("s", ("a", U32), ("b", U64))
    without = _causes(_attributed(c, record("s", ("a", U32))))
    assert without["record-alignment", None] == "b"
    wider = _causes(_attributed(c, record("s", ("a", U32), ("b", U128))))
    assert wider["record-alignment", None] == "b"
    as_bytes = _causes(_attributed(c, record("s", ("a", U32), ("b", array(U8, 8)))))
    assert as_bytes == {
        ("record-alignment", None): "b",
        ("record-size", None): "b",
        ("member-offset", "b"): "b",
        ("member-type", "b"): None,
    }


def test_kind() -> None:
    """Size and alignment follow from a struct in place of a union."""
    c = union("u", ("a", U32), ("b", U64))
    causes = _causes(_attributed(c, record("u", ("a", U32), ("b", U64), ("c", U128))))
    assert causes == {
        ("record-kind", None): None,
        ("record-size", None): str(KIND),
        ("record-alignment", None): str(KIND),
    }


def test_the_size_of_a_union() -> None:
    """The cause is the member that is too large, at any place."""
    c = union("u", ("a", U32), ("b", U64), ("c", U16))
    rust = union("u", ("a", U32), ("b", array(U64, 2)), ("c", U16))
    assert _causes(_attributed(c, rust)) == {
        ("member-size", "b"): None,
        ("record-size", None): "b",
    }


SMALL, LARGE = record("m", ("x", U64)), record("m", ("x", U64), ("y", U64))


def test_an_embedded_subject_is_the_cause() -> None:
    """Mismatches that move with an embedded item follow from it, by its Rust path."""
    c = record("s", ("m", LARGE), ("n", U32))
    rust = record("s", ("m", SMALL), ("n", U32))
    found = _attributed(c, rust, {"m": "k::m"}, {"k::m": ("record-size",)})
    assert {str(mismatch.cause) for mismatch in found} == {"k::m"}
    assert len(found) == 3


def test_an_embedded_subject_is_no_cause_of_another_count() -> None:
    """A wrong count of a wrong item is a mistake of its own."""
    c = record("s", ("m", array(LARGE, 3)), ("n", U32))
    rust = record("s", ("m", array(SMALL, 2)), ("n", U32))
    found = _attributed(c, rust, {"m": "k::m"}, {"k::m": WHOLE})
    causes = _causes(found)
    assert causes["member-size", "m"] is None
    assert causes["record-size", None] == "m"


def test_an_embedded_subject_is_no_cause_of_what_is_right_in_it() -> None:
    """An embedded item of wrong size is no cause of the record's own alignment."""
    c = record("s", ("m", LARGE), ("n", U32), alignment=64)
    rust = record("s", ("m", SMALL), ("n", U32))
    causes = _causes(_attributed(c, rust, {"m": "k::m"}, {"k::m": ("record-size",)}))
    assert causes["record-alignment", None] is None
    assert causes["member-size", "m"] == "k::m"


def test_an_embedded_subject_of_another_alignment() -> None:
    """An embedded item of wrong alignment moves itself, and causes the record's alignment."""
    inner_c, inner_rust = record("m", ("x", U32), alignment=16), record("m", ("x", array(U32, 4)))
    c = record("s", ("a", I64), ("m", inner_c), ("n", U32))
    rust = record("s", ("a", I64), ("m", inner_rust), ("n", U32))
    found = _attributed(c, rust, {"m": "k::m"}, {"k::m": ("record-alignment",)})
    assert {str(mismatch.cause) for mismatch in found} == {"k::m"}
    assert ("member-offset", "m") in _causes(found)


def test_a_struct_of_another_size_for_a_union() -> None:
    """A struct of another size in place of a union is one mistake."""
    c = record("s", ("m", union("u", ("a", U64), ("b", U32))), ("n", U32))
    rust = record("s", ("m", LARGE), ("n", U32))
    pair = pair_records(c, rust)
    kind = Mismatch(check_id="record-kind", member_path="m", c="union", rust="struct")
    found = [*run_checks("record", pair)]
    causes = _causes(attribute(pair, [*found, kind], embedded={}, wrong={}))
    assert causes["member-size", "m"] is None
    assert causes["record-kind", "m"] == "m"
