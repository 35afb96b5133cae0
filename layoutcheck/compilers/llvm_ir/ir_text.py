"""The text of a module of LLVM IR -> its functions as blocks of instructions.

The grammar is that of the LLVM Language Reference for LLVM 20 to 22. Only integers, pointers and
control flow are read. Any other instruction is kept as its text, and refused when it is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

__all__ = [
    "Function",
    "Instruction",
    "Operand",
    "read_data_layout",
    "read_function",
    "read_functions",
    "read_ranges",
    "size_in_bits",
]

Operand: TypeAlias = int | str
"""A constant, or the name of a value ("%x")."""

DEFINE: Final = re.compile(r'^define [^@\n]*@("[^"]+"|[\w.$-]+)\((.*)\)[^()\n]*\{$', re.MULTILINE)
DATA_LAYOUT: Final = re.compile(r'^target datalayout = "([eE])(?:[^"]*-p:(\d+))?', re.MULTILINE)
LABEL: Final = re.compile(r'^("[^"]+"|[\w.$-]+):')
ASSIGNED: Final = re.compile(r'^(%(?:"[^"]+"|[\w.$-]+)) = (.*)$')
NAME: Final = r'%(?:"[^"]+"|[\w.$-]+)'
VALUE: Final = rf"({NAME}|-?\d+|true|false|null|inttoptr \(i\d+ \d+ to ptr\))"
TYPE: Final = r"(i\d+|ptr|\[\d+ x i\d+\])"
FLAGS: Final = r"(?:(?:nuw|nsw|exact|disjoint|samesign|nneg|inbounds|nusw|volatile) )*"

BINARY: Final = re.compile(
    rf"(add|sub|mul|and|or|xor|shl|lshr|ashr|udiv|urem) {FLAGS}{TYPE} {VALUE}, {VALUE}"
)
CAST: Final = re.compile(rf"(zext|sext|trunc|ptrtoint|inttoptr) {FLAGS}{TYPE} {VALUE} to {TYPE}")
COMPARE: Final = re.compile(rf"icmp {FLAGS}(\w+) {TYPE} {VALUE}, {VALUE}")
SELECT: Final = re.compile(rf"select i1 {VALUE}, {TYPE} {VALUE}, {TYPE} {VALUE}")
FREEZE: Final = re.compile(rf"freeze {TYPE} {VALUE}")
PHI: Final = re.compile(rf"phi {TYPE} (\[.*\])")
INCOMING: Final = re.compile(rf"\[ {VALUE}, ({NAME}) \]")
LOAD: Final = re.compile(rf"load {FLAGS}{TYPE}, ptr {VALUE}")
STORE: Final = re.compile(rf"store {FLAGS}{TYPE} {VALUE}, ptr {VALUE}")
ADDRESS: Final = re.compile(
    rf"getelementptr {FLAGS}{TYPE}, ptr {VALUE}, i\d+ {VALUE}(?:, i\d+ {VALUE})?$"
)
ALLOCATE: Final = re.compile(rf"alloca {TYPE}(?:, align \d+)?$")  # of one element
JUMP: Final = re.compile(rf"br label ({NAME})")
BRANCH: Final = re.compile(rf"br i1 {VALUE}, label ({NAME}), label ({NAME})")
SWITCH: Final = re.compile(rf"switch {TYPE} {VALUE}, label ({NAME}) \[(.*)\]")
CASE: Final = re.compile(rf"i\d+ (-?\d+), label ({NAME})")
RETURN: Final = re.compile(rf"ret (?:void|{TYPE} {VALUE})")
RANGE: Final = re.compile(r"!range (!\d+)")
RANGES: Final = re.compile(r"^(!\d+) = !\{(i\d+ -?\d+(?:, i\d+ -?\d+)*)\}$", re.MULTILINE)
CALL: Final = re.compile(r'(?:(?:tail|musttail|notail) )?call .*?@("[^"]+"|[\w.$-]+)\((.*)\)')
ARGUMENT: Final = re.compile(rf"(?:^|, ){TYPE} (?:[a-z_]+(?:\([^)]*\))? (?:\d+ )?)*{VALUE}(?=,|$)")


MAX_WIDTH: Final = 1 << 10
"""Maximum size of an integer, in bits; Rust's have at most 128."""
MAX_ARRAY: Final = 1 << 23
"""Maximum size of an array, in bits: a megabyte."""


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed by identity
class Instruction:
    """One instruction: the name of its value, its operation, and its operands and types.

    Types are kept as text. An instruction that is not read has the operation "" and its text.
    """

    result: str
    operation: str
    parts: tuple[Operand, ...]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function: its parameters' names, its blocks by label, and the label of the first."""

    parameters: tuple[str, ...]
    blocks: Mapping[str, tuple[Instruction, ...]]
    entry: str


def read_data_layout(text: str) -> tuple[Literal["little", "big"], int]:
    """Return the byte order of a module's machine, and its pointers' size in bits (default 64)."""
    match = DATA_LAYOUT.search(text)
    if match is None:
        raise ValueError("no target datalayout")
    return ("little" if match[1] == "e" else "big"), int(match[2] or 64)


def read_functions(text: str) -> dict[str, str]:
    """Return the body of each function of a module by name, its parameters on the first line.

    Bodies are parsed one by one, when they are needed: most are of `core`, and never called.
    """
    bodies = {}
    for match in DEFINE.finditer(text):
        body = text[match.end() + 1 : text.index("\n}", match.end())]
        bodies[match[1]] = f"{match[2]}\n{body}"
    return bodies


def read_ranges(text: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the ranges of loaded values by metadata name, each as its first number and its end."""
    found = {}
    for match in RANGES.finditer(text):
        numbers = [int(word.partition(" ")[2]) for word in match[2].split(", ")]
        if len(numbers) % 2 == 0:
            found[match[1]] = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    return found


def read_function(text: str) -> Function:
    """Parse a body of `read_functions` into blocks."""
    parameters, _, body = text.partition("\n")
    names = re.findall(rf"({NAME})(?:,|$)", parameters)
    blocks: dict[str, tuple[Instruction, ...]] = {}
    # A first block without a name has the number after those of parameters without names.
    label, lines = f"%{sum(name[1:].isdigit() for name in names)}", list[Instruction]()
    for line in _whole_lines(body):
        started = LABEL.match(line)
        if started is not None:
            if lines:
                blocks[label] = tuple(lines)
            label, lines = f"%{started[1]}", []
        else:
            lines.append(_instruction(line))
    blocks[label] = tuple(lines)
    return Function(parameters=tuple(names), blocks=blocks, entry=next(iter(blocks)))


@cache
def size_in_bits(type_: str, pointer_bits: int) -> int:
    """Return the size of an integer, a pointer, or an array of integers."""
    if type_ == "ptr":
        return pointer_bits
    if type_.startswith("["):
        count, _, element = type_[1:-1].partition(" x ")
        size, sizes = int(count) * size_in_bits(element, pointer_bits), range(MAX_ARRAY + 1)
    else:
        size, sizes = int(type_[1:]), range(1, MAX_WIDTH + 1)
    if size not in sizes:
        raise ValueError(f"the type {type_}")
    return size


def _whole_lines(body: str) -> Iterator[str]:
    """Yield the non-empty lines, with each `switch` joined to one line."""
    switch = ""
    for raw in body.splitlines():
        line = raw.strip()
        if switch or (line.startswith("switch ") and not line.endswith("]")):
            switch = f"{switch} {line}".strip()
            if not line.startswith("]") and line != "]":
                continue
            line, switch = switch, ""
        if line and not line.startswith((";", "#dbg_")):
            yield line


def _instruction(line: str) -> Instruction:
    assigned = ASSIGNED.match(line)
    result, text = (assigned[1], assigned[2]) if assigned else ("", line)
    limits = RANGE.search(text)
    text = re.sub(r", !.*", "", text)
    for operation, pattern in PATTERNS.items():
        match = pattern.match(text)
        if match is not None:
            parts = tuple(_operand(part or "") for part in match.groups())
            if operation == "call":
                parts = (match[1], *_arguments(match[2]))
            elif operation == "freeze":
                parts = ("freeze", *parts, parts[0])
            elif operation == "load":
                parts = (*parts, limits[1] if limits else "")
            elif operation == "phi":
                pairs = INCOMING.findall(match[2])
                parts = (match[1], *(p for v, label in pairs for p in (label, _operand(v))))
            elif operation == "switch":
                cases = CASE.findall(match[4])
                parts = (*parts[:3], *(x for v, label in cases for x in (int(v), label)))
            return Instruction(result, CASTS.get(operation, operation), parts, text)
    return Instruction(result, "", (), text)


def _arguments(text: str) -> Iterator[Operand]:
    for match in ARGUMENT.finditer(text):
        yield match[1]
        yield _operand(match[2])


def _operand(text: str) -> Operand:
    if text in ("true", "false", "null"):
        return int(text == "true")
    constant = re.fullmatch(r"-?\d+|inttoptr \(i\d+ (\d+) to ptr\)", text)
    return text if constant is None else int(constant[1] or text)


CASTS: Final = {"freeze": "cast"}
"""Operations that are read as another one."""
PATTERNS: Final = {
    "binary": BINARY,
    "cast": CAST,
    "compare": COMPARE,
    "select": SELECT,
    "freeze": FREEZE,
    "phi": PHI,
    "load": LOAD,
    "store": STORE,
    "address": ADDRESS,
    "allocate": ALLOCATE,
    "jump": JUMP,
    "branch": BRANCH,
    "switch": SWITCH,
    "return": RETURN,
    "call": CALL,
}
