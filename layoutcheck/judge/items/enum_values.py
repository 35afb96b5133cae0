"""Values of the crate's enums and newtypes, and the values that verdicts report as wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.enum_variants import Enumerator
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.walk.crate_enums import SIZE
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import SetAside, Verdict

__all__ = ["ItemValues", "owner_of"]


class ItemValues:
    """Enums, and constants that are values of the type in whose `impl` they are.

    `numbers` are the places of these items among all items.
    """

    def __init__(self, items: Sequence[SurfaceItem], rust: Side) -> None:
        valued = {n: one for n, one in enumerate(items) if one.kind == "enum" or one.is_own_value}
        self.numbers, self._items = frozenset(valued), valued
        self._of_newtypes = defaultdict[str, list[Enumerator]](list)
        for number, item in valued.items():
            constant = rust.layouts.constants.get(ProbeKey("item", number))
            if item.is_own_value and constant is not None and isinstance(constant.value, int):
                self._of_newtypes[owner_of(item)].append((item.name, constant.value))

    def teach(self, types: Comparer, found: Mapping[int, Verdict | SetAside]) -> None:
        """Pass the verdicts on the items, by their numbers, to the comparison of types."""
        told = defaultdict[str, set[tuple[str, str]]](set)
        c_sizes = dict[str, str]()
        for number, item in self._items.items():
            said = found.get(number)
            for path, *words in _wrong(item, said):
                told[path].add((words[0], words[1]))
            for one in said.mismatches if isinstance(said, Verdict) else ():
                if one.check_id == SIZE:
                    c_sizes[item.rust_path] = one.c
        types.learn_enums(self._of_newtypes, told, c_sizes)


def owner_of(item: SurfaceItem) -> str:
    """Return the path of the type in whose `impl` a constant is."""
    return item.rust_path.rpartition("::")[0]


def _wrong(item: SurfaceItem, said: Verdict | SetAside | None) -> Iterator[tuple[str, str, str]]:
    """Yield the type, the name and C's words for each wrong value that a verdict reports."""
    for one in said.mismatches if isinstance(said, Verdict) else ():
        if item.is_own_value:
            yield owner_of(item), item.name, one.c
        elif one.member_path is not None:
            yield item.rust_path, one.member_path, one.c
