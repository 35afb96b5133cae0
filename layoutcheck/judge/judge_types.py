"""Judge a crate's types: both compilers' answers -> a verdict on each. Pure.

Each type of the crate gets exactly one result: a verdict, or the reason why it is skipped, such as
"generic", "opaque" or "not in C".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from layoutcheck.bindings.rustdoc.surface import Surface, SurfaceType
from layoutcheck.judge.alias_names import other_names
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.compare_records import Comparison
from layoutcheck.judge.skipping import NamedRecord, aside_of_type, member_names
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import Definitions, RustFacts, TypeWalk
from layoutcheck.manifest.reader import Manifest, Rename, names_path
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import RecordLayout, shallow
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.model.verdict import Mismatch, SetAside, Status, Verdict

__all__ = ["Candidate", "Side", "TypeJudge", "candidates_of", "stale_names"]


class Candidate(NamedTuple):
    """C type to ask clang for: `c_name`, which a Rust type may stand for."""

    rust_path: str
    key: ProbeKey
    c_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Answer of one compiler: layouts by probe key, and its message for each key that it refused.

    `accessors` are the accesses of Rust's methods to the bits of a record, by the type's path.
    `reprs` says which types rustc may lay out as it likes (None: not asked).
    """

    layouts: LayoutSet
    refused: Mapping[ProbeKey, str]
    accessors: Mapping[str, tuple[BitAccess, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    reprs: Reprs | None = None

    def without(self, keys: Collection[ProbeKey]) -> Side:
        """Return the side without the records of these keys."""
        left = {key: one for key, one in self.layouts.records.items() if key not in keys}
        return replace(self, layouts=replace(self.layouts, records=MappingProxyType(left)))


def candidates_of(manifest: Manifest, types: Sequence[SurfaceType]) -> tuple[Candidate, ...]:
    """Return the C types to ask clang for, each with a key for the probe.

    A type stands for the C type that the manifest names. Otherwise it stands for C's struct, union,
    typedef or enum of its name: the first of these that C has.
    """
    return tuple(
        Candidate(type_.rust_path, ProbeKey("type", number, rank), c_name)
        for number, type_ in enumerate(types)
        if not type_.generic
        for rank, c_name in enumerate(_c_names(manifest, type_))
    )


class TypeJudge:
    """Judge of the crate's `types`; its `comparer` also compares the records that items lead to.

    The keys of `c` are those of `candidates_of`. The keys of `rust` have the type's place in
    `types`. `left_out` are the headers that clang refused. `others` has further C records of a
    type's name, by Rust path: the type stands for the first that agrees with it, and the verdict
    names the headers of those before it. `missing` says by Rust path why C has no record.
    """

    def __init__(
        self,
        manifest: Manifest,
        cell: str,
        types: Sequence[SurfaceType],
        *,
        c: Side,
        rust: Side,
        target: Target,
        left_out: Collection[str] = (),
        others: Mapping[str, Sequence[NamedRecord]] | None = None,
        missing: Mapping[str, str] | None = None,
    ) -> None:
        self._manifest, self._cell, self._types, self._refused = manifest, cell, types, rust.refused
        self._left_out, self._missing = left_out, missing or {}
        self._named: dict[str, NamedRecord] = {}
        aliases = {type_.rust_path for type_ in types if type_.is_alias}
        for path, key, c_name in candidates_of(manifest, types):
            record = c.layouts.records.get(key)
            if record is not None and not (path in aliases and _is_scalar(record)):
                self._named.setdefault(path, (c_name, record))
        described = rust.layouts.records
        self._known = {
            type_.rust_path: described[ProbeKey("type", number)]
            for number, type_ in enumerate(types)
            if ProbeKey("type", number) in described
        }
        definitions = Definitions(c.layouts.definitions, rust.layouts.definitions)
        definitions.learn({}, c.layouts.records.values())
        facts = RustFacts(rust.reprs)
        walk = TypeWalk(definitions, facts, target=target)
        self._notes: dict[str, str] = {}
        for path, records in (others or {}).items():
            several = [*([self._named[path]] if path in self._named else []), *records]
            several = [one for one in several if not (path in aliases and _is_scalar(one[1]))]
            if not several:
                continue
            meant = _meant(manifest, path, several, self._known.get(path), walk)
            unlike = (one.declared_at for _, one in several[: several.index(meant)])
            names = ", ".join(f"<{at.path}>" for at in unlike if at is not None)
            self._notes |= {path: f"but {names} defines it in another way"} if names else {}
            self._named[path] = meant
        self._asides = {
            t.rust_path: aside_of_type(manifest, t, self._known, self._named) for t in types
        }
        judged = [type_ for type_ in types if not self._asides[type_.rust_path]]
        of_c = {path: record for path, (_, record) in self._named.items()}
        self._asides |= other_names(judged, self._known, of_c)
        subjects = {p: _is_opaque(manifest, p) for p, aside in self._asides.items() if not aside}
        free = frozenset[str]() if rust.reprs is None else rust.reprs.free
        told = free & subjects.keys() & self._named.keys() & self._known.keys()
        self.comparer = Comparer(
            {path: pair for path, pair in self._named.items() if path in subjects},
            self._known,
            TypeWalk(definitions, replace(facts, told=told), target=target),
            subjects=subjects,
            renames={path: member_names(manifest, path) for path in subjects},
            accessors=_with_aliases(rust.accessors, types),
            opaque=[path for path, one in self._asides.items() if one and one.why == "opaque"],
            packed=dict(_packed(types)),
        )

    @property
    def aliases(self) -> frozenset[str]:
        """Paths of the aliases that are judged here; aliases of no C record are judged as items."""
        asides = ((type_, self._asides[type_.rust_path]) for type_ in self._types if type_.is_alias)
        return frozenset(
            type_.rust_path for type_, one in asides if one is None or one.why != "not in C"
        )

    def judge(self) -> tuple[tuple[Verdict, ...], tuple[SetAside, ...]]:
        """Return the verdict on each type, and the types that are skipped."""
        compared = self.comparer.conclude()
        verdicts, set_aside = [], []
        for number, type_ in enumerate(self._types):
            aside = self._asides[type_.rust_path]
            if type_.rust_path in compared:
                note = self._notes.get(type_.rust_path)
                verdicts.append(_verdict(self._cell, type_, compared[type_.rust_path], note))
            elif aside is not None:
                set_aside.append(aside)
            else:
                verdicts.append(self._unchecked(ProbeKey("type", number), type_))
        return tuple(verdicts), tuple(set_aside)

    def _unchecked(self, key: ProbeKey, type_: SurfaceType) -> Verdict:
        path = type_.rust_path
        name, c = self._named.get(path, (None, None))
        rust = self._known.get(path)
        reason = (
            f"rustc: {self._refused[key]}"
            if key in self._refused
            else _no_rust(type_)
            if rust is None and c is not None
            else self._missing.get(path) or _no_c(self._manifest, type_, self._left_out)
        )
        return Verdict(
            cells=(self._cell,),
            kind=type_.subject,
            c_name=name,
            rust_path=path,
            status=Status.INDETERMINATE,
            reason=reason,
            c=None if c is None else shallow(c),
            rust=None if rust is None else shallow(rust),
            rust_location=type_.location,
        )


def _packed(types: Sequence[SurfaceType]) -> Iterator[tuple[str, int]]:
    """Yield the path and the bytes of each type with `repr(packed)` or `repr(packed(N))`."""
    for type_ in types:
        for word in type_.repr:
            if (found := re.fullmatch(r"packed(?:\((\d+)\))?", word)) is not None:
                yield type_.rust_path, int(found[1] or 1)


def _with_aliases(
    accessors: Mapping[str, tuple[BitAccess, ...]], types: Sequence[SurfaceType]
) -> Mapping[str, tuple[BitAccess, ...]]:
    """Return the accesses of each type's methods, also under the type's other names."""
    named = {t.rust_path: accessors[t.of] for t in types if t.of and t.of in accessors}
    return {**named, **accessors}


def _is_scalar(record: RecordLayout) -> bool:
    """Return whether the DWARF reader made the record of a scalar; such an alias is an item."""
    return record.declared_at is None and [m.name for m in record.members] == ["__0"]


def _meant(
    manifest: Manifest,
    path: str,
    records: Sequence[NamedRecord],
    rust: RecordLayout | None,
    walk: TypeWalk,
) -> NamedRecord:
    """Return the first C record of a name without mismatches, or else the first of all."""
    opaque = {path: _is_opaque(manifest, path)}
    renames = {path: member_names(manifest, path)}
    if rust is None:
        return records[0]
    for record in records:
        alone = Comparer({path: record}, {path: rust}, walk, subjects=opaque, renames=renames)
        if not alone.conclude()[path].mismatches:
            return record
    return records[0]


def _verdict(cell: str, type_: SurfaceType, compared: Comparison, note: str | None) -> Verdict:
    unknown = None if compared.mismatches else "; ".join(compared.unknown) or None
    status = Status.AGREES if unknown is None else Status.INDETERMINATE
    return Verdict(
        cells=(cell,),
        kind=type_.subject,
        c_name=compared.c_name,
        rust_path=type_.rust_path,
        status=Status.DIFFERS if compared.mismatches else status,
        reason=None if compared.mismatches else unknown or note,
        c=shallow(compared.c),
        rust=shallow(compared.rust),
        c_location=compared.c.declared_at,
        rust_location=type_.location,
        mismatches=_placed(compared, type_),
        paired=compared.paired,
    )


def _placed(compared: Comparison, type_: SurfaceType) -> tuple[Mismatch, ...]:
    """Return the mismatches, each with the place of its member in Rust, if that is known."""
    lines = {name: line for name, line in zip(type_.fields, type_.lines, strict=False) if line}
    names = {c: rust for c, rust in compared.paired if c is not None}

    def placed(mismatch: Mismatch) -> Mismatch:
        path = mismatch.member_path or ""
        outer = path.partition(".")[0]
        name = names.get(path, names.get(outer, outer)) or ""
        line = lines.get(name.removeprefix("r#"), 0)
        if not line or mismatch.rust_location is not None:
            return mismatch
        return replace(mismatch, rust_location=replace(type_.location, line=line))

    return tuple(map(placed, compared.mismatches))


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
    """Yield a message for each type, member or item of the manifest that the crate never has."""
    types = [type_ for surface in surfaces for type_ in surface.types]
    items = {item.rust_path for surface in surfaces for item in surface.items}
    for rename in _stale_renames(manifest, types, items):
        rust = rename.rust if rename.member is None else f"{rename.rust}.{rename.member}"
        yield f"[rename]: the crate has no {rust}"
    for record in dict.fromkeys(mask.record for mask in manifest.masks):
        if not any(names_path(record, type_.rust_path) for type_ in types):
            yield f"[bits]: the crate has no {record}"
    for pattern in manifest.opaque:
        if not any(names_path(pattern, type_.rust_path) for type_ in types):
            yield f"[opaque]: the crate has no {pattern}"


def _stale_renames(
    manifest: Manifest, types: Sequence[SurfaceType], items: Collection[str]
) -> tuple[Rename, ...]:
    return tuple(
        rename
        for rename in manifest.renames
        if not any(
            names_path(rename.rust, type_.rust_path)
            and (rename.member is None or rename.member in type_.member_names)
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
