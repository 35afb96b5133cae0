"""Functions of LLVM's IR, in rustc's form, executed; and refused ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.memory import value_variable
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from tests.ir_functions import LITTLE, ir_function, result_of


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("unreachable", "it never returns"),
        ("%a = fadd double 1.0, 2.0\nret i64 0", "it does: fadd"),
        ("%a = add <2 x i8> %x, %y\nret i64 0", "it does: add <2 x i8>"),
        ("ret i64 undef", "it does: ret i64 undef"),
        ("ret i64 %nowhere", "%nowhere has no value"),
        ("%a = load i8, ptr @table, align 1\nret i64 0", "it does: load i8, ptr @table"),
        ("%a = load i64, ptr inttoptr (i64 8 to ptr), align 8\nret i64 %a", "memory other"),
        (
            "%p = getelementptr i8, ptr %record, i64 8\n%a = load i8, ptr %p\nret i64 0",
            "memory other",
        ),
        (
            "%p = getelementptr i8, ptr %record, i64 -1\nstore i8 0, ptr %p\nret i64 0",
            "memory other",
        ),
        ("call void @abort()\nret i64 0", "it calls abort"),
        ("%a = call i64 @f(ptr %record, ptr %value)\nret i64 %a", "calls itself too often"),
        ("%a = call i64 @llvm.ctpop.i64(i64 3)\nret i64 %a", "it calls llvm.ctpop.i64"),
        ("%a = shl i8 1, 8\nret i64 0", "it shifts 8 bits by 8"),
        ("%a = udiv i8 1, 0\nret i64 0", "it divides by zero"),
        ("start:\nbr label %start", "more than 30000 steps"),
        ("br label %away", "its form is not known"),
    ],
)
def test_what_is_refused(body: str, why: str) -> None:
    """Each refused instruction is named in the reason."""
    with pytest.raises(NotUnderstoodError) as caught:
        result_of(body)
    assert why in str(caught.value)


def test_a_function_that_is_not_there() -> None:
    """A missing function, or one with other parameters, is refused."""
    machine = Machine(
        LITTLE + ir_function("ret i64 0", parameters="ptr %record, ptr %a, i64 %word")
    )
    with pytest.raises(NotUnderstoodError, match="it calls missing"):
        machine.call("missing", 8)
    with pytest.raises(NotUnderstoodError, match="in a way that is not known"):
        machine.call("f", 8)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [(LITTLE, 2**64 - 8), ('target datalayout = "e-m:e-p:32:32-n8:16:32"\n', 2**32 - 8)],
)
def test_pointers_have_the_machines_width(layout: str, expected: int) -> None:
    """Addresses wrap at the machine's width."""
    body = "%p = getelementptr i8, ptr null, i32 -8\n%a = ptrtoint ptr %p to i64\nret i64 %a"
    body = body.replace("i32 -8", "i64 -8")
    assert result_of(body, layout=layout) == expected


COUNTED = """
    start:
      %a = load i8, ptr %record
      %few = and i8 %a, 3
      br label %again
    again:
      %n = phi i8 [ %few, %start ], [ %less, %body ]
      %sum = phi i64 [ 0, %start ], [ %more, %body ]
      %none = icmp eq i8 %n, 0
      br i1 %none, label %end, label %body
    body:
      %less = sub i8 %n, 1
      %more = add i64 %sum, 5
      br label %again
    end:
      ret i64 %sum"""


PLACE = """
    %a = load i8, ptr %record
    %b = zext i8 %a to i64
    %p = getelementptr i8, ptr %record, i64 %b
    %c = load i8, ptr %p
    %d = zext i8 %c to i64
    ret i64 %d"""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (PLACE, "an address or a size depends on the bits"),
        (COUNTED.replace("i8 %a, 3", "i8 %a, 127"), "which way it goes depends on the bits"),
    ],
)
def test_what_depends_on_the_bits(body: str, why: str) -> None:
    """A place or a number of rounds that depends on the bits is not understood."""
    with pytest.raises(NotUnderstoodError, match=why):
        Machine(LITTLE + ir_function(body)).call("f", 8)


PANICS = """
    start:
      %a = load i8, ptr %value, !range !7
      %b = load i8, ptr %record
      %wide = icmp ugt i8 %a, 3
      br i1 %wide, label %bad, label %good
    bad:
      call void @core_panics(ptr @text, i64 3)
      unreachable
    good:
      store i8 %a, ptr %record
      ret i64 1"""


def test_a_panic() -> None:
    """A result holds for the possible values for which the function does not panic."""
    machine = Machine(LITTLE + ir_function(PANICS) + "\n!7 = !{i8 0, i8 9}\n")
    outcome, formulas = machine.call("f", 1), machine.formulas
    for value in range(16):
        known = {value_variable(place): value >> place & 1 for place in range(8)}
        assert formulas.where(outcome.returns, known) == (value < 4)
        assert formulas.where(outcome.values, known) == (value < 9)


@pytest.mark.parametrize(
    ("ranges", "inside"),
    [
        ("i8 1, i8 3", lambda n: 1 <= n < 3),
        ("i8 -1, i8 2", lambda n: n in (0, 1, 255)),
        ("i8 0, i8 1, i8 7, i8 0", lambda n: n == 0 or n >= 7),
    ],
)
def test_ranges_of_values(ranges: str, inside: Callable[[int], bool]) -> None:
    """Ranges may wrap to 0 and be several. Ranges of a record's bits are ignored."""
    body = "%a = load i8, ptr %value, align 1, !range !3, !noundef !4\nret i64 0"
    text = LITTLE + ir_function(body) + f"!3 = !{{{ranges}}}\n!4 = !{{}}\n"
    machine = Machine(text)
    values = machine.call("f", 1).values
    for n in range(256):
        known = {value_variable(place): n >> place & 1 for place in range(8)}
        assert machine.formulas.where(values, known) == inside(n)
    assert Machine(text.replace("ptr %value, align", "ptr %record, align")).call("f", 1).values == 1


def test_too_much_is_refused() -> None:
    """A product of two unknown words is refused, because it combines too many bits."""
    body = "%a = load i64, ptr %value\n%b = load i64, ptr %record\n%c = mul i64 %a, %b\nret i64 %c"
    with pytest.raises(NotUnderstoodError, match="combines too many bits"):
        Machine(LITTLE + ir_function(body)).call("f", 8)
