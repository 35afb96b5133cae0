"""rustdoc JSON -> the ABI surface of a binding crate: records and items, with their places.

rustdoc lists every item after macro expansion and `cfg`. Its format is unstable and carries a
`format_version`. The parts that are read here are equal from 46 (Rust 1.89) to 61 (Rust 1.99),
except for attributes: up to 53 they are strings (`#[repr(C)]`), since 54 they are structured.
Before 46, rustdoc left out some `repr` attributes, so that types would be missed silently (source:
the changelog of the rustdoc-types crate).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from layoutcheck.bindings.rewrite.open_private import Names, Opening, shown_path
from layoutcheck.bindings.rustdoc.accessors import methods_of
from layoutcheck.bindings.rustdoc.items import ItemReader, SurfaceItem
from layoutcheck.bindings.rustdoc.naming import render_path
from layoutcheck.bindings.rustdoc.other_names import NameReader
from layoutcheck.bindings.rustdoc.repr_words import (
    Kind,
    fixes_layout,
    is_generic,
    may_be_of_c,
    repr_words,
    words_on_layout,
)
from layoutcheck.bindings.rustdoc.rustdoc_json import read_document
from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.errors import BindingsError
from layoutcheck.location import SourceLocation
from layoutcheck.model.rust_versions import KNOWN_RUST, MINIMUM_RUST, dotted

__all__ = ["FORMAT_VERSIONS", "BrokenJsonError", "Surface", "SurfaceType", "read_surface"]

# The versions of MINIMUM_RUST to KNOWN_RUST.
FORMAT_VERSIONS: Final = range(46, 62)


class BrokenJsonError(BindingsError):
    """A file that is not JSON, such as one that was cut off."""


Json = Mapping[str, Any]

_Place: TypeAlias = tuple[str, int, int, str]
_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {"struct": "struct", "union": "union", "enum": "enum"}
)
# "defined in sys/bio.h:58", with or without quotes of Markdown or C.
_DEFINED_IN = re.compile(r"\bdefined\s+in:?\s+[`\"<]*([\w./+-]+\.h)\b", re.IGNORECASE)
_ZERO = re.compile(r"0(?:_?usize)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A crate's structs and unions (`types`), its `enums` with a `repr`, and its other `items`.

    - `types`: with their other names, and the aliases of records.
    - `items`: all aliases, constants, items of `extern` blocks, definitions for C, the enums once
      more, and re-exports.
    - `without_repr`: paths of the types to which rustc may give any layout.
    - `private`: paths of the types and items that other crates can name only in a copy of the
      sources with the `openings`.
    - `files`: the sources, each with the path of a module in it.
    - `digest`: of everything that the surface was read from.

    All are in order of source path and line.
    """

    crate: str
    format_version: int
    types: tuple[SurfaceType, ...]
    enums: tuple[SurfaceType, ...] = ()
    items: tuple[SurfaceItem, ...] = ()
    without_repr: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()
    openings: tuple[Opening, ...] = ()
    files: tuple[tuple[Path, str], ...] = ()
    digest: str = ""


def read_surface(
    path: Path, *, root: Path | None = None, renamed: Mapping[str, str] | None = None
) -> Surface:
    """Return the surface of the crate that the rustdoc JSON file `path` describes.

    It has structs and unions with `repr(C)`, `repr(transparent)`, `repr(packed)` or `repr(align)`,
    or without them if C's members might have the names of their fields; and enums with `repr(C)`,
    `repr(transparent)` or an integer. Relative source paths are relative to `root`. `renamed` maps
    a path to the one to show for it and for everything below it. Raises `BindingsError` if the file
    is not rustdoc JSON, has a version that is not read here, or was made without private items.
    """
    document = _read_document(path)
    try:
        return _Reader(document, root, renamed or {}).surface()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BindingsError(
            f"is not the rustdoc JSON that its format version {document['format_version']} "
            f"promises ({type(error).__name__}: {error})",
            where=str(path),
            hint="delete it and run again; if the error remains, report the rustdoc version",
        ) from error


def _read_document(path: Path) -> Json:
    try:
        document: Any = read_document(path)
    except OSError as error:
        raise BindingsError(error.strerror or str(error), where=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise BrokenJsonError(
            f"is not JSON: {error}",
            where=str(path),
            hint="rustdoc was interrupted, or something else wrote the file: delete it",
        ) from None
    if not isinstance(document, dict):
        document = {}
    version = document.get("format_version")
    if not isinstance(version, int) or not {"index", "paths", "root"} <= document.keys():
        raise BindingsError(
            "is JSON, but not what rustdoc writes",
            where=str(path),
            hint="make it with rustdoc -Zunstable-options --output-format json",
        )
    if version not in FORMAT_VERSIONS:
        first, last = FORMAT_VERSIONS[0], FORMAT_VERSIONS[-1]
        raise BindingsError(
            f"has rustdoc JSON format version {version}; layoutcheck reads {first} to {last}",
            where=str(path),
            hint=f"use Rust {dotted(MINIMUM_RUST)} or newer (LAYOUTCHECK_RUSTC names the rustc)"
            if version < first
            else f"a newer layoutcheck may read it; until then use Rust {dotted(KNOWN_RUST)} "
            "(LAYOUTCHECK_RUSTC names the rustc)",
        )
    if not document.get("includes_private"):
        raise BindingsError(
            "holds no private items, so types would be missed",
            where=str(path),
            hint="make it with rustdoc --document-private-items --document-hidden-items",
        )
    checked: Json = document
    return checked


class _Reader:
    """One pass over one document."""

    def __init__(self, document: Json, root: Path | None, renamed: Mapping[str, str]) -> None:
        self._document = document
        self._index: Json = document["index"]
        self._root = root
        self._renamed = renamed
        self._files: dict[str, str] = {}

    def surface(self) -> Surface:
        """Return the crate's surface, sorted."""
        crate = self._index[str(self._document["root"])]
        names = Names(self._document, self._root)
        free: set[str] = set()
        own = list(self._own(names, free))
        others = NameReader(
            self._document,
            {
                key: read if isinstance(read, SurfaceItem) else _as_item(read)
                for key, _, read in own
                if isinstance(read, SurfaceItem) or read.kind == "enum"
            },
            lambda key: self._type(key, names),
        )
        outside = others.outside(names)
        found: list[tuple[_Place, SurfaceType]] = []
        items: list[tuple[_Place, SurfaceItem]] = []
        for item, read in (*((i, r) for _, i, r in own), *others.read(names, self._location)):
            place = _place(item, read.location, read.rust_path)
            if isinstance(read, SurfaceItem):
                items.append((place, read))
                continue
            found.append((place, read))
            if read.kind == "enum":
                items.append((place, _as_item(read, outside.get(read.rust_path, ()))))
        found.sort(key=lambda pair: pair[0])
        items.sort(key=lambda pair: pair[0])
        return Surface(
            crate=crate["name"],
            format_version=self._document["format_version"],
            types=tuple(type_ for _, type_ in found if type_.kind != "enum"),
            enums=tuple(type_ for _, type_ in found if type_.kind == "enum"),
            items=tuple(item for _, item in items),
            without_repr=frozenset(free),
            private=names.private,
            openings=names.openings,
            files=names.files(),
        )

    def _own(
        self, names: Names, free: set[str]
    ) -> Iterator[tuple[str, Json, SurfaceType | SurfaceItem]]:
        """Yield the crate's declarations: the id, the item, and the value that was read from it.

        The paths of types to which rustc may give any layout are added to `free`.
        """
        reader = ItemReader(self._document)
        for key, item in self._index.items():
            if item is None or item["crate_id"] != 0:  # None: an impl of a trait
                continue
            inner = item["inner"]
            kind = next(map(_KINDS.get, inner), None)
            if "impl" in inner:
                for inside, read in reader.associated(inner["impl"], names, self._location):
                    yield str(inside["id"]), inside, read
            elif kind is None:
                other = reader.read(key, item, names, self._location)
                if other is not None:
                    yield key, item, other
            else:
                words = repr_words(item["attrs"])
                is_free = not fixes_layout(kind, words)
                if is_free:
                    free.add("::".join(self._document["paths"][key]["path"]))
                may_be_meant = names.is_public(key) and may_be_of_c(kind, inner[kind])
                if not is_free or words_on_layout(words) or may_be_meant:
                    yield key, item, self._type(key, names)

    def _type(self, key: str, names: Names) -> SurfaceType:
        item = self._index[key]
        kind = next(word for word in _KINDS.values() if word in item["inner"])
        body, words = item["inner"][kind], repr_words(item["attrs"])
        path = None if is_generic(body) else names.of(key)  # its arguments are not known
        members = self._members(body, kind)
        types = [one["inner"].get("struct_field") for one in members]
        defined_in = _DEFINED_IN.search(item["docs"] or "")
        return SurfaceType(
            rust_path="::".join(self._document["paths"][key]["path"]),
            kind=kind,
            repr=words if fixes_layout(kind, words) else words_on_layout(words),
            generic=is_generic(body),
            public_path=None if path is None else render_path(path),
            location=self._location(item["span"]),
            opaque=kind != "enum" and all(map(_takes_no_room, types)),
            fields=tuple(one["name"] for one in members),
            lines=tuple(_line_in(item["span"], one["span"]) for one in members),
            defined_in=None if defined_in is None else defined_in[1],
            methods=() if kind == "enum" else methods_of(self._document, names.public, key, body),
        )

    def _members(self, body: Json, kind: Kind) -> list[Json]:
        """Return the fields of a struct or union, or the variants of an enum."""
        match body["variants"] if kind == "enum" else body.get("kind"):
            case list() as members:
                pass
            case None:
                members = body["fields"]
            case "unit":
                members = []
            case {"tuple": members}:
                pass
            case {"plain": {"fields": members}}:
                pass
            case other:
                raise ValueError(f"a struct of kind {other!r}")
        return [self._index[str(member)] for member in members]

    def _location(self, span: Json | None) -> SourceLocation:
        if span is None:
            span = self._index[str(self._document["root"])]["span"]
            return SourceLocation(path=self._file(span["filename"]))
        return SourceLocation(path=self._file(span["filename"]), line=span["begin"][0])

    def _file(self, written: str) -> str:
        shown = self._files.get(written)
        if shown is None:
            shown = shown_path((self._root or Path()) / written, self._renamed)
            self._files[written] = shown
        return shown


def _as_item(enum: SurfaceType, outside: tuple[str, ...] = ()) -> SurfaceItem:
    return SurfaceItem(
        kind="enum",
        rust_path=enum.rust_path,
        public_path=enum.public_path,
        location=enum.location,
        variants=enum.fields,
        outside=outside,
    )


def _place(item: Json, location: SourceLocation, rust_path: str) -> _Place:
    """Return the sort key of an item."""
    column = item["span"]["begin"][1] if item["span"] else 0
    return location.path, location.line, column, rust_path


def _line_in(around: Json | None, span: Json | None) -> int:
    """Return the line of a field in the file of its type; 0 if it stands in another one."""
    if around is None or span is None or span["filename"] != around["filename"]:
        return 0
    line: int = span["begin"][0]
    return line


def _takes_no_room(type_: Json) -> bool:
    """Return whether a field of this type takes no bytes."""
    match type_:
        case {"tuple": []}:
            return True
        case {"array": {"len": length}}:
            return _ZERO.fullmatch(length) is not None
        case {"resolved_path": {"path": path}}:
            return path.rpartition("::")[2] in ("PhantomData", "PhantomPinned")
        case _:
            return False
