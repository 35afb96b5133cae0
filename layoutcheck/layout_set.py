"""What one object file says: layouts, values and types by the keys of a probe. Pure, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from layoutcheck.layout import RecordLayout, Type

__all__ = ["ConstantValue", "LayoutSet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantValue:
    """A constant: its type, and its value as the bytes of initialised data say it.

    The value of a pointer is an integer, of an array of characters its bytes. It is None where the
    linker or the loader decides it, and where the bits of its type are not read here.
    """

    type: Type
    value: int | float | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSet:
    """What one object file says, by the probe's keys, and who compiled it.

    `objects` are the types of functions and variables; `producer` is the compiler's own
    DW_AT_producer. `definitions` are, by `RecordLayout.ref`, the records that pointers lead to: in
    a pointer's own type these have no members.
    """

    producer: str
    records: Mapping[str, RecordLayout] = field(default_factory=lambda: MappingProxyType({}))
    constants: Mapping[str, ConstantValue] = field(default_factory=lambda: MappingProxyType({}))
    objects: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    definitions: Mapping[int, RecordLayout] = field(
        default_factory=lambda: MappingProxyType({}), compare=False
    )
