"""rustdoc JSON's items -> constants, aliases, and functions and statics of C or for C.

rustdoc's own value of a constant is not read; an object file has the compiler's value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutcheck.bindings.rewrite.open_private import Names
from layoutcheck.bindings.rustdoc.naming import render_path
from layoutcheck.bindings.rustdoc.plain_types import PlainTypes
from layoutcheck.bindings.rustdoc.repr_words import is_generic
from layoutcheck.compilers.probes.rust import INFERRED
from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Kind

__all__ = ["INFERRED", "ItemKind", "ItemReader", "SurfaceItem"]

Json = Mapping[str, Any]
ItemKind = Literal["enum", "alias", "constant", "function", "static", "foreign"]

_KINDS: Final[Mapping[str, ItemKind]] = MappingProxyType(
    {"constant": "constant", "function": "function", "static": "static", "type_alias": "alias"}
)
# As written; since format version 54, as rustc prints what it has understood. With `\u{1}`, bindgen
# marks a linker's name that must not be changed.
_LINK_NAME: Final = re.compile(
    r"\b(?:link_name\s*=\s*|LinkName\s*\{\s*name:\s*)\"(?:\\u\{1\}|\\x01)?([^\"]+)\""
)
_EXPORT_NAME: Final = re.compile(r"\b(?:export_name\s*=\s*|ExportName\s*\{\s*name:\s*)\"([^\"]+)\"")
_NO_MANGLE: Final = re.compile(r"\b(?:no_mangle|NoMangle)\b")
_OF_THREAD: Final = re.compile(r"\b(?:thread_local|ThreadLocal)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceItem:
    """A constant, enum or alias of the crate, or a function or static of C's or for C.

    - `rust_path`, `public_path`: as in `SurfaceType`; an item that is never probed has no
      `public_path`.
    - `type`: a constant's type in Rust, with aliases of the crate replaced by their targets and
      arrays written as slices. It is `INFERRED` if only rustc knows the type's content (a newtype,
      a record, a type of another crate).
    - `alias`: last name of the alias that a constant is declared with.
    - `link_name`: symbol of a function or static, if that is not its name.
    - `of_thread`: a static that is another variable in each thread.
    - `is_associated`: a constant in the `impl` of a type. It has a `type` if that is a plain one,
      or the type of the `impl`.
    - `variants`: of an enum; `outside` are those that `pub use` also names outside of it, by their
      own names.
    - `generic`: an alias with parameters.
    - `is_defined`: a function with a body, or a static with a value, that is exported to C.
    - `is_nameless`: no code can name it. It is in a function or constant, or in an `impl` for
      something other than a type of the crate.
    - `trait`: path of the trait to whose `impl` for a type a function belongs.
    - `of`: path of the item that `pub use` gives this name. If it `is_foreign`, that is another
      crate's.

    Kind "foreign" is a re-export of everything in another crate.
    """

    kind: ItemKind
    rust_path: str
    public_path: str | None
    location: SourceLocation
    type: str | None = None
    alias: str | None = None
    link_name: str | None = None
    of_thread: bool = False
    is_associated: bool = False
    variants: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    generic: bool = False
    is_defined: bool = False
    is_nameless: bool = False
    trait: str | None = None
    is_foreign: bool = False
    of: str | None = None

    @property
    def subject(self) -> Kind:
        """Return the kind under which it is compared."""
        return "definition" if self.is_defined else self.kind

    @property
    def is_own_value(self) -> bool:
        """Return whether it is a constant in an `impl`, and a value of that type."""
        owner = (self.public_path or "").rpartition("::")[0]
        return self.is_associated and self.type == f"::{owner}"

    @property
    def is_renamed(self) -> bool:
        """Return whether it only gives an item of the crate another name."""
        return self.of is not None and not self.is_foreign

    @property
    def name(self) -> str:
        """Return the last segment of the path."""
        return self.rust_path.rpartition("::")[2]


class ItemReader:
    """Reader of the items of one rustdoc JSON document that has private items."""

    def __init__(self, document: Json) -> None:
        self._index: Json = document["index"]
        self._paths: Json = document["paths"]
        self._root: int | str = document["root"]
        self._plain = PlainTypes(document).written

    def read(
        self,
        key: str,
        item: Json,
        names: Names,
        locate: Callable[[Json | None], SourceLocation],
    ) -> SurfaceItem | None:
        """Return the item if it is of the surface; None for everything else that rustdoc lists."""
        inner = item["inner"]
        kind = next(map(_KINDS.get, inner), None)
        if kind is None:
            return None
        ((_, body),) = inner.items()
        is_defined = _is_defined(kind, body)
        exported = _export_name(item) if is_defined else None
        if key not in self._paths:
            if exported is None or key in self._members:
                return None
            return self._lost(item, exported, locate)
        if is_defined and (exported is None or (kind == "function" and is_generic(body))):
            return None
        type_ = body["type"] if kind == "constant" else None
        generic = kind == "alias" and is_generic(body)
        plain = None if type_ is None else self._plain(type_)
        if plain is None and not generic:
            names.open_types(body)
        public = None if generic else names.of(key)
        return SurfaceItem(
            kind=kind,
            rust_path="::".join(self._paths[key]["path"]),
            public_path=None if public is None else render_path(public),
            location=locate(item["span"]),
            type=None if type_ is None else plain or INFERRED,
            alias=None if type_ is None else _alias(type_),
            link_name=exported or (None if kind == "constant" else _link_name(item["attrs"])),
            of_thread=kind == "static" and any(map(_OF_THREAD.search, _texts(item["attrs"]))),
            generic=generic,
            is_defined=is_defined,
        )

    @cached_property
    def _members(self) -> frozenset[str]:
        """Return the ids of the items of all `impl`s and traits; `associated` reads the former."""
        return frozenset(
            str(member)
            for item in self._index.values()
            if item is not None
            for word in ("impl", "trait")
            if word in item["inner"]
            for member in item["inner"][word]["items"]
        )

    def _lost(
        self, item: Json, exported: str, locate: Callable[[Json | None], SourceLocation]
    ) -> SurfaceItem:
        """Return a function that an unread `impl` of another crate's trait exports."""
        crate = self._index[str(self._root)]["name"]
        return SurfaceItem(
            kind="function",
            rust_path=f"{crate}::{item['name']}",
            public_path=render_path((crate, item["name"])),
            location=locate(item["span"]),
            link_name=exported,
            is_defined=True,
            is_nameless=True,
        )

    def associated(
        self,
        block: Json,
        names: Names,
        locate: Callable[[Json | None], SourceLocation],
    ) -> Iterator[tuple[Json, SurfaceItem]]:
        """Yield constants and exported functions of an `impl` of a type of the crate.

        Only exported functions are read from a trait's `impl`.
        """
        if block["trait"] is not None:
            yield from self._of_trait(block, names, locate)
            return
        owner = str(block["for"].get("resolved_path", {}).get("id"))
        if owner not in self._index or owner not in self._paths:
            return
        declared = "::".join(self._paths[owner]["path"])
        has_parameters = any("lifetime" not in p["kind"] for p in block["generics"]["params"])
        for key in block["items"]:
            item = self._index[str(key)]
            inner = item["inner"]
            exported = _export_name(item) if "function" in inner else None
            is_constant = "assoc_const" in inner
            if exported is None and not is_constant:
                continue
            is_own, plain = False, None
            if not is_constant:
                names.open_types(inner["function"])
            elif not has_parameters:
                type_ = inner["assoc_const"]["type"]
                aimed = type_.get("resolved_path", {}).get("id")
                is_own = type_.get("generic") == "Self" or str(aimed) == owner
                plain = self._plain(type_)
            is_asked = is_own or plain is not None or not is_constant
            public = names.of_associated(owner, item) if is_asked else None
            yield (
                item,
                SurfaceItem(
                    kind="constant" if is_constant else "function",
                    rust_path=f"{declared}::{item['name']}",
                    public_path=None if public is None else render_path(public),
                    location=locate(item["span"]),
                    type=f"::{render_path(public[:-1])}" if public and is_own else plain,
                    alias=declared.rpartition("::")[2] if is_constant else None,
                    link_name=exported,
                    is_defined=not is_constant,
                    is_associated=is_constant,
                ),
            )

    def _of_trait(
        self,
        block: Json,
        names: Names,
        locate: Callable[[Json | None], SourceLocation],
    ) -> Iterator[tuple[Json, SurfaceItem]]:
        """Yield the functions that are exported from the `impl` of a trait."""
        for item in (self._index[str(key)] for key in block["items"]):
            function = item["inner"].get("function")
            exported = None if function is None else _export_name(item)
            if exported is None or is_generic(block) or is_generic(function):
                continue
            names.open_types(function)
            owner, trait = _simple(block["for"].get("resolved_path")), _simple(block["trait"])
            of_owner = None if owner is None else names.of(owner)
            of_trait = None if trait is None else names.of(trait)
            declared = self._paths[str(block["trait"]["id"])]
            path = (*(of_owner or declared["path"]), item["name"])
            yield (
                item,
                SurfaceItem(
                    kind="function",
                    rust_path="::".join(path),
                    public_path=render_path(path),
                    location=locate(item["span"]),
                    link_name=exported,
                    is_defined=True,
                    trait=None if of_trait is None else render_path(of_trait),
                    is_nameless=of_owner is None or of_trait is None,
                ),
            )


def _is_defined(kind: ItemKind, body: Json) -> bool:
    """Return whether a function has a body, or a static a value: C does not define it.

    The calling convention does not matter here: one that is not C's is a mismatch.
    """
    return bool((kind == "function" and body["has_body"]) or (kind == "static" and body["expr"]))


def _export_name(item: Json) -> str | None:
    """Return the symbol of a definition for C; None if it has only Rust's mangled one."""
    for attribute in item.get("attrs", ()):
        if isinstance(attribute, dict) and "export_name" in attribute:
            return str(attribute["export_name"]).lstrip("\x01")
        text = attribute.get("other", "") if isinstance(attribute, dict) else attribute
        named = _EXPORT_NAME.search(text)
        if named is not None:
            return named[1]
        if _NO_MANGLE.search(text):
            return str(item["name"])
    return None


def _simple(path: Json | None) -> str | None:
    """Return the id of a type or trait that is written without arguments."""
    if path is None or (path["args"] or {}).get("angle_bracketed", {"args": ()})["args"]:
        return None
    return str(path["id"])


def _alias(type_: Json) -> str | None:
    path: str | None = type_.get("resolved_path", {}).get("path")
    return None if path is None else path.rpartition("::")[2]


def _link_name(attributes: list[Any]) -> str | None:
    return next(_link_names(attributes), None)


def _link_names(attributes: list[Any]) -> Iterator[str]:
    for text in _texts(attributes):
        written = _LINK_NAME.search(text)
        if written is not None:
            yield written[1]


def _texts(attributes: list[Any]) -> Iterator[str]:
    for attribute in attributes:
        text = attribute.get("other", "") if isinstance(attribute, dict) else attribute
        yield text if isinstance(text, str) else ""
