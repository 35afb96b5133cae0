"""Walk a function's blocks, in both directions of a branch that depends on bits.

Both ways are executed up to the block where they meet. There each bit is chosen by the branch's
condition.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.ir_text import Function, Instruction
from layoutcheck.compilers.llvm_ir.joins import (
    END,
    NOWHERE,
    Fork,
    Nowhere,
    Parting,
    Result,
    find_joins,
)
from layoutcheck.compilers.llvm_ir.memory import Memory
from layoutcheck.compilers.llvm_ir.symbolic_integers import Value, Words
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

__all__ = ["Walker"]

MAX_FORKS: Final = 40
"""Maximum number of nested forks."""


@dataclass(slots=True)
class _Gone:
    """An executed way: its end, its values and memory, and the condition of taking it."""

    reached: Result | Parting
    values: dict[str, Value]
    memory: Memory
    here: int


class Walker(ABC):
    """The control flow of a machine; the subclass executes the blocks."""

    def __init__(self) -> None:
        self._joins: dict[Function, Mapping[str, str]] = {}

    def _begin(self, words: Words, memory: Memory) -> None:
        """Begin an execution under the condition "true"."""
        self._words, self._memory = words, memory
        self._here, self._forks = TRUE, 0

    @property
    def formulas(self) -> Formulas:
        """Return the formulas of the last call."""
        return self._words.formulas

    @abstractmethod
    def _count(self, steps: int) -> None:
        """Count steps, and refuse too many."""

    @abstractmethod
    def _enter(self, block: tuple[Instruction, ...], values: dict[str, Value], before: str) -> None:
        """Execute a block's phis: all of them at once, before anything else."""

    @abstractmethod
    def _block(
        self, block: tuple[Instruction, ...], values: dict[str, Value], depth: int
    ) -> str | Result | Fork:
        """Execute the instructions after a block's phis; return its successor, or its result."""

    def _walk(
        self,
        function: Function,
        values: dict[str, Value],
        step: tuple[str, str],
        *,
        stop: str,
        depth: int,
    ) -> Result | Parting:
        """Execute blocks, from the step between two blocks on, until one returns or ways part.

        At `stop`, only the phis are executed.
        """
        before, label = step
        while True:
            self._enter(function.blocks[label], values, before)
            if label == stop:
                return None
            target = self._block(function.blocks[label], values, depth)
            if isinstance(target, Fork):
                return Parting(label, target)
            if not isinstance(target, str):
                return target
            before, label = label, target

    def _leave(
        self,
        function: Function,
        values: dict[str, Value],
        reached: Result | Parting,
        *,
        stop: str,
        depth: int,
    ) -> Result:
        """Continue after a parting of ways, as far as `_walk` does."""
        while isinstance(reached, Parting):
            reached = self._part(function, values, reached, stop=stop, depth=depth)
        return reached

    def _part(
        self,
        function: Function,
        values: dict[str, Value],
        parting: Parting,
        *,
        stop: str,
        depth: int,
    ) -> Result | Parting:
        """Execute both ways up to where they meet, merge them, and continue.

        They meet where both part again in the same way, as in each round of a loop; at the latest
        at the first block that every way to the end goes through.
        """
        if function not in self._joins:
            self._joins[function] = find_joins(function)
        join, fork = self._joins[function][parting.label], parting.fork
        self._forks += 1
        if self._forks > MAX_FORKS:
            raise NotUnderstoodError("which way it goes depends on the bits again and again")
        memory, here, formulas = self._memory, self._here, self.formulas
        conditions = fork.condition, formulas.negate(fork.condition)
        found = [
            _Gone(NOWHERE, dict(values), memory.twin(), formulas.both(here, holds))
            for holds in conditions
        ]
        for way, gone in zip(fork.ways, found, strict=True):
            self._go(function, gone, (parting.label, way), stop=join, depth=depth)
        again = self._meet(fork.condition, *found)
        if again is not None:
            self._here, self._forks = here, self._forks - 1
            self._join(fork.condition, values, *found)
            return again
        ends = [self._end_of(function, gone, stop=join, depth=depth) for gone in found]
        self._here, self._forks = here, self._forks - 1
        result = self._choose(fork.condition, found, ends, values)
        if join in (stop, END) or isinstance(result, Nowhere):
            return result
        target = self._block(function.blocks[join], values, depth)
        if isinstance(target, str):
            return self._walk(function, values, (join, target), stop=stop, depth=depth)
        return Parting(join, target) if isinstance(target, Fork) else target

    def _go(
        self,
        function: Function,
        gone: _Gone,
        step: tuple[str, str | Fork],
        *,
        stop: str,
        depth: int,
    ) -> None:
        """Execute one way until it ends, parts again or reaches `stop`.

        A way whose condition is false is not executed.
        """
        self._count(1)
        label, way = step
        if gone.here == FALSE:
            return
        if isinstance(way, Fork):
            gone.reached = Parting(label, way)
            return
        with self._on(gone):
            gone.reached = self._walk(function, gone.values, (label, way), stop=stop, depth=depth)

    @contextmanager
    def _on(self, gone: _Gone) -> Iterator[None]:
        """Execute on the memory of one way, under its condition."""
        self._memory, self._here = gone.memory, gone.here
        yield
        gone.memory = self._memory

    def _meet(self, condition: int, one: _Gone, other: _Gone) -> Parting | None:
        """Return where two ways part again, if that is at one place; else None."""
        first, second = one.reached, other.reached
        if not isinstance(first, Parting) or not isinstance(second, Parting):
            return None
        if first.label != second.label or first.fork.ways != second.fork.ways:
            return None
        both = self.formulas.choose(condition, first.fork.condition, second.fork.condition)
        return Parting(first.label, Fork(both, first.fork.ways))

    def _end_of(self, function: Function, gone: _Gone, *, stop: str, depth: int) -> Result:
        """Continue one way to its end, and return its result."""
        with self._on(gone):
            return self._leave(function, gone.values, gone.reached, stop=stop, depth=depth)

    def _choose(
        self,
        condition: int,
        found: Sequence[_Gone],
        ends: Sequence[Result],
        values: dict[str, Value],
    ) -> Result:
        """Merge two ways that have ended; a way that never returns is ignored."""
        there = [one for one in zip(found, ends, strict=True) if not isinstance(one[1], Nowhere)]
        if len(there) == len(found):
            self._join(condition, values, *found)
            one, other = ends
            if isinstance(one, int | tuple) and isinstance(other, int | tuple):
                return self._words.choose(condition, one, other)
            return None
        gone, end = there[0] if there else (found[0], ends[0])
        values.clear()
        values |= gone.values
        self._memory = gone.memory
        return end

    def _join(self, condition: int, values: dict[str, Value], one: _Gone, other: _Gone) -> None:
        """Merge the values and the memory of two ways."""
        self._memory = one.memory.twin()
        self._memory.take(condition, one.memory, other.memory)
        values.clear()
        for name in one.values.keys() & other.values.keys():
            values[name] = self._words.choose(condition, one.values[name], other.values[name])
