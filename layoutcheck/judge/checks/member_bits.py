"""Report an accessor that reads or writes other bits than those of C's bit-field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from layoutcheck.judge.pairing import Accessed, BitField, RecordPair
from layoutcheck.model.bit_access import BitAccess, Spoilt
from layoutcheck.model.layout import BaseType, Encoding, EnumType, Type, strip
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check", "doubt_about"]

ID: Final = "member-bits"

WHOLE_INTEGERS: Final = (8, 16, 32, 64)
WRITING: Final = ("writes", "makes")
EXTENDS: Final = ("clears", "repeats the sign in")
"""Effects on the high bits of a bit-field that has more bits than the value's type."""


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield at most one mismatch for each bit-field that has the name of a method."""
    fields = {accessed.field.path: accessed.field for accessed in pair.accesses}
    for path, field in fields.items():
        wrong = [
            accessed.access
            for accessed in pair.accesses
            if accessed.field.path == path
            and accessed.access.unknown is None
            and doubt_about(accessed) is None
            and not _agrees(field, accessed.access)
        ]
        if wrong:
            yield Mismatch(
                check_id=ID,
                member_path=path,
                c=_spell(_bits(field), signed=_is_signed(field.member.type)),
                rust=", ".join(dict.fromkeys(_spell_access(access, field) for access in wrong)),
                c_location=field.member.declared_at,
            )


def doubt_about(accessed: Accessed) -> str | None:
    """Return why an accessor that does not agree with C's bit-field is not reported as wrong.

    There are two reasons. By its name, the method may mean something else. Or its value's type
    may have only values that fit, for which the method is right. Return None if neither holds, or
    if the accessor agrees.
    """
    field, access = accessed.field, accessed.access
    if access.unknown is not None or _agrees(field, access):
        return None
    if not accessed.is_sure:
        return f"it {_spell_access(access, field)}, and its name may mean something else"
    size = field.member.bit_size
    is_right = access.verb == "makes" or _writes(
        field, replace(access, spoils=_spoiling(access, size))
    )
    if not access.is_of_value and access.verb in WRITING and is_right:
        return f"it {_spell_access(access, field)}, and its type may have no values of more bits"
    return None


def _agrees(field: BitField, access: BitAccess) -> bool:
    """Return whether an access has C's bits, and a value that is read has C's sign.

    The sign is not compared for a mask, which has no type, and for C's plain `char`, whose sign C
    leaves open. A signed bit-field that fills an integer type may be read as either sign.
    """
    if access.verb in WRITING:
        return _writes(field, access)
    if access.bits != _bits(field) or access.spoils:
        return False
    signed = _is_signed(field.member.type)
    if access.verb != "reads" or signed is None:
        return True
    return access.signed == signed or (signed and len(access.bits) in WHOLE_INTEGERS)


def _writes(field: BitField, access: BitAccess) -> bool:
    """Return whether each value's low bits become C's bits, and no other bit changes.

    The method may refuse a value that is too wide. It may extend a value of a narrower type.
    """
    bits, size = _bits(field), field.member.bit_size
    count = min(size, access.width)
    lowest, rest = bits[:count], bits[count:]
    if access.highest_first:
        lowest, rest = bits[size - count :], bits[: size - count]
    others = {bit for one in access.spoils for bit in one.bits if one.how in EXTENDS}
    further = {bit for one in access.spoils for bit in one.bits}
    if access.verb == "makes":  # the record is new: zeros in other bits overwrite nothing
        zeros = {bit for one in access.spoils if one.how == "clears" for bit in one.bits}
        others, further = others - zeros.difference(rest), further - zeros.difference(rest)
    is_signed = _is_signed(field.member.type)
    return (
        access.bits == lowest
        and further == set(rest) == others
        and access.accepts[1 if is_signed else 0] >= count
    )


def _spoiling(access: BitAccess, size: int) -> tuple[Spoilt, ...]:
    """Return the spoilt bits for values that fit into `size` bits."""
    return tuple(one for one in access.spoils if one.unless < size)


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


def _spell_access(access: BitAccess, field: BitField) -> str:
    signed = access.signed if access.verb == "reads" else None
    verb = access.verb if access.maker is None else f"{access.maker} writes"
    words = [f"{verb} {_spell(access.bits, signed=signed)}"]
    for one in access.spoils:
        if access.verb == "makes" and one.how == "clears":
            continue
        unless = f" (unless a value has {one.unless} bits or fewer)" if one.unless else ""
        words.append(f"{one.how} {_spell(one.bits, signed=None)}{unless}")
    most = access.accepts[1 if _is_signed(field.member.type) else 0]
    if access.verb in WRITING and most < min(access.width, field.member.bit_size):
        words.append(f"refuses values of {most + 1} bits")
    return " and ".join(words)


def _spell(bits: Sequence[int | None], *, signed: bool | None) -> str:
    """Spell bits of the record as runs: "bits 4-7, unsigned", "bits 3, none, 5-6"."""
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
