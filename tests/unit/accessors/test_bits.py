"""Accessors of every kind, compiled by the real rustc for little- and big-endian machines."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from layoutcheck.accessors import read_accessors
from layoutcheck.bit_access import BitAccess
from tests.accessor_probes import compile_accessors

pytestmark = pytest.mark.needs_rustc

ARCHS: Final = ("amd64", "i386", "powerpc64")


def ask(methods: str, folder: Path, arch: str = "amd64") -> dict[tuple[str, str], BitAccess]:
    """What the methods of `R` do, by name and verb; those with a `set_` are asked for both."""
    read = read_accessors(*compile_accessors(methods, folder, arch))
    return {(access.name, access.verb): access for accesses in read for access in accesses}


@pytest.mark.parametrize("arch", ARCHS)
def test_units_as_bindgen_writes_them(arch: str, tmp_path: Path) -> None:
    """Loops over bits, as many as 64, across bytes: the same offsets on each machine, as in C."""
    methods = """
    pub fn low(&self) -> u8 { self.unit.get(3, 4) as u8 }
    pub fn set_low(&mut self, v: u8) { self.unit.set(3, 4, v as u64) }
    pub fn wide(&self) -> u64 { self.unit.get(30, 64) }
    pub fn set_wide(&mut self, v: u64) { self.unit.set(30, 64, v) }
    pub fn flag(&self) -> bool { unsafe { core::mem::transmute(self.unit.get(95, 1) as u8) } }
    pub fn set_flag(&mut self, v: bool) { self.unit.set(95, 1, v as u64) }
    pub fn wrapped(&self) -> Wrapped { Wrapped(self.unit.get(0, 16) as u16) }
    """
    found = ask(methods, tmp_path, arch)
    for name, first, last in (("low", 67, 71), ("wide", 94, 158), ("flag", 159, 160)):
        for verb in ("reads", "writes"):
            access = found[name, verb]
            assert (access.bits, access.unknown) == (tuple(range(first, last)), None)
            assert (access.signed, access.lost) == (False, ())
    assert found["wrapped", "reads"].bits == tuple(range(64, 80))


@pytest.mark.parametrize(
    ("arch", "low", "high"),
    [("amd64", range(32, 44), range(60, 64)), ("powerpc64", range(52, 64), range(32, 36))],
)
def test_masks_and_shifts(arch: str, low: range, high: range, tmp_path: Path) -> None:
    """Of a word the low bits are the first ones on one machine, and the last ones on the other."""
    methods = """
    pub fn low(&self) -> u32 { self.word & 0xfff }
    pub fn set_low(&mut self, v: u32) { self.word = self.word & !0xfff | v & 0xfff }
    pub fn high(&self) -> i32 { self.word as i32 >> 28 }
    pub fn set_high(&mut self, v: i32) { self.word = self.word & 0xfffffff | (v as u32) << 28 }
    """
    found = ask(methods, tmp_path, arch)
    assert found["low", "reads"].bits == found["low", "writes"].bits == tuple(low)
    assert found["high", "reads"].bits == found["high", "writes"].bits == tuple(high)
    assert (found["low", "reads"].signed, found["high", "reads"].signed) == (False, True)


def test_what_is_no_run_of_bits(tmp_path: Path) -> None:
    """A mask without its shift, bits in another order, nothing, and what is lost on the way."""
    methods = """
    pub fn unshifted(&self) -> u32 { self.word & 6 }
    pub fn turned(&self) -> u32 { (self.word as u8 & 7).reverse_bits() as u32 >> 5 }
    pub fn nothing(&self) -> u32 { 0 }
    pub fn blunt(&self) -> u8 { self.word as u8 & 3 }
    pub fn set_blunt(&mut self, v: u8) { self.word = v as u32 }
    pub fn moved(&self) -> u8 { self.word as u8 & 3 }
    pub fn set_moved(&mut self, v: u8) { self.a = self.a & !3 | v as u32 & 3 }
    """
    found = ask(methods, tmp_path)
    assert found["unshifted", "reads"].bits == (None, 33, 34)
    assert found["turned", "reads"].bits == (34, 33, 32)
    assert found["nothing", "reads"].bits == ()
    assert found["blunt", "writes"].bits == (32, 33)
    assert found["blunt", "writes"].lost == tuple(range(34, 64))
    assert (found["moved", "writes"].bits, found["moved", "writes"].lost) == ((0, 1), ())


def test_what_is_not_understood(tmp_path: Path) -> None:
    """Each says why; the others are not touched by it."""
    methods = """
    pub fn inverted(&self) -> bool { self.word & 1 == 0 }
    pub fn equal(&self) -> bool { self.word & 7 == 5 }
    pub fn sum(&self) -> u32 { (self.word & 3) + (self.a & 3) }
    pub fn table(&self) -> u32 { [3u32, 1, 4, 1, 5, 9, 2, 6][self.word as usize & 7] }
    pub fn panics(&self) -> u32 { self.word.checked_add(1).unwrap() }
    pub fn huge(&self) -> u128 { self.word as u128 }
    pub fn endless(&self) -> u32 { loop {} }
    pub fn odd(&self) -> u8 { self.word as u8 & 1 }
    pub fn set_odd(&mut self, v: u8) { self.word ^= v as u32 & 1 }
    pub fn right(&self) -> u8 { self.word as u8 & 1 }
    """
    found = ask(methods, tmp_path)
    unknown = {name: access.unknown for (name, _), access in found.items() if access.unknown}
    assert set(unknown) == {
        *("inverted", "equal", "sum", "table", "panics", "huge", "endless", "odd"),
    }
    assert unknown["inverted"] == "it is not zero where all bits are"
    assert unknown["sum"] == "it does more than copy bits"
    assert found["odd", "reads"].unknown is None
    assert found["right", "reads"].bits == (32,)


def test_nothing_asked() -> None:
    """Needs no module."""
    assert read_accessors("", []) == ()
