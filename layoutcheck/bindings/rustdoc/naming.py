"""rustdoc JSON's items -> the path by which another crate can name each type, constant, function.

This follows public modules, `pub use` with and without a new name, globs, and public type aliases.
A name that a module declares itself hides an equal name from a glob, whatever its visibility. A
name that two globs bring in for different items names nothing (The Rust Reference, "Use
declarations").
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["STANDARD", "TYPES", "OtherName", "PublicNames", "public_names", "render_path"]

# Keywords of any edition that can be raw. `r#` before a word that is no keyword does no harm.
_KEYWORD_TEXT: Final = (
    "abstract as async await become box break const continue do dyn else enum extern false final "
    "fn for gen if impl in let loop macro match mod move mut override priv pub ref return static "
    "struct trait true try type typeof unsafe unsized use virtual where while yield"
)
KEYWORDS: Final = frozenset(_KEYWORD_TEXT.split())
# rustdoc's kinds of items in Rust's type namespace.
TYPE_NAMESPACE: Final = frozenset(
    (
        "enum",
        "extern_crate",
        "extern_type",
        "module",
        "primitive",
        "struct",
        "trait",
        "trait_alias",
        "type_alias",
        "union",
    )
)
# Kinds of the value namespace. A variant is in both. Tuple structs are left out: no constant is
# one.
VALUE_NAMESPACE: Final = frozenset(("constant", "function", "static", "variant"))
TYPES: Final = frozenset(("enum", "struct", "union"))
"""Types that can have a layout."""
# Kinds whose further names are reported: types, their aliases, and all values.
NAMED: Final = frozenset((*TYPES, "type_alias", *VALUE_NAMESPACE))
# Kinds whose path is needed: those above, and traits, whose methods types have.
WANTED: Final = NAMED | {"trait"}
STANDARD: Final = frozenset(("alloc", "core", "proc_macro", "std"))
"""Rust's own crates. Under its own name, no item of these stands for something of C's."""
# Kinds of items of these crates that may stand for C's under another name. Functions and statics
# may not: no library of Rust's defines one of C's.
RENAMED: Final = NAMED - {"function", "static"}

Json = Mapping[str, Any]
Name = tuple[str, bool]
"""A name, and whether it is in the value namespace."""
Exports = dict[Name, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """A name that `pub use` gives the item `identity`: a second name, or a name for a foreign item.

    `statement` is the id of that statement, or of the variant that a glob brings. Rust's primitive
    types have no id; for these the `identity` is the statement's id, too.
    """

    identity: int | str
    path: tuple[str, ...]
    statement: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNames:
    """Names by which other crates see what a crate declares and re-exports.

    - `paths`: the crate's own items by id. The path where an item is declared is preferred;
      otherwise it is a shortest path. The first segment is the crate's name.
    - `others`: further names of these, each once; all names of variants outside of their enums; and
      the names of other crates' items. Items of Rust's own crates are included only under new
      names.
    - `unread`: re-exports of a whole module of another crate, whose items are unknown.
    """

    paths: Mapping[int | str, tuple[str, ...]]
    others: tuple[OtherName, ...]
    unread: tuple[OtherName, ...]


def render_path(segments: tuple[str, ...]) -> str:
    """Return the path as Rust source text, with keywords as raw identifiers."""
    return "::".join(f"r#{name}" if name in KEYWORDS else name for name in segments)


def public_names(document: Json) -> PublicNames:
    """Return the names of the crate's types and values, and of those that it re-exports.

    `document` is a whole rustdoc JSON document with private items.
    """
    return _Resolver(document).names()


class _Resolver:
    """One walk through one crate's modules."""

    def __init__(self, document: Json) -> None:
        self._index: Json = document["index"]
        self._summaries: Json = document["paths"]
        self._root: int | str = document["root"]
        self._exports: dict[int | str, Exports] = {}
        self._globs: dict[int | str, list[int | str]] = {}
        self._foreign_globs: dict[int | str, list[int | str]] = {}
        self._statements: dict[tuple[int | str, str], int | str] = {}

    def names(self) -> PublicNames:
        """Walk breadth first, so that the first path to an item is a shortest one."""
        found: dict[int | str, tuple[str, ...]] = {}
        aliases: dict[int | str, tuple[str, ...]] = {}
        others: dict[tuple[int | str, str], tuple[str, ...]] = {}
        unread: dict[int | str, tuple[str, ...]] = {}
        crate: tuple[str, ...] = (str(self._item(self._root)["name"]),)
        queue = deque([(self._root, crate)])
        seen = {self._root}
        while queue:
            module, path = queue.popleft()
            for (name, _), identity in self._exports_of(module).items():
                here = (*path, name)
                kind, inner = self._kind(identity)
                if kind == "module" and identity not in seen:
                    seen.add(identity)
                    queue.append((identity, here))
                elif kind in WANTED and (identity not in found or self._declared(identity) == here):
                    found[identity] = here
                if kind == "type_alias" and (target := self._alias_target(inner)) is not None:
                    aliases.setdefault(target, here)
                foreign = self._foreign_kind(identity, name)
                is_renamed = kind in NAMED and name != self._item(identity)["name"]
                if is_renamed or kind == "variant" or foreign in NAMED:
                    others.setdefault((identity, name), here)
                elif foreign in {"module", "extern_crate"}:
                    unread.setdefault(identity, here)
            for glob in self._foreign_globs_of(module):
                source = self._item(glob)["inner"]["use"]["source"]
                unread.setdefault(glob, (*path, *source.split("::"), "*"))
        return PublicNames(
            paths=aliases | found,
            others=tuple(self._other(key, path) for (key, _), path in others.items()),
            unread=tuple(self._other(key, path) for key, path in unread.items()),
        )

    def _other(self, identity: int | str, path: tuple[str, ...]) -> OtherName:
        statement = self._statements.get((identity, path[-1]), identity)
        return OtherName(identity=identity, path=path, statement=statement)

    def _foreign_kind(self, identity: int | str | None, name: str | None) -> str:
        """Return the kind of an item of another crate; "" for the crate's own.

        It is also "" for items of Rust's own crates, unless they get another `name` here. A glob
        gives no other name.
        """
        kind, body = self._kind(identity) if identity is not None else ("", {})
        if kind == "extern_crate":
            return "" if body["name"] in STANDARD else kind
        if kind == "use":
            return "" if name == body["source"].rpartition("::")[2] else "type_alias"
        summary = self._summaries.get(str(identity))
        if kind or summary is None or not summary["crate_id"]:
            return ""
        path, kind = summary["path"], str(summary["kind"])
        if path[0] in STANDARD and (name in {None, path[-1]} or kind not in RENAMED):
            return ""
        return kind

    def _foreign_globs_of(self, module: int | str) -> Iterator[int | str]:
        """Yield a module's re-exports of a whole module of another crate, also those by globs."""
        waiting, seen = [module], {module}
        while waiting:
            one = waiting.pop()
            self._exports_of(one)
            yield from self._foreign_globs.get(one, ())
            further = [glob for glob in self._globs.get(one, ()) if glob not in seen]
            seen.update(further)
            waiting += further

    def _item(self, identity: int | str) -> Json:
        item: Json = self._index[str(identity)]
        return item

    def _kind(self, identity: int | str) -> tuple[str, Json]:
        """Return the kind of a local item and its inner part; ("", {}) for another crate's."""
        item = self._index.get(str(identity))
        if item is None or item["crate_id"] != 0:
            return "", {}
        return _kind_and_body(item["inner"])

    def _declared(self, identity: int | str) -> tuple[str, ...]:
        summary = self._summaries.get(str(identity))
        return tuple(summary["path"]) if summary else ()

    def _alias_target(self, alias: Json) -> int | str | None:
        """Return the public local type that an alias without parameters is another name for."""
        aimed = alias["type"].get("resolved_path")
        if aimed is None or alias["generics"]["params"]:
            return None
        identity: int | str = aimed["id"]
        kind, _ = self._kind(identity)
        if kind not in TYPES or self._item(identity)["visibility"] != "public":
            return None
        return identity

    def _exports_of(self, module: int | str) -> Exports:
        """Return the public names of a module, and the item that each stands for."""
        known = self._exports.get(module)
        if known is not None:
            return known
        self._exports[module] = {}  # ends the recursion of globs that point at each other
        own: Exports = {}
        declared: set[Name] = set()
        globs = self._globs[module] = []
        for name, identity, public in self._entries(module, globs):
            declared.add(name)
            if public:
                own[name] = identity
        imported: Exports = {}
        ambiguous: set[Name] = set()
        for glob in globs:
            for name, identity in self._exports_of(glob).items():
                if imported.setdefault(name, identity) != identity:
                    ambiguous.add(name)
        for name, identity in imported.items():
            if name not in declared and name not in ambiguous:
                own[name] = identity
        self._exports[module] = own
        return own

    def _entries(
        self, module: int | str, globs: list[int | str]
    ) -> Iterator[tuple[Name, int | str, bool]]:
        """Yield the names that a module or enum declares; add its public globs to `globs`."""
        kind, inner = self._kind(module)
        for identity in inner["variants" if kind == "enum" else "items"]:
            item = self._index.get(str(identity))
            if item is None:
                continue
            kind, body = _kind_and_body(item["inner"])
            public = item["visibility"] == "public" or kind == "variant"
            if kind != "use":
                if item["name"]:
                    for is_value in _namespaces(kind):
                        yield (item["name"], is_value), identity, public
            elif body["is_glob"]:
                if public and self._kind(body["id"])[0] in {"module", "enum"}:
                    globs.append(body["id"])
                elif public and self._foreign_kind(body["id"], None):
                    self._foreign_globs.setdefault(module, []).append(identity)
            else:
                imported = identity if body["id"] is None else body["id"]
                for is_value in self._imported(body["id"]):
                    self._statements.setdefault((imported, body["name"]), identity)
                    yield (body["name"], is_value), imported, public

    def _imported(self, identity: int | str | None) -> tuple[bool, ...]:
        """Return the namespaces that an import brings a name into; both if that is unknown."""
        kind, _ = self._kind(identity) if identity is not None else ("", {})
        if not kind:
            summary = self._summaries.get(str(identity))
            if summary is None:
                return (False, True)
            kind = summary["kind"]
        return _namespaces(kind)


def _namespaces(kind: str) -> tuple[bool, ...]:
    """Return the namespaces of a kind: False for that of types, True for that of values."""
    return (False,) * (kind in TYPE_NAMESPACE) + (True,) * (kind in VALUE_NAMESPACE)


def _kind_and_body(inner: str | Json) -> tuple[str, Json]:
    """Return an item's kind and body. An extern type is a bare word, all others are objects."""
    if isinstance(inner, str):
        return inner, {}
    ((kind, body),) = inner.items()
    return kind, body
