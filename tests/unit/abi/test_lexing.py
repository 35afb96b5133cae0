"""lexing.py: preprocessed GNU C -> the declarations of types in it, in pycparser's tokens."""

from __future__ import annotations

import pytest

from layoutcheck.abi import Unit
from layoutcheck.abi.lexing import (
    GNU_ATTRIBUTES,
    PACK,
    Attributed,
    read_chunks,
    skip_group,
)
from layoutcheck.errors import DeclarationError


def words(text: str) -> list[str]:
    """The declarations of a text, each with its words; attributes in brackets, by name."""
    return [" ".join(map(_word, chunk)) for chunk in read_chunks(text)]


def _word(token: object) -> str:
    value = getattr(token, "value", None)
    if getattr(token, "type", None) != GNU_ATTRIBUTES or not isinstance(value, tuple):
        return str(value)
    return f"[{' '.join(map(_attribute, value))}]"


def _attribute(one: Attributed) -> str:
    arguments = " ".join(map(_word, one.arguments))
    return f"{one.name}({arguments})" if arguments else one.name


def packs(text: str) -> list[str]:
    """The `#pragma pack` that each record of a text bears."""
    attributes = [token for chunk in read_chunks(text) for token in chunk]
    found = [token.value for token in attributes if token.type == GNU_ATTRIBUTES]
    assert all(one.name == PACK for group in found for one in group)
    return [_word(one.arguments[0]) for group in found for one in group]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("struct s { int a; };", ["struct s { int a ; } ;"]),
        ("typedef int t;", ["typedef int t ;"]),
        ("enum { A };", ["enum { A } ;"]),
        ("struct s; int i; int f(struct s *); struct s *p;", []),
        ("int f(void) { struct local { int l; }; return 1; }", []),
        ("int f(void) { } struct s { int a; };", ["struct s { int a ; } ;"]),
        ("struct s f(void) { } typedef int t;", ["typedef int t ;"]),
        ("struct s *f(void) { } typedef int t;", ["typedef int t ;"]),
        ("int f(struct s x) { } typedef int t;", ["typedef int t ;"]),
        ("struct s { int a; } x = { 1 };", ["struct s { int a ; } x = { 1 } ;"]),
        ("int a[] = { 1, { 2 } }; typedef int t;", ["typedef int t ;"]),
        ("struct s { struct { int a; }; };", ["struct s { struct { int a ; } ; } ;"]),
        ("", []),
        ("typedef int unfinished", []),
    ],
)
def test_declarations_of_types_are_kept(text: str, found: list[str]) -> None:
    """Declarations of types at file scope are kept; functions, variables, mentions are left out."""
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("typedef __const int t;", "typedef const int t ;"),
        ("typedef __volatile__ int t;", "typedef volatile int t ;"),
        ("typedef int *__restrict t;", "typedef int * restrict t ;"),
        ("typedef __signed char t;", "typedef signed char t ;"),
        ("typedef __typeof__(1) t;", "typedef typeof ( 1 ) t ;"),
        ("__extension__ typedef int t;", "typedef int t ;"),
        ("typedef int *_Nonnull t;", "typedef int * t ;"),
        ('typedef int t __asm__("name");', "typedef int t ;"),
    ],
)
def test_spellings_of_gnu_c_become_those_of_c(text: str, found: str) -> None:
    """Alternate keywords (GCC, "Alternate Keywords") and tokens without effect on layouts."""
    assert words(text) == [found]


@pytest.mark.parametrize(
    ("attribute", "found"),
    [
        ("packed", "[packed] "),
        ("__packed__", "[packed] "),
        ("__aligned__(8)", "[aligned(8)] "),
        ("aligned(sizeof(__const int)), packed", "[aligned(sizeof ( const int )) packed] "),
        (", packed,", "[packed] "),
        ("unused", ""),
        ("", ""),
        ("unused, packed", "[packed] "),
        ("format(printf, 1, 2)", ""),
        ("mode(DI)", "[mode(DI)] "),
        ("____", ""),
    ],
)
def test_attributes_that_may_change_a_layout_are_kept(attribute: str, found: str) -> None:
    """Each group is one token; the others leave nothing behind."""
    for spelling in ("__attribute__", "__attribute"):
        text = f"struct s {{ int a; }} {spelling}(({attribute}));"
        assert words(text) == [f"struct s {{ int a ; }} {found};"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#pragma pack(1)\nstruct s { int a; };", ["1"]),
        ("#pragma pack(1)\n#pragma pack()\nstruct s { int a; };", []),
        (
            "#pragma pack(push, 2)\nstruct a { int a; };\n#pragma pack(pop)\nstruct b { int b; };",
            ["2"],
        ),
        (
            "#pragma pack(4)\n#pragma pack(push)\n#pragma pack(1)\n#pragma pack(pop)\nunion u {};",
            ["4"],
        ),
        ("#pragma pack(2)\nstruct s { struct { int a; } in; };", ["2", "2"]),
        ("#pragma pack(2)\nenum e { A };", []),
        ("#pragma pack(2)\nstruct s *f(void) { }", []),
        ("#pragma once\nstruct s { int a; };", []),
    ],
)
def test_a_record_bears_the_pack_at_its_brace(text: str, found: list[str]) -> None:
    """GCC, "Structure-Layout Pragmas": a stack, of which the top counts."""
    assert packs(text) == found


@pytest.mark.parametrize(
    ("pragma", "line"),
    [
        ("pack(push, label, 1)", 1),
        ("pack(pop)", 1),
        ("pack(show)", 1),
        ("ms_struct on", 1),
        ("options align=packed", 1),
        ("align natural", 1),
    ],
)
def test_a_pragma_that_is_not_known_is_refused(pragma: str, line: int) -> None:
    """A pragma that is not known is an error with its text and place."""
    with pytest.raises(DeclarationError, match=r"is not understood$") as caught:
        list(read_chunks(f'# 1 "a.h"\n#pragma {pragma}\nstruct s {{ int a; }};\n'))
    assert caught.value.what == f"#pragma {pragma} is not understood"
    assert caught.value.where == f"a.h:{line}"


def test_a_stray_character_is_refused() -> None:
    """The error names the line."""
    with pytest.raises(DeclarationError) as caught:
        list(read_chunks('# 7 "a.h"\nint @;'))
    assert str(caught.value.where).startswith("a.h:7:")


@pytest.mark.parametrize(
    "text", ["int @;", "#pragma pack(push, label, 1)\n", "#pragma ms_struct on\n"]
)
def test_a_unit_that_cannot_be_read_is_refused(text: str) -> None:
    """A unit that cannot be read is refused, since every record after the error would be wrong."""
    with pytest.raises(DeclarationError):
        Unit(text)


def test_a_group_ends_behind_its_own_bracket() -> None:
    """Brackets of all kinds nest; one without an end goes to the end."""
    (tokens,) = read_chunks("typedef int t[(1 + 2)][3];")
    types = [token.type for token in tokens]
    first, second = types.index("LBRACKET"), types.index("RBRACKET") + 1
    assert skip_group(tokens, first) == second
    assert skip_group(tokens, second) == len(tokens) - 1
    assert skip_group(tokens[: second - 1], first) == second - 1
