"""The difference of two types depends on the place where they meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.model.layout import (
    ArrayType,
    Encoding,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
)
from layoutcheck.model.target import find_target
from tests.layouts import (
    CHAR,
    F32,
    I8,
    I32,
    I64,
    PTR,
    U8,
    U16,
    U32,
    U64,
    array,
    base,
    record,
    union,
)

REPRS = Reprs(
    transparent=frozenset({"k::Told"}),
    fixed=frozenset({"k::Newtype", "k::p", "k::q", "k::Foo", "k::e"}),
)
P, RUST_P = record("p", ("x", F32), ("y", F32)), record("k::p", ("x", F32), ("y", F32))
NEWTYPE, TOLD = record("k::Newtype", ("__0", I8)), record("k::Told", ("__0", I8))
TUPLE = record("(f32, f32)", ("__0", F32), ("__1", F32))
WIDE = record("&[u8]", ("data_ptr", PTR), ("length", U64))
HALF = base("_Float16", 2, Encoding.FLOAT)
COMPLEX = base("complex", 8, Encoding.COMPLEX)
QUAD, RUST_QUAD = base("long double", 16, Encoding.FLOAT), base("f128", 16, Encoding.FLOAT)
VECTOR = ArrayType(element=U32, counts=(4,), is_vector=True)
C_ENUM = EnumType(name="e", byte_size=4, signed=False, enumerators=(("E_R", 0), ("E_G", 1)))


def rust_enum(name: str, **values: int) -> EnumType:
    """A Rust enum with `repr(u32)`."""
    return EnumType(name=name, byte_size=4, signed=False, enumerators=tuple(values.items()))


def to(type_: Type | None) -> PointerType:
    """A pointer to a type."""
    return PointerType(byte_size=8, pointee=type_)


def calling(*parameters: Type, result: Type | None = None) -> PointerType:
    """A pointer to a function."""
    return to(FunctionType(result=result, parameters=parameters, variadic=False))


def walked(
    c: Type, rust: Type, place: Place, *, machine: str = "riscv64"
) -> tuple[list[Difference], list[Edge]]:
    """Return the differences of a walk, and the records that it meets."""
    edges: list[Edge] = []
    walk = TypeWalk(Definitions(), RustFacts(REPRS), target=find_target(machine))
    return list(walk.compare(c, rust, place, edges.append)), edges


@pytest.mark.parametrize(
    ("c", "rust", "in_memory", "by_value"),
    [
        (CHAR, U8, "", "type"),  # its sign determines its extension
        (I8, TOLD, "", ""),
        (I8, NEWTYPE, "", "type"),  # passed as a record
        (P, array(U8, 8), "", "type"),  # bytes are passed in other registers
        (P, U64, "type", "type"),
        (HALF, U16, "", "type"),
        (COMPLEX, RUST_P, "", ""),  # passed as its parts: not on every machine
        (COMPLEX, record("k::q", ("x", I32), ("y", I32)), "type", "unknown"),
        (VECTOR, array(U32, 4), "", "type"),
        (P, TUPLE, "repr", "repr"),
        (record("l", ("p", PTR), ("n", U64)), WIDE, "repr", "repr"),
        (C_ENUM, rust_enum("k::Foo", R=0, G=1), "", ""),
        (C_ENUM, rust_enum("k::Foo", A=0, B=5), "type", "type"),
        (C_ENUM, rust_enum("k::e", A=0, B=5), "type", "type"),
        (to(P), to(TUPLE), "", ""),  # a handle: the pointed-to type is Rust's own
        (to(to(I32)), to(to(I64)), "type", "type"),
        (to(P), to(to(I32)), "type", "type"),
        (calling(I32), calling(I64), "signature", "signature"),
        (calling(calling(I32)), calling(calling(U32)), "signature", "signature"),
        (to(calling(I64)), to(calling(I8)), "signature", "signature"),
        (array(P, 2, 3), array(RUST_P, 3, 2), "type", "type"),
        (array(I32, 2, 3, 4), array(I32, 4, 6), "type", "type"),
        (array(I32, 2, 3, 4), array(I32, 24), "", "type"),
    ],
)
def test_a_place(c: Type, rust: Type, in_memory: str, by_value: str) -> None:
    """Types are compared as a member and as a parameter."""
    for place, kind in ((Place.MEMBER, in_memory), (Place.VALUE, by_value)):
        if place is Place.VALUE and isinstance(c, ArrayType) and not c.is_vector:
            continue  # C passes a pointer
        found, _ = walked(c, rust, place)
        assert [one.kind for one in found] == [kind] * bool(kind), place


def test_a_quad_is_one_elsewhere() -> None:
    """Rust's f128 agrees with a `long double` of 128 bits, and differs from amd64's."""
    assert walked(QUAD, RUST_QUAD, Place.MEMBER, machine="arm64") == ([], [])
    for place in (Place.MEMBER, Place.VALUE):
        assert [one.kind for one in walked(QUAD, RUST_QUAD, place, machine="amd64")[0]] == ["type"]


@pytest.mark.parametrize(
    ("machine", "parameters", "results"),
    [
        ("amd64", "int long float", "int long float"),
        ("arm64", "char int long float", "char int long float"),
        ("riscv64", "long float", "long float"),
        ("powerpc64", "long float", "long float"),
        ("i386", "int long float", "int"),
        ("armv7", "int long float", "int"),
    ],
)
def test_a_newtype_that_is_passed(machine: str, parameters: str, results: str) -> None:
    """A `repr(C)` record of one scalar agrees with it, if the psABI passes both equally."""
    scalars = {"char": I8, "int": I32, "long": I64, "float": F32}
    for place, right in ((Place.VALUE, parameters), (Place.RESULT, results)):
        alike = [
            name
            for name, scalar in scalars.items()
            if not walked(scalar, record("k::Newtype", ("__0", scalar)), place, machine=machine)[0]
        ]
        assert alike == right.split(), place


@pytest.mark.parametrize(
    ("c", "rust", "kinds"),
    [
        (array(I32), array(I32, 5), []),
        (array(I32, None, 3), array(I32, 3, 2), ["type"]),
        (array(I32, None, 3), array(I32, 6), []),
        (array(I32, 4), array(I32, 5), ["type"]),
        (array(CHAR), PTR, ["type"]),
        (I32, I64, ["type"]),
        (RecordLayout(name="s", kind="struct", byte_size=0, alignment=None, members=(),
                      is_declaration=True), U32, ["unknown"]),
        (EnumType(name="e", byte_size=0, signed=False, enumerators=()), U32, ["unknown"]),
    ],
)  # fmt: skip
def test_a_variable(c: Type, rust: Type, kinds: list[str]) -> None:
    """An open array has no length; a type that C only declares is unknown."""
    found, _ = walked(c, rust, Place.OBJECT)
    assert [one.kind for one in found] == kinds


def test_one_variant_of_a_union() -> None:
    """A pointer to a function pairs with a variant that is one, and with no other pointer."""
    c = union("u", ("f", calling(I32)), ("p", PTR))
    (wrong,), _ = walked(c, calling(I64), Place.MEMBER)
    assert wrong.kind == "type"
    assert walked(c, calling(I32), Place.MEMBER)[0] == []
    assert walked(c, to(U64), Place.MEMBER)[0] == []


@pytest.mark.parametrize(
    ("c", "rust", "place", "met"),
    [
        (P, RUST_P, Place.VALUE, Place.VALUE),
        (P, RUST_P, Place.OBJECT, Place.OBJECT),
        (array(P, 2), array(RUST_P, 2), Place.OBJECT, Place.OBJECT),
        (to(P), to(RUST_P), Place.VALUE, Place.POINTEE),
        (to(to(P)), to(to(RUST_P)), Place.MEMBER, Place.POINTEE),
        (calling(P), calling(RUST_P), Place.MEMBER, Place.VALUE),
        (calling(to(P)), calling(to(RUST_P)), Place.VALUE, Place.POINTEE),
    ],
)
def test_records_that_meet(c: Type, rust: Type, place: Place, met: Place) -> None:
    """Records that meet are not compared by the walk, but returned as a pair."""
    found, (edge,) = walked(c, rust, place)
    assert found == []
    assert (edge.c, edge.rust, edge.place) == (P, RUST_P, met)


def test_members_behind_a_pointer() -> None:
    """A record behind a pointer has no members, so they are found by its number."""
    short = RecordLayout(
        name="p", kind="struct", byte_size=8, alignment=None, members=(), is_declaration=True, ref=7
    )
    edges: list[Edge] = []
    walk = TypeWalk(Definitions({7: P}, {}), RustFacts())
    assert list(walk.compare(to(short), to(RUST_P), Place.VALUE, edges.append)) == []
    assert [edge.c for edge in edges] == [P]


def test_where_a_difference_is() -> None:
    """Each difference names its parameter or the result."""
    walk = TypeWalk(Definitions(), RustFacts())
    c = FunctionType(result=I32, parameters=(I32, U8), variadic=False)
    rust = FunctionType(result=U32, parameters=(I64, U8), variadic=False)
    found = list(walk.functions(c, rust, lambda _: None))
    assert [one.path for one in found] == ["parameter 1", "result"]


@pytest.mark.parametrize(("name", "unknowns"), [("amd64", 0), ("loongarch64", 1)])
@pytest.mark.parametrize("place", [Place.VALUE, Place.RESULT])
@pytest.mark.parametrize(("c", "rust"), [(P, RUST_P), (U64, RUST_P)])
def test_records_on_a_machine_whose_rules_are_not_known(
    c: Type, rust: Type, place: Place, name: str, unknowns: int
) -> None:
    """A record by value is unchecked there, on either side; behind a pointer it is compared."""
    target = replace(find_target("amd64"), name=name)
    walk = TypeWalk(Definitions(), RustFacts(), target=target)
    found = list(walk.compare(c, rust, place, lambda _: None))
    assert [one.kind for one in found].count("unknown") == unknowns
    assert not list(walk.compare(to(P), to(RUST_P), place, lambda _: None))
