"""Values of several executions that go the same way at the same time.

A value is one integer where it is the same in all of them, else one for each. Most are the same,
such as indices and masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TypeAlias

from layoutcheck.accessors.operations import NotUnderstoodError, Operation

__all__ = ["DIFFERENT_WAYS", "Value", "choose", "each", "lanes", "merged", "the_one"]

Value: TypeAlias = int | tuple[int, ...]

DIFFERENT_WAYS = "it does not go the same way for all records"


def each(operation: Operation, operands: Sequence[Value]) -> Value:
    """What an operation makes of the operands."""
    for operand in operands:
        if isinstance(operand, tuple):
            return merged(tuple(map(operation, *map(lanes, operands))))
    return operation(*operands)


def choose(conditions: tuple[int, ...], one: Value, other: Value) -> Value:
    """The one value where the condition is not 0, else the other."""
    if one == other:
        return one
    columns = zip(conditions, lanes(one), lanes(other), strict=False)
    return merged(tuple(a if condition else b for condition, a, b in columns))


def lanes(value: Value) -> Iterable[int]:
    """The integers of all executions, without an end where they are the same."""
    return repeat(value) if isinstance(value, int) else value


def merged(values: Sequence[int]) -> Value:
    """The integers of all executions as a value."""
    return values[0] if values.count(values[0]) == len(values) else tuple(values)


def the_one(value: Value) -> int:
    """The integer that all have. Raises `NotUnderstoodError` if they have not."""
    if isinstance(value, tuple):
        raise NotUnderstoodError(DIFFERENT_WAYS)
    return value
