"""Names in C of a crate's items, and the items that are skipped whatever C has. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.manifest.reader import Manifest, names_path
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Aside, SetAside

__all__ = [
    "WRAPPER_SUFFIX",
    "ItemCandidate",
    "aside_of",
    "item_candidates",
    "names_in_c",
    "owner_names",
    "set_aside",
]

WRAPPER_SUFFIX: Final = "__extern"
"""Suffix of the wrappers that `bindgen --wrap-static-fns` makes for `static inline` functions."""


_TAGGED: Final = re.compile("(struct|union|enum)_(.+)")
# bindgen's name for the N-th type without a name in a record: `proc__bindgen_ty_1`.
_UNNAMED: Final = re.compile(r"(?<=.)__bindgen_ty_\d+$")


class ItemCandidate(NamedTuple):
    """Name to ask clang for: C's possible name of the item at that place."""

    kind: ItemKind
    item: int
    key: ProbeKey
    name: str


def item_candidates(manifest: Manifest, items: Sequence[SurfaceItem]) -> tuple[ItemCandidate, ...]:
    """Return the names to ask clang for, each with a key for the probe; the first in C counts.

    If C has no such enum, an enum's variants may be C's constants. A constant in an `impl` may be
    an enumerator of the C enum with the name of the type.
    """
    return tuple(
        candidate
        for number, item in enumerate(items)
        if aside_of(item) is None
        for candidate in (
            *(
                ItemCandidate("enum", number, ProbeKey("owner", number, rank), name)
                for rank, name in enumerate(owner_names(manifest, item))
            ),
            *(
                ItemCandidate(item.kind, number, ProbeKey("item", number, rank), name)
                for rank, name in enumerate(names_in_c(manifest, item))
            ),
            *(
                ItemCandidate("constant", number, ProbeKey("variant", number, rank), name)
                for rank, name in enumerate(item.variants)
            ),
        )
    )


def owner_names(manifest: Manifest, item: SurfaceItem) -> tuple[str, ...]:
    """Return the names in C of the enum that the type of a constant's `impl` may stand for."""
    if not item.is_associated:
        return ()
    owner = item.rust_path.rpartition("::")[0]
    return names_in_c(manifest, replace(item, kind="enum", rust_path=owner))


def aside_of(item: SurfaceItem) -> SetAside | None:
    """Return why an item is skipped whatever C has; None if it is not."""
    if item.kind == "foreign":
        return set_aside(item, "foreign")
    if item.generic:
        return set_aside(item, "generic")
    if item.is_associated and item.type is None:
        return set_aside(item, "associated")
    if item.public_path is None:
        return set_aside(item, "generic")
    return None


def names_in_c(manifest: Manifest, item: SurfaceItem) -> tuple[str, ...]:
    """Return the names in C that an item may stand for, likeliest first."""
    for rename in manifest.renames:
        if rename.member is None and names_path(rename.rust, item.rust_path):
            is_tag = item.kind == "enum" and " " not in rename.c
            return (rename.c, f"enum {rename.c}") if is_tag else (rename.c,)
    name = item.name.removeprefix("r#")
    if item.kind == "enum":
        return f"enum {name}", name, f"enum enum_{name}_uint8"  # sys/types.h: __enum_uint8
    if item.kind == "alias":
        tagged = _TAGGED.fullmatch(name)  # bindgen's --c-naming
        plain = dict.fromkeys((name, name.rstrip("_") or name))
        words = (w for n in plain for w in (n, f"struct {n}", f"union {n}", f"enum {n}"))
        return (*words, " ".join(tagged.groups())) if tagged else tuple(words)
    if item.is_defined:
        return (_symbol_of(item),)
    if item.kind != "constant":
        symbol = _symbol_of(item)
        return tuple(dict.fromkeys((symbol, name, symbol.removesuffix(WRAPPER_SUFFIX))))
    if item.is_associated and not item.is_own_value:
        return ()  # the name alone does not tell which enumerator it is
    # bindgen's `foo_` for a keyword, and `vtype_VDIR` for the enumerator VDIR of `vtype`.
    owner = _UNNAMED.sub("", item.alias or "")
    rest = name.removeprefix(f"{owner}_") if owner else name
    names = (name, name.rstrip("_") or name, rest)
    return tuple(dict.fromkeys(names))


def _symbol_of(item: SurfaceItem) -> str:
    """Return C's name of a function or static, without a symbol version (`stat@FBSD_1.0`)."""
    return (item.link_name or item.name.removeprefix("r#")).partition("@")[0]


def set_aside(item: SurfaceItem, why: Aside) -> SetAside:
    """Return the item as skipped, with the reason."""
    return SetAside(
        rust_path=item.rust_path, why=why, rust_location=item.location, kind=item.subject
    )
