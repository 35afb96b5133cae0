"""psabi.py: the rows of the psABIs, by their documents."""

from __future__ import annotations

import pytest

from layoutcheck.abi import PSABIS, find_psabi
from layoutcheck.errors import DeclarationError
from layoutcheck.model.layout import BaseType, Encoding
from layoutcheck.model.target import TARGETS


def test_a_target_without_a_psabi_is_refused() -> None:
    """The error names the targets that have one."""
    with pytest.raises(
        DeclarationError, match="'vax'\nhint: layouts are computed for amd64, arm64,"
    ):
        find_psabi("vax")


def test_every_target_has_a_psabi() -> None:
    """A new row of `TARGETS` needs one."""
    assert set(PSABIS) == {target.name for target in TARGETS}


@pytest.mark.parametrize(
    ("target", "sizes"),
    [
        # long, long long, double, long double: sizes and alignments.
        ("amd64", ((8, 8), (8, 8), (8, 8), (16, 16))),  # SysV AMD64, figure 3.1
        ("i386", ((4, 4), (8, 4), (8, 4), (12, 4))),  # SysV Intel386, table 2.1
        ("arm64", ((8, 8), (8, 8), (8, 8), (16, 16))),  # AAPCS64, table 5.1
        ("armv7", ((4, 4), (8, 8), (8, 8), (8, 8))),  # AAPCS32, table 5.1
        ("riscv64", ((8, 8), (8, 8), (8, 8), (16, 16))),  # RISC-V ABIs, LP64
        ("powerpc64", ((8, 8), (8, 8), (8, 8), (8, 8))),  # arch(7)
    ],
)
def test_sizes_and_alignments_that_differ(target: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """`long` is as wide as a pointer everywhere."""
    psabi = find_psabi(target)
    names = ("long", "long long", "double", "long double")
    found = [psabi.scalar(name) for name in names]
    assert tuple((base.byte_size, alignment) for base, alignment in found) == sizes
    assert psabi.scalar("unsigned long")[0].byte_size == psabi.pointer


@pytest.mark.parametrize(
    ("target", "char"),
    [
        ("amd64", Encoding.SIGNED),
        ("i386", Encoding.SIGNED),
        ("arm64", Encoding.UNSIGNED),
        ("armv7", Encoding.UNSIGNED),
        ("riscv64", Encoding.UNSIGNED),
        ("powerpc64le", Encoding.UNSIGNED),
    ],
)
def test_the_sign_of_a_plain_char(target: str, char: Encoding) -> None:
    """arch(7), "Default Char Sign"; the other two character types have theirs in their names."""
    psabi = find_psabi(target)
    encodings = [psabi.scalar(name)[0].encoding for name in ("char", "signed char")]
    assert encodings == [char, Encoding.SIGNED]
    assert psabi.scalar("unsigned char")[0].encoding is Encoding.UNSIGNED


def test_a_scalar_is_of_its_name_and_encoding() -> None:
    """A scalar has the name and the encoding that DWARF uses for C's types."""
    psabi = find_psabi("amd64")
    for name, size, encoding in (
        ("_Bool", 1, Encoding.BOOLEAN),
        ("float", 4, Encoding.FLOAT),
        ("unsigned __int128", 16, Encoding.UNSIGNED),
        ("short", 2, Encoding.SIGNED),
    ):
        expected = BaseType(name=name, byte_size=size, encoding=encoding)
        assert psabi.scalar(name) == (expected, size)


def test_a_scalar_that_a_psabi_does_not_have() -> None:
    """Machines of 32 bits have no `__int128`."""
    for target in ("i386", "armv7"):
        with pytest.raises(KeyError, match="__int128"):
            find_psabi(target).scalar("__int128")
