"""Random records, written in C and as their `repr(C)` twins in Rust; and twins with one change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

__all__ = ["Change", "Field", "Record", "change", "make_records", "render_c", "render_rust"]

SCALARS: Final = {
    "u8": "unsigned char",
    "i8": "signed char",
    "u16": "unsigned short",
    "i16": "short",
    "u32": "unsigned int",
    "i32": "int",
    "u64": "unsigned long long",
    "i64": "long long",
    "i128": "__int128",
    "f32": "float",
    "f64": "double",
    "bool": "_Bool",
    "*mut u8": "unsigned char *",
    "*const i64": "const long long *",
}
FUNCTION: Final = 'Option<unsafe extern "C" fn(i32, ...) -> u8>'
WIDER: Final = {
    "u8": "u16",
    "i8": "i16",
    "u16": "u32",
    "i16": "i32",
    "u32": "u64",
    "i32": "i64",
    "u64": "u128",
    "i64": "i128",
    "f32": "f64",
    "bool": "u16",
}
OTHER: Final = {
    "u8": "bool",
    "u16": "i16",
    "i16": "u16",
    "u32": "f32",
    "i32": "u32",
    "u64": "f64",
    "i64": "*mut u8",
    "f32": "u32",
    "f64": "i64",
    "*mut u8": "usize",
    "*const i64": "f64",
    "i8": "u8",
    "bool": "i8",
    "i128": "u128",
    FUNCTION: "usize",
}
ALIKE: Final = {
    "*mut u8": "*const u16",
    "*const i64": "Option<core::ptr::NonNull<u8>>",
    "bool": "u8",
    "u32": "core::cell::UnsafeCell<u32>",
    "u64": "usize",
    "i64": "core::num::Wrapping<isize>",
    "u8": "core::mem::MaybeUninit<u8>",
    FUNCTION: "*mut u8",
    "u16": "Newtype<u16>",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a scalar, or of the record `rN`; `counts` are array dimensions."""

    name: str
    type: str
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record `name`; with `packing` or `alignment` in bytes if not 0."""

    name: str
    kind: Literal["struct", "union"]
    fields: tuple[Field, ...]
    packing: int = 0
    alignment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed twin; `is_type` with another type of the same size.

    `member` is the changed one, None for the record or several of its members.
    """

    what: str
    record: Record
    member: str | None = None
    is_type: bool = False


def make_records(random: Random, count: int, *, without: str = "") -> list[Record]:
    """Records `r0`, `r1`, ...; each may hold earlier ones, in arrays too.

    No field is of the scalar `without`, which an architecture may not have.
    """
    records: list[Record] = []
    aligned: set[str] = set()
    for number in range(count):
        packing = random.choice((0, 0, 0, 0, 1, 2, 4))
        held = [r.name for r in records[-12:] if not (packing and r.name in aligned)]
        numbers = range(random.randint(1, 7))
        fields = tuple(_field(random, f"f{n}", held, without) for n in numbers)
        alignment = 0 if packing else random.choice((0, 0, 0, 0, 0, 16, 64))
        record = Record(
            name=f"r{number}",
            kind=random.choice(("struct", "struct", "struct", "union")),
            fields=fields,
            packing=packing,
            alignment=alignment,
        )
        if alignment or any(field.type in aligned for field in fields):
            aligned.add(record.name)
        records.append(record)
    return records


def _field(random: Random, name: str, held: list[str], without: str) -> Field:
    counts = random.choice(((), (), (), (), (1,), (3,), (2, 3)))
    if held and random.random() < 0.2:
        return Field(name=name, type=random.choice(held), counts=counts)
    scalars = [scalar for scalar in (*SCALARS, FUNCTION) if scalar != without]
    return Field(name=name, type=random.choice(scalars), counts=counts)


def render_c(records: list[Record]) -> str:
    """The records as C writes them."""
    lines = []
    for record in records:
        fields = " ".join(_c_field(record, records, field) for field in record.fields)
        aligned = f" __attribute__((aligned({record.alignment})))" if record.alignment else ""
        text = f"{record.kind} {record.name} {{ {fields} }}{aligned};"
        if record.packing:
            text = f"#pragma pack(push, {record.packing})\n{text}\n#pragma pack(pop)"
        lines.append(text)
    return "\n".join(lines)


def _c_field(record: Record, records: list[Record], field: Field) -> str:
    counts = "".join(f"[{count}]" for count in field.counts)
    if field.type == FUNCTION:
        return f"unsigned char (*{field.name}{counts})(int, ...);"
    kinds = {other.name: other.kind for other in records if other.name != record.name}
    c_type = SCALARS.get(field.type) or f"{kinds[field.type]} {field.type}"
    return f"{c_type} {field.name}{counts};"


def render_rust(records: list[Record]) -> str:
    """The records as `repr(C)` types."""
    return "\n".join(map(_rust_record, records))


def _rust_record(record: Record) -> str:
    words = ["C"]
    words += [f"packed({record.packing})"] if record.packing else []
    words += [f"align({record.alignment})"] if record.alignment else []
    lines = [f"#[repr({', '.join(words)})] pub {record.kind} {record.name} {{"]
    for field in record.fields:
        rust_type = field.type
        for count in reversed(field.counts):
            rust_type = f"[{rust_type}; {count}]"
        if record.kind == "union":
            rust_type = f"core::mem::ManuallyDrop<{rust_type}>"
        lines.append(f"    pub {field.name}: {rust_type},")
    return "\n".join((*lines, "}"))


def change(random: Random, record: Record, name: str) -> Change:
    """The record with one random change, as `name`."""
    while True:
        what = random.choice((*_OF_A_FIELD, *_OF_THE_RECORD))
        if what in _OF_A_FIELD:
            at = random.randrange(len(record.fields))
            instead = _instead(random, what, record, record.fields[at])
            if instead is None:
                continue
            fields = (*record.fields[:at], *instead, *record.fields[at + 1 :])
            names = {field.name for field in instead} ^ {record.fields[at].name}
            return Change(
                what=what,
                record=replace(record, name=name, fields=fields),
                member=next(iter(names), record.fields[at].name),
                is_type=what == "other",
            )
        changed = _changed(random, what, record)
        if changed != record:
            return Change(what=what, record=replace(changed, name=name))


_OF_A_FIELD: Final = (
    *("drop", "add", "widen", "other", "alike", "count", "marker", "underscore", "pad"),
)
_OF_THE_RECORD: Final = ("packing", "alignment", "kind", "swap")


def _instead(random: Random, what: str, record: Record, field: Field) -> tuple[Field, ...] | None:
    """Return the changed twin's text in place of the field; None if there is none."""
    match what:
        case "drop" if len(record.fields) > 1:
            return ()
        case "add":
            return (Field(name="extra", type=random.choice(tuple(SCALARS))), field)
        case "widen" if field.type in WIDER:
            return (replace(field, type=WIDER[field.type]),)
        case "other" if field.type in OTHER:
            return (replace(field, type=OTHER[field.type]),)
        case "alike" if field.type in ALIKE and not record.packing:
            return (replace(field, type=ALIKE[field.type]),)
        case "count" if field.counts:
            return (replace(field, counts=(field.counts[0] + 1, *field.counts[1:])),)
        case "marker":
            return (Field(name="_marker", type="core::marker::PhantomData<u8>"), field)
        case "underscore":
            return (replace(field, name=f"{field.name}_"),)
        case "pad" if record.kind == "struct":
            return (Field(name="_pad", type="u8", counts=(random.randint(1, 8),)), field)
        case _:
            return None


def _changed(random: Random, what: str, record: Record) -> Record:
    """Return the record with another packing, alignment, kind or order, or else itself."""
    holds_records = any(field.type.startswith("r") for field in record.fields)
    match what:
        case "packing" if record.packing or not (record.alignment or holds_records):
            return replace(record, packing=0 if record.packing else 1)
        case "alignment" if not record.packing:
            return replace(record, alignment=0 if record.alignment else 32)
        case "kind" if len(record.fields) > 1:
            return replace(record, kind="struct" if record.kind == "union" else "union")
        case "swap" if len(record.fields) > 1:
            at = random.randrange(len(record.fields) - 1)
            first, second = record.fields[at : at + 2]
            fields = (*record.fields[:at], second, first, *record.fields[at + 2 :])
            return replace(record, fields=fields)
        case _:
            return record
