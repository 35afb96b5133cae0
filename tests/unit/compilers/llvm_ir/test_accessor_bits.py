"""Accessors of every kind, compiled by the real rustc for little- and big-endian machines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from layoutcheck.compilers.llvm_ir import read_accessors
from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.model.bit_access import WORD, BitAccess, Spoilt
from layoutcheck.model.symbols import READS, WRITES
from tests.accessor_probes import compile_accessors

pytestmark = pytest.mark.needs_rustc

ARCHS: Final = ("amd64", "i386", "powerpc64")


def ask(methods: str, folder: Path, arch: str = "amd64") -> dict[tuple[str, str], BitAccess]:
    """Return the accesses of the methods of `R`, by the bit-field's name and verb."""
    read = read_accessors(*compile_accessors(methods, folder, arch))
    return {
        (access.name.removeprefix("set_"), access.verb): access
        for accesses in read.values()
        for access in accesses
    }


@pytest.mark.parametrize("arch", ARCHS)
def test_units_as_bindgen_writes_them(arch: str, tmp_path: Path) -> None:
    """Loops over up to 64 bits, across bytes, have equal offsets on each machine, as in C."""
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
            assert (access.signed, access.spoils) == (False, ())
    assert found["wrapped", "reads"].bits == tuple(range(64, 80))


@pytest.mark.parametrize(
    ("arch", "low", "high"),
    [("amd64", range(32, 44), range(60, 64)), ("powerpc64", range(52, 64), range(32, 36))],
)
def test_masks_and_shifts(arch: str, low: range, high: range, tmp_path: Path) -> None:
    """The low bits of a word are the first ones on amd64, and the last ones on powerpc64."""
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
    """A missing shift, another order, no bits and lost bits are no run of bits."""
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
    assert found["blunt", "writes"].bits == tuple(range(32, 40))
    assert found["blunt", "writes"].spoils == (Spoilt(how="clears", bits=tuple(range(40, 64))),)
    assert (found["moved", "writes"].bits, found["moved", "writes"].spoils) == ((0, 1), ())


def test_what_is_not_understood(tmp_path: Path) -> None:
    """Each method that is not understood has a reason; the other methods are unaffected."""
    methods = """
    pub fn inverted(&self) -> bool { self.word & 1 == 0 }
    pub fn equal(&self) -> bool { self.word & 7 == 5 }
    pub fn sum(&self) -> u32 { (self.word & 3) + (self.a & 3) }
    pub fn table(&self) -> u32 { [3u32, 1, 4, 1, 5, 9, 2, 6][self.word as usize & 7] }
    pub fn panics(&self) -> u32 { self.word.checked_add(1).unwrap() }
    pub fn none(&self) -> [u8; 3] { [0; 3] }
    pub fn set_clamped(&mut self, v: u8) { self.word = self.word & !15 | v.min(15) as u32 }
    pub fn endless(&self) -> u32 { loop {} }
    pub fn right(&self) -> u8 { self.word as u8 & 1 }
    """
    found = ask(methods, tmp_path)
    unknown = {name: access.unknown for (name, _), access in found.items() if access.unknown}
    assert set(unknown) == {
        *("inverted", "equal", "sum", "table", "panics", "none", "endless", "clamped"),
    }
    assert unknown["inverted"] == "it does more than copy bits"
    assert unknown["panics"] == "it panics for some records"
    assert unknown["none"] == "it returns no integer"
    assert unknown["endless"].startswith("it takes more than")
    assert unknown["clamped"] == "it writes more than a copy of the value's bits"
    assert unknown["sum"] == "it does more than copy bits"
    assert found["right", "reads"].bits == (32,)


def _spoilt(how: str, bits: range, unless: int = 0) -> Spoilt:
    return Spoilt(how=how, bits=tuple(bits), unless=unless)


@pytest.mark.parametrize(
    ("body", "bits", "spoils"),
    [
        ("self.word = self.word & !0xf0 | v << 4 & 0xf0", range(36, 40), []),
        ("self.word ^= (self.word ^ v << 4) & 0xf0", range(36, 40), []),
        ("self.word |= v << 4 & 0xf0", (), [_spoilt("ors into", range(36, 40))]),
        ("self.word ^= v << 4 & 0xf0", (), [_spoilt("changes", range(36, 40))]),
        ("if v != 0 { self.word |= 2 }", (), [_spoilt("ors into", range(33, 34))]),
        ("self.word &= !0xf0", (), [_spoilt("clears", range(36, 40))]),
        ("self.word |= 0xf0", (), [_spoilt("sets", range(36, 40))]),
        (
            "self.word = self.word & !0x70 | v << 4 & 0xf0",
            range(36, 39),
            [_spoilt("ors into", range(39, 40), 3)],
        ),
        (
            "self.word = self.word & !0x1f0 | v << 4 & 0xf0",
            range(36, 40),
            [_spoilt("clears", range(40, 41))],
        ),
        ("if v > 7 { self.word = v }", (), [_spoilt("changes", range(32, 64), 3)]),
        (
            "self.word = self.word & !0xf0 | v << 4",
            range(36, 40),
            [_spoilt("ors into", range(40, 64), 4)],
        ),
        (
            "self.word = self.word & !0xf0 | v << 4 & 0xf0; self.a = 0",
            range(36, 40),
            [_spoilt("clears", range(32))],
        ),
        ("self.a = self.a & !15 | self.word & 15; let _ = v;", (), [_spoilt("changes", range(4))]),
    ],
)
def test_whether_it_is_an_assignment(
    body: str, bits: Iterable[int], spoils: list[Spoilt], tmp_path: Path
) -> None:
    """Each changed bit is a bit of the value, or else spoilt in a named way."""
    found = ask(f"pub fn set_it(&mut self, v: u32) {{ {body} }}", tmp_path)["it", "writes"]
    assert (found.unknown, found.bits) == (None, tuple(bits))
    assert found.spoils == tuple(spoils)
    assert (found.accepts, found.width) == ((WORD, WORD), 32)


@pytest.mark.parametrize("arch", ARCHS)
@pytest.mark.parametrize(
    ("type_", "body", "accepts", "width"),
    [
        ("u32", "assert!(v < 16); self.word = v", (4, 0), 32),
        ("i32", "assert!(v >= -8 && v < 8); self.word = v as u32 & 15", (3, 4), 32),
        ("u32", "if v > 7 { return } self.word = v", (3, 0), 32),
        ("bool", "self.word = v as u32", (WORD, WORD), 1),
        ("Option<bool>", "self.word = v.unwrap() as u32", (1, 2), 2),
        ("Kind", "self.word = v as u32", (WORD, WORD), 3),
        ("u16", "self.word = v as u32", (WORD, WORD), 16),
    ],
)
def test_which_values_are_written(
    arch: str, type_: str, body: str, *, accepts: tuple[int, int], width: int, tmp_path: Path
) -> None:
    """A value may be refused, by a panic or without a word, and a type may have few of them."""
    found = ask(f"pub fn set_it(&mut self, v: {type_}) {{ {body} }}", tmp_path, arch)[
        "it", "writes"
    ]
    assert (found.unknown, found.accepts, found.width) == (None, accepts, width)


def test_what_repeats_the_sign(tmp_path: Path) -> None:
    """A value of a narrower type is extended."""
    found = ask("pub fn set_it(&mut self, v: i8) { self.word = v as u32 & 0xfff }", tmp_path)
    access = found["it", "writes"]
    assert access.bits == tuple(range(32, 40))
    assert access.spoils == (
        _spoilt("repeats the sign in", range(40, 44)),
        _spoilt("clears", range(44, 64)),
    )


def test_a_getter_that_writes(tmp_path: Path) -> None:
    """A getter that also writes reads the right bits, and its writes are reported."""
    methods = "pub fn it(&mut self) -> u32 { self.word |= 4; self.word & 3 }"
    found = ask(methods, tmp_path)["it", "reads"]
    assert (found.bits, found.spoils) == ((32, 33), (_spoilt("sets", range(34, 35)),))


@pytest.mark.parametrize("arch", ARCHS)
def test_twins_of_one_code(arch: str, tmp_path: Path) -> None:
    """Methods with equal code are reported by each name. Only the widths of their types differ."""
    methods = """
        pub fn a(&mut self) -> u32 { self.word & 7 }
        pub fn a_raw(&mut self) -> u32 { self.word & 7 }
        pub fn set_byte(&mut self, v: u8) { self.word = v as u32 }
        pub fn set_flag(&mut self, v: bool) { self.word = v as u32 }
        pub fn set_flag_raw(&mut self, v: bool) { self.word = v as u32 }
    """
    text, asked = compile_accessors(methods, tmp_path, arch)
    machine = Machine(text)
    prefixes = {"reads": READS, "writes": WRITES}
    codes = [machine.code(f"{prefixes[one.verb]}{one.key}") for one in asked]
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] == codes[4] != codes[2]
    told = read_accessors(text, asked)
    assert {key: access.name for key, (access,) in told.items()} == {
        one.key: one.name for one in asked
    }
    widths = {access.name: access.width for (access,) in told.values() if access.verb == "writes"}
    assert widths == {"set_byte": 8, "set_flag": 1, "set_flag_raw": 1}


def test_nothing_asked() -> None:
    """Without questions no module is needed."""
    assert read_accessors("", []) == {}
