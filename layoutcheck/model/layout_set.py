"""What one object file says: layouts, values and types by the keys of a probe. Pure, immutable."""

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
    """A number that no `float` has: odd `digits`, times two to the power of `exponent`."""

    digits: int
    exponent: int

    @property
    def nearest(self) -> float:
        """The `float` that is nearest to it; an infinity if it is greater than all."""
        try:
            return float(Fraction(self.digits) * Fraction(2) ** self.exponent)
        except OverflowError:
            return copysign(inf, self.digits)


Number: TypeAlias = int | float | LongFloat


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantValue:
    """A constant: its type, and its value as the bytes of initialised data say it.

    The value of a pointer is an integer, of an array of characters its bytes, of another array its
    elements, those of the last dimension first. It is None where the linker or the loader decides
    it, and where the bits of its type are not read.
    """

    type: Type
    value: Number | bytes | tuple[Number, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSet:
    """What one object file says, by the probe's keys, and who compiled it.

    `objects` are the types of functions and variables, `symbols` those that these are linked by,
    where the probe has asked; `producer` is the compiler's own DW_AT_producer. `definitions` are,
    by `RecordLayout.ref`, the records that pointers lead to: in a pointer's own type these have no
    members.
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
    """Functions and variables of which DWARF does not say all.

    Those that are `local` to each unit (`static`), variables that each thread has for itself, and
    functions with parameters in registers (`regparm`).
    """

    local: frozenset[str] = frozenset()
    of_thread: frozenset[str] = frozenset()
    regparm: frozenset[str] = frozenset()
