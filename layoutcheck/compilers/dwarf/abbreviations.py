"""The table of abbreviations of a unit -> readers of each kind of DIE (DWARF 5, section 7.5.3).

Most DIEs have values of fixed sizes only. All of these are one `struct`, which can be skipped by
adding its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from elftools.dwarf.enums import ENUM_DW_AT, ENUM_DW_TAG

from layoutcheck.compilers.dwarf.forms import FORMS, Read, fixed_forms, sleb, uleb, varying_forms
from layoutcheck.errors import DwarfError

__all__ = ["Abbreviation", "Encoded", "Value", "describe", "read_abbreviations"]

Value: TypeAlias = int | bytes

MAX_ATTRIBUTES: Final = 256
"""Maximum for one DIE; compilers write at most two dozen."""

_TAGS: Final[Mapping[int, str]] = {n: name for name, n in ENUM_DW_TAG.items() if name[0] == "D"}
_ATTRIBUTES: Final[Mapping[int, str]] = {
    n: name for name, n in ENUM_DW_AT.items() if name[0] == "D"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The facts that the sizes of a unit's values depend on; sizes are in bytes."""

    byte_order: Literal["little", "big"]
    version: int
    offset_size: int
    address_size: int

    def code(self, byte_size: int) -> str:
        """Return the code of `struct` for an unsigned number."""
        codes = {2: "H", 4: "I", 8: "Q"}
        if byte_size not in codes:
            raise DwarfError(f"a unit has addresses of {byte_size} bytes")
        return codes[byte_size]

    def fixed(self) -> Mapping[str, str]:
        """Return the forms of one size; before DWARF 3, `ref_addr` had an address's size."""
        offset, address = self.code(self.offset_size), self.code(self.address_size)
        pointer = address if self.version < 3 else offset  # noqa: PLR2004 - the version
        return fixed_forms(offset=offset, address=address, pointer=pointer)

    def struct(self, codes: str) -> Struct:
        """Return a `struct` of values one after the other, without padding."""
        return Struct(("<" if self.byte_order == "little" else ">") + codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abbreviation:
    """One kind of DIE: `forms` of its attributes, without "DW_FORM_", by their names.

    `names` are the attributes with values in the DIE, in order; `pieces` read these values.
    `constants` are the values of the others. `byte_size` is the size of all values, None if it
    varies.
    """

    tag: str
    has_children: bool
    forms: Mapping[str, str]
    names: tuple[str, ...]
    constants: Mapping[str, int]
    pieces: tuple[Struct | Read, ...]
    byte_size: int | None

    def read(self, data: bytes, at: int) -> tuple[dict[str, Value], int]:
        """Return the values of a DIE, the first of which is at `at`, and the place after them."""
        values: list[Value] = []
        for piece in self.pieces:
            if isinstance(piece, Struct):
                if at + piece.size > len(data):
                    raise DwarfError(f"the values at {at:#x} have no end")
                values += piece.unpack_from(data, at)
                at += piece.size
            else:
                value, at = piece(data, at)
                values.append(value)
        read = dict(zip(self.names, values, strict=True))
        if self.constants:
            read.update(self.constants)
        return read, at

    def skip(self, data: bytes, at: int) -> int:
        """Return the place after the values."""
        if self.byte_size is not None:
            return at + self.byte_size
        for piece in self.pieces:
            at = at + piece.size if isinstance(piece, Struct) else piece(data, at)[1]
        return at


def read_abbreviations(data: bytes, at: int, encoded: Encoded) -> dict[int, Abbreviation]:
    """Return the table at a place of `.debug_abbrev`, by the codes that DIEs begin with."""
    if not 0 <= at < len(data):
        raise DwarfError(f"there is no table of abbreviations at {at:#x}")
    table: dict[int, Abbreviation] = {}
    while True:
        code, at = uleb(data, at)
        if code == 0:
            return table
        tag, at = uleb(data, at)
        if at >= len(data):
            raise DwarfError(f"the table of abbreviations has no end at {at:#x}")
        has_children = bool(data[at])
        specified: dict[str, tuple[str, int]] = {}
        at += 1
        while True:
            attribute, at = uleb(data, at)
            form, at = uleb(data, at)
            if attribute == form == 0:
                break
            name = _ATTRIBUTES.get(attribute, f"DW_AT {attribute:#x}")
            constant = 1  # DW_FORM_flag_present
            if FORMS.get(form) == "implicit_const":
                constant, at = sleb(data, at)
            if name in specified or len(specified) == MAX_ATTRIBUTES:
                raise DwarfError(f"a DIE has {name} twice, or too many attributes")
            specified[name] = (FORMS.get(form, f"{form:#x}"), constant)
        named_tag = _TAGS.get(tag, f"DW_TAG {tag:#x}")
        table[code] = describe(named_tag, specified, encoded, has_children=has_children)


def describe(
    tag: str,
    specified: Mapping[str, tuple[str, int]],
    encoded: Encoded,
    *,
    has_children: bool = False,
) -> Abbreviation:
    """Return a reader of consecutive values, given a form and its constant for each name."""
    constants = {
        name: constant
        for name, (form, constant) in specified.items()
        if form in {"flag_present", "implicit_const"}
    }
    names = tuple(name for name in specified if name not in constants)
    pieces = tuple(_pieces([specified[name][0] for name in names], encoded))
    sizes = [piece.size for piece in pieces if isinstance(piece, Struct)]
    return Abbreviation(
        tag=tag,
        has_children=has_children,
        forms=MappingProxyType({name: form for name, (form, _) in specified.items()}),
        names=names,
        constants=MappingProxyType(constants),
        pieces=pieces,
        byte_size=sum(sizes) if len(sizes) == len(pieces) else None,
    )


def _pieces(forms: list[str], encoded: Encoded) -> Iterator[Struct | Read]:
    """Yield one piece for each run of values of fixed sizes, and one for each other value."""
    fixed, varying = encoded.fixed(), varying_forms(encoded.byte_order)
    codes = ""
    for form in forms:
        if form in fixed:
            codes += fixed[form]
            continue
        if form not in varying:
            raise DwarfError(f"it has attributes of the form {form}, which are not read")
        if codes:
            yield encoded.struct(codes)
            codes = ""
        yield varying[form]
    if codes:
        yield encoded.struct(codes)
