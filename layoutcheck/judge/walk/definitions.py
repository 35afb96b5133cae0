"""Definitions of records behind pointers, and the tags of C's records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from layoutcheck.judge.idioms import is_cores, unwrapped
from layoutcheck.model.layout import (
    ArrayType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    strip,
)

__all__ = ["Definitions"]


class Definitions:
    """Both sides' records by `RecordLayout.ref`; behind a pointer a record lacks its members."""

    def __init__(
        self,
        c: Mapping[int, RecordLayout] | None = None,
        rust: Mapping[int, RecordLayout] | None = None,
    ) -> None:
        self._c, self._rust = dict(c or {}), rust or {}
        self._waiting: list[Type] = list(self._c.values())
        self._seen, self._tags = set[int](), set[str]()

    def learn(self, c: Mapping[int, RecordLayout], types: Iterable[Type] = ()) -> None:
        """Add C records, and types in which to look for tags."""
        self._waiting += [*(record for ref, record in c.items() if ref not in self._c), *types]
        self._c |= c

    def is_tag(self, name: str) -> bool:
        """Return whether C has a record of that tag, also one that it only declares.

        The known types are searched on the first call that needs them: calls are rare.
        """
        while self._waiting:
            type_ = self._waiting.pop()
            if id(type_) not in self._seen:
                self._seen.add(id(type_))
                self._waiting += _inside(type_)
                if isinstance(type_, RecordLayout) and type_.name is not None:
                    self._tags.add(type_.name)
        return name in self._tags

    def of_c(self, record: RecordLayout) -> RecordLayout:
        """Return a C record with its members, if they are known."""
        return self._c.get(record.ref or 0, record) if record.is_declaration else record

    def of_rust(self, record: RecordLayout) -> RecordLayout:
        """Return a Rust record with its members, if they are known."""
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


def _inside(type_: Type) -> Iterator[Type]:
    """Yield the types that a type consists of, or points to."""
    found: Iterable[Type | None] = ()
    match type_:
        case RecordLayout(members=members):
            found = (member.type for member in members)
        case PointerType(pointee=inner) | TypedefType(target=inner) | QualifiedType(target=inner):
            found = (inner,)
        case ArrayType(element=inner):
            found = (inner,)
        case FunctionType(parameters=parameters, result=result):
            found = (*parameters, result)
    yield from (one for one in found if one is not None)
