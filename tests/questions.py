"""Names in C -> the questions of a probe, each with its place in the list as its key."""

from __future__ import annotations

from collections.abc import Iterable

from layoutcheck.compilers.probes.c import CQuestion, Way
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["ask_names", "ask_types", "item_keys", "type_keys"]


def ask_types(names: Iterable[str]) -> list[CQuestion]:
    """Ask for types: the key of the N-th is `ProbeKey("type", N)`."""
    return [CQuestion("type", ProbeKey("type", n), name) for n, name in enumerate(names)]


def ask_names(way: Way, names: Iterable[str]) -> list[CQuestion]:
    """Ask for items in some way: the key of the N-th is `ProbeKey("item", N)`."""
    return [CQuestion(way, ProbeKey("item", n), name) for n, name in enumerate(names)]


def type_keys(*numbers: int) -> set[ProbeKey]:
    """The keys of the types at these places."""
    return {ProbeKey("type", number) for number in numbers}


def item_keys(*numbers: int) -> set[ProbeKey]:
    """The keys of the items at these places."""
    return {ProbeKey("item", number) for number in numbers}
