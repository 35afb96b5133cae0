"""Add the items that rustdoc does not list, those inside of functions, to a crate's surface."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from layoutcheck.bindings.rewrite.open_private import shown_path
from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.local_items import LocalItem, local_items
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.location import SourceLocation

__all__ = ["add_local_items"]


def add_local_items(
    surface: Surface, renamed: Mapping[str, str], expanded: Callable[[], str]
) -> Surface:
    """Return the surface with the items that functions declare; no probe can name these.

    If the files have macros that make such items, rustc's `expanded` text is searched as well.
    """
    texts = tuple(_texts(surface))
    found: dict[str, tuple[LocalItem, SourceLocation]] = {}
    has_macros = False
    for module, place, text in texts:
        read = local_items(text)
        has_macros |= read.has_macros
        for item in read.items:
            path = "::".join((module, *item.path))
            found.setdefault(path, (item, SourceLocation(path=place, line=item.line)))
    if has_macros:
        for item in local_items(expanded()).items:
            path = "::".join((surface.crate, *item.path))
            found.setdefault(path, (item, _first_mention(texts, path)))
    if not found:
        return surface
    items = (
        SurfaceItem(
            kind=item.kind,
            rust_path=path,
            public_path=path,
            location=replace(place, path=shown_path(Path(place.path), renamed)),
            link_name=item.link_name,
            is_defined=item.is_defined,
            is_nameless=True,
        )
        for path, (item, place) in found.items()
    )
    return replace(surface, items=tuple(sorted((*surface.items, *items), key=_place)))


def _texts(surface: Surface) -> Iterator[tuple[str, str, str]]:
    """Yield the crate's files: the path of the module in each, the file's path, its text."""
    for file, module in surface.files:
        with suppress(OSError, UnicodeDecodeError):
            yield module or surface.crate, str(file), file.read_text(encoding="utf-8")


def _first_mention(texts: Sequence[tuple[str, str, str]], path: str) -> SourceLocation:
    """Return the place of a path's last name in the file of the innermost module around it."""
    around = [one for one in texts if path.startswith(f"{one[0]}::")]
    _, place, text = max(around, key=lambda one: len(one[0]), default=texts[0])
    name = re.search(rf"\b{re.escape(path.rpartition('::')[2])}\b", text)
    line = 0 if name is None else text.count("\n", 0, name.start()) + 1
    return SourceLocation(path=place, line=line)


def _place(item: SurfaceItem) -> tuple[str, int]:
    return item.location.path, item.location.line or 0
