"""Items of a file of bindings, other than records, that can be mutated, with their kinds' input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from tests.mutation.declarations import Bindings
from tests.mutation.items import Constant, Function, Items
from tests.mutation.judge import Facts
from tests.mutation.kinds import Of
from tests.mutation.of_constants import ConstantSite, EnumSite
from tests.mutation.of_functions import FunctionSite, StaticSite

__all__ = ["item_sites"]


def item_sites(
    bindings: Bindings, items: Items, records: Mapping[str, Facts], named: tuple[str, ...]
) -> Mapping[Of, Sequence[Any]]:
    """Return the sites of all right items, by type; `records` are those of their sites."""
    functions = items.functions
    neighbours = [functions[place - 3 : place] for place in range(len(functions))]
    statics: defaultdict[str, list[StaticSite]] = defaultdict(list)
    for one, two in pairwise(sorted(items.statics, key=lambda static: static.type)):
        statics[one.type].append(
            StaticSite(bindings=bindings, static=one, other=two, records=records, named=named)
        )

    def of_function(function: Function, others: Sequence[Function]) -> FunctionSite:
        return FunctionSite(
            bindings=bindings,
            function=function,
            others=tuple(others),
            records=records,
            named=named,
        )

    return {
        "constant": list(_constants(items.constants)),
        "enum": list(_enums(bindings, items)),
        "function": [
            of_function(function, others)
            for function, others in zip(functions, neighbours, strict=True)
        ],
        "inline": [of_function(function, ()) for function in items.inlines],
        "static": [site for sites in statics.values() for site in sites],
    }


def _constants(constants: Sequence[Constant]) -> Iterator[ConstantSite]:
    """Yield each constant with the next one, if both are of one enum."""
    for one, two in pairwise((*constants, None)):
        if one is not None:
            is_next = two is not None and two.type == one.type and one.c_name != one.name
            yield ConstantSite(constant=one, next=two if is_next else None)


def _enums(bindings: Bindings, items: Items) -> Iterator[EnumSite]:
    """Yield enums that C has names for, without enumerators of equal values."""
    constants = (c for c in items.constants if c.c_name != c.name and c.type in items.enums)
    by_type = sorted(constants, key=lambda constant: constant.type)
    for name, group in groupby(by_type, key=lambda constant: constant.type):
        values = {c.value: c.c_name for c in reversed(list(group)) if isinstance(c.value, int)}
        scalar = bindings.scalar(name)
        if scalar is not None and len(values) > 1:
            pairs = tuple((c_name, value) for value, c_name in reversed(values.items()))
            yield EnumSite(name=name, scalar=scalar, enumerators=pairs)
