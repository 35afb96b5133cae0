"""What both compilers said of a crate's types -> a verdict on each. Pure.

Each type of the crate ends up in exactly one place: a verdict, or set aside as generic, opaque, or
none of C's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from layoutcheck.bindings.surface import Surface, SurfaceType
from layoutcheck.bit_access import BitAccess
from layoutcheck.judge.asides import NamedRecord, aside_of_type, member_names
from layoutcheck.judge.comparison import Comparison, compare
from layoutcheck.judge.other_names import other_names
from layoutcheck.layout import RecordLayout, shallow
from layoutcheck.layout_set import LayoutSet
from layoutcheck.manifest import Manifest, Rename, names_path
from layoutcheck.verdict import Mismatch, SetAside, Status, Verdict

__all__ = ["Candidate", "Side", "candidates_of", "judge", "stale_names"]


class Candidate(NamedTuple):
    """A C type to ask clang for, `c_name`, because it may be what a Rust type stands for."""

    rust_path: str
    key: str
    c_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one compiler said: layouts by probe key, and its words where it refused a key.

    `accessors` is what Rust's methods do with the bits of a record, by the type's path, and
    `without_repr` the paths of the types that rustc may lay out as it likes: of those that are
    `told`, a verdict of their own says so.
    """

    layouts: LayoutSet
    refused: Mapping[str, str]
    accessors: Mapping[str, tuple[BitAccess, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    without_repr: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()

    def telling(self, verdicts: Iterable[Verdict]) -> Side:
        """The same, after these verdicts."""
        told = (v.rust_path for v in verdicts if any(map(_is_of_whole, v.mismatches)))
        return replace(self, told=self.without_repr.intersection(told))


def _is_of_whole(mismatch: Mismatch) -> bool:
    return mismatch.check_id == "repr-missing" and mismatch.member_path is None


def candidates_of(manifest: Manifest, types: Sequence[SurfaceType]) -> tuple[Candidate, ...]:
    """The C types to ask clang for, each with a key for the probe.

    A type stands for what the manifest says, or else for C's struct, union or typedef of its name:
    the first of these that C has.
    """
    return tuple(
        Candidate(type_.rust_path, f"{number}_{rank}", c_name)
        for number, type_ in enumerate(types)
        if not type_.generic
        for rank, c_name in enumerate(_c_names(manifest, type_))
    )


def judge(
    manifest: Manifest,
    cell: str,
    types: Sequence[SurfaceType],
    *,
    c: Side,
    rust: Side,
    left_out: Collection[str],
    others: Mapping[str, Sequence[NamedRecord]] | None = None,
    missing: Mapping[str, str] | None = None,
) -> tuple[tuple[Verdict, ...], tuple[SetAside, ...]]:
    """The verdict on each of the crate's `types`, and what has no layout to compare.

    `c`'s keys are those of `candidates_of`, `rust`'s the type's place in `types`; `left_out` are
    the headers that clang refused. By Rust path, `others` has further C records of a type's name:
    the first that it is like is the one that it stands for; `missing` says why C has none at all.
    """
    named: dict[str, NamedRecord] = {}
    aliases = {type_.rust_path for type_ in types if type_.is_alias}
    for path, key, c_name in candidates_of(manifest, types):
        record = c.layouts.records.get(key)
        if record is not None and not (path in aliases and _is_scalar(record)):
            named.setdefault(path, (c_name, record))
    known = {
        type_.rust_path: rust.layouts.records[str(number)]
        for number, type_ in enumerate(types)
        if str(number) in rust.layouts.records
    }
    for path, records in (others or {}).items():
        named[path] = _meant(manifest, path, [*_one(named.get(path)), *records], known.get(path))
    asides = {type_.rust_path: aside_of_type(manifest, type_, known, named) for type_ in types}
    judged = [type_ for type_ in types if not asides[type_.rust_path]]
    asides |= other_names(judged, known, {path: record for path, (_, record) in named.items()})
    subjects = {path: _is_opaque(manifest, path) for path, aside in asides.items() if not aside}
    compared = compare(
        {path: pair for path, pair in named.items() if path in subjects},
        known,
        subjects=subjects,
        renames={path: member_names(manifest, path) for path in subjects},
        accessors=_with_aliases(rust.accessors, types),
        opaque=[path for path, aside in asides.items() if aside and aside.why == "opaque"],
        without_repr=rust.without_repr,
        told=rust.without_repr & subjects.keys() & named.keys() & known.keys(),
    )
    verdicts, set_aside = [], []
    for number, type_ in enumerate(types):
        path = type_.rust_path
        aside = asides[path]
        if path in compared:
            verdicts.append(_verdict(cell, type_, compared[path]))
        elif aside is not None:
            set_aside.append(aside)
        else:
            reason = (
                f"rustc: {rust.refused[str(number)]}"
                if str(number) in rust.refused
                else _no_rust(type_)
                if path not in known and path in named
                else (missing or {}).get(path) or _no_c(manifest, type_, left_out)
            )
            verdicts.append(
                Verdict(
                    cells=(cell,),
                    kind=type_.subject,
                    c_name=named[path][0] if path in named else None,
                    rust_path=path,
                    status=Status.INDETERMINATE,
                    reason=reason,
                    c=shallow(named[path][1]) if path in named else None,
                    rust=shallow(known[path]) if path in known else None,
                    rust_location=type_.location,
                )
            )
    return tuple(verdicts), tuple(set_aside)


def _with_aliases(
    accessors: Mapping[str, tuple[BitAccess, ...]], types: Sequence[SurfaceType]
) -> Mapping[str, tuple[BitAccess, ...]]:
    """A type's methods are those of its other names, too."""
    named = {t.rust_path: accessors[t.of] for t in types if t.of and t.of in accessors}
    return {**named, **accessors}


def _meant(
    manifest: Manifest, path: str, records: Sequence[NamedRecord], rust: RecordLayout | None
) -> NamedRecord:
    """Of several C records of one name the first that the Rust record is like, or the first."""
    opaque = {path: _is_opaque(manifest, path)}
    renames = {path: member_names(manifest, path)}
    if rust is None:
        return records[0]
    for record in records:
        compared = compare({path: record}, {path: rust}, subjects=opaque, renames=renames)
        if not compared[path].mismatches:
            return record
    return records[0]


def _is_scalar(record: RecordLayout) -> bool:
    """Whether the reader of DWARF has made it of what is no record: as an alias it is an item."""
    return record.declared_at is None and [m.name for m in record.members] == ["__0"]


def _one(record: NamedRecord | None) -> tuple[NamedRecord, ...]:
    return () if record is None else (record,)


def _verdict(cell: str, type_: SurfaceType, compared: Comparison) -> Verdict:
    unknown = None if compared.mismatches else "; ".join(compared.unknown) or None
    status = Status.AGREES if unknown is None else Status.INDETERMINATE
    return Verdict(
        cells=(cell,),
        kind=type_.subject,
        c_name=compared.c_name,
        rust_path=type_.rust_path,
        status=Status.DIFFERS if compared.mismatches else status,
        reason=unknown,
        c=shallow(compared.c),
        rust=shallow(compared.rust),
        c_location=compared.c.declared_at,
        rust_location=type_.location,
        mismatches=compared.mismatches,
        paired=compared.paired,
    )


def _is_opaque(manifest: Manifest, rust_path: str) -> bool:
    return any(names_path(pattern, rust_path) for pattern in manifest.opaque)


def _c_names(manifest: Manifest, type_: SurfaceType) -> tuple[str, ...]:
    for rename in manifest.renames:
        if rename.member is None and names_path(rename.rust, type_.rust_path):
            return (rename.c,)
    name = type_.name.removeprefix("r#")
    names = dict.fromkeys((name, name.rstrip("_") or name))  # bindgen's `proc_` is C's `proc`
    written = [w for n in names for w in (f"struct {n}", f"union {n}", n, f"enum {n}")]
    tagged = re.fullmatch("(struct|union|enum)_(.+)", name)  # bindgen's --c-naming
    return (*written, " ".join(tagged.groups())) if tagged else tuple(written)


def stale_names(manifest: Manifest, surfaces: Sequence[Surface]) -> Iterator[str]:
    """What the manifest says of types, members, or items that the crate has in no cell."""
    types = [type_ for surface in surfaces for type_ in surface.types]
    items = {item.rust_path for surface in surfaces for item in surface.items}
    for rename in _stale_renames(manifest, types, items):
        rust = rename.rust if rename.member is None else f"{rename.rust}.{rename.member}"
        yield f"[rename]: the crate has no {rust}"
    for record in dict.fromkeys(mask.record for mask in manifest.masks):
        if not any(names_path(record, type_.rust_path) for type_ in types):
            yield f"[bits]: the crate has no {record}"


def _stale_renames(
    manifest: Manifest, types: Sequence[SurfaceType], items: Collection[str]
) -> tuple[Rename, ...]:
    return tuple(
        rename
        for rename in manifest.renames
        if not any(
            names_path(rename.rust, type_.rust_path)
            and (rename.member is None or rename.member in (*type_.fields, *dict(type_.accessors)))
            for type_ in types
        )
        and (rename.member is not None or not any(names_path(rename.rust, i) for i in items))
    )


def _no_rust(type_: SurfaceType) -> str:
    if type_.public_path is None:
        return "it is private: no other crate can name it, and no public type holds it"
    return "rustc gave no debug information for it"


def _no_c(manifest: Manifest, type_: SurfaceType, left_out: Collection[str]) -> str:
    first, *others = _c_names(manifest, type_)
    reason = f"the included headers do not define {first}"
    if others:
        reason += f", nor a union, enum or typedef {others[1]}"
    if left_out:
        verb = "does" if len(left_out) == 1 else "do"
        reason += f" ({', '.join(f'<{name}>' for name in left_out)} {verb} not compile)"
    return reason
