"""An accessor of a bit-field that reads or writes other bits than C's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from layoutcheck.bit_access import BitAccess
from layoutcheck.judge.pairing import BitField, RecordPair
from layoutcheck.layout import BaseType, Encoding, EnumType, Type, strip
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "member-bits"
SUMMARY: Final = "an accessor reads or writes other bits than C's bit-field has"

WHOLE_INTEGERS: Final = (8, 16, 32, 64)


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """At most one mismatch for each bit-field that a method has the name of."""
    fields = {field.path: field for field, _ in pair.accesses}
    for path, field in fields.items():
        wrong = [
            access
            for other, access in pair.accesses
            if other.path == path and access.unknown is None and not _agrees(field, access)
        ]
        if wrong:
            yield Mismatch(
                check_id=ID,
                member_path=path,
                c=_spell(_bits(field), signed=_is_signed(field.member.type)),
                rust=", ".join(map(_spell_access, wrong)),
                c_location=field.member.declared_at,
            )


def _agrees(field: BitField, access: BitAccess) -> bool:
    """Whether an access is of C's bits, and what is read has C's sign.

    A value that fills its type has nothing above it to tell the sign by, and a mask has no type;
    nor does C say which sign a plain `char` has.
    """
    if access.bits != _bits(field) or access.lost:
        return False
    signed = _is_signed(field.member.type)
    if access.verb != "reads" or signed is None:
        return True
    return access.signed == signed or (signed and len(access.bits) in WHOLE_INTEGERS)


def _bits(field: BitField) -> tuple[int, ...]:
    return tuple(range(field.bit_offset, field.bit_offset + field.member.bit_size))


def _is_signed(type_: Type) -> bool | None:
    match strip(type_):
        case BaseType(name="char"):
            return None
        case BaseType(encoding=encoding):
            return encoding is Encoding.SIGNED
        case EnumType(signed=signed):
            return signed
        case _:
            return None


def _spell_access(access: BitAccess) -> str:
    signed = access.signed if access.verb == "reads" else None
    lost = f" and clears {_spell(access.lost, signed=None)}" if access.lost else ""
    return f"{access.verb} {_spell(access.bits, signed=signed)}{lost}"


def _spell(bits: Sequence[int | None], *, signed: bool | None) -> str:
    """Bits of the record as runs: "bits 4-7, unsigned", "bits 3, none, 5-6"."""
    if not bits:
        return "nothing"
    runs = [[bits[0]]]
    for before, bit in pairwise(bits):
        if before is not None and bit == before + 1:
            runs[-1].append(bit)
        else:
            runs.append([bit])
    spelled = ", ".join(
        "none" if run[0] is None else f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}"
        for run in runs
    )
    word = {True: ", signed", False: ", unsigned", None: ""}[signed]
    return f"bit{'s' * (len(bits) > 1)} {spelled}{word}"
