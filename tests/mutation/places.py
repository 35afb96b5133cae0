"""Parameters, results and variables as places of a type: kinds of mistakes for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tests.mutation.declarations import Declaration
from tests.mutation.kinds import ItemChange, Of, Root, kind
from tests.mutation.of_functions import (
    CHECKS,
    STATIC,
    FunctionSite,
    StaticSite,
    declared,
    variable,
)

__all__ = ["Place", "of_places", "places_of"]

POINTER: Final = re.compile(r"(\*mut |\*const )(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parameter, a result or a variable that is right: its type, and its name in reports.

    `write` makes the item with another type, and the declarations that it needs.
    """

    site: FunctionSite | StaticSite
    type: str
    root: Root
    write: Callable[[str, str, tuple[Root, ...]], ItemChange]

    def change(self, type_: str, text: str = "", *roots: Root) -> ItemChange:
        """Return the item with another type; `roots` if another place than this is reported."""
        return self.write(type_, text, roots or (self.root,))

    def no_repr(self) -> Root:
        """Return the root of a type without a fixed layout at this place."""
        return replace(self.root, check="repr-missing")

    def record(self) -> tuple[Declaration, str] | None:
        """Return the type's or pointed-to record, if it has members; and `*mut ` or nothing."""
        bindings, type_ = self.site.bindings, self.site.bindings.resolve(self.type)
        pointed = POINTER.fullmatch(type_)
        record = bindings.record(pointed[2] if pointed else type_)
        if record is None or record.name not in self.site.named:
            return None
        return record, pointed[1] if pointed else ""


def places_of(site: FunctionSite | StaticSite) -> Iterator[Place]:
    """Return the variable, or each of the function's parameters and its result."""
    if isinstance(site, StaticSite):
        static = site.static

        def write_static(type_: str, text: str, roots: tuple[Root, ...]) -> ItemChange:
            written = text + variable(static, type_)
            return ItemChange(subject=static.name, text=written, roots=roots)

        yield Place(site=site, type=static.type, root=STATIC[0], write=write_static)
        return
    function = site.function
    result = function.signature.result
    types = dict(enumerate(parameter.type for parameter in function.signature.parameters))
    types |= {-1: result} if result not in (None, "!") else {}
    for place, type_ in types.items():
        where = f"parameter {place + 1}"
        root = Root(check="parameter-type", member=where) if place >= 0 else CHECKS["result"]

        def write(type_: str, text: str, roots: tuple[Root, ...], place: int = place) -> ItemChange:
            signature = function.signature.with_type(place, type_)
            written = text + declared(function, signature)
            return ItemChange(subject=function.name, text=written, roots=roots)

        yield Place(site=site, type=type_, root=root, write=write)


Maker: TypeAlias = Callable[[Place], Iterator[ItemChange]]


def of_places(name: str, *, is_wrong: bool, values_only: bool = False) -> Callable[[Maker], Maker]:
    """Add a kind of functions and one of variables; `values_only` adds the first only."""

    def add(make: Maker) -> Maker:
        called: dict[Of, str] = {"function": "function", "static": "variable"}
        for of, word in called.items():
            if of == "function" or not values_only:

                @kind(f"{word}: {name}", of=of, is_wrong=is_wrong)
                def of_site(site: FunctionSite | StaticSite) -> Iterator[ItemChange]:
                    for place in places_of(site):
                        yield from make(place)

        return make

    return add
