"""A function's blocks -> where the ways that part at a block's end come together again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layoutcheck.accessors.ir import Function, Instruction

__all__ = ["END", "find_joins"]

END: Final = ""
"""Stands for a function's end where a block's label is asked for."""


def find_joins(function: Function) -> Mapping[str, str]:
    """For each block the first one that every way from its end to the function's end goes through.

    That is its immediate post-dominator. Ways that never return do not count.
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
    """The labels to which a block's last instruction may lead; none if to nowhere."""
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
