"""memory.py: two types in memory, and behind pointers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.model.layout import (
    Encoding,
    EnumType,
    FunctionType,
    QualifiedType,
    RecordLayout,
    Type,
)
from layoutcheck.model.verdict import Cause
from tests.layouts import (
    BOOL,
    CHAR,
    F32,
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
from tests.passed import C_VOID, OPTION, behind, function, to

P, RUST_P = record("p", ("x", F32), ("y", F32)), record("k::p", ("x", F32), ("y", F32))
TAGGED = replace(record("k::Either", ("tag", U32), ("value", U32)), is_tagged=True)
FREE = record("k::free", ("x", U32))
FREE_ENUM = EnumType(name="k::E", byte_size=1, signed=False, enumerators=(("A", 0),))
REPRS = Reprs(free=frozenset({"k::free", "k::E"}), fixed=frozenset({"k::p", "k::N", "k::Either"}))


def walked(
    c: Type,
    rust: Type,
    *,
    told: frozenset[str] = frozenset(),
    definitions: Definitions | None = None,
) -> tuple[list[Difference], list[Edge]]:
    """Walk over two members and return the differences, and the records that are met."""
    edges: list[Edge] = []
    walk = TypeWalk(definitions or Definitions(), RustFacts(REPRS, told))
    return list(walk.compare(c, rust, Place.MEMBER, edges.append)), edges


def words(c: Type, rust: Type) -> tuple[str, str] | None:
    """Return the difference of two types in each side's words; None if there is none."""
    found, _ = walked(c, rust)
    if not found:
        return None
    (one,) = found
    return one.c, one.rust


@pytest.mark.parametrize(
    ("c", "rust", "said"),
    [
        (U32, F32, ("u32 (unsigned integer)", "f32 (float)")),
        (
            array(U32, 2),
            array(U64, 1),
            ("u32[2] (elements of 4 bytes)", "u64[1] (elements of 8 bytes)"),
        ),
        (
            array(U32, 2, 3),
            array(U32, 3, 2),
            ("u32[2][3] (rows of 12 bytes, 4 bytes)", "u32[3][2] (rows of 8 bytes, 4 bytes)"),
        ),
        (
            array(P, 2, 3),
            array(RUST_P, 3, 2),
            (
                "struct p[2][3] (rows of 24 bytes, 8 bytes)",
                "k::p[3][2] (rows of 16 bytes, 8 bytes)",
            ),
        ),
        (array(U32, 2), array(F32, 2), ("u32[2] (unsigned integer)", "f32[2] (float)")),
        (array(U32, 1), U32, None),
        (U32, array(U32, 1), None),
        (array(U32, 1), F32, ("u32[1] (unsigned integer)", "f32 (float)")),
        (P, array(U8, 8), None),
        (P, U64, ("struct p (struct)", "u64 (unsigned integer)")),
        (QualifiedType(qualifier="_Atomic", target=P), U64, None),
        (behind("p", 0), U64, None),  # the headers only declare it
    ],
)
def test_memory(c: Type, rust: Type, said: tuple[str, str] | None) -> None:
    """Bits, elements and rows are compared; bytes may match a record."""
    assert words(c, rust) == said


@pytest.mark.parametrize(
    ("c", "rust", "said"),
    [
        (I32, U32, ("i32 * (to signed integer)", "u32 * (to unsigned integer)")),
        (I32, I64, ("i32 * (to 4 bytes)", "i64 * (to 8 bytes)")),
        (I32, U8, None),
        (I32, C_VOID, None),
        (None, I64, None),
        (P, U64, None),  # filler of the record's size
        (P, U32, ("struct p * (to 8 bytes)", "u32 * (to 4 bytes)")),
        (P, to(U8), ("struct p * (to struct)", "u8 * * (to a pointer)")),
        (U64, RUST_P, ("u64 * (to unsigned integer)", "k::p * (to struct)")),
        (function(), U32, ("void (*)(void) (to a function)", "u32 * (to data)")),
        (U32, function(), ("u32 * (to data)", "void (*)(void) (to a function)")),
        (to(CHAR), to(C_VOID), None),
        (to(CHAR), to(U16), ("char * * (to 1 byte)", "u16 * * (to 2 bytes)")),
        (BOOL, U8, None),
        (U16, BOOL, ("u16 * (to 2 bytes)", "bool * (to 1 byte)")),
        (
            array(U32, 2, 3),
            array(U32, 3, 2),
            (
                "u32[2][3] * (rows of 24 bytes, 12 bytes, 4 bytes)",
                "u32[3][2] * (rows of 24 bytes, 8 bytes, 4 bytes)",
            ),
        ),
        (
            array(U32, 4),
            array(U32, 5),
            ("u32[4] * (rows of 16 bytes, 4 bytes)", "u32[5] * (rows of 20 bytes, 4 bytes)"),
        ),
        (array(U32, 4), U32, None),
        (U32, array(U32, 4), None),
    ],
)
def test_pointers(c: Type | None, rust: Type | None, said: tuple[str, str] | None) -> None:
    """Size, kind, rows and data or code are compared; `void` and bytes match anything."""
    assert words(to(c), to(rust)) == said


def test_records_behind_pointers() -> None:
    """Both records are met, with the members that are known."""
    definitions = Definitions({7: P}, {9: RUST_P})
    c, rust = replace(behind("p", 8), ref=7), replace(behind("k::p", 8), ref=9)
    found, edges = walked(to(c), to(rust), definitions=definitions)
    assert found == []
    assert edges == [Edge(c=P, rust=RUST_P, place=Place.POINTEE)]


def test_records_of_one_size() -> None:
    """Records are met without wrappers; the member's type does not differ."""
    cell = record("core::cell::UnsafeCell<k::p>", ("value", RUST_P))
    for rust in (RUST_P, cell, array(cell, 1)):
        assert walked(P, rust) == ([], [Edge(c=P, rust=RUST_P, place=Place.OBJECT)])
    (other,), edges = walked(P, record("k::N", ("x", U32)))
    assert (other.kind, edges) == ("type", [])


def test_newtypes_of_pointers() -> None:
    """Newtypes of pointers are met as records of one pointer."""
    newtype = record("k::N", ("__0", to(U32)))
    found, (edge,) = walked(to(U32), newtype)
    assert (found, edge.place, edge.rust) == ([], Place.OBJECT, newtype)
    assert [one.type for one in edge.c.members] == [to(U32)]
    (differs,), edges = walked(to(U32), record("k::N", ("__0", to(I32))))
    assert (differs.kind, edges) == ("type", [])


def test_enums_with_data() -> None:
    """Enums with data are not compared, also behind a pointer."""
    (found,), edges = walked(record("s", ("a", U64)), TAGGED)
    assert (found.kind, found.c) == ("unknown", "k::Either, which carries data beside its tag")
    assert edges == []
    (behind_pointer,), _ = walked(to(P), to(TAGGED))
    assert behind_pointer.c == "a pointer to k::Either, which carries data beside its tag"


def test_types_of_no_fixed_layout_behind_pointers() -> None:
    """A record of no fixed layout is a handle behind a pointer; an enum is a mismatch."""
    assert walked(to(P), to(FREE)) == ([], [])
    (found,), _ = walked(to(U16), to(FREE_ENUM))
    assert (found.kind, found.rust, found.cause) == (
        "repr",
        "k::E, which has no `repr(C)`",
        None,
    )
    (told,), _ = walked(to(U16), to(FREE_ENUM), told=frozenset({"k::E"}))
    assert told.cause == Cause(check="repr-missing", item="k::E")


def calling(*parameters: Type, result: Type | None = None) -> Type:
    """A pointer to a function."""
    return to(function(*parameters, result=result))


@pytest.mark.parametrize(
    ("c", "rust", "said"),
    [
        (
            function(I32),
            function(I64),
            ("parameter 1 is i32 (4 bytes)", "parameter 1 is i64 (8 bytes)"),
        ),
        (
            function(result=I32),
            function(),
            ("the result is i32 (4 bytes)", "the result is void (nothing)"),
        ),
        (function(I32), function(), ("1 parameter", "0 parameters")),
        (function(), function(convention="win64"), ('extern "C"', 'extern "win64"')),
        (
            function(I32, F32),
            function(I64, U32),
            ("parameter 1 is i32 (4 bytes)", "parameter 1 is i64 (8 bytes)"),
        ),
        (function(I32), function(I32), None),
    ],
)
def test_signatures(c: FunctionType, rust: FunctionType, said: tuple[str, str] | None) -> None:
    """The first difference of two functions follows their types."""
    found, _ = walked(to(c), to(rust))
    if said is None:
        assert found == []
    else:
        (one,) = found
        assert one.kind == "signature"
        assert one.c.endswith(f": {said[0]}")
        assert one.rust.endswith(f": {said[1]}")


def test_unknown_parts_of_signatures() -> None:
    """Unknown parts of signatures come before a difference, without a path."""
    declared = EnumType(name="e", byte_size=0, signed=False, enumerators=())
    found, _ = walked(calling(declared, I32), calling(U32, I64))
    assert [(one.kind, one.path) for one in found] == [("unknown", None), ("signature", None)]
    assert found[0].c == (
        "a function of which parameter 1 is enum e, which the headers only declare"
    )


def test_records_in_callbacks() -> None:
    """Records in callbacks are met at their place in the function."""
    found, (edge,) = walked(calling(U32, P), calling(U32, RUST_P))
    assert (found, edge.in_call, edge.place) == ([], "parameter 2", Place.VALUE)


class TestUnions:
    """One variant in Rust for a whole union of C's."""

    U = union("u", ("f", calling(I32)), ("p", PTR), ("n", U64), ("small", U32))

    @pytest.mark.parametrize("rust", [calling(I32), to(U64), U64, OPTION])
    def test_a_variant(self, rust: Type) -> None:
        """One variant of the union's size agrees."""
        assert walked(self.U, rust) == ([], [])

    def test_no_variant(self) -> None:
        """A pointer to another function is no variant, nor is a smaller variant."""
        (wrong,), _ = walked(self.U, calling(I64))
        assert (wrong.kind, wrong.c) == ("type", "union u (union)")
        (float_,), _ = walked(self.U, base("f64", 8, Encoding.FLOAT))
        assert float_.rust == "f64 (float)"

    def test_a_struct(self) -> None:
        """A struct has no variants."""
        struct = RecordLayout(
            name="s", kind="struct", byte_size=8, alignment=8, members=self.U.members
        )
        (wrong,), _ = walked(struct, U64)
        assert wrong.c == "struct s (struct)"
