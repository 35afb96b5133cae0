"""record_text.py: the records in a header's text."""

from __future__ import annotations

import re

import pytest

from layoutcheck.kernel.units.record_text import (
    asked_by,
    blocks_in,
    names_of,
    open_pack,
    records_in,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("struct s { int a; };", ["struct s { int a; }"]),
        ("typedef union { int a; } u_t, *p;", ["union { int a; } u_t, *p"]),
        ("struct s { struct { int a; } in; } x;", ["struct s { struct { int a; } in; } x"]),
        (
            "struct a { int i; };\nstruct b { int i; };",
            ["struct a { int i; }", "struct b { int i; }"],
        ),
        (
            "struct __packed s { int a; } __aligned(8);",
            ["struct __packed s { int a; } __aligned(8)"],
        ),
        ("struct s\n#ifdef A\n{ int a; }\n#endif\n;", ["struct s\n#ifdef A\n{ int a; }\n"]),
        ("struct s; struct s *f(struct s *p) { return p; }", []),
        ("enum e { A };", []),
        ("struct s { int a;", []),
        ("int structure { }", []),
    ],
)
def test_records_that_are_in_no_other(text: str, records: list[str]) -> None:
    """A record that is in no other has the names behind it, up to its `;` or a directive."""
    assert [text[start:end] for start, end in records_in(text)] == records


def test_blocks_by_their_opening() -> None:
    """A block without an end is left out, and does not hide the next one."""
    text = "a { x { } } a { b { y } a {"
    opening = re.compile(r"\ba \{")
    assert [text[start:end] for start, end in blocks_in(text, opening)] == ["a { x { } }"]
    assert [text[start:end] for start, end in blocks_in(text, re.compile(r"\bb \{"))] == ["b { y }"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("struct s { int a; }", {"s"}),
        ("struct { int a; } s_t, *s_p", {"s_t", "s_p"}),
        ("union u { int a; } u_t", {"u", "u_t"}),
        ("struct s { struct { int x; } in; } t", {"s", "t"}),
        ("struct { int a; }", set()),
    ],
)
def test_the_names_of_a_record(body: str, names: set[str]) -> None:
    """A record's names are its tag and the names behind it, without its members."""
    assert names_of(body) == names


@pytest.mark.parametrize(
    ("body", "macros", "asked"),
    [
        ("struct s {\n#ifdef A\nint a;\n#elif B > C\nint b;\n#endif\n}", (), {"A", "B", "C"}),
        ("struct s { int a[N]; }", ("N",), set()),
        ("struct { int a; } PACKED", ("PACKED",), {"PACKED"}),
        ("struct { int a; } PACKED s_t", ("PACKED",), {"s_t"}),
        ("struct { int a; } PACKED OTHER", ("PACKED", "OTHER"), {"PACKED", "OTHER"}),
        ("struct { int a; } s_t, PACKED p_t", ("PACKED",), {"s_t", "p_t"}),
        ("struct { int a; } PACKED __aligned", ("PACKED", "__aligned"), {"PACKED", "__aligned"}),
    ],
)
def test_the_words_that_a_record_asks(body: str, macros: tuple[str, ...], asked: set[str]) -> None:
    """Words in conditions are asked. A bound, and a word before a name, must exist anyway."""
    assert asked_by(body, macros) == asked


def test_the_words_of_a_record() -> None:
    """A record's words include those of conditions only. A call's name has its bracket, too."""
    body = "struct s {\n#if A\nint a[F (3)];\n#define D E\n#endif\n}"
    assert words_of(body) == {"struct", "s", "A", "int", "a", "F", "F("}


@pytest.mark.parametrize(
    ("text", "pack"),
    [
        ("", ""),
        ("#pragma pack(1)\n", "pack(1)"),
        (" # pragma  pack (push, 1)\n", "pack(push,1)"),
        ("#pragma pack(1)\n#pragma pack(2)\n", "pack(2)"),
        ("#pragma pack(push, 1)\n#pragma pack(pop)\n", ""),
        ("#pragma pack(1)\n#pragma pack()\n", ""),
        ("#pragma once\n", ""),
        ("int pack(1);\n", ""),
    ],
)
def test_the_pack_that_is_open(text: str, pack: str) -> None:
    """The open pack is the last one before a place that is not closed or replaced."""
    assert open_pack(f"{text}HERE\n#pragma pack(8)\n", len(text)) == pack
