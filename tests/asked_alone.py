"""A crate's items alone, in random halves and all together: the same verdicts, without a list."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck import checking
from layoutcheck.bindings.surface import Surface
from layoutcheck.manifest import Bindings, Manifest, read_manifest
from layoutcheck.pipeline import Pipeline
from layoutcheck.planning import Options
from layoutcheck.rust_side import find_surface
from layoutcheck.target import Target
from layoutcheck.tools import Tools
from layoutcheck.verdict import Kind, Run

__all__ = ["Fate", "Key", "found_alone", "found_together", "without_list"]

Fate = tuple[str, str | None]
"""A status and its reason, or why an item is set aside."""
Key = tuple[Kind, str]
"""A kind and a Rust path."""


def without_list(crate: Path, folder: Path) -> Manifest:
    """The manifest of a copy of a crate, without its list of headers."""
    copy = folder / crate.name
    shutil.copytree(crate, copy, ignore=shutil.ignore_patterns("target"), symlinks=True)
    path = copy / "layoutcheck.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"include = \[.*?\]\n", "", text, flags=re.DOTALL), encoding="utf-8")
    return read_manifest(path)


def found_together(manifest: Manifest, options: Options) -> Mapping[Key, Fate]:
    """What is found of each item where all are asked for."""
    return _fates(Pipeline(manifest, options).verify())


def found_alone(
    manifest: Manifest,
    options: Options,
    monkeypatch: pytest.MonkeyPatch,
    *,
    halves: int,
    singles: int,
) -> Iterator[Mapping[Key, Fate]]:
    """The same of random halves of the types and items, and of single ones."""
    whole: list[Surface] = []
    chance = random.Random(12)  # noqa: S311 - the same halves each time

    def check(keep: Callable[[int], Collection[int]]) -> Mapping[Key, Fate]:
        def find_part(
            bindings: Bindings, target: Target, tools: Tools, *, conf_path: Path
        ) -> Surface:
            if not whole:
                whole.append(find_surface(bindings, target, tools, conf_path=conf_path))
            (surface,) = whole
            types, items = (keep(len(some)) for some in (surface.types, surface.items))
            return replace(
                surface,
                types=tuple(one for number, one in enumerate(surface.types) if number in types),
                items=tuple(one for number, one in enumerate(surface.items) if number in items),
            )

        with monkeypatch.context() as patch:
            patch.setattr(checking, "find_surface", find_part)
            return found_together(manifest, options)

    for _ in range(halves):
        yield check(lambda count: chance.sample(range(count), count // 2))
    for _ in range(singles):
        yield check(lambda count: chance.sample(range(count), min(count, 1)))


def _fates(run: Run) -> Mapping[Key, Fate]:
    verdicts = {(one.kind, one.rust_path): (one.status.value, one.reason) for one in run.verdicts}
    return verdicts | {(one.kind, one.rust_path): (one.why, None) for one in run.set_aside}
