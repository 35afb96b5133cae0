"""The memory that accessors are executed on: a record, and behind it what functions allocate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from layoutcheck.accessors.lanes import Value, lanes, merged, the_one
from layoutcheck.accessors.operations import NotUnderstoodError

__all__ = ["RECORD", "Memory"]

RECORD: Final = 0x10000
"""The address of the record."""
MAX_MEMORY: Final = 1 << 20
"""Bytes, the record's included."""


class Memory:
    """One for each of several records of the same size; an address means the same in all."""

    def __init__(
        self, contents: Sequence[bytes | bytearray], byte_order: Literal["little", "big"]
    ) -> None:
        self._contents = [bytearray(content) for content in contents]
        self._byte_order: Final = byte_order

    @property
    def byte_size(self) -> int:
        """Of one of them."""
        return len(self._contents[0])

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._contents)

    def records(self, byte_size: int) -> list[bytes]:
        """What is in the first bytes."""
        return [bytes(content[:byte_size]) for content in self._contents]

    def allocate(self, byte_size: int) -> int:
        """The address of further memory, all zeros."""
        size = self.byte_size
        start = size + -size % 16
        if start + byte_size > MAX_MEMORY:
            raise NotUnderstoodError(f"it wants {byte_size} bytes of memory")
        for content in self._contents:
            content.extend(bytes(start + byte_size - size))
        return RECORD + start

    def load(self, address: Value, width: int) -> Value:
        """The integer of so many bits at an address."""
        start = self._place(address, width)
        end, order = start + (width + 7) // 8, self._byte_order
        return merged([int.from_bytes(content[start:end], order) for content in self._contents])

    def store(self, address: Value, width: int, value: Value) -> None:
        """Puts an integer of so many bits there."""
        start, size = self._place(address, width), (width + 7) // 8
        for content, one in zip(self._contents, lanes(value), strict=False):
            content[start : start + size] = one.to_bytes(size, self._byte_order)

    def copy(self, target: Value, source: Value, byte_size: int) -> None:
        """Copies bytes, which may overlap."""
        from_, to = (self._place(address, byte_size * 8) for address in (source, target))
        for content in self._contents:
            content[to : to + byte_size] = content[from_ : from_ + byte_size]

    def twin(self) -> Memory:
        """Another with the same content."""
        return Memory(self._contents, self._byte_order)

    def take(self, conditions: Sequence[int], one: Memory, other: Memory) -> None:
        """Becomes the one where the condition is not 0, else the other."""
        if one.byte_size != other.byte_size:
            raise NotUnderstoodError("its ways do not end alike")
        columns = zip(conditions, one._contents, other._contents, strict=True)
        self._contents = [a if condition else b for condition, a, b in columns]

    def _place(self, address: Value, width: int) -> int:
        """Where a pointer to so many bits points to."""
        start = the_one(address) - RECORD
        if not 0 <= start <= self.byte_size - (width + 7) // 8:
            raise NotUnderstoodError("it looks at other memory than the record's")
        return start
