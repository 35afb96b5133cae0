"""alias_type.py: the types of an alias and of C's typedef."""

from __future__ import annotations

from layoutcheck.judge.checks import alias_type, run_checks
from layoutcheck.judge.item_pairs import AliasPair
from layoutcheck.judge.walk import Difference
from layoutcheck.judge.walk.differences import Kind, type_difference, unknown
from layoutcheck.model.verdict import Cause
from tests.layouts import I32, U32


def pair(*differences: Difference) -> AliasPair:
    """An alias with these differences."""
    return AliasPair(c=I32, rust=U32, differences=differences)


def test_words_and_cause() -> None:
    """Each difference is one mismatch of the whole alias, with its cause."""
    cause = Cause(check="enum-value", member="On", item="k::e")
    one = Difference(kind="signature", c="void (*)(e)", rust="void (*)(k::e)", cause=cause)
    found = list(alias_type.check(pair(type_difference("int", "u32"), one)))
    assert [(m.check_id, m.member_path, m.c, m.rust, m.cause) for m in found] == [
        ("alias-type", None, "int", "u32", None),
        ("alias-type", None, "void (*)(e)", "void (*)(k::e)", cause),
    ]


def test_other_differences() -> None:
    """A type of no fixed layout belongs to `repr-missing`, and an unknown one is no mismatch."""
    kind: Kind = "repr"
    free = Difference(kind=kind, c="struct s", rust="k::s, which has no `repr(C)`")
    both = pair(free, unknown("it carries data"))
    assert list(alias_type.check(both)) == []
    assert [m.check_id for m in run_checks("alias", both)] == ["repr-missing"]
