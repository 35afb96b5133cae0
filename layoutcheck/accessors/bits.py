"""Executes a probe's accessors on records of which every bit is known -> the bits that count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from layoutcheck.accessors.machine import Case, Machine, NotUnderstoodError, Outcome
from layoutcheck.bit_access import BitAccess
from layoutcheck.symbols import READS, WRITES

__all__ = ["read_accessors"]

MAX_BYTES: Final = 1 << 16
"""Of a record: how long it takes grows with the square of its bits."""
WORD: Final = 64
"""The bits of what a probe's functions return and are given."""


def read_accessors(
    text: str, asked: Sequence[tuple[str, str, bool, int]]
) -> tuple[tuple[BitAccess, ...], ...]:
    """What a probe in LLVM's IR says of each accessor: what is read, and what is written.

    `asked` has the key in the probe, the bit-field's name, whether there is a function that writes
    it, and the size of its record in bytes.
    """
    if not asked:
        return ()
    try:
        machine = Machine(text)
    except NotUnderstoodError as error:
        why = str(error)
        return tuple((BitAccess(name=o[1], verb="reads", unknown=why),) for o in asked)
    return tuple(
        tuple(_Record(machine, byte_size).ask(key, name, writes=writes))
        for key, name, writes, byte_size in asked
    )


class _Record:
    """The records on which the accessors are executed; bits are numbered as in C's DWARF."""

    def __init__(self, machine: Machine, byte_size: int) -> None:
        self._machine, self._byte_size = machine, byte_size
        self._count = byte_size * 8

    def ask(self, key: str, name: str, *, writes: bool) -> Iterator[BitAccess]:
        if self._byte_size > MAX_BYTES:
            why = f"its record has {self._byte_size} bytes"
            yield BitAccess(name=name, verb="reads", unknown=why)
            return
        try:
            bits = self._read(f"{READS}{key}")
        except NotUnderstoodError as error:
            yield BitAccess(name=name, verb="reads", unknown=str(error))
            return
        width = len(bits)
        while width > 1 and bits[width - 1] == bits[width - 2] is not None:
            width -= 1
        signed = width < len(bits)
        yield BitAccess(name=name, verb="reads", bits=self._ordered(bits[:width]), signed=signed)
        if writes:
            try:
                written, lost = self._written(f"{WRITES}{key}", width)
            except NotUnderstoodError as error:
                yield BitAccess(name=name, verb="writes", unknown=str(error))
                return
            ordered = self._ordered(written)
            yield BitAccess(name=name, verb="writes", bits=ordered, lost=tuple(lost))

    def _read(self, function: str) -> list[int | None]:
        """For each bit of what the function returns, the bit of the record that it is."""
        numbers = _patterns(self._count)
        outcomes = self._call(function, [(self._bytes(number), ()) for number in numbers])
        return _trace((result or 0 for result, _ in outcomes), self._count)

    def _written(self, function: str, width: int) -> tuple[list[int | None], list[int]]:
        """For each bit of a value, the bit of the record that it becomes; and what is lost.

        Lost are bits of the record that are not the value's and still are 0 afterwards.
        """
        zeros, ones = bytes(self._byte_size), b"\xff" * self._byte_size
        cases: list[Case] = [(ones, (0,))]
        for value in _patterns(width):
            cases += (zeros, (value,)), (ones, (value,))
        records = (self._number(record) for _, record in self._call(function, cases))
        kept = next(records)

        def written() -> Iterator[int]:
            for on_zeros in records:
                if next(records) != on_zeros | kept:
                    raise NotUnderstoodError("what it writes depends on what was there")
                yield on_zeros

        bits: list[int | None] = [None] * width
        for place, bit in enumerate(_trace(written(), width)):
            if bit is not None:
                if bits[bit] is not None:
                    raise NotUnderstoodError("it writes a bit of the value twice")
                bits[bit] = place
        lost = ((1 << self._count) - 1) & ~kept
        return bits, sorted(set(_places(lost)).difference(bits))

    def _call(self, function: str, cases: Sequence[Case]) -> Iterator[Outcome]:
        """What the function does in each case: in all at once, or if that cannot be, one by one."""
        try:
            outcomes = self._machine.call_all(function, cases)
        except NotUnderstoodError:
            return (self._machine.call(function, record, *more) for record, more in cases)
        return iter(outcomes)

    def _ordered(self, bits: Sequence[int | None]) -> tuple[int | None, ...]:
        return tuple(bits if self._machine.byte_order == "little" else reversed(bits))

    def _bytes(self, number: int) -> bytes:
        """The record whose bit n is bit n of the number, as DWARF counts for the byte order."""
        if self._machine.byte_order == "little":
            return number.to_bytes(self._byte_size, "little")
        return int(f"{number:0{self._count}b}"[::-1], 2).to_bytes(self._byte_size, "big")

    def _number(self, record: bytes) -> int:
        """The reverse of `_bytes`."""
        if self._machine.byte_order == "little":
            return int.from_bytes(record, "little")
        return int(f"{int.from_bytes(record, 'big'):0{self._count}b}"[::-1], 2)


@cache
def _pattern(digit: int, count: int) -> int:
    """A number in which every bit is set whose own number has that binary digit."""
    run = 1 << digit
    pattern, width = ((1 << run) - 1) << run, 2 * run
    while width < count:
        pattern, width = pattern | pattern << width, 2 * width
    return pattern & ((1 << count) - 1)


def _patterns(count: int) -> list[int]:
    """Numbers of `count` bits by which each bit is told, as `_trace` takes the results of them.

    All bits, none, and for each digit of the greatest bit's number the bits whose own numbers have
    that digit, and those whose have not.
    """
    every = (1 << count) - 1
    numbers = [every, 0]
    for digit in range((count - 1).bit_length()):
        pattern = _pattern(digit, count)
        numbers += pattern, every ^ pattern
    return numbers


def _trace(results: Iterator[int], count: int) -> list[int | None]:
    """Which of `count` bits each of a result's bits is a copy of; None: it is always 0.

    `results` are those of `_patterns(count)`. Each bit is told by the pattern of its number; with
    all bits turned a copy has to follow. Zeros at the end are not part of the result.
    """
    copied = next(results)
    if next(results):
        raise NotUnderstoodError("it is not zero where all bits are")
    places = list(_places(copied))
    numbers = dict.fromkeys(places, 0)
    for digit in range((count - 1).bit_length()):
        result = next(results)
        if result & ~copied or next(results) != copied ^ result:
            raise NotUnderstoodError("it does more than copy bits")
        for place in _places(result):
            numbers[place] |= 1 << digit
    return [numbers.get(place) for place in range(copied.bit_length())]


def _places(number: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    digits = f"{number:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
