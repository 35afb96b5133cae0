"""Items of a crate, and both compilers' answers on them -> verdicts, without a compiler.

C's answers are given by C's names, and Rust's by the items' paths, so that no test depends on the
keys of the compilers' questions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.items.c_answers import SideOfC
from layoutcheck.judge.items.judge_items import judge_items
from layoutcheck.judge.items.names import item_candidates
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.walk import Definitions, RustFacts, TypeWalk
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings, Manifest, Rename
from layoutcheck.model.layout import Type
from layoutcheck.model.layout_set import ConstantValue, LayoutSet, Linkage
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import SetAside, Verdict

__all__ = ["HERE", "comparer", "item", "judged", "manifest", "side_of_c", "side_of_rust"]

Known: TypeAlias = Mapping[str, Type | ConstantValue]
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
HERE: Final = SourceLocation(path="src/lib.rs", line=7)


def item(kind: ItemKind, name: str, **more: Any) -> SurfaceItem:  # noqa: ANN401 - its fields
    """The item `k::name`, which another crate can name."""
    path = f"k::{name}"
    more.setdefault("public_path", path)
    return SurfaceItem(kind=kind, rust_path=path, location=HERE, **more)


def manifest(*renames: tuple[str, str]) -> Manifest:
    """A manifest that renames whole items, from Rust's path to C's name."""
    told = tuple(Rename(rust=rust, member=None, c=c) for rust, c in renames)
    return Manifest(path=Path("layoutcheck.toml"), bindings=Bindings(path=Path()), renames=told)


def comparer() -> Comparer:
    """Return a comparer that has no records."""
    return Comparer({}, {}, TypeWalk(Definitions(), RustFacts()), subjects={}, renames={})


def side_of_c(
    items: Sequence[SurfaceItem],
    known: Known = NOTHING,
    *,
    says: Manifest | None = None,
    refused: Mapping[str, str] = NOTHING,
    symbols: Mapping[str, str] = NOTHING,
    macros: Mapping[str, str] = NOTHING,
    compilers: Collection[str] = (),
    linkage: Linkage | None = None,
) -> SideOfC:
    """Return clang's answers for C's names: a constant as a constant only, a type as all else.

    `symbols` are the symbols by which C links the names, where these differ.
    """
    asked = item_candidates(says or manifest(), items)
    constants, objects = dict[ProbeKey, ConstantValue](), dict[ProbeKey, Type]()
    for one in asked:
        value = known.get(one.name)
        if isinstance(value, ConstantValue):
            constants |= {one.key: value} if one.kind == "constant" else {}
        elif value is not None and one.kind != "constant":
            objects[one.key] = value
    layouts = LayoutSet(
        producer="clang",
        constants=constants,
        objects=objects,
        symbols={one.key: symbols.get(one.name, one.name) for one in asked if one.key in objects},
    )
    return SideOfC(
        side=Side(
            layouts=layouts,
            refused={one.key: refused[one.name] for one in asked if one.name in refused},
        ),
        macros=macros,
        compilers=compilers,
        linkage=linkage or Linkage(),
    )


def side_of_rust(
    items: Sequence[SurfaceItem], known: Known = NOTHING, refused: Mapping[str, str] = NOTHING
) -> Side:
    """Return rustc's answers on the items of these paths, relative to the crate."""
    keys = {
        one.rust_path.removeprefix("k::"): ProbeKey("item", number)
        for number, one in enumerate(items)
    }
    constants = {n: one for n, one in known.items() if isinstance(one, ConstantValue)}
    objects = {n: one for n, one in known.items() if not isinstance(one, ConstantValue)}
    layouts = LayoutSet(
        producer="rustc",
        constants={keys[name]: value for name, value in constants.items()},
        objects={keys[name]: type_ for name, type_ in objects.items()},
    )
    return Side(
        layouts=layouts,
        refused={keys[name]: words for name, words in refused.items()},
    )


def judged(
    items: Sequence[SurfaceItem],
    c: Known | SideOfC = NOTHING,
    rust: Known | Side = NOTHING,
    *,
    says: Manifest | None = None,
    lacking: Mapping[str, str] = NOTHING,
    types: Comparer | None = None,
) -> list[Verdict | SetAside]:
    """Return the finding on each item; `lacking` is why clang lacks names of headers."""
    says = says or manifest()
    found = judge_items(
        says,
        "amd64-GENERIC",
        items,
        c=c if isinstance(c, SideOfC) else side_of_c(items, c, says=says),
        rust=rust if isinstance(rust, Side) else side_of_rust(items, rust),
        types=types or comparer(),
        among=range(len(items)),
        missing=lambda _, name: lacking.get(name),
    )
    return [found[number] for number in range(len(items))]
