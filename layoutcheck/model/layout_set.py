"""The content of one object file: layouts, values and types by probe key. Pure, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import copysign, inf
from types import MappingProxyType
from typing import TypeAlias

from layoutcheck.model.layout import RecordLayout, Type
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["ConstantValue", "LayoutSet", "Linkage", "LongFloat", "Number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongFloat:
    """A number that no `float` represents: odd `digits`, times two to the power of `exponent`."""

    digits: int
    exponent: int

    @property
    def nearest(self) -> float:
        """Return the nearest `float`; an infinity if the number is greater than all."""
        try:
            return float(Fraction(self.digits) * Fraction(2) ** self.exponent)
        except OverflowError:
            return copysign(inf, self.digits)


Number: TypeAlias = int | float | LongFloat


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantValue:
    """A constant: its type, and its value from the bytes of initialised data.

    The value of a pointer is an integer, that of an array of characters its bytes, that of another
    array its elements, in memory order. The value is None if the linker or the loader decides it,
    or if the type's bits are not read.
    """

    type: Type
    value: Number | bytes | tuple[Number, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSet:
    """The content of one object file, by the probe's keys, and its compiler.

    `objects` are the types of functions and variables; `symbols` are the symbols that these are
    linked by, if the probe asks for them. `producer` is the compiler's DW_AT_producer.
    `definitions` are the records behind pointers by `RecordLayout.ref`: in a pointer's own type
    they have no members.
    """

    producer: str
    records: Mapping[ProbeKey, RecordLayout] = field(default_factory=lambda: MappingProxyType({}))
    constants: Mapping[ProbeKey, ConstantValue] = field(
        default_factory=lambda: MappingProxyType({})
    )
    objects: Mapping[ProbeKey, Type] = field(default_factory=lambda: MappingProxyType({}))
    symbols: Mapping[ProbeKey, str] = field(default_factory=lambda: MappingProxyType({}))
    definitions: Mapping[int, RecordLayout] = field(
        default_factory=lambda: MappingProxyType({}), compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """Facts about functions and variables that DWARF lacks.

    `local`: those that are local to each unit (`static`). `of_thread`: variables of which each
    thread has its own. `regparm`: functions with parameters in registers.
    """

    local: frozenset[str] = frozenset()
    of_thread: frozenset[str] = frozenset()
    regparm: frozenset[str] = frozenset()
