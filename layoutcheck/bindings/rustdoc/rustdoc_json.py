"""A file of rustdoc JSON -> its document, reduced to the parts that are read.

Most of rustdoc's output are impls of traits, a dozen and more for each type. They are dropped,
except for those of the crate's own traits, when the text is cut into the index's entries, before it
is parsed. The text is never in memory as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from sys import intern
from typing import Any, Final

__all__ = ["read_document"]

PART_SIZE: Final = 1 << 19
"""Size of one read, in bytes."""
# Quotes inside of strings have a backslash before them, so this never matches in a string.
_ENTRY: Final = re.compile(rb'"(\d+)":\{"id":(\d+),"crate_id":')
_INDEX: Final = b'"index":{'
_IMPL: Final = b'"inner":{"impl":{'
_OF_NO_TRAIT: Final = b'"trait":null'
_TRAIT: Final = re.compile(rb'"trait":\{"(?:path|name)":"[^"]*","id":(\d+)')
_PATHS: Final = b',"paths":{'
_OWN_TRAIT: Final = re.compile(rb'"(\d+)":\{"crate_id":0,"path":\[[^]]*\],"kind":"trait"\}')
_EXPORTING: Final = re.compile("no_mangle|NoMangle|export_name|ExportName")


def read_document(path: Path) -> Any:  # noqa: ANN401 - whatever JSON is in the file
    """Return the value of the file, with None for each impl of another crate's trait.

    Fields of types are reduced, and so are functions with a body that are neither public nor
    exported. JSON in another form than rustdoc's is read completely. Raises `OSError`, `ValueError`
    for a file that is not JSON, and `RecursionError`.
    """
    try:
        return _read_parts(path)
    except ValueError:
        return json.loads(path.read_bytes())


def _read_parts(path: Path) -> Any:  # noqa: ANN401 - as above
    """Read the file in parts. Raises `ValueError` if it has no index, or cannot be split."""
    index: dict[str, Any] = {}
    own = _own_traits(path)
    with path.open("rb") as stream:
        rest = stream.read(PART_SIZE)
        head, found, entries = rest.partition(_INDEX)
        if not found or head.count(b"{") != 1 or not _ENTRY.match(entries):
            raise ValueError("no index, or not where rustdoc writes it")
        rest = entries
        more = True
        while more:
            added = stream.read(PART_SIZE)
            more, rest = bool(added), rest + added
            starts = [entry.start() for entry in _ENTRY.finditer(rest) if entry[1] == entry[2]]
            if not starts:
                raise ValueError("no entries")
            part = json.loads(_without_impls(rest, starts, own))
            index |= {key: _needed(item, own) for key, item in part.items()}
            rest = rest[starts[-1] :]
    document = json.loads(b"".join((head, _INDEX, rest)))
    document["index"] = index | document["index"]
    return document


def _own_traits(path: Path) -> frozenset[bytes]:
    """Return the ids of the traits that the crate declares; they are in rustdoc's "paths"."""
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as text:
        paths = text.rfind(_PATHS)
        return frozenset(match[1] for match in _OWN_TRAIT.finditer(text, max(paths, 0)))


def _without_impls(text: bytes, starts: Sequence[int], own: Collection[bytes]) -> bytes:
    """Return the entries at `starts` as an object, without the last, which may be cut off."""
    if b"\0" in text:  # a crash may leave zeros in a file
        raise ValueError("a zero")
    kept = [b"{"]
    for start, end in pairwise(starts):
        if _is_of_trait(text, start, end, own):
            kept.append(text[start : text.index(b":", start)] + b":null,")
        else:
            kept.append(text[start:end])
    if len(kept) > 1:
        kept[-1] = kept[-1].removesuffix(b",")
    return b"".join((*kept, b"}"))


def _is_of_trait(text: bytes, start: int, end: int, own: Collection[bytes]) -> bool:
    """Return whether an entry is a whole impl of a trait that is not one of the crate's `own`."""
    trait = _TRAIT.search(text, start, end) if own else None
    return (
        text.find(_IMPL, start, end) >= 0
        and (trait is None or trait[1] not in own)
        and text.find(_OF_NO_TRAIT, start, end) < 0
        and text.endswith(b"}},", start, end)
        and text.count(b"{", start, end) == text.count(b"}", start, end)
    )


def _is_exported(item: Mapping[str, Any]) -> bool:
    """Return whether a function may be exported to C."""
    attributes = item.get("attrs")
    return bool(attributes) and _EXPORTING.search(str(attributes)) is not None


def _needed(item: Any, own: Collection[bytes]) -> Any:  # noqa: ANN401 - an object as it is there
    """Return an item reduced to what is read of it: of a field, and of a trait's method.

    The parameters of methods are needed if the crate has traits of its `own`.
    """
    if not isinstance(item, dict):
        return item
    match item.get("inner"):
        case {"struct_field": _}:
            if isinstance(span := item.get("span"), dict):
                line, *_ = span["begin"]
                item["span"] = {"filename": intern(span["filename"]), "begin": (line,)}
            known: tuple[str, ...] = ("crate_id", "name", "span", "inner")
        case {"function": {"has_body": True}} if (
            not own and item.get("visibility") == "default" and not _is_exported(item)
        ):
            item["inner"] = {"function": {"has_body": True}}
            known = ("crate_id", "name", "visibility", "inner")
        case _:
            return item
    return {name: item[name] for name in known if name in item}
