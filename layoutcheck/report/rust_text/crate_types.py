"""The C types of one module of a crate: a record with a name in C is the crate's own type."""

from __future__ import annotations

from collections.abc import Mapping

from layoutcheck.model.c_types import CTypes
from layoutcheck.model.layout import EnumType, RecordLayout
from layoutcheck.report.rust_text.records import RecordWriter
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape
from layoutcheck.report.rust_text.types import last_name

__all__ = ["CrateTypes"]


class CrateTypes(RecordWriter):
    """Writer of types for one module; only anonymous records are written anew.

    `paths` are the Rust types that stand for C's, by C's name and as the module writes them;
    `pointees` are others that stand behind pointers only.
    """

    def __init__(
        self, types: CTypes, paths: Mapping[str, str], pointees: Mapping[str, str]
    ) -> None:
        super().__init__(types)
        self._paths, self._pointees = paths, {**pointees, **paths}

    def record(self, record: RecordLayout, name: str | None, hint: str) -> Shape:
        """Return the crate's type for a record; one without a name is written."""
        own = last_name(record.name) or name
        if own is None:
            return super().record(record, name, hint)
        if own not in self._paths or record.alignment is None:
            raise Inexpressible(f"the crate has no type for {record.kind} {own}")
        return Shape(text=self._paths[own], byte_size=record.byte_size, alignment=record.alignment)

    def declared(self, record: RecordLayout, typedef: str | None) -> str:
        """Return the crate's type behind a pointer; `c_void` if it has none."""
        own = last_name(record.name) or typedef
        return self._pointees.get(own or "", "::core::ffi::c_void")

    def enum(self, enum: EnumType, typedef: str | None) -> Shape:  # noqa: ARG002 - as the base's
        """Return the enum's integer: the crate's own enum may lack a value that C has."""
        return self.scalars.enum(enum)
