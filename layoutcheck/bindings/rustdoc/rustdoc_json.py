"""A file of rustdoc JSON -> its document, of which only that is kept which is read here.

Most of what rustdoc writes are impls of traits, a dozen and more a type. But for those of the
crate's own traits they are left out where the text is cut into the index's entries, before it is
parsed; the text is never held as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Final

__all__ = ["read_document"]

PART_SIZE: Final = 1 << 19
"""How many bytes are read at a time."""
# Quotes inside of strings have a backslash before them: this is no part of a string.
_ENTRY: Final = re.compile(rb'"(\d+)":\{"id":(\d+),"crate_id":')
_INDEX: Final = b'"index":{'
_IMPL: Final = b'"inner":{"impl":{'
_OF_NO_TRAIT: Final = b'"trait":null'
_TRAIT: Final = re.compile(rb'"trait":\{"(?:path|name)":"[^"]*","id":(\d+)')
_PATHS: Final = b',"paths":{'
_OWN_TRAIT: Final = re.compile(rb'"(\d+)":\{"crate_id":0,"path":\[[^]]*\],"kind":"trait"\}')
_EXPORTING: Final = re.compile("no_mangle|NoMangle|export_name|ExportName")


def read_document(path: Path) -> Any:  # noqa: ANN401 - whatever JSON is in the file
    """The value that the file holds, but None for each impl of another crate's trait.

    Fields of types, and what has a body and is not public nor exported, have less than they had.
    JSON that is not written as rustdoc writes it is read as it is. Raises `OSError`, `ValueError`
    for what is no JSON, and `RecursionError`.
    """
    try:
        return _read_parts(path)
    except ValueError:
        return json.loads(path.read_bytes())


def _read_parts(path: Path) -> Any:  # noqa: ANN401 - as above
    """Raises `ValueError` for a file that has no index, or one that cannot be taken to pieces."""
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
    """The ids of the traits that the crate declares itself; what rustdoc calls paths has them."""
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as text:
        paths = text.rfind(_PATHS)
        return frozenset(match[1] for match in _OWN_TRAIT.finditer(text, max(paths, 0)))


def _without_impls(text: bytes, starts: Sequence[int], own: Collection[bytes]) -> bytes:
    """The entries that begin at `starts` as an object, but for the last, which may be cut off."""
    if b"\0" in text:  # what a crash may leave of a file: no JSON
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
    """Whether an entry is the impl of a trait that is not one of its `own`, and looks whole."""
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
    """An item as it is kept: of a field and of a trait's method what is read of those.

    The parameters of methods are read where the crate has traits of its `own`.
    """
    if not isinstance(item, dict):
        return item
    match item.get("inner"):
        case {"struct_field": _}:
            known: tuple[str, ...] = ("crate_id", "name", "inner")
        case {"function": {"has_body": True}} if (
            not own and item.get("visibility") == "default" and not _is_exported(item)
        ):
            item["inner"] = {"function": {"has_body": True}}
            known = ("crate_id", "name", "visibility", "inner")
        case _:
            return item
    return {name: item[name] for name in known if name in item}
