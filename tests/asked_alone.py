"""A crate's items alone, in random halves and all together have equal verdicts, without a list."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import Surface, SurfaceType
from layoutcheck.judge.items.names import ItemCandidate, item_candidates
from layoutcheck.judge.judge_types import Candidate, candidates_of
from layoutcheck.manifest.reader import Bindings, Manifest, read_manifest
from layoutcheck.model.target import Target
from layoutcheck.model.verdict import Kind, Run
from layoutcheck.run import checking
from layoutcheck.run.crate_rustc import find_surface
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from layoutcheck.run.search import items as item_search
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["Fate", "Key", "differing", "found_alone", "found_together", "without_list"]

Fate = tuple[str, str | None]
"""A status and its reason, or why an item is skipped."""
Key = tuple[Kind, str]
"""A kind and a Rust path."""


def without_list(crate: Path, folder: Path) -> Manifest:
    """Return the manifest of a copy of a crate, without its list of headers."""
    copy = folder / crate.name
    shutil.copytree(crate, copy, ignore=shutil.ignore_patterns("target"), symlinks=True)
    path = copy / "layoutcheck.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"include = \[.*?\]\n", "", text, flags=re.DOTALL), encoding="utf-8")
    return read_manifest(path)


def found_together(manifest: Manifest, options: Options) -> Mapping[Key, Fate]:
    """Return the result of each item when all items are checked together."""
    return _fates(Pipeline(manifest, options).verify())


def found_alone(
    manifest: Manifest,
    options: Options,
    monkeypatch: pytest.MonkeyPatch,
    *,
    halves: int,
    singles: int,
) -> Iterator[Mapping[Key, Fate]]:
    """Yield the results of random halves of the types and items, and of single ones.

    Only these are looked up in C. The crate itself is unchanged, because its types hold each other.
    """
    chance = random.Random(12)  # noqa: S311 - the same halves each time

    def check(count: Callable[[int], int]) -> Mapping[Key, Fate]:
        kept: dict[str, frozenset[int]] = {}
        keys: set[Key] = set()

        def find_part(
            bindings: Bindings, target: Target, tools: Tools, *, conf_path: Path
        ) -> Surface:
            surface = find_surface(bindings, target, tools, conf_path=conf_path)
            # A type and its other names stay together, as in any crate.
            roots = sorted({one.of or one.rust_path for one in surface.types})
            chosen = {*chance.sample(roots, min(len(roots), count(len(roots))))}
            every = range(len(surface.items))
            kept["items"] = frozenset(chance.sample(every, min(len(every), count(len(every)))))
            kept["types"] = frozenset(
                number
                for number, one in enumerate(surface.types)
                if (one.of or one.rust_path) in chosen
            )
            for what, some in (("types", surface.types), ("items", surface.items)):
                keys.update((some[number].subject, some[number].rust_path) for number in kept[what])
            return replace(surface, digest=f"{surface.digest} {kept}")  # no other part's cell

        def types_of_part(
            manifest: Manifest, types: Sequence[SurfaceType]
        ) -> tuple[Candidate, ...]:
            found = candidates_of(manifest, types)
            return tuple(one for one in found if one.key.number in kept["types"])

        def items_of_part(
            manifest: Manifest, items: Sequence[SurfaceItem]
        ) -> tuple[ItemCandidate, ...]:
            found = item_candidates(manifest, items)
            return tuple(one for one in found if one.item in kept["items"])

        with monkeypatch.context() as patch:
            patch.setattr(checking, "find_surface", find_part)
            patch.setattr(checking, "candidates_of", types_of_part)
            patch.setattr(checking, "item_candidates", items_of_part)
            patch.setattr(item_search, "item_candidates", items_of_part)
            found = found_together(manifest, options)
        # A type without a name in C is compared with its counterpart in another record: its holder
        # identifies it, and may not have been requested.
        return {key: found[key] for key in keys if key in found and not _is_nameless(found[key])}

    for _ in range(halves):
        yield check(lambda count: count // 2)
    for _ in range(singles):
        yield check(lambda _: 1)


def differing(
    alone: Mapping[Key, Fate], together: Mapping[Key, Fate]
) -> Mapping[Key, tuple[Fate, Fate]]:
    """Return the items whose result alone differs from the result together.

    An alias of a record that is checked as well is another name of it, and is not judged twice.
    """
    return {
        key: (fate, together[key])
        for key, fate in alone.items()
        if together[key] not in (fate, ("another name", None))
    }


def _is_nameless(fate: Fate) -> bool:
    return fate[1] is not None and "no header of this tree defines " in fate[1]


def _fates(run: Run) -> Mapping[Key, Fate]:
    verdicts = {(one.kind, one.rust_path): (one.status.value, one.reason) for one in run.verdicts}
    return verdicts | {(one.kind, one.rust_path): (one.why, None) for one in run.set_aside}
