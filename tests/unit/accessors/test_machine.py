"""Functions of LLVM's IR, as rustc writes them, executed; and what is refused."""

from __future__ import annotations

import pytest

from layoutcheck.accessors.machine import Machine, NotUnderstoodError

LITTLE = 'target datalayout = "e-m:e-i64:64-n8:16:32:64-S128"\n'
BIG = 'target datalayout = "E-m:e-Fn32-i64:64-n32:64"\n'
RECORD = bytes.fromhex("80 01 02 03 04 05 06 07")


def _function(body: str, *, parameters: str = "ptr noalias noundef align 2 %record") -> str:
    lines = "\n".join(f"  {line.strip()}" for line in body.splitlines() if line.strip())
    return f"; a comment\ndefine noundef i64 @f({parameters}) unnamed_addr #0 {{\n{lines}\n}}\n"


def _result(body: str, *, layout: str = LITTLE) -> int | None:
    return Machine(layout + _function(body)).call("f", RECORD)[0]


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
    result, record = Machine(LITTLE + _function(body)).call("f", RECORD)
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
    assert Machine(LITTLE + _function(body) + called).call("f", RECORD)[0] == 15


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
        ("unreachable", "it does: unreachable"),
        ("%a = fadd double 1.0, 2.0\nret i64 0", "it does: fadd"),
        ("%a = add <2 x i8> %x, %y\nret i64 0", "it does: add <2 x i8>"),
        ("ret i64 undef", "it does: ret i64 undef"),
        ("ret i64 %nowhere", "%nowhere has no value"),
        ("%a = load i8, ptr @table, align 1\nret i64 0", "it does: load i8, ptr @table"),
        ("%a = load i64, ptr inttoptr (i64 8 to ptr), align 8\nret i64 %a", "other memory"),
        ("%p = getelementptr i8, ptr %record, i64 8\n%a = load i8, ptr %p\nret i64 0", "other mem"),
        ("%p = getelementptr i8, ptr %record, i64 -1\nstore i8 0, ptr %p\nret i64 0", "other mem"),
        ("call void @abort()\nret i64 0", "it calls abort"),
        ("%a = call i64 @f(ptr %record)\nret i64 %a", "calls itself too often"),
        ("%a = call i64 @llvm.ctpop.i64(i64 3)\nret i64 %a", "it calls llvm.ctpop.i64"),
        ("%a = shl i8 1, 8\nret i64 0", "it shifts 8 bits by 8"),
        ("%a = udiv i8 1, 0\nret i64 0", "it divides by zero"),
        ("start:\nbr label %start", "more than 100000 steps"),
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
    machine = Machine(LITTLE + _function("ret i64 0", parameters="ptr %record, i64 %word"))
    with pytest.raises(NotUnderstoodError, match="it calls missing"):
        machine.call("missing", RECORD)
    with pytest.raises(NotUnderstoodError, match="in a way that is not known"):
        machine.call("f", RECORD)
    assert machine.call("f", RECORD, 1) == (0, RECORD)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [(LITTLE, 2**64 - 8), ('target datalayout = "e-m:e-p:32:32-n8:16:32"\n', 2**32 - 8)],
)
def test_pointers_have_the_machines_width(layout: str, expected: int) -> None:
    """Addresses wrap there."""
    body = "%p = getelementptr i8, ptr null, i32 -8\n%a = ptrtoint ptr %p to i64\nret i64 %a"
    body = body.replace("i32 -8", "i64 -8")
    assert _result(body, layout=layout) == expected


CASES = [(bytes((n, 7 * n % 256, 255 - n, 0, 1, 2, 3, n)), ()) for n in range(0, 256, 5)]
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


@pytest.mark.parametrize("body", [LOOP, NESTED])
@pytest.mark.parametrize("layout", [LITTLE, BIG])
def test_ways_that_part(body: str, layout: str) -> None:
    """All records at once come to what each comes to alone, whichever way it goes."""
    machine = Machine(layout + _function(body))
    outcomes = machine.call_all("f", CASES)
    assert outcomes == [machine.call("f", record) for record, _ in CASES]
    assert len({result for result, _ in outcomes}) > 2


PLACE = """
    %a = load i8, ptr %record
    %b = zext i8 %a to i64
    %p = getelementptr i8, ptr %record, i64 %b
    %c = load i8, ptr %p
    %d = zext i8 %c to i64
    ret i64 %d"""


@pytest.mark.parametrize(
    ("body", "first", "alone"),
    [(PLACE, 3, 2), (COUNTED, 3, 15), (NESTED.replace("ret i64 1", "unreachable"), 51, 3)],
)
def test_what_cannot_be_at_once(body: str, first: int, alone: int) -> None:
    """A place or a number of rounds that depends on the record, a way that cannot be gone."""
    machine = Machine(LITTLE + _function(body))
    with pytest.raises(NotUnderstoodError):
        machine.call_all("f", CASES)
    assert machine.call("f", bytes((first, 0, 0, 2, 0, 0, 0, 0)))[0] == alone


def test_large_memory_counts() -> None:
    """Of a large record not every way is gone with all: it would take too long."""
    machine = Machine(LITTLE + _function(LOOP))
    cases = [(record + bytes(1 << 17), ()) for record, _ in CASES]
    with pytest.raises(NotUnderstoodError, match="steps"):
        machine.call_all("f", cases)
    assert machine.call("f", cases[1][0])[0] == machine.call("f", CASES[1][0])[0]
