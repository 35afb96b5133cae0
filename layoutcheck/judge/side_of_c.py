"""What clang said of items. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from layoutcheck.bindings.items import ItemKind
from layoutcheck.judge.judging import Side
from layoutcheck.layout import FunctionType
from layoutcheck.layout_set import LayoutSet

__all__ = ["SideOfC"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOfC:
    """What clang said of items: a side, and of the names that it knows which are no symbols.

    `macros` are macros and what they expand to; `local` are functions and variables that each unit
    which includes the headers has for itself (`static`).
    """

    side: Side
    macros: Mapping[str, str] = field(default_factory=dict)
    local: Collection[str] = ()

    @classmethod
    def empty(cls) -> SideOfC:
        """Of a unit in which nothing was asked for."""
        return cls(side=Side(layouts=LayoutSet(producer="none"), refused={}))

    def knows(self, key: str) -> bool:
        """Whether there is what a name was asked for as, by the key of the question."""
        return key in self.side.layouts.objects or key in self.side.layouts.constants

    def has_symbol(self, kind: ItemKind, key: str, name: str) -> bool:
        """Whether C has a function, or a variable if one is asked for, that can be linked."""
        c = self.side.layouts.objects.get(key)
        is_alike = c is not None and isinstance(c, FunctionType) == (kind == "function")
        return is_alike and name not in self.local and self.macros.get(name, name) == name

    def no_symbol(self, kind: ItemKind, key: str, name: str) -> str | None:
        """Why a name that C has is none that can be linked; None if it is one, or C has it not."""
        expansion = self.macros.get(name)
        if name in self.local:
            return f"a `static` {kind}, of which each unit has its own"
        if expansion is not None and expansion != name:
            return f"a macro for {expansion}"
        if expansion is not None and key not in self.side.layouts.objects:
            return "a macro with arguments"
        return None
