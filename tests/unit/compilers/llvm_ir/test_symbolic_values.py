"""symbolic_values.py: a value that a method was given, and the places where its bits matter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.memory import value_variable
from layoutcheck.compilers.llvm_ir.symbolic_values import Executed
from layoutcheck.model.bit_access import WORD
from tests.ir_functions import BIG, LITTLE, ir_function


class Setter(Executed):
    """A method that was given a value, with the questions that tests ask about it."""

    def __init__(self, body: str, *, layout: str = LITTLE, size: int = 1, ranges: str = "") -> None:
        self.machine = Machine(layout + ir_function(body) + ranges)
        self.outcome = self.machine.call("f", 8)
        super().__init__(self.machine, self.outcome, first=0, size=size)

    @property
    def names(self) -> list[int]:
        """The variables of the value, its lowest bit first."""
        return self._names

    def possible(self) -> list[int]:
        """The bits that may be 1."""
        return self._possible()

    def accepted(self) -> tuple[int, int]:
        """The widths up to which every value is written."""
        return self._accepted(self.outcome.returns)

    def harmless(self, byte: int, place: int) -> int:
        """The width up to which no value changes a bit of the record."""
        number = self.outcome.memory.record_bit(byte, place)
        old = self._formulas.variable(FIRST_OF_RECORD + number)
        bits = self.outcome.memory.written.get(byte)
        return self._harmless(old, old if bits is None else bits[place])

    def is_always(self, value: int) -> bool:
        """Return whether the result is always the expected one if the method returns."""
        result = self.outcome.result
        assert isinstance(result, tuple)
        return all(self._same(bit, value >> n & 1) for n, bit in enumerate(result))

    def ordered(self, bits: Sequence[int | None]) -> tuple[int | None, ...]:
        """Bits in the order of their places in a record."""
        return self._ordered(bits)


FIRST_OF_RECORD = 0x1000 * 8
PANICS = """
    %a = load i8, ptr %value, !range !7
    {refused}
    br i1 %bad, label %no, label %yes
    no:
    unreachable
    yes:
    {written}
    ret i64 1"""
STORES = "store i8 %a, ptr %record"
TWO_BITS = """%low = and i8 %a, 3
    %b = load i8, ptr %record
    %h = and i8 %b, -4
    %n = or i8 %h, %low
    store i8 %n, ptr %record"""


def setter(refused: str, written: str = STORES, *, ranges: str = "") -> Setter:
    """A method that panics for some values, and writes the others."""
    return Setter(PANICS.format(refused=refused, written=written), ranges=ranges)


def test_the_variables_of_a_value() -> None:
    """A machine's first byte is its lowest, or on a big-endian one its highest."""
    little = Setter("ret i64 0", size=2)
    assert little.names == [value_variable(n) for n in range(16)]
    big = Setter("ret i64 0", size=2, layout=BIG)
    assert big.names == [value_variable(n) for n in (*range(8, 16), *range(8))]


@pytest.mark.parametrize(
    ("refused", "accepted"),
    [
        ("%bad = icmp ugt i8 %a, 3", (2, 0)),
        ("%bad = icmp ugt i8 %a, 2", (1, 0)),
        ("%bad = icmp ne i8 %a, 0", (0, 0)),
        ("%bad = icmp eq i8 %a, 128", (7, 7)),
        ("%b = add i8 %a, 4\n%bad = icmp ugt i8 %b, 7", (2, 3)),
        ("%bad = icmp slt i8 %a, 0", (7, 0)),
    ],
)
def test_the_widths_that_a_method_accepts(refused: str, accepted: tuple[int, int]) -> None:
    """A value's width is with or without a sign: -4 to 3 need three bits with it."""
    assert setter(refused).accepted() == accepted


def test_a_method_that_never_panics_accepts_every_width() -> None:
    """A method that never panics accepts every width, even more bits than its value has."""
    assert Setter("ret i64 0").accepted() == (WORD, WORD)


def test_values_that_do_not_exist_are_not_refused() -> None:
    """A bool is 0 or 1: that the method panics for 2 does not matter."""
    ranges = "\n!7 = !{i8 0, i8 2}\n"
    found = setter("%bad = icmp ugt i8 %a, 1", ranges=ranges)
    assert found.accepted() == (WORD, WORD)
    assert found.possible() == [0]
    assert setter("%bad = icmp ugt i8 %a, 1").possible() == list(range(8))


def test_the_width_up_to_which_a_bit_is_left_alone() -> None:
    """The width is whole if the method never writes the bit, and 0 if it always changes it."""
    found = setter("%bad = icmp ugt i8 %a, 15", STORES)
    assert found.harmless(0, 3) == 0
    assert found.harmless(1, 0) == 8
    kept = setter("%bad = icmp ugt i8 %a, -1", TWO_BITS)
    assert [kept.harmless(0, place) for place in (0, 1, 2, 7)] == [0, 0, 8, 8]
    spilling = "%b = load i8, ptr %record\n%n = or i8 %b, %a\nstore i8 %n, ptr %record"
    assert [setter("%bad = icmp ugt i8 %a, -1", spilling).harmless(0, n) for n in (0, 2, 7)] == [
        0,
        2,
        7,
    ]


def test_formulas_are_compared_where_the_method_returns() -> None:
    """Formulas that differ only where the method does not return are equal."""
    body = """
      %a = load i8, ptr %value
      %bad = icmp ne i8 %a, 5
      br i1 %bad, label %no, label %yes
    no:
      unreachable
    yes:
      %r = zext i8 %a to i64
      ret i64 %r"""
    found = Setter(body)
    assert found.is_always(5)
    assert not found.is_always(4)


def test_the_order_of_bits_in_a_record() -> None:
    """DWARF counts from the highest on a big-endian machine."""
    assert Setter("ret i64 0").ordered([1, None, 3]) == (1, None, 3)
    assert Setter("ret i64 0", layout=BIG).ordered([1, None, 3]) == (3, None, 1)
