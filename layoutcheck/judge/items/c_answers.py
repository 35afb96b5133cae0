"""Clang's answers about a crate's items, and C's side of a symbol that Rust links to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.judge.items.names import WRAPPER_SUFFIX
from layoutcheck.judge.judge_types import Side
from layoutcheck.model.layout import FunctionType, Type
from layoutcheck.model.layout_set import LayoutSet, Linkage
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["Linked", "SideOfC", "find_linked"]

REGPARM: Final = "regparm"
"""Calling convention of a function with some parameters in registers (i386)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOfC:
    """Clang's answer about items: a `Side`, and facts about names that no object file shows.

    `macros` maps macros to their expansions. `compilers` are the macros that clang defines and no
    header changes. `linkage` tells how functions and variables are declared.
    """

    side: Side
    macros: Mapping[str, str] = field(default_factory=dict)
    compilers: Collection[str] = ()
    linkage: Linkage = field(default_factory=Linkage)

    @classmethod
    def empty(cls) -> SideOfC:
        """Return the side of a header unit in which nothing was asked for."""
        return cls(side=Side(layouts=LayoutSet(producer="none"), refused={}))

    def knows(self, key: ProbeKey) -> bool:
        """Return whether clang found an object or a constant for the key of a question."""
        return key in self.side.layouts.objects or key in self.side.layouts.constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """C's side of a symbol: the `name` that declares it, and its type `c` if it is known.

    `no_symbol` says why there is nothing to link, in the words of a report. `label` is the symbol
    that C links the name to, if that is another one. `other` is C's function or variable of Rust's
    name for the symbol, if that has a symbol of its own.
    """

    name: str
    c: Type | None
    no_symbol: str | None = None
    label: str | None = None
    of_thread: bool = False
    other: str | None = None


def find_linked(of_c: SideOfC, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]]) -> Linked:
    """Return C's side of the symbol that a function or static links to.

    `keys` are the symbol and C's possible names for it, each with the key of its answer.
    """
    objects, symbols = of_c.side.layouts.objects, of_c.side.layouts.symbols
    (first, symbol), *namesakes = keys
    key, name = first, symbol
    if first not in objects and symbol not in of_c.macros:
        linked = (
            (key, name)
            for key, name in namesakes
            if symbols.get(key) == symbol or _is_wrapped(of_c, name, symbol)
        )
        key, name = next(linked, (first, symbol))
    c = objects.get(key)
    if isinstance(c, FunctionType) and name in of_c.linkage.regparm:
        c = replace(c, convention=REGPARM)
    label = symbols.get(key, name)
    return Linked(
        name=name,
        c=c,
        no_symbol=None if _is_wrapped(of_c, name, symbol) else _no_symbol(of_c, item, name, c),
        label=None if label in {name, symbol} else label,
        of_thread=name in of_c.linkage.of_thread,
        other=next(
            (
                other
                for key, other in namesakes
                if other != name and _has_symbol(of_c, item, key, other)
            ),
            None,
        ),
    )


def _is_wrapped(of_c: SideOfC, name: str, symbol: str) -> bool:
    """Return whether it is bindgen's wrapper of a function without a symbol (`static inline`)."""
    return symbol == f"{name}{WRAPPER_SUFFIX}" and name in of_c.linkage.local


def _no_symbol(of_c: SideOfC, item: SurfaceItem, name: str, c: Type | None) -> str | None:
    if name in of_c.linkage.local:
        return f"a `static` {item.kind}, of which each unit has its own"
    expansion = of_c.macros.get(name)
    if expansion is not None and expansion != name:
        return f"a macro for {expansion}"
    return "a macro with arguments" if expansion is not None and c is None else None


def _has_symbol(of_c: SideOfC, item: SurfaceItem, key: ProbeKey, name: str) -> bool:
    """Return whether C has a function or variable, as the item is, linked by its own name."""
    layouts = of_c.side.layouts
    c = layouts.objects.get(key)
    is_alike = c is not None and isinstance(c, FunctionType) == (item.kind == "function")
    is_its_own = name not in of_c.linkage.local and of_c.macros.get(name, name) == name
    return is_alike and is_its_own and layouts.symbols.get(key, name) == name
