"""Both sides' layouts -> what differs in each subject. Pure: no compiler, no file.

A record that stands inside another is compared once, where it belongs: a subject with a C type of
its own in its own comparison; a subject without one (bindgen's `foo__bindgen_ty_1`, a hand-written
union type) with the anonymous C record whose place it takes; any other type in the record that
holds it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from layoutcheck.bit_access import BitAccess
from layoutcheck.judge.attribution import ALIGNMENT, WHOLE, attribute
from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.checks.member_bits import doubt_about
from layoutcheck.judge.checks.member_signature import pointed_function
from layoutcheck.judge.checks.passing import undefined_enums
from layoutcheck.judge.idioms import out_of_core
from layoutcheck.judge.pairing import MemberPair, Nested, RecordPair, pair_records
from layoutcheck.layout import ArrayType, RecordLayout, Type, natural_alignment, strip
from layoutcheck.verdict import Mismatch

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One subject compared: with which C record (`c_name`), and what differs.

    `unknown` says what could not be compared, and why.
    """

    c_name: str
    c: RecordLayout
    rust: RecordLayout
    mismatches: tuple[Mismatch, ...]
    paired: tuple[tuple[str | None, str | None], ...]
    unknown: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Found:
    """A comparison under way.

    By the path of the member: `embedded` has the subjects that are held by value, `inside` the
    comparisons of records that have none of their own.
    """

    c_name: str
    pair: RecordPair
    mismatches: tuple[Mismatch, ...]
    embedded: dict[str, str] = field(default_factory=dict)
    inside: dict[str, _Found] = field(default_factory=dict)


def compare(
    c: Mapping[str, tuple[str, RecordLayout]],
    rust: Mapping[str, RecordLayout],
    *,
    subjects: Mapping[str, bool],
    renames: Mapping[str, Mapping[str, str]],
    accessors: Mapping[str, Sequence[BitAccess]] | None = None,
    opaque: Collection[str] = (),
    without_repr: frozenset[str] = frozenset(),
    told: frozenset[str] = frozenset(),
) -> dict[str, Comparison]:
    """The comparison of each subject for which both sides are known, by Rust path.

    `c` has the name and the record of C's side for each subject that has one by name; `rust` the
    Rust records that are known; `subjects` all subjects, and whether only size and alignment are
    to be compared (opaque ones); `renames` each subject's own names for C's members; `accessors`
    what its methods do with its bits. Of the `opaque` types, which have no size, those have a
    comparison that a record holds by value. `without_repr` are the Rust types of no fixed layout,
    `told` those of them that are subjects.
    """
    comparer = _Comparer(c, rust, subjects, renames, accessors or {})
    return comparer.compare(frozenset(opaque), without_repr, told)


class _Comparer:
    def __init__(
        self,
        c: Mapping[str, tuple[str, RecordLayout]],
        rust: Mapping[str, RecordLayout],
        subjects: Mapping[str, bool],
        renames: Mapping[str, Mapping[str, str]],
        accessors: Mapping[str, Sequence[BitAccess]],
    ) -> None:
        self._c, self._subjects, self._renames = c, subjects, renames
        self._accessors = accessors
        self._rust = {**dict(_held_by_value(rust.values())), **rust}
        self._queue = deque(
            (path, name, record) for path, (name, record) in c.items() if path in self._rust
        )
        self._places = {path: record for path, (_, record) in c.items()}
        self._found: dict[str, _Found] = {}
        self._opaque = self._without_repr = self._told = frozenset[str]()

    def compare(
        self, opaque: frozenset[str], without_repr: frozenset[str], told: frozenset[str]
    ) -> dict[str, Comparison]:
        self._opaque, self._without_repr, self._told = opaque, without_repr, told
        while self._queue:
            path, c_name, c = self._queue.popleft()
            pair = self._pair(path, c, self._rust[path])
            if self._subjects[path]:
                pair = replace(pair, members=(), nested=(), accesses=(), astray=())
            self._found[path] = self._examine(c_name, pair)
        wrong = {
            path: frozenset(_wrong_as_whole(self._found[path]))
            if path in self._found
            else frozenset(WHOLE)
            for path in self._subjects
        } | dict.fromkeys(self._opaque, frozenset(WHOLE))
        return {path: _conclude(found, wrong) for path, found in self._found.items()}

    def _pair(
        self,
        path: str,
        c: RecordLayout,
        rust: RecordLayout,
        namesake: RecordLayout | None = None,
    ) -> RecordPair:
        pair = pair_records(
            c,
            rust,
            renames=self._renames.get(path),
            accessors=self._accessors.get(path, ()),
            namesake=namesake,
        )
        return replace(pair, without_repr=self._without_repr, told=self._told)

    def _examine(self, c_name: str, pair: RecordPair) -> _Found:
        """What differs; a record inside is compared here unless a subject's comparison does it."""
        found = _Found(c_name=c_name, pair=pair, mismatches=tuple(run_checks("record", pair)))
        for nested in pair.nested:
            path = nested.rust.name or ""
            if path in self._opaque:
                self._hold(found, nested)
                continue
            _, own = self._c.get(path, (None, None))
            if path not in self._subjects or (own is not None and not _same(own, nested.c)):
                self._look_inside(found, nested, own)
                continue
            found.embedded[nested.path] = path
            if own is None and path in self._rust:
                self._place(path, nested.c_name or f"{nested.path} in {c_name}", nested.c)
                if not _same(self._places[path], nested.c):  # it stands for several, and is one's
                    self._look_inside(found, nested)
        for member in pair.members:
            self._place_newtype(c_name, member)
        return found

    def _hold(self, found: _Found, nested: Nested) -> None:
        """An opaque type that a record holds by value, where C's has a size, is wrong itself."""
        path = nested.rust.name or ""
        if path not in self._found:
            name = nested.c_name or f"{nested.path} in {found.c_name}"
            whole = RecordPair(
                c=nested.c,
                rust=nested.rust,
                members=(),
                nested=(),
                held_in=f"{found.pair.rust.name}.{nested.path}",
            )
            self._found[path] = self._examine(name, whole)
        found.embedded[nested.path] = path

    def _place(self, path: str, name: str, c: RecordLayout) -> None:
        """Compare a subject that has no C type of its name with what it first stands for."""
        if path not in self._places:
            self._places[path] = c
            self._queue.append((path, name, c))

    def _place_newtype(self, c_name: str, member: MemberPair) -> None:
        """A newtype in place of what is no record in C is compared with that."""
        if member.c is None or member.rust is None or member.is_covered:
            return
        rust, c = out_of_core(strip(member.rust.type)), member.c
        path = rust.name or "" if isinstance(rust, RecordLayout) else ""
        is_scalar = not isinstance(strip(c.type), RecordLayout) and c.bit_size
        if is_scalar and path in self._subjects and path in self._rust:
            only = replace(c, name="__0", bit_offset=0)
            whole = RecordLayout(
                name=None,
                kind="struct",
                byte_size=c.bit_size // 8,
                alignment=None,
                members=(only,),
                declared_at=c.declared_at,
            )
            self._place(path, f"{member.path} in {c_name}", whole)

    def _look_inside(
        self, found: _Found, nested: Nested, namesake: RecordLayout | None = None
    ) -> None:
        """Compare a record where it stands; `namesake` is the one of C's that it is named after."""
        rust = nested.rust
        if rust.is_declaration:
            rust = self._rust.get(rust.name or "", rust)
        if not nested.c.is_declaration and not rust.is_declaration:
            pair = self._pair(rust.name or "", nested.c, rust, namesake)
            found.inside[nested.path] = self._examine(nested.c_name or nested.path, pair)


def _wrong_as_whole(found: _Found) -> Iterator[str]:
    """Which of `WHOLE` differ; of a record that has no name in C the alignment is not said."""
    yield from (m.check_id for m in found.mismatches if m.check_id in WHOLE)
    c, rust = found.pair.c, found.pair.rust
    if found.mismatches and c.alignment is None and natural_alignment(c) != rust.alignment:
        yield "record-alignment"


def _same(one: RecordLayout, other: RecordLayout) -> bool:
    """Whether two C records are the same; only those that were asked for know their alignment."""
    return (one.kind, one.byte_size, one.members) == (other.kind, other.byte_size, other.members)


def _conclude(found: _Found, wrong: Mapping[str, Collection[str]]) -> Comparison:
    return Comparison(
        c_name=found.c_name,
        c=found.pair.c,
        rust=found.pair.rust,
        mismatches=_attributed(found, wrong),
        paired=tuple(
            (
                None if pair.c is None else pair.path,
                None if pair.rust is None else pair.rust.name,
            )
            for pair in found.pair.members
        ),
        unknown=tuple(_unknown(found)),
    )


def _unknown(found: _Found, path: str = "") -> Iterator[str]:
    """The accessors, masks and enums that are not known, also of records that have no subject."""
    for member in found.pair.members:
        if member.c is not None and member.rust is not None and not member.is_covered:
            is_function = pointed_function(member.rust.type) is not None
            for said in undefined_enums(pointed_function(member.c.type)) if is_function else ():
                yield f"{path}{member.path}: {said}"
    for access in found.pair.astray:
        yield f"a mask of {path}{access.name}, which is no bit-field of C's"
    for accessed in found.pair.accesses:
        access, field = accessed.access, f"{path}{accessed.field.path}"
        why = access.unknown or doubt_about(accessed)
        if why is not None:
            is_mask = access.verb == "masks"
            what = "the mask" if is_mask else f"the accessor {access.name}"
            yield f"{what} of {field} could not be checked: {why}"
    for around, inside in found.inside.items():
        yield from _unknown(inside, f"{path}{around}.")


def _attributed(found: _Found, wrong: Mapping[str, Collection[str]]) -> tuple[Mismatch, ...]:
    """The mismatches with their causes, those inside after those outside."""
    mismatches, embedded = list(found.mismatches), dict(found.embedded)
    for path, inside in found.inside.items():
        inner = _attributed(inside, wrong)
        mismatches += _from_outside(inner, path, wrong)
        culprits = [m.cause for m in inner if m.check_id == "record-size" and m.cause in wrong]
        if culprits and culprits[0] is not None:
            embedded[path] = culprits[0]
    return attribute(found.pair, mismatches, embedded=embedded, wrong=wrong)


def _from_outside(
    inner: Iterable[Mismatch], path: str, wrong: Mapping[str, Collection[str]]
) -> Iterator[Mismatch]:
    """What differs in the record at `path` as seen from around it.

    There its size is its member's; its alignment matters where it has moved what is inside.
    """
    inner = tuple(inner)
    names = {mismatch.member_path for mismatch in inner if mismatch.member_path}
    whole = {"record-kind"} | {"record-alignment" for m in inner if m.cause == ALIGNMENT}
    for mismatch in inner:
        if mismatch.member_path is not None or mismatch.check_id in whole:
            cause = mismatch.cause
            if cause in names:
                cause = f"{path}.{cause}"
            elif cause == ALIGNMENT:
                cause = path
            elif cause not in wrong:
                cause = None
            full = ".".join(filter(None, (path, mismatch.member_path)))
            yield replace(mismatch, member_path=full, cause=cause)


def _held_by_value(records: Iterable[RecordLayout]) -> Iterator[tuple[str, RecordLayout]]:
    """The named records inside records, by name: types that no probe can name are found so."""
    seen: set[str] = set()
    waiting: list[Type] = list(records)
    while waiting:
        type_ = strip(waiting.pop())
        while isinstance(type_, ArrayType):
            type_ = strip(type_.element)
        if isinstance(type_, RecordLayout) and not type_.is_declaration:
            if type_.name is None or type_.name not in seen:
                waiting += [member.type for member in type_.members]
                waiting += type_.type_parameters
            if type_.name is not None:
                seen.add(type_.name)
                yield type_.name, type_
