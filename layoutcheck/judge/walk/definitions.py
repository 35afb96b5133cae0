"""Records behind pointers: where their members are."""

from __future__ import annotations

from collections.abc import Mapping

from layoutcheck.judge.idioms import is_cores, unwrapped
from layoutcheck.layout import RecordLayout, Type, strip

__all__ = ["Definitions"]


class Definitions:
    """Both sides' records by `RecordLayout.ref`: behind a pointer a record has no members."""

    def __init__(
        self,
        c: Mapping[int, RecordLayout] | None = None,
        rust: Mapping[int, RecordLayout] | None = None,
    ) -> None:
        self._c, self._rust = dict(c or {}), rust or {}

    def learn(self, c: Mapping[int, RecordLayout]) -> None:
        """Know further records of C's."""
        self._c |= c

    def of_c(self, record: RecordLayout) -> RecordLayout:
        """Return a record of C's with its members, as far as they are known."""
        return self._c.get(record.ref or 0, record) if record.is_declaration else record

    def of_rust(self, record: RecordLayout) -> RecordLayout:
        """Return a record of Rust's with its members, as far as they are known."""
        return self._rust.get(record.ref or 0, record) if record.is_declaration else record

    def out_of_core(self, type_: Type | None) -> Type | None:
        """Return a type out of the wrappers of Rust's own libraries, also behind a pointer."""
        inner = strip(type_)
        while isinstance(inner, RecordLayout):
            whole = self.of_rust(inner)
            content = unwrapped(whole) if is_cores(whole) else None
            if content is None:
                return whole
            inner = strip(content.type)
        return inner

    def rust_by_name(self) -> dict[str, RecordLayout]:
        """Return the Rust records that pointers lead to, by path."""
        return {record.name: record for record in self._rust.values() if record.name}
