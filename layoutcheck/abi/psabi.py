"""Facts of each architecture's psABI about C's types: one row of `PSABIS` for each target.

Sizes and alignments come from the documents that the rows name. What these documents leave to the
system comes from FreeBSD's arch(7): `long double` is a plain 8-byte double on powerpc64 and armv7.
GNU attributes belong to no psABI; see `place_members`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import DeclarationError
from layoutcheck.model.layout import BaseType, Encoding

__all__ = ["PSABIS", "PsAbi", "find_psabi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PsAbi:
    """One psABI, sizes and alignments in bytes.

    - `scalars`: size and alignment of each of C's scalars, by its name in DWARF.
    - `unnamed_bit_fields_align`: whether an unnamed bit-field, also one of width zero, raises the
      alignment of its record.
    - `greatest_alignment`: meaning of `aligned` without a number (clang's `__BIGGEST_ALIGNMENT__`).
    - `widest_atomic`: largest size that `_Atomic` rounds up to a power of two, with the alignment.
      This is clang's choice; the psABIs do not define it.
    - `va_list`: size and alignment of `__builtin_va_list`.
    """

    document: str
    scalars: Mapping[str, tuple[int, int]]
    pointer: int
    char_is_signed: bool
    unnamed_bit_fields_align: bool
    greatest_alignment: int
    widest_atomic: int
    va_list: tuple[int, int]

    def scalar(self, name: str) -> tuple[BaseType, int]:
        """Return the scalar of that name, and its alignment.

        Raises `KeyError` if the psABI has no such scalar.
        """
        size, alignment = self.scalars[name]
        return BaseType(name=name, byte_size=size, encoding=self._encoding(name)), alignment

    def _encoding(self, name: str) -> Encoding:
        if name == "_Bool":
            return Encoding.BOOLEAN
        if name in {"float", "double", "long double"}:
            return Encoding.FLOAT
        if name.startswith("unsigned ") or (name == "char" and not self.char_is_signed):
            return Encoding.UNSIGNED
        return Encoding.SIGNED


def _scalars(
    *, long: int, long_long: int, double: int, long_double: tuple[int, int], int128: bool
) -> Mapping[str, tuple[int, int]]:
    """Return the scalars that all seven psABIs share, with the sizes and alignments that differ."""
    integers = {
        "char": (1, 1),
        "short": (2, 2),
        "int": (4, 4),
        "long": (long, long),
        "long long": (8, long_long),
        **({"__int128": (16, 16)} if int128 else {}),
    }
    return MappingProxyType(
        {
            **integers,
            **{f"unsigned {name}": size for name, size in integers.items()},
            "signed char": (1, 1),
            "_Bool": (1, 1),
            "float": (4, 4),
            "double": (8, double),
            "long double": long_double,
        }
    )


_LP64: Final = _scalars(long=8, long_long=8, double=8, long_double=(16, 16), int128=True)
_LP64_DOUBLE: Final = _scalars(long=8, long_long=8, double=8, long_double=(8, 8), int128=True)

_POWERPC64: Final = PsAbi(
    document="OpenPOWER 64-Bit ELF V2 ABI, 2.1.2 (which FreeBSD uses in both byte orders)",
    scalars=_LP64_DOUBLE,
    pointer=8,
    char_is_signed=False,
    unnamed_bit_fields_align=False,
    greatest_alignment=16,
    widest_atomic=16,
    va_list=(8, 8),
)

PSABIS: Final[Mapping[str, PsAbi]] = MappingProxyType(
    {
        "amd64": PsAbi(
            document="System V ABI, AMD64 Architecture Processor Supplement, 3.1.2",
            scalars=_LP64,
            pointer=8,
            char_is_signed=True,
            unnamed_bit_fields_align=False,
            greatest_alignment=16,
            widest_atomic=16,
            va_list=(24, 8),
        ),
        "arm64": PsAbi(
            document="Procedure Call Standard for the Arm 64-bit Architecture, 5 and 10.1",
            scalars=_LP64,
            pointer=8,
            char_is_signed=False,
            unnamed_bit_fields_align=True,
            greatest_alignment=16,
            widest_atomic=16,
            va_list=(32, 8),
        ),
        "riscv64": PsAbi(
            document="RISC-V ABIs Specification, C/C++ type details (LP64)",
            scalars=_LP64,
            pointer=8,
            char_is_signed=False,
            unnamed_bit_fields_align=False,
            greatest_alignment=16,
            widest_atomic=16,
            va_list=(8, 8),
        ),
        "powerpc64": _POWERPC64,
        "powerpc64le": _POWERPC64,
        "i386": PsAbi(
            document="System V ABI, Intel386 Architecture Processor Supplement, 3-2 to 3-8",
            scalars=_scalars(long=4, long_long=4, double=4, long_double=(12, 4), int128=False),
            pointer=4,
            char_is_signed=True,
            unnamed_bit_fields_align=False,
            greatest_alignment=16,
            widest_atomic=8,
            va_list=(4, 4),
        ),
        "armv7": PsAbi(
            document="Procedure Call Standard for the Arm Architecture, 5 and 8.1",
            scalars=_scalars(long=4, long_long=8, double=8, long_double=(8, 8), int128=False),
            pointer=4,
            char_is_signed=False,
            unnamed_bit_fields_align=True,
            greatest_alignment=8,
            widest_atomic=8,
            va_list=(4, 4),
        ),
    }
)


def find_psabi(target: str) -> PsAbi:
    """Return the psABI of a target by its name. Raises `DeclarationError` for one without a row."""
    try:
        return PSABIS[target]
    except KeyError:
        known = ", ".join(PSABIS)
        raise DeclarationError(
            f"no psABI is known for {target!r}", hint=f"layouts are computed for {known}"
        ) from None
