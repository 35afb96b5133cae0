"""memory.py: the memory that accessors are executed on."""

from __future__ import annotations

from typing import Literal

import pytest

from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.memory import (
    MAX_STACK,
    RECORD,
    RECORD_BITS,
    STACK,
    VALUE,
    VALUE_SIZE,
    Memory,
    value_variable,
)
from layoutcheck.compilers.llvm_ir.symbolic_integers import Words, bits_of
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from layoutcheck.model.symbols import STRIDE
from tests.ir_functions import BIG, LITTLE, call, ir_function, result_of
from tests.ir_functions import RECORD as CONTENT


@pytest.mark.parametrize(("layout", "expected"), [(LITTLE, 0x0302), (BIG, 0x0203)])
def test_memory(layout: str, expected: int) -> None:
    """The record's bytes in the machine's order, at an address that is computed."""
    body = """
    %p = getelementptr inbounds nuw i8, ptr %record, i64 2
    %a = load i16, ptr %p, align 2, !alias.scope !8
    %b = zext i16 %a to i64
    ret i64 %b"""
    assert result_of(body, layout=layout) == expected


def test_stores_to_the_record() -> None:
    """Stores to the record are seen, from constants and from the function's own memory."""
    body = """
    %own = alloca [2 x i8], align 1
    call void @llvm.lifetime.start.p0(ptr nonnull %own)
    store i8 -1, ptr %own, align 1
    %next = getelementptr inbounds nuw [2 x i8], ptr %own, i64 0, i64 1
    store i8 5, ptr %next, align 1
    %p = getelementptr i8, ptr %record, i64 6
    call void @llvm.memcpy.p0.p0.i64(ptr align 1 %p, ptr align 1 %own, i64 2, i1 false)
    ret void"""
    result, record = call(Machine(LITTLE + ir_function(body)))
    assert (result, record) == (None, CONTENT[:6] + b"\xff\x05")


def test_memory_is_filled_and_copied() -> None:
    """LLVM's own functions fill and copy memory, also if source and target overlap."""
    body = """
    %p = getelementptr i8, ptr %record, i64 1
    call void @llvm.memmove.p0.p0.i64(ptr %p, ptr %record, i64 4, i1 false)
    %q = getelementptr i8, ptr %record, i64 6
    call void @llvm.memset.p0.i64(ptr %q, i8 7, i64 2, i1 false)
    ret void"""
    _, record = call(Machine(LITTLE + ir_function(body)))
    assert record == CONTENT[:1] + CONTENT[:4] + CONTENT[5:6] + b"\7\7"


def memory_of(byte_size: int = 8, order: Literal["little", "big"] = "little") -> Memory:
    """The memory around a record of so many bytes."""
    return Memory(Words(Formulas()), byte_size, order)


def names(memory: Memory, address: int, width: int, formulas: Formulas) -> list[int | None]:
    """Return the variables of an integer, its lowest bit first."""
    return [formulas.name_of(bit) for bit in bits_of(memory.load(address, width), width)]


def test_each_bit_of_the_record_is_a_variable() -> None:
    """Numbered as DWARF counts: from the lowest bit, or on a big-endian machine the highest."""
    formulas = Formulas()
    little, big = (Memory(Words(formulas), 4, order) for order in ("little", "big"))
    assert names(little, RECORD + 1, 16, formulas) == [RECORD_BITS + 8 + n for n in range(16)]
    assert names(big, RECORD + 1, 16, formulas) == [RECORD_BITS + 23 - n for n in range(16)]
    assert [little.record_bit(2, place) for place in (0, 7)] == [16, 23]
    assert [big.record_bit(2, place) for place in (0, 7)] == [23, 16]


def test_each_bit_of_a_value_is_a_variable() -> None:
    """Values come before the record; bit by bit, not value by value."""
    formulas = Formulas()
    memory = Memory(Words(formulas), 4, "little")
    assert names(memory, VALUE, 3, formulas) == [value_variable(n) for n in range(3)]
    second = STRIDE * 8
    assert names(memory, VALUE + STRIDE, 2, formulas) == [
        value_variable(second),
        value_variable(second + 1),
    ]
    assert value_variable(0) < value_variable(second) < value_variable(1)
    every = {value_variable(bit) for bit in range(VALUE_SIZE * 8)}
    assert every == set(range(RECORD_BITS))


def test_an_integer_is_stored_in_the_machines_order() -> None:
    """Byte by byte; the bits above a width that is no multiple of eight are zeros."""
    for order, expected in (("little", [0x34, 0x12]), ("big", [0x12, 0x34])):
        memory = memory_of(order="little" if order == "little" else "big")
        memory.store(RECORD + 2, 16, 0x1234)
        assert [memory.load(RECORD + 2 + n, 8) for n in range(2)] == expected
        assert memory.load(RECORD + 2, 16) == 0x1234
        memory.store(RECORD, 1, 1)
        assert memory.load(RECORD, 8) == 1
        assert sorted(memory.written) == [0, 2, 3]


def test_only_bytes_of_the_record_are_its_writes() -> None:
    """Only writes to the record are reported, not those to values and to the stack."""
    memory = memory_of()
    memory.store(memory.allocate(1), 8, 1)
    memory.store(VALUE, 8, 2)
    memory.store(RECORD + 7, 8, 3)
    assert memory.written == {7: (1, 1, *(0,) * 6)}


def test_further_memory_is_aligned_zeros() -> None:
    """Each begins at a multiple of 16, the most that a type of Rust's asks for."""
    memory = memory_of()
    first, second = memory.allocate(3), memory.allocate(16)
    assert (first, second) == (STACK, STACK + 16)
    assert memory.load(second, 128) == 0
    memory.store(second, 8, 5)
    assert memory.load(first, 24) == 0


def test_too_much_further_memory_is_refused() -> None:
    """The limit of further memory is for the sum of all allocations."""
    memory = memory_of()
    memory.allocate(MAX_STACK - 1)
    with pytest.raises(NotUnderstoodError, match=r"^it wants 16 bytes of memory$"):
        memory.allocate(16)


@pytest.mark.parametrize(
    ("address", "width"),
    [
        (RECORD - 1, 8),
        (RECORD + 8, 8),
        (RECORD + 5, 32),
        (VALUE - 1, 8),
        (VALUE + VALUE_SIZE, 8),
        (STACK + 4, 8),
        (0, 8),
    ],
)
def test_other_memory_is_refused(address: int, width: int) -> None:
    """Reads and writes of other memory are refused, even if only the last byte is outside."""
    memory = memory_of(8)
    memory.allocate(4)
    for touch in (memory.load, lambda at, bits: memory.store(at, bits, 0)):
        with pytest.raises(
            NotUnderstoodError, match=r"^it accesses memory other than the record's$"
        ):
            touch(address, width)


def test_an_address_that_depends_on_bits_is_refused() -> None:
    """An address that depends on bits is refused."""
    with pytest.raises(NotUnderstoodError, match=r"^an address or a size depends on the bits"):
        memory_of().load((2, 3), 8)


def test_functions_that_touch_memory() -> None:
    """Copies may overlap; others are not these, and touch nothing."""
    memory = memory_of()
    for byte in range(4):
        memory.store(RECORD + byte, 8, byte + 1)
    assert memory.does("llvm.memmove.p0.p0.i64", (RECORD + 1, RECORD, 3, 0))
    assert [memory.load(RECORD + n, 8) for n in range(4)] == [1, 1, 2, 3]
    assert memory.does("llvm.memset.p0.i64", (RECORD + 2, 0x1FF, 2, 0))
    assert [memory.load(RECORD + n, 8) for n in range(4)] == [1, 1, 255, 255]
    assert memory.does("llvm.memcpy.p0.p0.i64", (RECORD, RECORD + 3, 0, 0))
    before = memory.written
    assert not memory.does("llvm.bswap.i16", (RECORD,))
    assert memory.written == before
    with pytest.raises(NotUnderstoodError, match="memory other"):
        memory.does("llvm.memcpy.p0.p0.i64", (RECORD + 6, RECORD, 3, 0))


def test_two_ways_and_their_memories() -> None:
    """A copy of a memory is independent. A choice of two has the byte of the branch taken."""
    formulas = Formulas()
    memory = Memory(Words(formulas), 2, "little")
    memory.store(RECORD, 8, 7)
    one, other = memory.twin(), memory.twin()
    one.store(RECORD, 8, 1)
    address = other.allocate(1)
    other.store(RECORD + 1, 8, 2)
    assert memory.load(RECORD, 8) == 7
    condition = formulas.variable(5)
    memory.take(condition, one, other)
    for holds, first, second in ((TRUE, 1, None), (FALSE, 7, 2)):
        known = {5: holds, **{RECORD_BITS + 8 + n: (0xAA >> n & 1) for n in range(8)}}
        found = [
            sum(formulas.where(bit, known) << n for n, bit in enumerate(bits_of(value, 8)))
            for value in (memory.load(RECORD, 8), memory.load(RECORD + 1, 8))
        ]
        assert found == [first, 0xAA if second is None else second]
    assert memory.load(address, 8) == 0
    assert memory.allocate(1) == address + 16
