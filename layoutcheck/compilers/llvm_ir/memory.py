"""The memory that accessors are executed on: a record, a value, and what functions allocate.

Each bit of the record is a variable until it is written. So is each bit of the value, which is a
setter's argument or the place of a getter's result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from layoutcheck.compilers.llvm_ir.symbolic_integers import (
    Bits,
    Value,
    Words,
    bits_of,
    settle,
    the_one,
)
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from layoutcheck.model.symbols import STRIDE

__all__ = ["RECORD", "RECORD_BITS", "VALUE", "VALUE_SIZE", "Memory", "value_variable"]

VALUE: Final = 0x10000
"""Address of the value."""
VALUE_SIZE: Final = 0x1000
"""Size of the values' memory, in bytes."""
STACK: Final = 0x20000
"""Address of the memory that functions allocate."""
MAX_STACK: Final = 1 << 20
"""Maximum size of that memory, in bytes."""
RECORD: Final = 0x200000
"""Address of the record."""
RECORD_BITS: Final = VALUE_SIZE * 8
"""The variable of the record's first bit in DWARF's order; variables of values come before it."""
VALUES: Final = VALUE_SIZE // STRIDE
"""Maximum number of values."""

COPIES: Final = ("llvm.memcpy.", "llvm.memmove.")
FILLS: Final = "llvm.memset."


def value_variable(bit: int) -> int:
    """Return the variable for a bit of the values' memory, in little-endian order.

    The first bits of all values come before their second bits: this keeps comparisons of values
    small.
    """
    return bit % (STRIDE * 8) * VALUES + bit // (STRIDE * 8)


class Memory:
    """Bytes by their address; only written bytes are stored."""

    def __init__(
        self,
        words: Words,
        byte_size: int,
        byte_order: Literal["little", "big"],
        *,
        written: Mapping[int, Bits] | None = None,
        stack: int = 0,
    ) -> None:
        self._words = words
        self._byte_size: Final = byte_size
        self._byte_order: Final = byte_order
        self._written = dict(written or {})
        self._stack = stack

    @property
    def written(self) -> dict[int, Bits]:
        """Return the record's written bytes, by their number."""
        inside = range(RECORD, RECORD + self._byte_size)
        return {at - RECORD: bits for at, bits in self._written.items() if at in inside}

    def record_bit(self, byte: int, place: int) -> int:
        """Return a bit's number in the record in DWARF's order; `place` 0 is the lowest bit."""
        return byte * 8 + (place if self._byte_order == "little" else 7 - place)

    def allocate(self, byte_size: int) -> int:
        """Allocate memory, all zeros, and return its address."""
        start = self._stack + -self._stack % 16
        if start + byte_size > MAX_STACK:
            raise NotUnderstoodError(f"it wants {byte_size} bytes of memory")
        self._stack = start + byte_size
        return STACK + start

    def load(self, address: Value, width: int) -> Value:
        """Return the integer of `width` bits at an address."""
        size = (width + 7) // 8
        start = self._place(address, size)
        found = [self._byte(at) for at in range(start, start + size)]
        if self._byte_order == "big":
            found.reverse()
        return settle(bit for byte in found for bit in byte)

    def store(self, address: Value, width: int, value: Value) -> None:
        """Store an integer of `width` bits at an address."""
        size = (width + 7) // 8
        start, bits = self._place(address, size), bits_of(value, size * 8)
        for number in range(size):
            at = number if self._byte_order == "little" else size - 1 - number
            self._written[start + at] = bits[number * 8 : number * 8 + 8]

    def does(self, name: str, arguments: Sequence[Value]) -> bool:
        """Execute one of LLVM's own functions if it only touches memory; return False otherwise."""
        if not name.startswith((*COPIES, FILLS)):
            return False
        size = the_one(arguments[2])
        to = self._place(arguments[0], size)
        found = [bits_of(arguments[1], 8)] * size
        if name.startswith(COPIES):  # they may overlap
            start = self._place(arguments[1], size)
            found = [self._byte(start + number) for number in range(size)]
        self._written |= {to + number: byte for number, byte in enumerate(found)}
        return True

    def twin(self) -> Memory:
        """Return a copy."""
        return Memory(
            self._words,
            self._byte_size,
            self._byte_order,
            written=self._written,
            stack=self._stack,
        )

    def take(self, condition: int, one: Memory, other: Memory) -> None:
        """Take each byte from `one` where the condition holds, else from `other`."""
        choose = self._words.formulas.choose
        for at in one._written.keys() | other._written.keys():
            pairs = zip(one._byte(at), other._byte(at), strict=True)
            self._written[at] = tuple(choose(condition, a, b) for a, b in pairs)
        self._stack = max(one._stack, other._stack)

    def _byte(self, at: int) -> Bits:
        byte = self._written.get(at)
        if byte is None:
            byte = (0,) * 8
            if at >= RECORD:
                names = [self.record_bit(at - RECORD, place) + RECORD_BITS for place in range(8)]
                byte = tuple(map(self._words.formulas.variable, names))
            elif at < STACK:
                first = (at - VALUE) * 8
                names = [value_variable(bit) for bit in range(first, first + 8)]
                byte = tuple(map(self._words.formulas.variable, names))
        return byte

    def _place(self, address: Value, size: int) -> int:
        """Return the address in a pointer to `size` bytes."""
        start = the_one(address)
        for first, count in (
            (RECORD, self._byte_size),
            (VALUE, VALUE_SIZE),
            (STACK, self._stack),
        ):
            if first <= start <= first + count - size:
                return start
        raise NotUnderstoodError("it accesses memory other than the record's")
