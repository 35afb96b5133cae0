"""`[bits]` of a manifest: C bit-fields that a crate reads with masks -> `Mask`s."""

from __future__ import annotations

from dataclasses import dataclass

from layoutcheck.manifest.keys import FIELD, KEYS, NAMED, VARIABLE
from layoutcheck.manifest.toml_reader import Toml, TomlReader

__all__ = ["Mask", "read_bits"]

EXAMPLE = 'e.g. th_off = { member = "th_x2_off", mask = 0xf0 }'


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A mask by which the `member` of the Rust type `record` holds C's bit-field `field`.

    `mask` and `shift` are numbers, or the Rust paths of constants. The bits are those of `mask`,
    shifted left by `shift`.
    """

    record: str
    field: str
    member: str
    mask: int | str
    shift: int | str


def read_bits(reader: TomlReader, table: Toml) -> tuple[Mask, ...]:
    """Return the masks in the table `[bits]`, which has a table for each Rust type."""
    found = []
    for record, fields in table.items():
        if not isinstance(fields, dict):
            what = f"{record} is not a table"
            raise reader.error(what, name="bits", key=record, hint=f'write [bits."{record}"]')
        start = reader.line_of("bits", record)
        found += [_mask(reader, record, field, mask, start) for field, mask in fields.items()]
    return tuple(found)


def _mask(reader: TomlReader, record: str, field: str, mask: object, start: int) -> Mask:
    line = max(0, reader.line_of("", field, max(0, start - 1)))
    name = f"bits.{record}"
    if not VARIABLE.fullmatch(field) or not isinstance(mask, dict):
        raise reader.error(
            f"{field!r} is no C bit-field with a member and a mask",
            name=name,
            start=line,
            hint=EXAMPLE,
        )
    # From the line before: an inline table has its keys on the field's own.
    reader.only_known(name, mask, KEYS["bits.*"], start=max(0, line - 1))
    member = mask.get("member")
    if not isinstance(member, str) or not FIELD.fullmatch(member):
        what = f"{field} needs a member, the Rust one that its bits are in"
        raise reader.error(what, name=name, start=line, hint=EXAMPLE)
    numbers = {"mask": mask.get("mask"), "shift": mask.get("shift", 0)}
    for key, least in (("mask", 1), ("shift", 0)):
        value = numbers[key]
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if not is_number and not (isinstance(value, str) and NAMED.fullmatch(value)):
            raise reader.error(
                f"the {key} of {field} is neither a number of {least} or more nor a constant",
                name=name,
                start=line,
                hint=EXAMPLE,
            )
    return Mask(
        record=record,
        field=field,
        member=member,
        mask=_number(numbers["mask"]),
        shift=_number(numbers["shift"]),
    )


def _number(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)
