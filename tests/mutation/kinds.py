"""A kind of mutation: correct bindings, the same with one mistake, the expected mismatches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from tests.mutation.declarations import Bindings, Declaration, Field
from tests.mutation.judge import Facts

__all__ = ["KINDS", "Change", "ItemChange", "Kind", "Of", "Root", "Site", "kind"]

Maker = TypeVar("Maker", bound=Callable[[Any], Iterator[Any]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A root cause: a check's id and C's name for the member, as patterns.

    The member is None for the whole record.
    """

    check: str
    member: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A record that is right, with rustc's facts of it and of all others.

    `named` are the records that are right and that C has names for.
    """

    bindings: Bindings
    record: Declaration
    records: Mapping[str, Facts]
    named: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        """The record's own facts."""
        return self.records[self.record.name]

    @property
    def is_inner(self) -> bool:
        """Return whether C has no name for the record, so that its alignment is unchecked."""
        return "__bindgen_ty_" in self.record.name

    def is_around(self, name: str) -> bool:
        """Return whether a record is this one or holds it: it cannot be in it by value."""
        return name == self.record.name or self.record.name.startswith(f"{name}__bindgen_ty_")

    def fields(self) -> Iterator[tuple[int, Field, str]]:
        """Return the fields that are members in C and have a size, with places and C's names."""
        for index, field in enumerate(self.record.fields):
            if field.c_name is not None and self.size(field):
                yield index, field, field.c_name

    def size(self, field: Field) -> int:
        """Return a field's size in bytes."""
        return self.facts.fields[field.name][1]

    def offset(self, field: Field) -> int:
        """Return a field's offset in bytes."""
        return self.facts.fields[field.name][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record with a mistake: `roots` are the expected root causes, all of them if `every` is set.

    Of the fields in `moved` it is the first, in C's order, that rustc has moved. `around` are
    further records of the mutant, which hold the changed one or are in it.
    """

    record: Declaration
    roots: tuple[Root, ...] = ()
    every: bool = True
    moved: tuple[str, ...] = ()
    around: tuple[Declaration, ...] = ()

    @property
    def subject(self) -> str:
        """The name of the changed record."""
        return self.record.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """The `text` of constants, functions or variables with a mistake; `roots` as of a `Change`."""

    subject: str
    text: str
    roots: tuple[Root, ...] = ()
    every: bool = True


Of: TypeAlias = Literal["record", "constant", "enum", "function", "inline", "static"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of mutation, of the item `of`: `make` makes all its changes of one item.

    rustc decides whether a change is a mistake. With a `rule`, which is a reason why it is none,
    the rule and rustc decide. With `is_wrong` it is a mistake, or none, whatever the layouts: rustc
    only decides whether it compiles.
    """

    name: str
    make: Callable[[Any], Iterator[Any]]
    of: Of = "record"
    rule: str | None = None
    is_wrong: bool | None = None


KINDS: Final[dict[str, Kind]] = {}


def kind(
    name: str,
    *,
    of: Of = "record",
    rule: str | None = None,
    is_wrong: bool | None = None,
) -> Callable[[Maker], Maker]:
    """Add a kind; the function makes all its changes of one value, such as a `Site`."""

    def add(make: Maker) -> Maker:
        assert name not in KINDS
        KINDS[name] = Kind(name=name, make=make, of=of, rule=rule, is_wrong=is_wrong)
        return make

    return add
