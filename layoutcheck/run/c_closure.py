"""C types -> the records that they hold by value, and one definition of each over several units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

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

__all__ = ["merge_definitions", "unaligned_names"]


def unaligned_names(
    records: Iterable[RecordLayout], definitions: Mapping[int, RecordLayout]
) -> set[str]:
    """Return C's names of the records held by value whose alignment is not known.

    Functions that a record points to hold their parameters and results by value.
    """
    return set(_Held(definitions).names(records))


class _Held:
    def __init__(self, definitions: Mapping[int, RecordLayout]) -> None:
        self._definitions, self._seen = definitions, set[int]()

    def names(self, records: Iterable[RecordLayout]) -> Iterator[str]:
        for record in records:
            yield from self._members(record)

    def _members(self, record: RecordLayout) -> Iterator[str]:
        if record.ref is not None:
            if record.ref in self._seen:
                return
            self._seen.add(record.ref)
        for member in record.members:
            yield from self._by_value(member.type, None)

    def _by_value(self, type_: Type | None, typedef: str | None) -> Iterator[str]:
        match type_:
            case TypedefType(name=name, target=target):
                yield from self._by_value(target, name)
            case QualifiedType(target=target):
                yield from self._by_value(target, typedef)
            case ArrayType(element=element):
                yield from self._by_value(element, None)
            case PointerType(pointee=pointee):
                function = strip(pointee)
                if isinstance(function, FunctionType):
                    for passed in (function.result, *function.parameters):
                        yield from self._by_value(passed, None)
            case RecordLayout():
                known = type_ if type_.ref is None else self._definitions.get(type_.ref, type_)
                spelled = f"{type_.kind} {type_.name}" if type_.name else typedef
                if known.alignment is None and spelled is not None and "::" not in spelled:
                    yield spelled
                yield from self._members(known)
            case _:
                return


def merge_definitions(
    units: Sequence[Mapping[int, RecordLayout]],
) -> Mapping[int, RecordLayout]:
    """Return the definitions of several units, with one value for a record that all define alike.

    The value has the alignment, if one unit knows it.
    """
    if len(units) == 1:
        return units[0]
    merged: dict[int, RecordLayout] = {}
    named: dict[tuple[str, str], list[RecordLayout]] = {}
    every = [pair for unit in units for pair in unit.items()]
    for ref, record in sorted(every, key=lambda pair: pair[1].alignment is None):
        alike = named.setdefault((record.kind, record.name or ""), []) if record.name else []
        same = next((one for one in alike if _are_same(one, record)), None)
        if same is None:
            alike.append(record)
        merged[ref] = record if same is None else same
    return merged


def _are_same(known: RecordLayout, other: RecordLayout) -> bool:
    return known == (
        replace(other, alignment=known.alignment) if other.alignment is None else other
    )
