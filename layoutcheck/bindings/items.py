"""rustdoc JSON's items -> the crate's constants, and what its `extern` blocks declare.

rustdoc's own value of a constant is not read: the compiler's is, from an object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutcheck.bindings.naming import render_path
from layoutcheck.bindings.opening import Names
from layoutcheck.location import SourceLocation

__all__ = ["ItemKind", "ItemReader", "SurfaceItem"]

Json = Mapping[str, Any]
ItemKind = Literal["enum", "constant", "function", "static"]

_KINDS: Final[Mapping[str, ItemKind]] = MappingProxyType(
    {"constant": "constant", "function": "function", "static": "static"}
)
# As it is written, or since format version 54 as rustc prints what it has understood. bindgen says
# with `\u{1}` that the linker's name is to be taken as it is.
_LINK_NAME: Final = re.compile(
    r"\b(?:link_name\s*=\s*|LinkName\s*\{\s*name:\s*)\"(?:\\u\{1\}|\\x01)?([^\"]+)\""
)
_OF_THREAD: Final = re.compile(r"\b(?:thread_local|ThreadLocal)\b")
_CORE_TYPE: Final = re.compile(r"c_\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceItem:
    """A constant of the crate, an enum, or a function or static that it takes from C.

    `rust_path` and `public_path` are as those of a `SurfaceType`; what has nothing to be asked for
    has no `public_path`. Of a constant `type` is its type in Rust, aliases of the crate replaced by
    what they stand for, arrays as slices, and None for one that holds no plain value (a record, a
    tuple); `alias` the last name of the alias that it is declared with. A constant that
    `is_associated` stands in the `impl` of a type, and has a `type` if it is that. `variants` are
    an enum's.
    `link_name` is the symbol that a function or static is linked by, where that is not its name.
    A static that is `of_thread` is another variable in each thread.
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

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.rust_path.rpartition("::")[2]


class ItemReader:
    """Reads the items of one rustdoc JSON document that has private items."""

    def __init__(self, document: Json) -> None:
        self._index: Json = document["index"]
        self._paths: Json = document["paths"]

    def read(
        self,
        key: str,
        item: Json,
        names: Names,
        locate: Callable[[Json | None], SourceLocation],
    ) -> SurfaceItem | None:
        """The item if it is of the surface; None for everything else that rustdoc lists."""
        inner = item["inner"]
        kind = next(map(_KINDS.get, inner), None)
        if kind is None or key not in self._paths or not _is_of_c(kind, inner[kind]):
            return None
        type_ = inner[kind]["type"] if kind == "constant" else None
        plain = None if type_ is None else self._plain(type_)
        if kind in ("function", "static"):
            names.open_types(inner[kind])
        public = names.of(key) if plain is not None or kind != "constant" else None
        return SurfaceItem(
            kind=kind,
            rust_path="::".join(self._paths[key]["path"]),
            public_path=None if public is None else render_path(public),
            location=locate(item["span"]),
            type=plain,
            alias=None if type_ is None else _alias(type_),
            link_name=None if kind == "constant" else _link_name(item["attrs"]),
            of_thread=kind == "static" and any(map(_OF_THREAD.search, _texts(item["attrs"]))),
        )

    def associated(
        self,
        block: Json,
        names: Names,
        locate: Callable[[Json | None], SourceLocation],
    ) -> Iterator[tuple[Json, SurfaceItem]]:
        """The constants of an `impl` of a type of the crate, each with the item that it is.

        A trait's are none of the surface.
        """
        owner = str(block["for"].get("resolved_path", {}).get("id"))
        if block["trait"] is not None or owner not in self._index or owner not in self._paths:
            return
        declared = "::".join(self._paths[owner]["path"])
        is_generic = any("lifetime" not in p["kind"] for p in block["generics"]["params"])
        for key in block["items"]:
            item = self._index[str(key)]
            if "assoc_const" not in item["inner"]:
                continue
            type_ = item["inner"]["assoc_const"]["type"]
            aimed = type_.get("resolved_path", {}).get("id")
            is_own = type_.get("generic") == "Self" or str(aimed) == owner
            is_value = is_own and not is_generic
            public = names.of_associated(owner, item) if is_value else None
            yield (
                item,
                SurfaceItem(
                    kind="constant",
                    rust_path=f"{declared}::{item['name']}",
                    public_path=None if public is None else render_path(public),
                    location=locate(item["span"]),
                    type=None if public is None else f"::{render_path(public[:-1])}",
                    alias=declared.rpartition("::")[2],
                    is_associated=True,
                ),
            )

    def _plain(self, type_: Json) -> str | None:
        """A plain value's type as Rust writes it anywhere; None for what is no plain value."""
        match type_:
            case {"primitive": str(name)}:
                return name
            case {"raw_pointer": {"is_mutable": False, "type": pointee}} if self._is_char(pointee):
                return "*const c_char"
            case {"raw_pointer": _}:
                return "*const ()"
            case {"borrowed_ref": {"type": inner}}:
                return self._behind_reference(inner)
            case {"array": {"type": element}}:
                return _array(self._plain(element))
            case {"resolved_path": {"id": identity}}:
                return self._resolved(identity)
            case _:
                return None

    def _is_char(self, type_: Json) -> bool:
        """Whether a pointer to this, which may not be written through, is one to a C string."""
        return self._plain(type_) in {"i8", "::core::ffi::c_char"}

    def _behind_reference(self, type_: Json) -> str | None:
        match type_:
            case {"primitive": "str"}:
                return "&str"
            case {"array": {"type": element}} | {"slice": element}:
                array = _array(self._plain(element))
                return None if array is None or array.startswith("[[") else f"&{array}"
            case {"resolved_path": {"path": path}} if path.rpartition("::")[2] == "CStr":
                return "&CStr"
            case _:
                return None

    def _resolved(self, identity: int | str) -> str | None:
        """An alias, which may be private, as what it stands for; another crate's as its path."""
        item = self._index.get(str(identity))
        if item is not None and item["crate_id"] == 0:
            alias = item["inner"].get("type_alias")
            return None if alias is None else self._plain(alias["type"])
        summary = self._paths.get(str(identity))
        if summary is None or summary["kind"] != "type_alias":
            return None
        segments = summary["path"]
        if segments[0] in {"core", "std"} and _CORE_TYPE.fullmatch(segments[-1]):
            return f"::core::ffi::{segments[-1]}"  # where they are declared is private
        return f"::{render_path(tuple(segments))}"


def _array(element: str | None) -> str | None:
    """An array or slice of numbers, or of such arrays, as a slice; None for any other."""
    return None if element is None or element.startswith(("&", "*")) else f"[{element}]"


def _is_of_c(kind: ItemKind, body: Json) -> bool:
    """Whether an item stands for something of C's: every constant, and what has no Rust body.

    Whatever convention an `extern` block names: that it is not C's is to be said.
    """
    match kind:
        case "constant":
            return True
        case "function":
            return body["has_body"] is False
        case "static":
            return not body["expr"]
        case "enum":  # read with the other types
            return False


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
