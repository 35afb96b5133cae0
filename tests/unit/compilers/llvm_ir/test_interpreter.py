"""Functions of LLVM's IR, as rustc writes them, executed; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from layoutcheck.compilers.llvm_ir.formulas import TRUE
from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.memory import RECORD_BITS, value_variable
from layoutcheck.compilers.llvm_ir.symbolic_integers import bits_of
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

LITTLE = 'target datalayout = "e-m:e-i64:64-n8:16:32:64-S128"\n'
BIG = 'target datalayout = "E-m:e-Fn32-i64:64-n32:64"\n'
RECORD = bytes.fromhex("80 01 02 03 04 05 06 07")


def _function(body: str, *, parameters: str = "ptr %record, ptr noundef align 2 %value") -> str:
    lines = "\n".join(f"  {line.strip()}" for line in body.splitlines() if line.strip())
    return f"; a comment\ndefine noundef i64 @f({parameters}) unnamed_addr #0 {{\n{lines}\n}}\n"


def _call(machine: Machine, record: bytes = RECORD, value: int = 0) -> tuple[int | None, bytes]:
    """What the function does with one record and a value: what was found, where they are so."""
    outcome = machine.call("f", len(record))
    memory, formulas = outcome.memory, machine.formulas
    known = {value_variable(place): value >> place & 1 for place in range(64)}
    for byte, content in enumerate(record):
        for place in range(8):
            known[RECORD_BITS + memory.record_bit(byte, place)] = content >> place & 1

    def number(bits: tuple[int, ...]) -> int:
        return sum(formulas.where(bit, known) << place for place, bit in enumerate(bits))

    after = bytearray(record)
    for byte, bits in memory.written.items():
        after[byte] = number(bits)
    assert formulas.where(outcome.returns, known) == TRUE
    result = outcome.result
    return None if result is None else number(bits_of(result, 64)), bytes(after)


def _result(body: str, *, layout: str = LITTLE) -> int | None:
    return _call(Machine(layout + _function(body)))[0]


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
    """Integers wrap at their width; a comparison is signed where it says so."""
    assert _result(body) == expected


@pytest.mark.parametrize(("layout", "expected"), [(LITTLE, 0x0302), (BIG, 0x0203)])
def test_memory(layout: str, expected: int) -> None:
    """The record's bytes in the machine's order, at an address that is computed."""
    body = """
    %p = getelementptr inbounds nuw i8, ptr %record, i64 2
    %a = load i16, ptr %p, align 2, !alias.scope !8
    %b = zext i16 %a to i64
    ret i64 %b"""
    assert _result(body, layout=layout) == expected


def test_what_is_written() -> None:
    """Into the record, and from memory of the function's own."""
    body = """
    %own = alloca [2 x i8], align 1
    call void @llvm.lifetime.start.p0(ptr nonnull %own)
    store i8 -1, ptr %own, align 1
    %next = getelementptr inbounds nuw [2 x i8], ptr %own, i64 0, i64 1
    store i8 5, ptr %next, align 1
    %p = getelementptr i8, ptr %record, i64 6
    call void @llvm.memcpy.p0.p0.i64(ptr align 1 %p, ptr align 1 %own, i64 2, i1 false)
    ret void"""
    result, record = _call(Machine(LITTLE + _function(body)))
    assert (result, record) == (None, RECORD[:6] + b"\xff\x05")


def test_control_flow() -> None:
    """A loop with values of two rounds, a switch over lines, and a call: 1 + 2 + 4 + 8."""
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
    assert _call(Machine(LITTLE + _function(body) + called))[0] == 15


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
    assert _result(body) == 2


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
    """Nothing is guessed: the reason says what it was."""
    with pytest.raises(NotUnderstoodError) as caught:
        _result(body)
    assert why in str(caught.value)


def test_a_function_that_is_not_there() -> None:
    """Or has other parameters than it is given."""
    machine = Machine(LITTLE + _function("ret i64 0", parameters="ptr %record, ptr %a, i64 %word"))
    with pytest.raises(NotUnderstoodError, match="it calls missing"):
        machine.call("missing", 8)
    with pytest.raises(NotUnderstoodError, match="in a way that is not known"):
        machine.call("f", 8)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [(LITTLE, 2**64 - 8), ('target datalayout = "e-m:e-p:32:32-n8:16:32"\n', 2**32 - 8)],
)
def test_pointers_have_the_machines_width(layout: str, expected: int) -> None:
    """Addresses wrap there."""
    body = "%p = getelementptr i8, ptr null, i32 -8\n%a = ptrtoint ptr %p to i64\nret i64 %a"
    body = body.replace("i32 -8", "i64 -8")
    assert _result(body, layout=layout) == expected


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
    """Whichever way a record goes, it is found what comes of it."""
    machine = Machine(layout + _function(body))
    assert [_call(machine, record) for record in RECORDS] == list(map(expected, RECORDS))


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
    """A place, or a number of rounds."""
    with pytest.raises(NotUnderstoodError, match=why):
        Machine(LITTLE + _function(body)).call("f", 8)


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
    """Each case is a way, one that cannot be is none."""
    machine = Machine(LITTLE + _function(SWITCH))
    found = [_call(machine, bytes((n, 0)))[0] for n in range(16)]
    assert found == [{2: 20, 5: 50}.get(n % 8, n) for n in range(16)]


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
    """What is found holds for the values that do not panic, of those that there are."""
    machine = Machine(LITTLE + _function(PANICS) + "\n!7 = !{i8 0, i8 9}\n")
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
    """They may go on with 0, and be several; of a record's bits they say nothing."""
    body = "%a = load i8, ptr %value, align 1, !range !3, !noundef !4\nret i64 0"
    text = LITTLE + _function(body) + f"!3 = !{{{ranges}}}\n!4 = !{{}}\n"
    machine = Machine(text)
    values = machine.call("f", 1).values
    for n in range(256):
        known = {value_variable(place): n >> place & 1 for place in range(8)}
        assert machine.formulas.where(values, known) == inside(n)
    assert Machine(text.replace("ptr %value, align", "ptr %record, align")).call("f", 1).values == 1


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
    """Formulas come to what integers come to."""
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
    machine = Machine(LITTLE + _function(body))
    random = Random(1)  # noqa: S311 - repeatable
    numbers = [(0, 0), (0xFF, 0xFF), (0x80, 0x7F), (3, 3)]
    numbers += [(random.randrange(1 << 8), random.randrange(1 << 8)) for _ in range(6)]
    for a, b in numbers:
        found, _ = _call(machine, b.to_bytes(1, "little"), a)
        assert found == expected(a, b) & 0xFF, (a, b)


def test_too_much_is_refused() -> None:
    """A product of two words that are not known, and of bits in a wrong order a sum."""
    body = "%a = load i64, ptr %value\n%b = load i64, ptr %record\n%c = mul i64 %a, %b\nret i64 %c"
    with pytest.raises(NotUnderstoodError, match="combines too many bits"):
        Machine(LITTLE + _function(body)).call("f", 8)


def test_memory_is_filled_and_copied() -> None:
    """By LLVM's own functions, also where the two overlap."""
    body = """
    %p = getelementptr i8, ptr %record, i64 1
    call void @llvm.memmove.p0.p0.i64(ptr %p, ptr %record, i64 4, i1 false)
    %q = getelementptr i8, ptr %record, i64 6
    call void @llvm.memset.p0.i64(ptr %q, i8 7, i64 2, i1 false)
    ret void"""
    _, record = _call(Machine(LITTLE + _function(body)))
    assert record == RECORD[:1] + RECORD[:4] + RECORD[5:6] + b"\7\7"
