"""A C enum is compared with the type in its place; differences are not reported twice."""

from __future__ import annotations

from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.judge.walk.crate_enums import ToldValues
from layoutcheck.model.layout import EnumType, FunctionType, PointerType, Type
from layoutcheck.model.verdict import Cause
from tests.layouts import U32, record, union

C = EnumType(name="e", byte_size=4, signed=False, enumerators=(("E_ON", 0), ("E_OFF", 1)))
OTHER = EnumType(name="e", byte_size=4, signed=False, enumerators=(("E_OFF", 0), ("E_ON", 1)))
WRONG = EnumType(name="k::e", byte_size=4, signed=False, enumerators=(("On", 5), ("Off", 1)))
NEWTYPE = record("k::e", ("__0", U32))
TOLD = {"k::e": {("On", "E_ON = 0")}}
CAUSE = Cause(item="k::e")


def walked(c: Type, rust: Type, told: ToldValues, **values: int) -> list[Difference]:
    """Return the differences of two members, if verdicts on items have reported `told`."""
    edges: list[Edge] = []
    walk = TypeWalk(Definitions(), RustFacts())
    walk.enums.learn({"k::e": list(values.items())}, told, {})
    return list(walk.compare(c, rust, Place.MEMBER, edges.append))


def to(type_: Type) -> PointerType:
    """A pointer to a type."""
    return PointerType(byte_size=8, pointee=type_)


def calling(parameter: Type) -> PointerType:
    """A pointer to a function."""
    return to(FunctionType(result=None, parameters=(parameter,), variadic=False))


def test_what_nobody_has_told() -> None:
    """An enum of C's name is compared at its place, by value and behind a pointer."""
    for c, rust in ((C, WRONG), (to(C), to(WRONG)), (calling(C), calling(WRONG))):
        (found,) = walked(c, rust, {})
        assert found.cause is None
        assert "On = 5" in found.rust


def test_what_is_told() -> None:
    """A holder of a wrong enum follows from it, in a callback too. A pointer to it is right."""
    for c, rust in ((C, WRONG), (calling(C), calling(WRONG))):
        (found,) = walked(c, rust, TOLD)
        assert found.cause == CAUSE
    assert walked(to(C), to(WRONG), TOLD) == []


def test_another_definition() -> None:
    """Another definition of the enum's name is compared without that cause."""
    for c, rust in ((OTHER, WRONG), (to(OTHER), to(WRONG))):
        (found,) = walked(c, rust, TOLD)
        assert found.cause is None
        assert "E_ON = 1" in found.c


def test_a_variant_of_a_union() -> None:
    """A wrong enum pairs with a union's variant nevertheless."""
    (found,) = walked(union("u", ("e", C)), WRONG, TOLD)
    assert found.cause == CAUSE


def test_constants_of_a_newtype() -> None:
    """Constants of a newtype are compared with the C enum in its place, if that has their names."""
    assert walked(C, NEWTYPE, {}, ON=0, OFF=1, ALL=7) == []
    (found,) = walked(OTHER, NEWTYPE, {}, OFF=0, ON=0, ALL=7)
    assert found.c == "enum e (E_ON = 1)"
    assert found.rust == "k::e (ON = 0)"
    assert walked(OTHER, NEWTYPE, {"k::e": {("ON", "1")}}, OFF=0, ON=0) == []
