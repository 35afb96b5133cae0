"""What a kind of mistake is: what is right, the same with one mistake, what has to be found."""

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
    """A mismatch that follows from no other: a check's id and C's name for the member, as patterns.

    The member is None for the whole record.
    """

    check: str
    member: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A record that is right, and what rustc says of it and of all others.

    `named` are the records that are right and that C has names for.
    """

    bindings: Bindings
    record: Declaration
    records: Mapping[str, Facts]
    named: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        """The record's own."""
        return self.records[self.record.name]

    @property
    def is_inner(self) -> bool:
        """Whether C has no name for the record, so that nothing says its alignment."""
        return "__bindgen_ty_" in self.record.name

    def is_around(self, name: str) -> bool:
        """Whether a record is this one or holds it: by value it cannot be in it."""
        return name == self.record.name or self.record.name.startswith(f"{name}__bindgen_ty_")

    def fields(self) -> Iterator[tuple[int, Field, str]]:
        """The fields that are members in C and have a size, with their places and C's names."""
        for index, field in enumerate(self.record.fields):
            if field.c_name is not None and self.size(field):
                yield index, field, field.c_name

    def size(self, field: Field) -> int:
        """A field's size in bytes."""
        return self.facts.fields[field.name][1]

    def offset(self, field: Field) -> int:
        """A field's offset in bytes."""
        return self.facts.fields[field.name][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record with a mistake: `roots` are what has to be found, each of them if `every` is set.

    Of the fields in `moved` it is the first, in C's order, that rustc has put elsewhere. `around`
    are further records of the mutant: that hold the changed one, or are in it.
    """

    record: Declaration
    roots: tuple[Root, ...] = ()
    every: bool = True
    moved: tuple[str, ...] = ()
    around: tuple[Declaration, ...] = ()

    @property
    def subject(self) -> str:
        """What has changed."""
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
    """A kind of mistake, `of` what: `make` makes all its changes of one.

    Whether it is one says rustc, or where `rule` says why it is none, that and rustc. With
    `is_wrong` it is one, or none, whatever the layouts: rustc is only asked if it compiles.
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
    """Adds a kind; the function makes all its changes of one thing, such as a `Site`."""

    def add(make: Maker) -> Maker:
        assert name not in KINDS
        KINDS[name] = Kind(name=name, make=make, of=of, rule=rule, is_wrong=is_wrong)
        return make

    return add
