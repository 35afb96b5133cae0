"""rustdoc JSON -> places of private items; a file's text -> a variant in which these are public.

A probe is a crate of its own and can name only public items. rustc is therefore given a copy of the
sources in which each item that stands for something of C's is `pub`, and so is each module around
it. No layout, value or signature depends on `pub`. An item that a macro makes has no text before
which `pub` could be written: rustdoc reports the place of the macro's call, where no item of that
name begins. Such an item is left unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from layoutcheck.bindings.rustdoc.naming import TYPES, OtherName, public_names

__all__ = ["Names", "Opening", "make_public", "shown_path"]

Json = Mapping[str, Any]

# An item from its visibility to its name. rustc's places of items do not include attributes.
_VISIBILITY: Final = r"(?P<pub>(?:pub(?:\s*\([^()]*\))?\s+)?)"
_ITEM: Final = re.compile(
    _VISIBILITY + r'(?:(?:unsafe|safe|const|async|extern(?:\s*"[^"]*")?)\s+)*'
    r"(?:fn|static(?:\s+mut)?|const|struct|union|enum|trait|type|mod)\s+(?:r#)?(?P<name>\w+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A place of a source file where `pub` is to be written before the item `name`.

    `line` and `column` count from 1. Line 0 means every `mod name;` of the file.
    """

    path: Path
    name: str
    line: int = 0
    column: int = 0


class Names:
    """Paths by which a probe can name the items of one rustdoc JSON document.

    The path of a private item is that of its declaration. A request for it records what has to be
    made public for that. Relative paths in the document are relative to `root`.
    """

    def __init__(self, document: Json, root: Path | None) -> None:
        self._index: Json = document["index"]
        self._summaries: Json = document["paths"]
        self._root = Path() if root is None else root
        names = public_names(document)
        self._public = {str(key): path for key, path in names.paths.items()}
        self.others: Final[tuple[OtherName, ...]] = names.others
        """Further names of the crate's items, and the names of other crates' items."""
        self.unread: Final[tuple[OtherName, ...]] = names.unread
        """Re-exports of a whole module of another crate; its items are unknown."""
        self._modules: dict[str, str] | None = None
        self._has_private_types = any(
            summary["crate_id"] == 0 and summary["kind"] in TYPES and key not in self._public
            for key, summary in self._summaries.items()
        )
        self._private: set[str] = set()
        self._openings: dict[Opening, None] = {}

    @property
    def public(self) -> Mapping[str, tuple[str, ...]]:
        """Return the paths of the items that another crate can name."""
        return self._public

    @property
    def private(self) -> frozenset[str]:
        """Return the declared paths of the private items that were requested."""
        return frozenset(self._private)

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Return the places that have to be made public, each once."""
        return tuple(self._openings)

    def files(self) -> tuple[tuple[Path, str], ...]:
        """Return the crate's source files, each with the path of the outermost module in it.

        `impl` items are ignored: rustdoc lists blanket impls of core as the crate's.
        """
        found: dict[str, tuple[str, ...]] = {}
        for key, item in self._index.items():
            if item is None or item["crate_id"] != 0 or "impl" in item["inner"]:
                continue
            span = item.get("span")
            if not span or (span["filename"] in found and "module" not in item["inner"]):
                continue
            file, is_module = span["filename"], "module" in item["inner"]
            path = tuple(self._summaries[key]["path"]) if is_module else ()
            if file not in found or not found[file] or 0 < len(path) < len(found[file]):
                found[file] = path
        return tuple((self._root / file, "::".join(path)) for file, path in found.items())

    def is_public(self, key: str) -> bool:
        """Return whether another crate can name the item without changes to the sources."""
        return key in self._public

    def of(self, key: str) -> tuple[str, ...] | None:
        """Return the path of a type, trait, alias or value; None if it is in no module."""
        public = self._public.get(key)
        if public is not None:
            return public
        if self._modules is None:
            self._modules = self._read_modules()
        if key not in self._summaries or key not in self._modules:
            return None
        declared: tuple[str, ...] = tuple(self._summaries[key]["path"])
        self._private.add("::".join(declared))
        inner = key
        while inner in self._modules:
            outer = self._modules[inner]
            self._open(self._index[inner], self._index[outer])
            inner = outer
        return declared

    def of_associated(self, owner: str, item: Json) -> tuple[str, ...] | None:
        """Return the path of an item in an `impl` of the type `owner`."""
        of_owner = self.of(owner)
        if of_owner is None:
            return None
        if not self.is_public(owner) or item["visibility"] != "public":
            self._private.add("::".join((*self._summaries[owner]["path"], item["name"])))
            self._open(item)
        return (*of_owner, item["name"])

    def open_types(self, body: object) -> None:
        """Make the types of a signature public: rustc refuses a public item with a private type."""
        if not self._has_private_types:
            return
        match body:
            case {"resolved_path": {"id": key} as path}:
                item = self._index.get(str(key))
                inner = {} if item is None or item["crate_id"] != 0 else item["inner"]
                if "type_alias" in inner:
                    self.open_types(inner["type_alias"]["type"])
                elif not TYPES.isdisjoint(inner):
                    self.of(str(key))
                self.open_types(path.get("args"))
            case dict():
                for part in body.values():
                    self.open_types(part)
            case list():
                for part in body:
                    self.open_types(part)

    def _open(self, item: Json, within: Json | None = None) -> None:
        """Record the place of an item in the module `within`, or in an `impl`."""
        if item["visibility"] == "public" or item["span"] is None:
            return
        path = self._file(item)
        line, column = item["span"]["begin"]
        self._openings[Opening(path=path, name=item["name"], line=line, column=column)] = None
        # For a module with a file of its own, rustdoc reports that file.
        if within is not None and "module" in item["inner"] and self._file(within) != path:
            self._openings[Opening(path=self._file(within), name=item["name"])] = None

    def _file(self, item: Json) -> Path:
        written: str = item["span"]["filename"]
        return self._root / written

    def _read_modules(self) -> dict[str, str]:
        """Return for each item the module that contains it."""
        return {
            str(child): key
            for key, item in self._index.items()
            if item is not None and item["crate_id"] == 0 and "module" in item["inner"]
            for child in item["inner"]["module"]["items"]
        }


def shown_path(path: Path, renamed: Mapping[str, str]) -> str:
    """Return the path of the original of `path`; `renamed` maps copied folders to originals."""
    for copy, original in renamed.items():
        if path.is_relative_to(copy):
            return str(Path(original) / path.relative_to(copy))
    return str(path)


def make_public(text: str, openings: Iterable[Opening]) -> str:
    """Return the text with `pub` before each item that begins at an opening's place.

    Lines keep their numbers.
    """
    lines = text.split("\n")
    mark = 1 if text.startswith("\ufeff") else 0  # rustc does not count it
    files = []
    # Go from right to left, so that the remaining places stay valid.
    for opening in sorted(set(openings), key=lambda o: (o.line, o.column), reverse=True):
        if not opening.line:
            files.append(re.escape(opening.name))
        elif opening.line <= len(lines):
            line = opening.line - 1
            before = opening.column - 1 + (0 if line else mark)
            lines[line] = _open_at(lines, line, before, opening.name)
    text = "\n".join(lines)
    if files:
        declared = rf"{_VISIBILITY}\bmod\s+(?=(?:r#)?(?:{'|'.join(files)})\s*;)"
        text = re.sub(declared, "pub mod ", text)
    return text


def _open_at(lines: list[str], number: int, before: int, name: str) -> str:
    """Return the line with `pub` before the item `name` at the offset `before`, if it is there."""
    line = lines[number]
    # The text before the name may continue in the next lines.
    item = _ITEM.match("\n".join([line[before:], *lines[number + 1 : number + 4]]))
    if item is None or item["name"] != name or item["pub"].count("\n"):
        return line
    return f"{line[:before]}pub {line[before + len(item['pub']) :]}"
