"""Find the names of one Rust type that need no verdict of their own. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import SetAside

__all__ = ["other_names"]


def other_names(
    types: Sequence[SurfaceType],
    known: Mapping[str, RecordLayout],
    named: Mapping[str, RecordLayout],
) -> dict[str, SetAside]:
    """Return the names of types that are judged under another name, by path.

    `known` are the Rust records, `named` the C records of these names. If several names of one
    Rust record name one record in C, they are judged once: by the name of the declaration if it is
    among them. A name that is not in C is not judged if another name of the record is in C.
    """
    names: defaultdict[str, list[SurfaceType]] = defaultdict(list)
    for type_ in sorted(types, key=lambda type_: type_.of is not None):
        rust = known.get(type_.rust_path)
        if rust is not None and rust.name is not None:
            names[rust.name].append(type_)
    others = [
        type_
        for known_as in names.values()
        if len(known_as) > 1
        for type_ in _needless(known_as, known, named)
    ]
    return {
        type_.rust_path: SetAside(
            rust_path=type_.rust_path,
            why="another name",
            rust_location=type_.location,
            kind=type_.subject,
        )
        for type_ in others
    }


def _needless(
    types: Sequence[SurfaceType],
    known: Mapping[str, RecordLayout],
    named: Mapping[str, RecordLayout],
) -> list[SurfaceType]:
    """Return the names of one Rust record to leave out; of equal ones the first is kept."""
    kept: list[tuple[RecordLayout, RecordLayout]] = []
    needless = []
    for type_ in (one for one in types if one.rust_path in named):
        rust, c = known[type_.rust_path], named[type_.rust_path]
        if any(rust == r and _same(c, other) for r, other in kept):
            needless.append(type_)
        else:
            kept.append((rust, c))
    nameless = [one for one in types if one.rust_path not in named]
    return needless + [n for n in nameless if any(known[n.rust_path] == r for r, _ in kept)]


def _same(one: RecordLayout, other: RecordLayout) -> bool:
    """Return whether two C records are one record, also under typedefs of their own alignment."""
    return one is other or (
        (one.kind, one.byte_size, one.alignment, one.declared_at)
        == (other.kind, other.byte_size, other.alignment, other.declared_at)
        and one.members == other.members
    )
