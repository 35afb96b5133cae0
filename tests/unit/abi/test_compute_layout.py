"""abi against the real clang, on declarations that the random records of tests/property lack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.errors import DeclarationError
from layoutcheck.model.layout import byte_size_of
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.clang_record_layouts import places_in
from tests.dwarf_objects import compile_c_text, linker
from tests.questions import ask_types

RULES = """\
typedef struct plain plain_t;
typedef int (function_t)(int, struct nowhere *);
__extension__ typedef unsigned long long ull;
struct plain { char c; plain_t *self; function_t *call; };
static const struct variable { int x; } made = { .x = 1 }, *other = &made;
static __inline int body(struct plain *p) { struct local { int l; } v = { 1 }; return (v.l); }
enum numbers { ZERO, ONE, BIG = 1 << 20, SIZE = sizeof(struct plain), NEXT, LETTER = 'a',
    OCTAL = 010, HEX = 0xffu, ROUNDED = ((SIZE + 15) & ~15), CHOSEN = ONE ? 7 : 1 / ZERO,
    NOT = !ONE, NEGATIVE = -7 / 2, REMAINDER = -7 % 3, SHIFTED = 0x80000000 >> 31,
    COMPARED = -1 < 0u, CAST = (unsigned char)-1, TRUTH = (_Bool)7, EITHER = ZERO || ONE };
struct outer { int a; struct { char b[4]; } in; };
struct two { short two[2][3]; char nested[__builtin_offsetof(struct outer, in.b[1])]; };
struct bounds {
    char next[NEXT], rounded[ROUNDED], chosen[CHOSEN], negative[10 + NEGATIVE];
    char remainder[10 + REMAINDER], shifted[SHIFTED], compared[1 + COMPARED], cast[CAST];
    char letter[LETTER], octal[OCTAL], truth[TRUTH], either[EITHER], text[sizeof("text")];
    char of[__builtin_offsetof(struct plain, self)], old[(unsigned long)&((struct plain *)0)->call];
    char member[sizeof(((struct plain *)0)->self)], element[sizeof(((struct two *)0)->two[1])];
    char aligned[_Alignof(double)], preferred[__alignof__(double)], wide[sizeof(1ull << 1)];
};
struct __attribute__((packed)) before { char c; int i; };
struct after { char c; int i; } __attribute__((__packed__, __aligned__(4))) after_one;
struct prefix { char c; __attribute__((aligned(16))) int a, b; };
struct among { char c; int __attribute__((aligned(8))) a; const __attribute__((unused)) int b; };
struct behind { char a, b __attribute__((aligned(4))), c; int *p __attribute__((packed)); };
struct arrays { char c; int (*f[2])(void) __attribute__((packed));
    short s[3] __attribute__((packed)); };
struct bits { char c; int a : 3 __attribute__((packed)), b : 31; };
typedef struct { char c; int i; } __attribute__((packed)) packed_t, *packed_p;
typedef int low __attribute__((aligned(2)));
typedef struct { char c[3]; } three_t;
typedef struct { char c[12]; } twelve_t;
struct atomics { char a; _Atomic(three_t) b; char c; _Atomic twelve_t d; char e; };
struct enums { char a; enum { E1 } __attribute__((aligned(2))) b; char c;
    enum __attribute__((aligned(16))) { E2 } d; };
struct straddling { int a; char z; long long b : 40; low c : 20; int d; low e : 30; };
struct lowered { char c; low l; packed_t p; struct { char d; low m[2]; } in; };
#pragma pack(2)
struct pragma { char c; int i; struct { char d; long l; } in; };
#pragma pack(push, 4)
struct undone { char a; int b : 1 __attribute__((aligned(2))); } __attribute__((packed));
#pragma pack(pop)
#pragma pack()
struct unpragma { char c; int i; struct pragma p; };
struct va { char c; __builtin_va_list list; };
struct typed { char c; __typeof__(int) i, j __attribute__((packed)); _Alignas(8) char a, b;
    __typeof__((long double)0) l; _Atomic(int) d __attribute__((packed)); };
struct tagged { enum inside { INSIDE = 3 } e; struct deep { char d[INSIDE]; } deep; };
struct empty { };
struct holds { char c; struct empty e; int i[0]; union { char x; int y; }; };
"""


def _compared(target: Target, folder: Path) -> int:
    defined = re.findall(
        r"^(?:static const )?struct (?:__attribute\S+ )?(\w+) \{", RULES, re.MULTILINE
    )
    names = [*(f"struct {name}" for name in defined), "struct deep", "packed_t"]
    probe = render_c_probe((), ask_types(names))
    triple, flags = target.clang_triple("15.0"), target.kernel_flags
    compiled = compile_c_text(RULES + probe, folder, flags=flags, triple=triple)
    read = read_layouts(link_shared(linker(), compiled)).records
    calculator = Calculator(Unit(RULES), find_psabi(target.name))
    for number, name in enumerate(names):
        said, computed = read[ProbeKey("type", number)], calculator.explain(name).record
        assert computed.name == said.name
        assert (computed.byte_size, computed.alignment) == (said.byte_size, said.alignment), name
        if name != "struct va":
            assert list(places_in(computed)) == list(places_in(said)), name
            sizes = [(m.name, byte_size_of(m.type)) for m in said.members]
            assert [(m.name, byte_size_of(m.type)) for m in computed.members] == sizes
    return len(names)


@pytest.mark.needs_clang
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_headers_write_is_computed_as_clang_does(target: Target, tmp_path: Path) -> None:
    """Attributes at all places, constants, pragmas, typedefs and va_list are as in clang."""
    assert _compared(target, tmp_path) == 26


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        ("struct s { struct nowhere n; };", "struct s", "struct nowhere is incomplete"),
        ("struct s { nowhere_t n; };", "struct s", "pycparser does not understand"),
        ("struct s { char c[f(1)]; };", "struct s", "a call is not understood"),
        ("struct s { char c[1 / 0]; };", "struct s", "a division by zero has no value"),
        ("struct s { char c[1 - 2]; };", "struct s", "an array of -1 elements"),
        ("struct s { char c : 9; };", "struct s", "wider than its type"),
        ("struct s { _Complex double c; };", "struct s", "the type _Complex double"),
        ("struct s { int i __attribute__((mode(DI))); };", "struct s", "the attribute mode"),
        ("struct s { int *__attribute__((aligned(8))) p; };", "struct s", "of a pointer"),
        ("typedef int t; struct s { t *__attribute__((packed)) p; };", "struct s", "of a pointer"),
        ("struct s { char c; int : 3 __attribute__((packed)); };", "struct s", "without a name"),
        ("struct s { enum { A __attribute__((packed)) } e; };", "struct s", "at this place"),
        ("struct r; struct s { struct __attribute__((packed)) r *p; };", "struct s", "elsewhere"),
        ("enum e { A }; typedef enum e e_t;", "e_t", "e_t is no struct or union"),
        ("struct s { __typeof__(((struct r *)0)->i) i; };", "struct s", "TypeOf is not understood"),
        (
            "struct s { _Atomic(int) i, j __attribute__((packed)); };",
            "struct s",
            "lost an attribute",
        ),
        ("int i;", "struct s", "struct s is incomplete"),
        ("int i;", "s_t", "s_t is no type that is declared here"),
        ("struct s { int v __attribute__((vector_size(16))); };", "struct s", "vector_size"),
    ],
)
def test_what_is_not_understood_is_said(text: str, asked: str, words: str) -> None:
    """A declaration that is not understood is an error that names the part."""
    calculator = Calculator(Unit(text), find_psabi("amd64"))
    with pytest.raises(DeclarationError, match=words):
        calculator.explain(asked)
