"""C types that Rust is to be written for, with all that they hold. Pure, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from layoutcheck.model.layout import RecordLayout, Type
from layoutcheck.model.target import Target

__all__ = ["CTypes", "ScalarKind"]

ScalarKind: TypeAlias = Literal["integer", "float", "pointer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CTypes:
    """C types as one compiler lays them out.

    - `records`: the types that were asked for, each with the name that was asked.
    - `definitions`: records by `RecordLayout.ref`, with the alignment that clang says they have.
    - `alignments`: alignment in bytes of a C scalar, by kind and size in bytes. It is that of the
      target: an `unsigned long long` of i386 has 4.
    - `objects`: the types of functions and variables, by C's name.
    - `origin`: kernel, headers and compiler, for a reader.
    """

    target: Target
    records: tuple[tuple[str, RecordLayout], ...]
    definitions: Mapping[int, RecordLayout]
    alignments: Mapping[tuple[ScalarKind, int], int]
    objects: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    origin: str = ""

    def defined(self, record: RecordLayout) -> RecordLayout:
        """Return the record with its members and its alignment, as far as they are known."""
        return record if record.ref is None else self.definitions.get(record.ref, record)
