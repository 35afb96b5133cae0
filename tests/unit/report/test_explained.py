"""report/explained.py: the text of an explanation, at 80 columns and more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.model.explanation import ExplainedRecord
from layoutcheck.report.explained import render_explanation

SAMPLE = """
typedef unsigned long far_t __attribute__((aligned(64)));
struct held { int i; } __attribute__((aligned(32)));
struct sample {
    char c;
    unsigned a : 30, b : 3, : 0;
    struct { char first; short second; } in;
    union { int i; char text[3]; };
    short moved __attribute__((aligned(8)));
    int squeezed __attribute__((packed));
    struct held held;
    enum { A, B = 300 } __attribute__((packed)) small : 9;
    unsigned bits : 3 __attribute__((packed));
    const struct a_structure_with_a_long_name *(*a_function_pointer[4])(int, ...);
    far_t far;
};
"""
EXPECTED = """\
Why C lays struct sample out so, computed from its declaration by System V ABI,
  AMD64 Architecture Processor Supplement, 3.1.2:

   off  size  after  align  member                      because
  ------------------------------------------------------------------------------
     0     1      0      1  char c                      its type
     1     3                /* hole */                  a would cross a 4-byte
                                                        unit
   4:0   :30      1      4  unsigned int a              bit 0 of its 4-byte unit
   7:6    :2                /* hole */                  b would cross a 4-byte
                                                        unit
   8:0    :3    7:6      4  unsigned int b              bit 0 of its 4-byte unit
  12:0    :0    8:3      4  unsigned int                width 0: what follows
                                                        begins at a multiple of
                                                        4
    12     4     12      2  struct {...} in             its type
    12     1     12      1    char first                its type
    13     1                  /* hole */                second begins at a
                                                        multiple of 2
    14     2     13      2    short second              its type
    16     4     16      4  union {...}                 its type
    16     4     16      4    int i                     its type
    16     3     16      1    char text[3]              its type
    20     4                /* hole */                  moved begins at a
                                                        multiple of 8
    24     2     20      8  short moved                 aligned on the member;
                                                        its type asks for 2
    26     4     26      1  int squeezed                packed; its type asks
                                                        for 4
    30     2                /* hole */                  held begins at a
                                                        multiple of 32
    32    32     30     32  struct held held            aligned on its record
                                                        type
  64:0    :9     64      2  enum {...} small            bit 0 of its 2-byte unit
  65:1    :3   65:1      1  unsigned int bits           packed: at the next bit
  65:4   :52                /* hole */                  a_function_pointer
                                                        begins at a multiple of
                                                        8
    72    32   65:4      8  a_function_pointer          its type
   104    24                /* hole */                  far begins at a multiple
                                                        of 64
   128     8    104     64  far_t far                   aligned on its typedef
   136    56                /* padding */               the size is a multiple
                                                        of the alignment, 64

Size 192, alignment 64: the greatest that a member asks for (far).
"""


def explained(text: str, name: str, target: str = "amd64") -> ExplainedRecord:
    """Return the calculator's explanation of a record."""
    return Calculator(Unit(text), find_psabi(target)).explain(name)


def test_a_record_with_everything() -> None:
    """Holes, storage units, attributes, nested records and padding each have their reason."""
    text = render_explanation(explained(SAMPLE, "struct sample"), "struct sample")
    assert text == EXPECTED


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_width(width: int) -> None:
    """No line is longer than the width, and no name is cut."""
    text = render_explanation(explained(SAMPLE, "struct sample"), "struct sample", width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "a_function_pointer" in text


def test_pragma_and_packed_are_said() -> None:
    """The summary names attributes of the whole record."""
    packed = explained("struct s { char c; int i; } __attribute__((packed));", "struct s")
    assert "Size 5, alignment 1: no member asks for more. The record is packed." in (
        render_explanation(packed, "struct s")
    )
    pragma = explained("#pragma pack(2)\nstruct s { char c; int i; };", "struct s")
    text = render_explanation(pragma, "struct s")
    assert "#pragma pack; its type asks for 4" in text
    assert " #pragma pack(2) is" in text


def test_where_clang_says_otherwise_it_comes_first() -> None:
    """A layout that differs from clang's has a warning first; an equal one has none."""
    found = explained("struct s { char c; int i; };", "struct s")
    clang = replace(found.record, byte_size=12)
    words = "! This is not what clang says: one of the two is wrong. Please report it."
    assert words in render_explanation(found, "struct s", clang=clang).splitlines()
    colored = render_explanation(found, "struct s", clang=clang, color=True)
    assert f"\033[31m{words}\033[0m" in colored
    assert words not in render_explanation(found, "struct s", clang=found.record)
