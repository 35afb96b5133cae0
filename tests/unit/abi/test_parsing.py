"""parsing.py: declarations, each parsed by pycparser on demand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pycparser import c_ast

from layoutcheck.abi import Calculator, find_psabi
from layoutcheck.abi.lexing import read_chunks
from layoutcheck.abi.parsing import Node, Unit, place_of
from layoutcheck.errors import DeclarationError


def test_a_definition_is_found_by_its_name() -> None:
    """A tag of each kind, a typedef and an enumerator are found at any depth."""
    unit = Unit(
        "struct s { union u { int a; } b; enum e { A, B } c; };"
        "typedef struct s *p, t; enum { C = 3 };"
    )
    assert isinstance(unit.tagged("struct s"), c_ast.Struct)
    assert isinstance(unit.tagged("union u"), c_ast.Union)
    assert isinstance(unit.tagged("enum e"), c_ast.Enum)
    assert unit.enum_of("B") is unit.tagged("enum e")
    assert unit.enum_of("C").name is None
    assert isinstance(unit.typedef("p").type, c_ast.PtrDecl)
    assert isinstance(unit.typedef("t").type, c_ast.TypeDecl)


def test_a_mention_is_no_definition() -> None:
    """The record is the one with members, even after declarations without members."""
    unit = Unit("struct s; typedef struct s t; struct s { int a; };")
    (member,) = unit.tagged("struct s").decls
    assert member.name == "a"
    assert unit.typedef("t").type.type.decls is None


def test_the_first_of_two_definitions_counts() -> None:
    """C11 lets a typedef be repeated."""
    unit = Unit("typedef int t; typedef long t;")
    assert unit.typedef("t").type.type.names == ["int"]


def test_names_of_types_are_known_where_they_are_used() -> None:
    """An earlier typedef is known, and so are types that compilers define without a header."""
    unit = Unit(
        "typedef int t; struct s { t a; t *b; __builtin_va_list c; __int128_t d; int e[(t)3]; };"
    )
    members = {member.name: member.type for member in unit.tagged("struct s").decls}
    assert members["a"].type.names == ["t"]
    assert members["b"].type.type.names == ["t"]
    assert members["c"].type.names == ["__builtin_va_list"]
    assert isinstance(members["e"].dim, c_ast.Cast)


def test_a_typedef_from_behind_is_no_type() -> None:
    """The name is an identifier there, as in C."""
    unit = Unit("struct s { t a; }; typedef int t;")
    with pytest.raises(DeclarationError, match=r"^<?.*:1: pycparser does not understand: "):
        unit.tagged("struct s")
    assert unit.typedef("t").name == "t"


def test_an_attributes_argument_is_an_expression() -> None:
    """An attribute's argument may have a cast to a typedef's type."""
    unit = Unit("typedef int t; struct s { int a; } __attribute__((aligned(sizeof(t) * 2)));")
    chunks = list(read_chunks("struct s { int a; } __attribute__((aligned(sizeof(t) * 2)));"))
    (arguments,) = [one.value[0].arguments for one in chunks[0] if one.type == "GNU_ATTRIBUTES"]
    node = unit.expression(arguments)
    assert isinstance(node, c_ast.BinaryOp)
    assert isinstance(node.left.expr, c_ast.Typename)


@pytest.mark.parametrize(
    ("ask", "name", "what"),
    [
        (Unit.tagged, "struct s", "struct s is incomplete: nothing defines it here"),
        (Unit.tagged, "union u", "union u is incomplete: nothing defines it here"),
        (Unit.typedef, "s", "s is no type that is declared here"),
        (Unit.enum_of, "A", "A is no enumerator: its value is not known"),
    ],
)
def test_a_name_that_nothing_defines(
    ask: Callable[[Unit, str], Node], name: str, what: str
) -> None:
    """A struct's tag is not a union's, and neither is a typedef's name."""
    unit = Unit("struct u { int A; }; struct s; int s;")
    with pytest.raises(DeclarationError) as caught:
        ask(unit, name)
    assert caught.value.what == what


def test_a_declaration_that_pycparser_does_not_understand() -> None:
    """A declaration that pycparser does not understand is an error with its place, alone."""
    unit = Unit('# 1 "a.h"\nstruct a { int ( }; };\n# 4 "b.h"\nstruct b { int i; };\n')
    assert unit.tagged("struct b").name == "b"
    with pytest.raises(DeclarationError, match="pycparser does not understand: ") as caught:
        unit.tagged("struct a")
    assert caught.value.where == "a.h:1"


def test_an_attribute_that_pycparser_loses_is_noticed() -> None:
    """A record without it would be laid out wrong."""
    unit = Unit("struct s { _Atomic(int) i, j __attribute__((packed)); };")
    with pytest.raises(DeclarationError) as caught:
        unit.tagged("struct s")
    assert caught.value.what == "struct s: pycparser lost an attribute of its declaration"


def test_an_error_in_one_declaration_costs_only_itself() -> None:
    """An error in one declaration affects no other record of the unit."""
    unit = Unit("struct a { struct b __attribute__((mode(X))) *p; }; struct c { int i; };")
    assert Calculator(unit, find_psabi("i386")).explain("struct c").record.byte_size == 4
    with pytest.raises(DeclarationError):
        Calculator(unit, find_psabi("i386")).explain("struct a")


def test_the_place_of_a_node() -> None:
    """A node's place comes from the preprocessor's line markers. A node that was made has none."""
    unit = Unit('# 12 "sys/a.h"\nstruct s {\n int a; };\n')
    (member,) = unit.tagged("struct s").decls
    assert place_of(member) == "sys/a.h:13"
    assert place_of(c_ast.ID("x")) is None
