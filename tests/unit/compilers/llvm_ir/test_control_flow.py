"""control_flow.py: both branches are executed if the condition depends on bits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from tests.ir_functions import BIG, LITTLE, call, ir_function, result_of


def test_control_flow() -> None:
    """A loop with values of two rounds, a switch over lines, and a call add up: 1 + 2 + 4 + 8."""
    body = """
    start:
      br label %again
    again:                     ; preds = %start, %again
      %i = phi i64 [ 0, %start ], [ %next, %again ]
      %sum = phi i64 [ 0, %start ], [ %more, %again ]
      %bit = call i64 @bit(i64 noundef %i)
      %more = or i64 %sum, %bit
      %next = add nuw nsw i64 %i, 1
      %done = icmp eq i64 %next, 4
      br i1 %done, label %end, label %again
    end:
      switch i64 %more, label %other [
        i64 3, label %other
        i64 15, label %right
      ]
    other:
      unreachable
    right:
      ret i64 %more"""
    called = "define internal i64 @bit(i64 %n) {\nstart:\n  %b = shl i64 1, %n\n  ret i64 %b\n}\n"
    assert call(Machine(LITTLE + ir_function(body) + called))[0] == 15


def test_phis_take_their_values_at_once() -> None:
    """Two that exchange their values do not see each other's new one."""
    body = """
    start:
      br label %again
    again:
      %a = phi i64 [ 1, %start ], [ %b, %again ]
      %b = phi i64 [ 2, %start ], [ %a, %again ]
      %n = phi i64 [ 0, %start ], [ %next, %again ]
      %next = add i64 %n, 1
      %done = icmp eq i64 %n, 1
      br i1 %done, label %end, label %again
    end:
      ret i64 %a"""
    assert result_of(body) == 2


RECORDS = [bytes((n, 7 * n % 256, 255 - n, 0, 1, 2, 3, n)) for n in range(0, 256, 5)]
LOOP = """
    start:
      br label %outer
    outer:
      %value = phi i64 [ 0, %start ], [ %more, %set ]
      %from = phi i64 [ 0, %start ], [ %next, %set ]
      br label %again
    again:
      %i = phi i64 [ %from, %outer ], [ %next, %test ]
      %inside = icmp ult i64 %i, 11
      br i1 %inside, label %test, label %end
    test:
      %next = add i64 %i, 1
      %at = lshr i64 %i, 3
      %p = getelementptr i8, ptr %record, i64 %at
      %byte = load i8, ptr %p
      %low = trunc i64 %i to i8
      %by = and i8 %low, 7
      %mask = shl i8 1, %by
      %bit = and i8 %byte, %mask
      %off = icmp eq i8 %bit, 0
      br i1 %off, label %again, label %set
    set:
      %one = shl i64 1, %i
      %more = or i64 %value, %one
      br label %outer
    end:
      ret i64 %value"""
NESTED = """
    start:
      %a = load i8, ptr %record
      %low = icmp ult i8 %a, 100
      br i1 %low, label %less, label %rest
    less:
      store i8 9, ptr %record
      %lower = icmp ult i8 %a, 50
      br i1 %lower, label %least, label %rest
    least:
      ret i64 1
    rest:
      %n = phi i64 [ 2, %start ], [ 3, %less ]
      %p = getelementptr i8, ptr %record, i64 1
      store i8 %a, ptr %p
      %odd = and i8 %a, 1
      %is = icmp eq i8 %odd, 1
      %m = select i1 %is, i64 %n, i64 7
      ret i64 %m"""


def _looped(record: bytes) -> tuple[int, bytes]:
    return int.from_bytes(record, "little") & 0x7FF, record


def _nested(record: bytes) -> tuple[int, bytes]:
    first, *rest = record
    if first < 50:
        return 1, bytes((9, *rest))
    rest[0] = first
    return (2 + (first < 100) if first % 2 else 7), bytes((9 if first < 100 else first, *rest))


@pytest.mark.parametrize(("body", "expected"), [(LOOP, _looped), (NESTED, _nested)])
@pytest.mark.parametrize("layout", [LITTLE, BIG])
def test_ways_that_part(
    body: str, expected: Callable[[bytes], tuple[int, bytes]], layout: str
) -> None:
    """Every record gives the result that the branches in Python give."""
    machine = Machine(layout + ir_function(body))
    assert [call(machine, record) for record in RECORDS] == list(map(expected, RECORDS))


SWITCH = """
    start:
      %a = load i8, ptr %record
      %low = and i8 %a, 7
      switch i8 %low, label %other [
        i8 2, label %two
        i8 -1, label %never
        i8 5, label %end
      ]
    two:
      br label %end
    never:
      unreachable
    other:
      %b = zext i8 %a to i64
      br label %end
    end:
      %n = phi i64 [ 20, %two ], [ 50, %start ], [ %b, %other ]
      ret i64 %n"""


def test_a_switch_over_bits() -> None:
    """Each case of a switch is a branch, except a case that is impossible."""
    machine = Machine(LITTLE + ir_function(SWITCH))
    found = [call(machine, bytes((n, 0)))[0] for n in range(16)]
    assert found == [{2: 20, 5: 50}.get(n % 8, n) for n in range(16)]


DIAMONDS = "".join(
    f"""
    d{n}:
      %a{n} = load i8, ptr %record
      %m{n} = and i8 %a{n}, {1 << n % 8}
      %c{n} = icmp eq i8 %m{n}, 0
      br i1 %c{n}, label %d{n + 1}, label %s{n}
    s{n}:
      %p{n} = getelementptr i8, ptr %record, i64 {1 + n // 8}
      %o{n} = load i8, ptr %p{n}
      %x{n} = xor i8 %o{n}, {1 << n % 8}
      store i8 %x{n}, ptr %p{n}
      br label %d{n + 1}"""
    for n in range(48)
)


def test_ways_that_part_one_after_the_other() -> None:
    """Branches join each time: 48 branches are not 2 to the 48 paths, and they do not nest."""
    machine = Machine(LITTLE + ir_function(f"{DIAMONDS}\n    d48:\n      ret i64 0"))
    record = bytes((0b1010_0110, 1, 2, 3, 4, 5, 6, 7))
    expected = bytes((record[0], *(byte ^ record[0] for byte in record[1:7]), 7))
    assert call(machine, record) == (0, expected)


NEVER = """
    start:
      %a = load i8, ptr %record
      %c = icmp eq i8 %a, 0
      br i1 %c, label %bad, label %worse
    bad:
      unreachable
    worse:
      unreachable"""


def test_ways_none_of_which_returns() -> None:
    """A function that never returns is not understood."""
    with pytest.raises(NotUnderstoodError, match=r"^it never returns$"):
        Machine(LITTLE + ir_function(NEVER)).call("f", 1)


IMPOSSIBLE = """
    start:
      %a = load i8, ptr %record
      %c = icmp ult i8 %a, 4
      br i1 %c, label %small, label %end
    small:
      %d = icmp ugt i8 %a, 9
      br i1 %d, label %out, label %end
    out:
      %p = getelementptr i8, ptr %record, i64 4096
      %v = load i8, ptr %p
      br label %end
    end:
      %r = phi i64 [ 1, %start ], [ 2, %small ], [ 3, %out ]
      ret i64 %r"""


def test_a_way_that_no_record_goes() -> None:
    """A branch that no record takes is not executed, even if it would be refused."""
    machine = Machine(LITTLE + ir_function(IMPOSSIBLE))
    assert [call(machine, bytes((n, 0)))[0] for n in (0, 3, 4, 200)] == [2, 2, 1, 1]


def test_a_value_that_only_one_way_has() -> None:
    """A value of only one branch does not exist after the join."""
    body = """
    start:
      %a = load i8, ptr %record
      %c = icmp eq i8 %a, 0
      br i1 %c, label %one, label %end
    one:
      %v = add i64 1, 2
      br label %end
    end:
      ret i64 %v"""
    with pytest.raises(NotUnderstoodError, match=r"^%v has no value$"):
        result_of(body)
