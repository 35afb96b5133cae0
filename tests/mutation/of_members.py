"""Mistakes in the set of a record's members, and in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from tests.mutation.declarations import Declaration, Field
from tests.mutation.kinds import Change, Root, Site, kind

__all__ = ["ADDED"]

ADDED = Field(name="mutant_added", type="u64")
EXTRA = (Root(check="member-extra", member=ADDED.name),)


def _swaps(site: Site, *, alike: bool, step: int = 1) -> Iterator[Change]:
    fields = list(site.fields())
    for (one, first, c_one), (two, second, c_two) in zip(fields, fields[step:], strict=False):
        same = site.bindings.resolve(first.type) == site.bindings.resolve(second.type)
        if site.record.kind == "struct" and same is alike:
            changed = list(site.record.fields)
            changed[one], changed[two] = second, first
            record = replace(site.record, fields=tuple(changed))
            names = (first, second) if step == 1 else ()
            roots = (Root(check="member-offset", member=name) for name in (c_one, c_two))
            yield Change(
                record=record, roots=tuple(roots), moved=tuple(field.name for field in names)
            )


@kind("two members of one type swapped")
def swap_alike(site: Site) -> Iterator[Change]:
    """Swap two members of one type; only their names are different."""
    return _swaps(site, alike=True)


@kind("two members of two types swapped")
def swap_unlike(site: Site) -> Iterator[Change]:
    """Swap neighbours of different types, of two sizes or of one."""
    return _swaps(site, alike=False)


@kind("two distant members swapped")
def swap_distant(site: Site) -> Iterator[Change]:
    """Swap two members that have two others between them."""
    return _swaps(site, alike=True, step=3)


@kind("variants of a union swapped")
def swap_variants(site: Site) -> Iterator[Change]:
    """Swap two variants of a union, whose order is irrelevant."""
    for (one, first, _), (two, second, _) in pairwise(site.fields()):
        if site.record.kind == "union":
            changed = list(site.record.fields)
            changed[one], changed[two] = second, first
            yield Change(record=replace(site.record, fields=tuple(changed)))


def _drop(site: Site, index: int, c_name: str) -> Change:
    missing = Root(check="member-missing", member=c_name)
    return Change(record=site.record.without(index), roots=(missing,))


@kind("first member dropped")
def drop_first(site: Site) -> Iterator[Change]:
    """Drop the first member that C has a name for."""
    fields = list(site.fields())
    if site.record.kind == "struct" and len(fields) > 1:
        yield _drop(site, fields[0][0], fields[0][2])


@kind("member in the middle dropped")
def drop_middle(site: Site) -> Iterator[Change]:
    """Drop any member except the first and the last."""
    for index, _, c_name in list(site.fields())[1:-1]:
        if site.record.kind == "struct":
            yield _drop(site, index, c_name)


@kind("last member dropped")
def drop_last(site: Site) -> Iterator[Change]:
    """Drop the last member that C has a name for."""
    fields = list(site.fields())
    if site.record.kind == "struct" and len(fields) > 1:
        yield _drop(site, fields[-1][0], fields[-1][2])


@kind("variant of a union dropped")
def drop_variant(site: Site) -> Iterator[Change]:
    """Drop the largest variant or another one."""
    fields = list(site.fields())
    for index, _, c_name in fields:
        if site.record.kind == "union" and len(fields) > 1:
            yield _drop(site, index, c_name)


@kind("two members dropped")
def drop_two(site: Site) -> Iterator[Change]:
    """Drop two neighbours."""
    for (one, _, first), (two, _, second) in pairwise(site.fields()):
        if site.record.kind == "struct" and len(site.record.fields) > 2:
            record = site.record.without(two).without(one)
            roots = (Root(check="member-missing", member=name) for name in (first, second))
            yield Change(record=record, roots=tuple(roots))


@kind("member added first")
def add_first(site: Site) -> Iterator[Change]:
    """Add a first member; in a struct all others move."""
    yield Change(record=site.record.with_field(0, ADDED), roots=EXTRA)


@kind("member added in the middle")
def add_middle(site: Site) -> Iterator[Change]:
    """Add a member between two that C has names for."""
    for index, _, _ in list(site.fields())[1:]:
        if site.record.kind == "struct":
            yield Change(record=site.record.with_field(index, ADDED), roots=EXTRA)


@kind("member added last")
def add_last(site: Site) -> Iterator[Change]:
    """Add a last member: the record grows, unless it is a union, and the others stay."""
    if not site.record.fields[-1].type.startswith("__Incomplete"):
        yield Change(record=site.record.with_field(len(site.record.fields), ADDED), roots=EXTRA)


@kind("member added in a hole")
def add_in_hole(site: Site) -> Iterator[Change]:
    """Add a member in a hole: the others stay, and the size is unchanged."""
    for index, _ in _holes(site):
        added = replace(ADDED, type="u8")
        yield Change(record=site.record.with_field(index, added), roots=EXTRA)


@kind("member declared twice")
def add_twin(site: Site) -> Iterator[Change]:
    """Add a second member of the same type, by another name."""
    for index, field, _ in site.fields():
        if site.record.kind == "struct":
            added = replace(ADDED, type=field.type)
            yield Change(record=site.record.with_field(index + 1, added), roots=EXTRA)


@kind("member renamed")
def rename(site: Site) -> Iterator[Change]:
    """Rename a member, which only its name identifies in C.

    A member that is a record is left out: Rust may have its members one level higher (ADR 6).
    """
    for index, field, c_name in site.fields():
        if site.bindings.record(field.type) is not None:
            continue
        renamed = replace(field, name="mutant_renamed")
        record = site.record.without(index).with_field(index, renamed)
        roots = (
            Root(check="member-missing", member=c_name),
            Root(check="member-extra", member=renamed.name),
        )
        yield Change(record=record, roots=roots)


@kind("members' names exchanged")
def exchange_names(site: Site) -> Iterator[Change]:
    """Exchange two names, which equals a swap of members of one type."""
    for (one, first, _), (two, second, _) in pairwise(site.fields()):
        same = site.bindings.resolve(first.type) == site.bindings.resolve(second.type)
        if site.record.kind == "struct" and same:
            changed = list(site.record.fields)
            changed[one] = replace(first, name=second.name)
            changed[two] = replace(second, name=first.name)
            record = replace(site.record, fields=tuple(changed))
            yield Change(record=record, moved=(first.name, second.name))


@kind("padding of the wrong length")
def long_padding(site: Site) -> Iterator[Change]:
    """Add padding that is too long for its hole, so that the next members move."""
    for index, length in _holes(site):
        pad = Field(name="mutant_pad", type=f"[u8; {length + 1}]")
        roots = (Root(check="member-extra", member=pad.name),)
        if index < len(site.record.fields):
            yield Change(record=site.record.with_field(index, pad), roots=roots)


@kind("padding spelt out", rule="padding has no member in C")
def spelt_padding(site: Site) -> Iterator[Change]:
    """Add padding as long as its hole."""
    for index, length in _holes(site):
        pad = Field(name="mutant_pad", type=f"[u8; {length}]")
        yield Change(record=site.record.with_field(index, pad))


@kind("name with an underscore", rule="Rust's keywords and private members are written so")
def underscore(site: Site) -> Iterator[Change]:
    """Append an underscore: `name_` for `name`."""
    for index, field, c_name in site.fields():
        if c_name == field.name and not field.name.endswith("_"):
            renamed = replace(field, name=f"{field.name}_")
            yield Change(record=site.record.without(index).with_field(index, renamed))


def _holes(site: Site) -> Iterator[tuple[int, int]]:
    """Return the places of fields after a hole, and its bytes; the record's end included."""
    record: Declaration = site.record
    if record.kind != "struct" or not all(map(site.size, record.fields)):
        return
    ends = [site.offset(field) + site.size(field) for field in record.fields]
    begins = [*(site.offset(field) for field in record.fields[1:]), site.facts.byte_size]
    for index, (end, begin) in enumerate(zip(ends, begins, strict=True), 1):
        if begin > end:
            yield index, begin - end
