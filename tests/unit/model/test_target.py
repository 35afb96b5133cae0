"""target.py: the rows of targets, and the names that find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.model.target import TARGETS, Target, find_target
from tests.dwarf_objects import run_clang


def test_no_two_rows_share_a_name() -> None:
    """No name finds two rows, although two of powerpc share a machine."""
    names = [name for row in TARGETS for name in {row.name, row.machine_arch}]
    assert len(names) == len(set(names))
    assert len({row.rust_triple for row in TARGETS}) == len(TARGETS)


@pytest.mark.parametrize("row", TARGETS, ids=lambda row: row.name)
def test_a_row_is_found_by_its_name_and_by_its_machine_arch(row: Target) -> None:
    """A row is found by its name and by its `uname -p`."""
    assert find_target(row.name) is find_target(row.machine_arch) is row


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("riscv", "riscv64"),
        ("powerpc", "powerpc64 or powerpc64le"),
        ("ppc64le", "powerpc64le or powerpc64"),
        ("arm", "armv7"),
        ("x86_64", "amd64"),
        ("i686", "i386"),
        ("amd65", "amd64 or arm64"),
    ],
)
def test_another_name_is_refused_with_the_right_one(name: str, meant: str) -> None:
    """The error for another name, or a misspelt one, suggests the right one."""
    with pytest.raises(
        ManifestError, match=f"unknown architecture '{name}'\nhint: did you mean {meant}[?] "
    ):
        find_target(name)


def test_a_name_like_none_is_refused_with_all() -> None:
    """The error for an unrelated name lists all rows."""
    with pytest.raises(ManifestError, match="'vax'\nhint: layoutcheck knows amd64, arm64,"):
        find_target("vax")


@pytest.mark.needs_clang
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_byte_order_is_clangs(target: Target, tmp_path: Path) -> None:
    """The byte order is the one that clang defines for the preprocessor."""
    (tmp_path / "empty.c").touch()
    flags = (f"--target={target.clang_triple('15.0')}", "-dM", "-E", "empty.c")
    said = run_clang(flags, tmp_path)
    assert f"#define __BYTE_ORDER__ __ORDER_{target.byte_order.upper()}_ENDIAN__" in said


def test_clangs_triple_is_freebsds_own() -> None:
    """A triple has the release, and the float ABI if FreeBSD's compiler has it."""
    assert find_target("riscv64").clang_triple("14.3") == "riscv64-unknown-freebsd14.3"
    assert find_target("armv7").clang_triple("15.0") == "armv7-unknown-freebsd15.0-gnueabihf"
