"""attributes.py: GNU attributes at the places of C23's (GCC, "Attribute Syntax")."""

from __future__ import annotations

import pytest

from layoutcheck.abi.attributes import Declaration, place_attributes
from layoutcheck.abi.lexing import read_chunks

P = "__attribute__((packed))"
A = "__attribute__((aligned(8)))"


def declaration(text: str) -> Declaration:
    """The only declaration of a text."""
    (chunk,) = read_chunks(text)
    return place_attributes(chunk)


def placed(text: str) -> str:
    """Return the words of the declaration, with attributes where they were put."""
    made = declaration(text)
    assert made.problem is None
    return " ".join(_word(token.type, token.value) for token in made.tokens)


def _word(type_: str, value: object) -> str:
    if type_ == "ATTRIBUTE_ARGUMENTS" and isinstance(value, tuple):
        return f"({' '.join(token.value for token in value)})"
    return str(value)


PACKED = "[[ gnu :: packed ]]"
ALIGNED = "[[ gnu :: aligned (8) ]]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Attributes of the record: after the keyword, the tag or the brace.
        (f"struct {P} s {{ int a; }};", f"struct {PACKED} s {{ int a ; }} ;"),
        (f"struct s {P} {{ int a; }};", f"struct {PACKED} s {{ int a ; }} ;"),
        (f"struct s {{ int a; }} {P};", f"struct {PACKED} s {{ int a ; }} ;"),
        (f"union {{ int a; }} {P} u;", f"union {PACKED} {{ int a ; }} u ;"),
        (f"enum {P} e {{ A }};", f"enum {PACKED} e {{ A }} ;"),
        (
            f"struct {P} s {{ int a; }} {A};",
            "struct [[ gnu :: packed , gnu :: aligned (8) ]] s { int a ; } ;",
        ),
        # Attributes of all declarators: among the specifiers.
        (f"struct s {{ {A} int a, b; }};", f"struct s {{ {ALIGNED} int a , b ; }} ;"),
        (f"struct s {{ int {A} a, b; }};", f"struct s {{ {ALIGNED} int a , b ; }} ;"),
        (f"typedef {A} int t;", f"{ALIGNED} typedef int t ;"),
        # Attributes of one declarator: after it.
        (f"struct s {{ int a, b {A}, c; }};", f"struct s {{ int a , b {ALIGNED} , c ; }} ;"),
        (f"struct s {{ int a {A}, b; }};", f"struct s {{ int a {ALIGNED} , b ; }} ;"),
        (f"struct s {{ int a, {A} b; }};", f"struct s {{ int a , b {ALIGNED} ; }} ;"),
        (f"struct s {{ int a[2] {A}, b; }};", f"struct s {{ int a {ALIGNED} [ 2 ] , b ; }} ;"),
        (f"struct s {{ int a : 3 {A}, b; }};", f"struct s {{ int a {ALIGNED} : 3 , b ; }} ;"),
        (
            f"struct s {{ int (*f)(int x) {A}, b; }};",
            f"struct s {{ int ( * f {ALIGNED} ) ( int x ) , b ; }} ;",
        ),
        # Attributes of the only declarator: both places are equal.
        (f"struct s {{ int a {A}; }};", f"struct s {{ {ALIGNED} int a ; }} ;"),
        (f"typedef int t {A};", f"{ALIGNED} typedef int t ;"),
        (f"typedef int t {P} {A};", "[[ gnu :: packed , gnu :: aligned (8) ]] typedef int t ;"),
        # Beside specifiers with parentheses, and in a record within another.
        (
            f"struct s {{ _Atomic(int) a {A}, b; }};",
            f"struct s {{ _Atomic ( int ) a {ALIGNED} , b ; }} ;",
        ),
        (
            f"struct s {{ struct {{ int a; }} {P} in; }};",
            f"struct s {{ struct {PACKED} {{ int a ; }} in ; }} ;",
        ),
    ],
)
def test_an_attribute_moves_to_the_place_of_its_meaning(text: str, expected: str) -> None:
    """A GNU attribute moves to C23's place (6.7.13): after the keyword, specifiers or name."""
    assert placed(text) == expected


def test_an_initializer_is_left_out() -> None:
    """An initializer is left out: it has no effect on a layout, and may contain anything."""
    text = "struct s { int a; } x = { .a = (1, 2) }, *y = &x;"
    assert placed(text) == "struct s { int a ; } x , * y ;"


@pytest.mark.parametrize(
    ("text", "tags", "typedefs", "enumerators"),
    [
        ("struct s { int a; };", ("struct s",), (), ()),
        ("union u { struct in { int a; } b; };", ("union u", "struct in"), (), ()),
        ("struct s { struct elsewhere *p; };", ("struct s",), (), ()),
        ("typedef struct { int a; } t, *u, v[2];", (), ("t", "u", "v"), ()),
        ("typedef int (*f)(int x), g(int y);", (), ("f", "g"), ()),
        ("typedef struct s t;", (), ("t",), ()),
        ("enum e { A, B = (A, 1), C };", ("enum e",), (), ("A", "B", "C")),
        ("enum e : unsigned char { A };", ("enum e",), (), ("A",)),
        ("struct s { enum { A = 3 } e; int a : A; };", ("struct s",), (), ("A",)),
    ],
)
def test_the_names_that_a_declaration_defines(
    text: str, tags: tuple[str, ...], typedefs: tuple[str, ...], enumerators: tuple[str, ...]
) -> None:
    """Names are found at any depth. A mention defines nothing, and a member's name is not one."""
    made = declaration(text)
    assert made.problem is None
    assert (made.tags, made.typedefs, made.enumerators) == (tags, typedefs, enumerators)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"struct s {{ int * {A} p; }};", "an attribute of a pointer is not understood"),
        (
            f"struct s {{ struct {P} other *p; }};",
            "an attribute of a record that is defined elsewhere",
        ),
        (
            f"struct s {{ int a, : 3 {A}; }};",
            "an attribute of a declarator without a name is not understood",
        ),
        (f"enum e {{ A {P} }};", "an attribute at this place is not understood"),
        (
            f"struct s {{ int (*f)(int {A}); }};",
            "an attribute at this place is not understood",
        ),
        ("struct s { int a };", "a declaration does not end"),
    ],
)
def test_an_attribute_that_is_not_understood(text: str, what: str) -> None:
    """A declaration with an attribute that is not understood has a reason, but no tokens."""
    made = declaration(f'# 3 "a.h"\n{text}')
    assert made.problem is not None
    assert (made.problem.what, made.problem.where) == (what, "a.h:3")
    assert made.tokens == ()
    assert made.tags[:1] == (("enum e",) if text.startswith("enum") else ("struct s",))
