"""Mistakes in the member that a name identifies, with members of a record at the outer level.

Also filler after the end of C's record, which matches no member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.mutation.declarations import Declaration, Field
from tests.mutation.kinds import Change, Root, Site, kind

__all__ = ["FILLER"]

FILLER = Field(name="_mutant_filler", type="u64")


def _alike(site: Site) -> Iterator[tuple[int, Field, tuple[Field, ...]]]:
    """Yield the fields that are structs of several members of one type, without padding."""
    for index, field, _ in site.fields():
        inner = site.bindings.record(field.type)
        if inner is None or inner.kind != "struct" or site.record.kind != "struct":
            continue
        sizes = [site.records[inner.name].fields[member.name][1] for member in inner.fields]
        types = {site.bindings.resolve(member.type) for member in inner.fields}
        is_named = all(member.c_name for member in inner.fields) and len(inner.repr) == 1
        if is_named and len(types) == 1 < len(inner.fields) and sum(sizes) == site.size(field):
            yield index, field, inner.fields


def _flattened(record: Declaration, index: int, members: list[Field]) -> Declaration:
    """Return the record with members in place of a field."""
    record = record.without(index)
    for member in reversed(members):
        record = record.with_field(index, member)
    return record


def _named(field: Field, members: tuple[Field, ...]) -> list[Field]:
    return [replace(m, name=f"{field.c_name}_{m.c_name}") for m in members]


@kind("a record's members at Rust's level", is_wrong=False)
def own_level(site: Site) -> Iterator[Change]:
    """Put members at the outer level, under both names."""
    for index, field, members in _alike(site):
        yield Change(record=_flattened(site.record, index, _named(field, members)))


@kind("a record's members at Rust's level, of names that say nothing", is_wrong=False)
def nameless_level(site: Site) -> Iterator[Change]:
    """Put members at the outer level without C's names, so that they match by place."""
    for index, _, members in _alike(site):
        numbered = [replace(m, name=f"mutant{number}") for number, m in enumerate(members)]
        yield Change(record=_flattened(site.record, index, numbered))


def _swapped(site: Site, index: int, field: Field, named: list[Field]) -> Change:
    """Return the record with its first two members exchanged; C's first is the root cause."""
    first, second, *others = named
    inner = site.bindings.record(field.type)
    assert inner is not None
    path = f"{field.c_name}.{inner.fields[0].c_name}"
    record = _flattened(site.record, index, [second, first, *others])
    return Change(record=record, roots=(Root(check="member-offset", member=path),))


@kind("a record's members swapped at Rust's level", is_wrong=True)
def swapped_level(site: Site) -> Iterator[Change]:
    """Swap members at the outer level; only their names are different."""
    for index, field, members in _alike(site):
        yield _swapped(site, index, field, _named(field, members))


@kind("a record's members swapped at Rust's level, one of a name that says nothing", is_wrong=True)
def half_swapped(site: Site) -> Iterator[Change]:
    """Swap members of which one has C's name, which is sufficient."""
    for index, field, members in _alike(site):
        first, second, *others = _named(field, members)
        if not others:
            named = [first, replace(second, name="mutant")]
            yield _swapped(site, index, field, named)


@kind("filler behind C's end")
def filler_behind(site: Site) -> Iterator[Change]:
    """Add filler at the end of the record, where C has no member."""
    is_open = site.record.fields[-1].type.startswith("__Incomplete")
    if site.record.kind == "struct" and not is_open:
        record = site.record.with_field(len(site.record.fields), FILLER)
        yield Change(record=record, roots=(Root(check="member-extra", member=FILLER.name),))
