"""expressions.py: the values and types of constant expressions (C17, 6.6; GNU C)."""

from __future__ import annotations

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.abi.expressions import Expressions
from layoutcheck.abi.integers import Integer
from layoutcheck.abi.parsing import Node
from layoutcheck.errors import DeclarationError

DECLARED = """\
typedef int t; typedef char *string; enum e { A = 5, B = -1 }; enum wide { W = 1ull << 40 };
struct in { char c; struct { short s[4]; } deep[2]; };
struct m { char c; struct in in; union { int x; char y[3]; }; int b : 3; long long q; double d; };
"""


def evaluate(text: str, target: str = "amd64") -> Integer:
    """The value of an expression, as the bound of an array."""
    unit = Unit(f'{DECLARED}# 9 "a.h"\nstruct asked {{ char of[{text}]; }};')
    psabi = find_psabi(target)
    node: Node = unit.tagged("struct asked").decls[0].type.dim
    return Expressions(Calculator(unit, psabi), psabi).evaluate(node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("'a'", 97),
        ("A", 5),
        ("A + B * 2", 3),
        ("-A", -5),
        ("!A", 0),
        ("(unsigned char)-1", 255),
        ("(signed char)255", -1),
        ("(_Bool)7", 1),
        ("(t)3", 3),
        ("(enum e)-1", -1),
        ("(unsigned long)(string)0", 0),
        ("A ? 3 : 4", 3),
        ("!A ? 3 : 4", 4),
        ("A ? 7 : 1 / !A", 7),
        ("(1 ? -1 : 2u) > 0", 1),
        ("(1 ? -1 : 2) > 0", 0),
    ],
)
def test_the_value_of_an_expression(text: str, value: int) -> None:
    """The unselected result of a condition gives its type alone, and may have no value."""
    assert evaluate(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sizeof(int)", 4),
        ("sizeof(struct m)", 48),
        ("sizeof(t[3])", 12),
        ("sizeof(1)", 4),
        ("sizeof(1ll)", 8),
        ("sizeof(1 + 1ll)", 8),
        ("sizeof('a')", 4),
        ("sizeof(A)", 4),
        ("sizeof(W)", 8),
        ('sizeof("text")', 5),
        ('sizeof("a" "bc")', 4),
        ('sizeof("")', 1),
        ("sizeof((char)1)", 1),
        ("sizeof(((struct m *)0)->in)", 18),
        ("sizeof(((struct m *)0)->in.deep)", 16),
        ("sizeof(((struct m *)0)->in.deep[1].s[2])", 2),
        ("sizeof(((struct m *)0)->y)", 3),
        ("sizeof(*(struct m *)0)", 48),
        ("_Alignof(short)", 2),
        ("_Alignof(struct m)", 8),
    ],
)
def test_sizes_and_alignments(text: str, value: int) -> None:
    """Types have both, and so have expressions whose types casts and members make."""
    assert evaluate(text) == Integer(value, 8, signed=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("__builtin_offsetof(struct m, in)", 2),
        ("__builtin_offsetof(struct m, in.deep)", 4),
        ("__builtin_offsetof(struct m, in.deep[1].s[2])", 16),
        ("__builtin_offsetof(struct m, y)", 20),
        ("__builtin_offsetof(struct m, y[2])", 22),
        ("(unsigned long)&((struct m *)0)->q", 32),
        ("&((struct m *)0)->y", 20),
        ("&((struct m *)16)->in", 18),
    ],
)
def test_offsets_of_members(text: str, value: int) -> None:
    """Offsets are found from `offsetof` (C17, 7.19) and from the form used before it."""
    assert evaluate(text).value == value


def test_sizes_have_the_type_size_t() -> None:
    """Four bytes where pointers have four."""
    assert evaluate("sizeof(int)", "armv7") == Integer(4, 4, signed=False)
    assert evaluate("__builtin_offsetof(struct in, deep)", "i386") == Integer(2, 4, signed=False)


@pytest.mark.parametrize("type_", ["double", "long long", "unsigned long long", "double[2]"])
def test_the_preferred_alignment_on_i386(type_: str) -> None:
    """GCC's `__alignof__` is eight there, where the psABI's alignment, `_Alignof`, is four."""
    assert evaluate(f"__alignof__({type_})", "i386").value == 8
    assert evaluate(f"_Alignof({type_})", "i386").value == 4
    assert evaluate("__alignof__(struct m)", "i386").value == 4


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("f(1)", "a call is not understood"),
        ("1.5", "the constant 1.5 is not understood"),
        ("'\\0'", "the constant '\\0' is not understood"),
        ("1 / 0", "a division by zero has no value"),
        ("1 << 32", "a shift by 32 bits has no value"),
        ("nowhere", "nowhere is no enumerator: its value is not known"),
        ("(double)1", "a cast to a type that is not an integer is not understood"),
        ("sizeof(1 ? 1 : 2)", "the type of a TernaryOp is not understood"),
        ('sizeof("\\n")', 'the constant "\\n" is not understood'),
        ('sizeof(L"ab")', 'the constant L"ab" is not understood'),
        ('sizeof(u8"ab")', 'the constant u8"ab" is not understood'),
        ("__builtin_offsetof(struct m, b)", "a member that the record does not have is not"),
        ("__builtin_offsetof(struct m, nowhere)", "a member that the record does not have is not"),
        ("__builtin_offsetof(struct m, in[1])", "an element of a type that is not an array is not"),
        ("sizeof(*(int)0)", "what this points to is not understood"),
        ("(struct m){ 0 }.c", "a constant of the form StructRef is not understood"),
    ],
)
def test_an_expression_that_is_not_understood(text: str, what: str) -> None:
    """An expression that is not understood is an error with its part and place."""
    with pytest.raises(DeclarationError) as caught:
        evaluate(text)
    assert caught.value.what.startswith(what)
    assert caught.value.where in {"a.h:9", None}
    assert caught.value.where or "nowhere" in text


def test_a_constant_that_is_too_large_is_refused() -> None:
    """A constant that is too large is an error with its text and place."""
    with pytest.raises(DeclarationError) as caught:
        evaluate("0x1ffffffffffffffff")
    assert caught.value.what == "0x1ffffffffffffffff does not fit any integer type"
    assert caught.value.where == "a.h:9"
