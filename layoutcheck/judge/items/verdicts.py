"""Verdicts on items: an item's mismatches -> a verdict, or why the item is skipped. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.item_pairs import AliasPair, FunctionPair, StaticPair
from layoutcheck.judge.items.c_answers import SideOfC
from layoutcheck.judge.items.names import set_aside
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.mismatches import roots_first
from layoutcheck.judge.walk import Difference, Edge, Place
from layoutcheck.manifest.reader import Manifest
from layoutcheck.model.layout import FunctionType, Type
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Kind, Mismatch, SetAside, Status, Verdict

__all__ = ["ItemVerdicts", "Missing"]

Missing: TypeAlias = Callable[[ItemKind, str], str | None]
"""Function that returns why clang does not know a name; None if no header defines the name."""
_Typed: TypeAlias = FunctionPair | StaticPair | AliasPair
_CHECKED_AS: Final[Mapping[type[_Typed], Kind]] = MappingProxyType(
    {FunctionPair: "function", StaticPair: "static", AliasPair: "alias"}
)
_UNDECLARED: Final = "use of undeclared identifier "
_UNDECLARED_BY_ALL: Final = (
    'no header of this tree declares {}: correct its name, or waive it (check = "indeterminate")'
)


class ItemVerdicts:
    """Verdicts on one cell's items; `edges` are the pairs of records that the items lead to."""

    def __init__(
        self,
        manifest: Manifest,
        cell: str,
        c: SideOfC,
        rust: Side,
        *,
        types: Comparer,
        missing: Missing,
    ) -> None:
        self._manifest, self._cell, self._c, self._rust = manifest, cell, c, rust
        self._types, self._missing = types, missing
        self.edges: list[Edge] = []

    def _differences(self, c: Type | None, rust: Type) -> tuple[Difference, ...]:
        """Return the differences of two types, and of the records that they lead to."""
        edges: list[Edge] = []
        if isinstance(c, FunctionType) and isinstance(rust, FunctionType):
            found = list(self._types.walk.functions(c, rust, edges.append))
        elif c is not None:
            found = list(self._types.walk.compare(c, rust, Place.OBJECT, edges.append))
        else:
            found = []
        self.edges += edges
        sized = (one.holds for one in found if one.holds is not None)
        self.edges += filter(self._types.reports, sized)
        found = [self._types.explain(one) for one in found]
        seen = {(one.path, one.cause) for one in found if one.kind != "unknown"}
        for one in filter(None, map(self._types.outcome, edges)):
            if seen.isdisjoint({(one.path, None), (one.path, one.cause)}):
                seen.add((one.path, one.cause))
                found.append(one)
        return tuple(found)

    def _known(self, item: SurfaceItem, name: str, said: tuple[str, str], pair: _Typed) -> Verdict:
        """Return `_compared`'s verdict; unchecked if nothing differs and something is not known."""
        compared = self._compared(item, name, said, run_checks(_CHECKED_AS[type(pair)], pair))
        unknown = "; ".join(_unknown(one) for one in pair.differences if one.kind == "unknown")
        if not unknown or compared.mismatches:
            return compared
        return self._unchecked(item, unknown, name)

    def _without_c(
        self, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]], *, is_of_c: bool = False
    ) -> Verdict | SetAside:
        """Judge an item that clang did not accept: unchecked with the reason, or not in C.

        If it `is_of_c`, Rust declares that C has it: an item that is not found is unchecked.
        """
        for key, name in keys:
            words = self._c.side.refused.get(key, "")
            expansion = self._c.macros.get(name)
            if expansion is not None:
                what = "an empty macro" if not expansion else f"the macro `{expansion}`"
                if expansion == name:
                    what = "a macro with arguments"
                return self._unchecked(item, f"C has {what}: {words}", name)
            if words and not words.startswith(f"{_UNDECLARED}'{name}'") and item.kind != "enum":
                return self._unchecked(item, f"clang: {words}", name)
        return self._undefined(item, keys, is_of_c=is_of_c)

    def _undefined(
        self, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]], *, is_of_c: bool = False
    ) -> Verdict | SetAside:
        """Judge an item without a C name: unchecked if a header that was not read may define it."""
        reasons = (self._missing(item.kind, name) for _, name in keys)
        reason = next(filter(None, reasons), None)
        if reason is not None:
            return self._unchecked(item, reason)
        if is_of_c:
            return self._unchecked(item, _UNDECLARED_BY_ALL.format(keys[0][1]))
        return set_aside(item, "not in C")

    def _compared(
        self, item: SurfaceItem, name: str, said: tuple[str, str], found: Iterator[Mismatch]
    ) -> Verdict:
        mismatches = roots_first(found)
        return Verdict(
            cells=(self._cell,),
            kind=item.subject,
            c_name=name,
            rust_path=item.rust_path,
            status=Status.DIFFERS if mismatches else Status.AGREES,
            c_says=said[0],
            rust_says=said[1],
            rust_location=item.location,
            mismatches=mismatches,
        )

    def _unchecked(self, item: SurfaceItem, reason: str, name: str | None = None) -> Verdict:
        return Verdict(
            cells=(self._cell,),
            kind=item.subject,
            c_name=name,
            rust_path=item.rust_path,
            status=Status.INDETERMINATE,
            reason=reason,
            rust_location=item.location,
        )


def _unknown(one: Difference) -> str:
    if one.path is None:
        return one.c
    return f"{'the ' if one.path == 'result' else ''}{one.path} is {one.c}"
