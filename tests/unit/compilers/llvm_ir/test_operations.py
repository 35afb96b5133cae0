"""operations.py: LLVM's instructions on integers and on bits (LLVM Language Reference)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from layoutcheck.compilers.llvm_ir.formulas import Formulas
from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.ir_text import Operand, read_function
from layoutcheck.compilers.llvm_ir.operations import (
    Operation,
    find_intrinsic,
    find_operation,
    pairs,
)
from layoutcheck.compilers.llvm_ir.symbolic_integers import Value, Words
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from tests.ir_functions import LITTLE, call, ir_function, result_of


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("ret i64 -1", 2**64 - 1),
        ("%a = add nuw nsw i8 -1, 2\n%b = zext i8 %a to i64\nret i64 %b", 1),
        ("%a = sub i64 1, 2\n%b = lshr i64 %a, 60\nret i64 %b", 15),
        ("%a = mul i64 3, 4\n%b = udiv i64 %a, 5\n%c = urem i64 %b, 2\nret i64 %c", 0),
        ("%a = or disjoint i64 1, 6\n%b = xor i64 %a, 2\n%c = and i64 %b, 12\nret i64 %c", 4),
        ("%a = ashr i8 -128, 6\n%b = sext i8 %a to i64\nret i64 %b", 2**64 - 2),
        ("%a = shl nuw i64 1, 63\n%b = trunc i64 %a to i8\n%c = zext i8 %b to i64\nret i64 %c", 0),
        ("%c = icmp samesign slt i8 -1, 1\n%a = select i1 %c, i64 7, i64 8\nret i64 %a", 7),
        ("%c = icmp ult i8 -1, 1\n%a = select i1 %c, i64 7, i64 8\nret i64 %a", 8),
        ("%a = freeze i64 5\nret i64 %a", 5),
        ("%a = tail call i64 @llvm.umin.i64(i64 range(i64 0, 9) 7, i64 noundef 4)\nret i64 %a", 4),
        ("%a = call i16 @llvm.bswap.i16(i16 258)\n%b = zext i16 %a to i64\nret i64 %b", 513),
        ("%a = call i8 @llvm.bitreverse.i8(i8 3)\n%b = zext i8 %a to i64\nret i64 %b", 0xC0),
        ("%a = call i8 @llvm.fshl.i8(i8 1, i8 -128, i8 1)\n%b = zext i8 %a to i64\nret i64 %b", 3),
        ("%a = call i8 @llvm.fshr.i8(i8 1, i8 0, i8 1)\n%b = zext i8 %a to i64\nret i64 %b", 128),
        ("%p = ptrtoint ptr %record to i64\n%a = and i64 %p, 7\nret i64 %a", 0),
    ],
)
def test_values(body: str, expected: int) -> None:
    """Integers wrap at their width; a comparison is signed if its name is."""
    assert result_of(body) == expected


def _signed(number: int) -> int:
    return number - (number >> 7 << 8)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("add i8 %a, %b", lambda a, b: a + b),
        ("sub i8 %a, %b", lambda a, b: a - b),
        ("mul i8 %a, 13", lambda a, _: a * 13),
        ("xor i8 %a, %b", lambda a, b: a ^ b),
        ("shl i8 %a, %c", lambda a, b: a << b % 8),
        ("lshr i8 %a, %c", lambda a, b: a >> b % 8),
        ("ashr i8 %a, %c", lambda a, b: _signed(a) >> b % 8),
        ("call i8 @llvm.umin.i8(i8 %a, i8 %b)", min),
        ("call i8 @llvm.umax.i8(i8 %a, i8 %b)", max),
        (
            "call i8 @llvm.smin.i8(i8 %a, i8 %b)",
            lambda a, b: min(a, b, key=_signed),
        ),
        (
            "call i8 @llvm.smax.i8(i8 %a, i8 %b)",
            lambda a, b: max(a, b, key=_signed),
        ),
        ("call i8 @llvm.uadd.sat.i8(i8 %a, i8 %b)", lambda a, b: min(a + b, 255)),
        ("call i8 @llvm.usub.sat.i8(i8 %a, i8 %b)", lambda a, b: max(a - b, 0)),
        ("zext i4 %half to i8", lambda a, _: a % 16),
        ("call i8 @llvm.bitreverse.i8(i8 %a)", lambda a, _: int(f"{a:08b}"[::-1], 2)),
        ("call i8 @llvm.fshl.i8(i8 %a, i8 %b, i8 5)", lambda a, b: a << 5 | b >> 3),
        ("select i1 %less, i8 %a, i8 7", lambda a, b: a if _signed(a) <= _signed(b) else 7),
        ("sext i1 %equal to i8", lambda a, b: -(a == b)),
    ],
)
def test_arithmetic_of_bits(operation: str, expected: Callable[[int, int], int]) -> None:
    """Arithmetic of formulas has the results of integers."""
    body = f"""
      %a = load i8, ptr %value
      %b = load i8, ptr %record
      %c = and i8 %b, 7
      %half = trunc i8 %a to i4
      %less = icmp sle i8 %a, %b
      %equal = icmp eq i8 %a, %b
      %x = {operation}
      %y = zext i8 %x to i64
      ret i64 %y"""
    machine = Machine(LITTLE + ir_function(body))
    random = Random(1)  # noqa: S311 - repeatable
    numbers = [(0, 0), (0xFF, 0xFF), (0x80, 0x7F), (3, 3)]
    numbers += [(random.randrange(1 << 8), random.randrange(1 << 8)) for _ in range(6)]
    for a, b in numbers:
        found, _ = call(machine, b.to_bytes(1, "little"), a)
        assert found == expected(a, b) & 0xFF, (a, b)


def operation(line: str, pointer_bits: int = 64) -> tuple[Operation, tuple[Operand, ...]]:
    """The operation of one instruction, and its operands."""
    (block,) = read_function(f"\n%r = {line}").blocks.values()
    return find_operation(block[0], pointer_bits, Words(Formulas()))


@pytest.mark.parametrize(
    ("line", "operands", "expected"),
    [
        ("zext i8 %a to i64", (0xFF,), 0xFF),
        ("sext i8 %a to i16", (0x80,), 0xFF80),
        ("trunc i64 %a to i8", (0x1FF,), 0xFF),
        ("ptrtoint ptr %a to i32", (0x1_0000_0001,), 1),
        ("sub i8 %a, %b", (0, 1), 0xFF),
        ("mul i8 %a, %b", (16, 16), 0),
        ("urem i8 %a, %b", (-1, 16), 15),
        ("ashr i8 %a, %b", (0x80, 7), 0xFF),
        ("icmp sgt i8 %a, %b", (0x80, 0x7F), 0),
        ("icmp ugt i8 %a, %b", (0x80, 0x7F), 1),
        ("icmp eq i8 %a, %b", (-1, 255), 1),
        ("getelementptr i32, ptr %a, i64 %b", (0x100, 3), 0x10C),
        ("getelementptr i8, ptr %a, i64 %b", (0x100, -1), 0xFF),
        ("getelementptr [4 x i16], ptr %a, i64 %b, i64 %c", (0x100, 1, 3), 0x10E),
        ("getelementptr ptr, ptr %a, i64 %b", (0x100, 2), 0x110),
    ],
)
def test_known_operands(line: str, operands: tuple[int, ...], expected: int) -> None:
    """The result is not negative and below the limit of its width."""
    function, names = operation(line)
    assert names == ("%a", "%b", "%c")[: len(operands)]
    assert function(*operands) == expected


def test_addresses_wrap_at_the_width_of_pointers() -> None:
    """An index counts with its sign there ("getelementptr")."""
    function, _ = operation("getelementptr ptr, ptr %a, i32 %b", 32)
    assert function(4, 0xFFFF_FFFF) == 0
    assert function(0, 0xFFFF_FFFF) == 0xFFFF_FFFC


@pytest.mark.parametrize(
    ("line", "operands", "words"),
    [
        ("udiv i8 %a, %b", (1, 256), "it divides by zero"),
        ("urem i8 %a, %b", (1, 0), "it divides by zero"),
        ("shl i8 %a, %b", (1, 8), "it shifts 8 bits by 8"),
        ("getelementptr i8, ptr %a, i64 %b", (0, (2,)), "an address or a size depends on"),
        ("udiv i8 %a, %b", ((2,) * 8, 3), "it does udiv with the bits"),
    ],
)
def test_operands_without_a_result(line: str, operands: tuple[Value, ...], words: str) -> None:
    """Operands with undefined or too large results are refused."""
    function, _ = operation(line)
    with pytest.raises(NotUnderstoodError, match=f"^{words}"):
        function(*operands)


@pytest.mark.parametrize(
    ("name", "types", "words"),
    [
        ("llvm.ctpop.i8", ("i8",), "it calls llvm.ctpop.i8"),
        ("llvm.uadd.with.overflow.i8", ("i8", "i8"), "it calls llvm.uadd.with.overflow.i8"),
        ("llvm.sadd.sat.i8", ("i8", "i8"), "it calls llvm.sadd.sat.i8"),
    ],
)
def test_a_function_of_llvm_that_is_not_known(
    name: str, types: tuple[str, ...], words: str
) -> None:
    """The error names the function of LLVM."""
    with pytest.raises(NotUnderstoodError, match=f"^{words}$"):
        find_intrinsic(name, types, 64, Words(Formulas()))


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("umin", (0xFF, 1), 1),
        ("smin", (0xFF, 1), 0xFF),
        ("umax", (0xFF, 1), 0xFF),
        ("smax", (0xFF, 1), 1),
        ("uadd.sat", (200, 100), 255),
        ("uadd.sat", (200, 55), 255),
        ("uadd.sat", (1, 0), 1),
        ("usub.sat", (1, 2), 0),
        ("usub.sat", (2, 2), 0),
        ("usub.sat", (3, 2), 1),
        ("bitreverse", (0b1011,), 0b1101_0000),
        ("fshl", (1, 0x80, 0), 1),
        ("fshl", (1, 0x80, 8), 1),
        ("fshl", (1, 0x80, 1), 3),
        ("fshr", (1, 0x80, 0), 0x80),
        ("fshr", (1, 0x80, 9), 0xC0),
    ],
)
def test_functions_of_llvm(name: str, arguments: tuple[int, ...], expected: int) -> None:
    """A funnel shift is by its last argument modulo the width ("llvm.fshl")."""
    function = find_intrinsic(f"llvm.{name}.i8", ["i8"] * len(arguments), 64, Words(Formulas()))
    assert function(*arguments) == expected


def test_bytes_are_swapped() -> None:
    """LLVM has `bswap` for an even count of bytes."""
    for width, value, expected in ((16, 0x0102, 0x0201), (32, 0x0102_0304, 0x0403_0201)):
        function = find_intrinsic(f"llvm.bswap.i{width}", [f"i{width}"], 64, Words(Formulas()))
        assert function(value) == expected


def test_an_instruction_that_is_not_known() -> None:
    """The error shows the instruction's text."""
    with pytest.raises(NotUnderstoodError, match=r"^it does: fneg double %a$"):
        operation("fneg double %a")


def test_parts_two_by_two() -> None:
    """An odd number of parts is an error."""
    assert pairs(("i8", 1, "i64", "%a")) == [("i8", 1), ("i64", "%a")]
    with pytest.raises(ValueError, match="shorter"):
        pairs(("i8",))
