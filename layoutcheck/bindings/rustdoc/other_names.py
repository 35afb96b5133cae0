"""rustdoc JSON -> further names of items: aliases of records, and names by `pub use`.

For items of other crates, rustdoc knows the path and the kind; rustc is asked for the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from layoutcheck.bindings.rewrite.open_private import Names
from layoutcheck.bindings.rustdoc.items import INFERRED, ItemKind, SurfaceItem
from layoutcheck.bindings.rustdoc.naming import STANDARD, TYPES, OtherName, render_path
from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.location import SourceLocation

__all__ = ["NameReader"]

Json = Mapping[str, Any]
_Locate: TypeAlias = Callable[[Json | None], SourceLocation]
_Named: TypeAlias = tuple[Json, SurfaceType | SurfaceItem]
"""A name, after the rustdoc item that gives it."""

_RECORDS: Final = ("struct", "union")
# Kinds of other crates' items, by rustdoc's name.
_KINDS: Final[Mapping[str, ItemKind]] = MappingProxyType(
    {
        "constant": "constant",
        "enum": "enum",
        "function": "function",
        "static": "static",
        "type_alias": "alias",
        "variant": "constant",
    }
)


class NameReader:
    """Reader of the other names of one rustdoc JSON document.

    `items` are the crate's items by id, enums included; `read_type` reads a type of the crate.
    """

    def __init__(
        self,
        document: Json,
        items: Mapping[str, SurfaceItem],
        read_type: Callable[[str], SurfaceType],
    ) -> None:
        self._index: Json = document["index"]
        self._paths: Json = document["paths"]
        self._items, self._read_type = items, read_type

    def read(self, names: Names, locate: _Locate) -> Iterator[_Named]:
        """Yield the aliases of records, then the other names in `names`."""
        for key, item in self._items.items():
            if item.kind == "alias" and item.public_path is not None and not item.generic:
                alias = self._alias_of_record(key, item)
                if alias is not None:
                    yield self._index[key], alias
        for other in names.others:
            statement = self._index[str(other.statement)]
            path, at = other.path, locate(statement["span"])
            own = str(other.identity) in self._index
            read = self._own(other, at) if own else self._foreign(other, at)
            if read is not None:
                yield (
                    statement,
                    replace(
                        read, rust_path="::".join(path), public_path=render_path(path), location=at
                    ),
                )
        for other in names.unread:
            statement = self._index[str(other.statement)]
            yield (
                statement,
                SurfaceItem(
                    kind="foreign",
                    rust_path="::".join(other.path),
                    public_path=None,
                    location=locate(statement["span"]),
                ),
            )

    def outside(self, names: Names) -> Mapping[str, tuple[str, ...]]:
        """Return for each enum's path the variants that are also named outside of it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for other in names.others:
            enum = self._enums.get(str(other.identity))
            if enum is not None and self._has_own_name(other):
                found["::".join(self._paths[enum]["path"])].append(other.path[-1])
        return {path: tuple(variants) for path, variants in found.items()}

    def _has_own_name(self, other: OtherName) -> bool:
        name: str = self._index[str(other.identity)]["name"]
        return other.path[-1] == name

    def _alias_of_record(self, key: str, item: SurfaceItem) -> SurfaceType | None:
        """Return an alias as the record that it names; None for an alias of something else."""
        aimed = self._aim(self._index[key]["inner"]["type_alias"]["type"])
        target = None if aimed is None else self._record(str(aimed["id"]))
        if target is None:
            return None
        has_own_methods = target.generic and not target.is_foreign
        return replace(
            target,
            rust_path=item.rust_path,
            public_path=item.public_path,
            location=item.location,
            generic=False,
            methods=target.methods if has_own_methods else (),
            of=target.rust_path,
            is_alias=True,
        )

    def _aim(self, type_: Json) -> Json | None:
        """Return the path that a type is, after aliases of this crate are resolved."""
        aimed: Json | None = type_.get("resolved_path")
        item = None if aimed is None else self._index.get(str(aimed["id"]))
        alias = None if item is None else item["inner"].get("type_alias")
        return aimed if alias is None else self._aim(alias["type"])

    def _record(self, key: str) -> SurfaceType | None:
        """Return the struct or union of that id; None for Rust's own, and for other kinds."""
        item, summary = self._index.get(key), self._paths.get(key)
        if item is not None and item["crate_id"] == 0:
            is_record = any(kind in item["inner"] for kind in _RECORDS)
            return self._read_type(key) if is_record else None
        if summary is None or summary["kind"] not in _RECORDS or summary["path"][0] in STANDARD:
            return None
        return SurfaceType(
            rust_path="::".join(summary["path"]),
            kind=summary["kind"],
            repr=(),
            generic=False,
            public_path=None,
            location=SourceLocation(path=""),
            opaque=False,
            fields=(),
            is_foreign=True,
        )

    def _own(self, other: OtherName, at: SourceLocation) -> SurfaceType | SurfaceItem | None:
        """Return an item of the crate under another name; its symbol does not change."""
        key = str(other.identity)
        item, type_ = self._items.get(key), self._record(key)
        kind, body = next(iter(self._index[key]["inner"].items()))
        if kind == "variant" and body["kind"] == "plain":
            return self._variant(other, at)
        if kind == "use":  # of a primitive type
            return _foreign_item("alias", body["source"], at)
        if item is not None and not item.is_defined:
            symbol = item.link_name or item.name
            linked = symbol if item.kind in {"function", "static"} else None
            return replace(item, of=item.rust_path, link_name=linked)
        if type_ is not None and not type_.generic:
            return replace(type_, of=type_.rust_path, methods=(), location=at)
        return None

    def _variant(self, other: OtherName, at: SourceLocation) -> SurfaceItem | None:
        """Return a variant as a constant; None under its own name if the enum is compared."""
        key = str(other.identity)
        enum = self._enums[key]
        if enum in self._items and self._has_own_name(other):
            return None
        return SurfaceItem(
            kind="constant",
            rust_path="",
            public_path=None,
            location=at,
            type=INFERRED,
            alias=self._index[enum]["name"],
            of="::".join(self._paths[key]["path"]),
        )

    @cached_property
    def _enums(self) -> Mapping[str, str]:
        """Return for each variant of the crate the enum that has it."""
        return {
            str(variant): key
            for key, item in self._index.items()
            if item is not None and "enum" in item["inner"]
            for variant in item["inner"]["enum"]["variants"]
        }

    def _foreign(self, other: OtherName, at: SourceLocation) -> SurfaceType | SurfaceItem | None:
        """Return an item of another crate."""
        key = str(other.identity)
        type_, summary = self._record(key), self._paths[key]
        if type_ is not None:
            return replace(type_, of=type_.rust_path)
        path = summary["path"]
        # A new name for a type of Rust's own is an alias of that type.
        is_of_rust = path[0] in STANDARD and summary["kind"] in TYPES
        kind = "alias" if is_of_rust else _KINDS[summary["kind"]]
        return _foreign_item(kind, "::".join(path), at)


def _foreign_item(kind: ItemKind, of: str, at: SourceLocation) -> SurfaceItem:
    return SurfaceItem(
        kind=kind,
        rust_path="",
        public_path=None,
        location=at,
        type=INFERRED if kind == "constant" else None,
        link_name=of.rpartition("::")[2] if kind in {"function", "static"} else None,
        of=of,
        is_foreign=True,
    )
