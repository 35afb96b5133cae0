"""Successors of a block, and the joins of ways that part at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from layoutcheck.compilers.llvm_ir.ir_text import Function, Instruction
from layoutcheck.compilers.llvm_ir.symbolic_integers import Value, Words, bits_of

__all__ = ["END", "NOWHERE", "Fork", "Nowhere", "Parting", "Result", "find_joins", "fork", "switch"]

END: Final = ""
"""Label that stands for a function's end."""


class Nowhere:
    """Result of a way that does not return."""


NOWHERE: Final = Nowhere()
Result: TypeAlias = Value | Nowhere | None


@dataclass(frozen=True, slots=True)
class Fork:
    """A branch that depends on bits: the labels for a true and a false condition.

    Each may be a fork again.
    """

    condition: int
    ways: tuple[str | Fork, str | Fork]


@dataclass(frozen=True, slots=True)
class Parting:
    """The end of a block with a branch that depends on bits."""

    label: str
    fork: Fork


def fork(condition: Value, ways: tuple[str, str]) -> str | Fork:
    """Return the label or fork that a branch leads to."""
    if isinstance(condition, tuple):
        return Fork(condition[0], ways)
    return ways[0 if condition & 1 else 1]


def switch(
    value: Value, width: int, cases: Sequence[tuple[int, str]], otherwise: str, words: Words
) -> str | Fork:
    """Return the label or fork that a switch over a value of `width` bits leads to."""
    if isinstance(value, int):
        return dict(cases).get(value, otherwise)
    way: str | Fork = otherwise
    for number, to in cases:
        condition = words.compare("eq", bits_of(value, width), bits_of(number, width))
        way = Fork(condition, (to, way))
    return way


def find_joins(function: Function) -> Mapping[str, str]:
    """Return for each block the first block that all ways from its end to the function's end share.

    This is its immediate post-dominator. Ways that never return are ignored.
    """
    everything = frozenset((*function.blocks, END))
    behind = dict.fromkeys(everything, everything)
    behind[END] = frozenset((END,))
    nexts = {label: _nexts(block[-1:]) for label, block in function.blocks.items()}
    changed = True
    while changed:
        changed = False
        for label in reversed(tuple(function.blocks)):
            common = everything.intersection(*(behind[one] for one in nexts[label])) | {label}
            if common != behind[label]:
                behind[label], changed = common, True
    return {
        label: max(behind[label] - {label}, key=lambda other: len(behind[other]))
        for label in function.blocks
    }


def _nexts(last: tuple[Instruction, ...]) -> tuple[str, ...]:
    """Return the labels to which a block's last instruction may lead; none if it never returns."""
    for instruction in last:
        match instruction.operation:
            case "jump":
                return (str(instruction.parts[0]),)
            case "branch":
                return tuple(map(str, instruction.parts[1:3]))
            case "switch":
                return tuple(map(str, (instruction.parts[2], *instruction.parts[4::2])))
            case "return":
                return (END,)
    return ()
