"""Constructors, compiled by the real rustc for little- and big-endian machines."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from layoutcheck.compilers.llvm_ir import read_accessors
from layoutcheck.model.bit_access import BitAccess, Spoilt
from tests.accessor_probes import compile_accessors

pytestmark = pytest.mark.needs_rustc

ARCHS: Final = ("amd64", "i386", "powerpc64")


def ask(methods: str, folder: Path, arch: str = "amd64") -> dict[tuple[str, str], BitAccess]:
    """Return the access of each parameter, by the names of the constructor and the parameter."""
    read = read_accessors(*compile_accessors(methods, folder, arch))
    return {(a.maker or "", a.name): a for accesses in read.values() for a in accesses}


def _mixed(access: BitAccess) -> list[Spoilt]:
    return [one for one in access.spoils if one.how != "clears"]


@pytest.mark.parametrize("arch", ARCHS)
def test_units_as_bindgen_makes_them(arch: str, tmp_path: Path) -> None:
    """Bits count from the record's first one; those of no value are zeros."""
    methods = """
    pub fn new_unit(low: u8, flag: bool, wide: u64) -> Unit<12> {
        let mut unit = Unit { bytes: [0; 12] };
        unit.set(3, 4, low as u64); unit.set(7, 1, flag as u64); unit.set(30, 64, wide); unit
    }
    """
    found = ask(methods, tmp_path, arch)
    for name, first, last in (("low", 67, 71), ("flag", 71, 72), ("wide", 94, 158)):
        access = found["new_unit", name]
        assert (access.bits, access.unknown) == (tuple(range(first, last)), None)
        zeros = (*range(64, 67), *range(72, 94), 158, 159)
        assert [(one.how, set(one.bits)) for one in access.spoils] == [("clears", set(zeros))]
    assert found["new_unit", "flag"].width == 1


@pytest.mark.parametrize(
    ("arch", "low", "high"),
    [("amd64", range(32, 36), range(52, 64)), ("powerpc64", range(60, 64), range(32, 44))],
)
def test_masks_and_shifts(arch: str, low: range, high: range, tmp_path: Path) -> None:
    """The low bits of a word are the first ones on amd64, and the last ones on powerpc64."""
    methods = """
    pub fn new(low: u32, high: u32) -> R {
        R { a: 0, word: low & 15 | high << 20, unit: Unit { bytes: [0; 12] } }
    }
    """
    found = ask(methods, tmp_path, arch)
    assert found["new", "low"].bits == tuple(low)
    assert found["new", "high"].bits == tuple(high)


def test_what_is_mixed(tmp_path: Path) -> None:
    """Two values in a bit are wrong for each of them, and a third one has nothing to do with it."""
    methods = """
    pub fn new(x: u32, y: u32, z: u32) -> R {
        R { a: z, word: x | (y & 15) << 4, unit: Unit { bytes: [0; 12] } }
    }
    """
    found = ask(methods, tmp_path)
    how, bits = "mixes with another value in", (36, 37, 38, 39)
    assert _mixed(found["new", "x"]) == [Spoilt(how=how, bits=bits, unless=4)]
    assert _mixed(found["new", "y"]) == [Spoilt(how=how, bits=bits, unless=0)]
    assert found["new", "y"].bits == ()
    assert (found["new", "z"].bits, _mixed(found["new", "z"])) == (tuple(range(32)), [])


def test_what_is_refused(tmp_path: Path) -> None:
    """Each value has its accepted range, unless this depends on several values at once."""
    methods = """
    pub fn new(x: u32, y: i32, z: u32) -> R {
        assert!(x < 16 && y >= -8 && y < 8);
        R { a: z, word: x | (y as u32 & 15) << 4, unit: Unit { bytes: [0; 12] } }
    }
    pub fn new_sum(x: u32, y: u32) -> R {
        assert!((x & 15) + (y & 15) < 16);
        R { a: x, word: y, unit: Unit { bytes: [0; 12] } }
    }
    pub fn new_never(x: u32) -> R { panic!() }
    """
    found = ask(methods, tmp_path)
    assert found["new", "x"].accepts[0] == found["new", "y"].accepts[1] == 4
    assert found["new", "z"].accepts == (128, 128)
    assert [found["new", name].bits for name in "xy"] == [(32, 33, 34, 35), (36, 37, 38, 39)]
    assert found["new_sum", "x"].unknown == "which values it refuses depends on several at once"
    assert found["new_never", "x"].unknown == "it never returns"


def test_a_sign_is_repeated(tmp_path: Path) -> None:
    """A copied sign bit is one bit of the value. Another bit that is copied is a change."""
    methods = """
    pub fn new(x: i8) -> R { R { a: x as u32, word: 0, unit: Unit { bytes: [0; 12] } } }
    pub fn new_twice(x: u8) -> R {
        let x = x as u32 & 15; R { a: x | x << 4, word: 0, unit: Unit { bytes: [0; 12] } }
    }
    """
    for arch, low, rest in (
        ("amd64", range(8), range(8, 32)),
        ("powerpc64", range(24, 32), range(24)),
    ):
        (tmp_path / arch).mkdir()
        found = ask(methods, tmp_path / arch, arch)
        access = found["new", "x"]
        assert access.bits == tuple(low)
        assert _mixed(access) == [Spoilt(how="repeats the sign in", bits=tuple(rest))]
        assert [one.how for one in _mixed(found["new_twice", "x"])] == ["changes"]


def test_what_is_not_understood(tmp_path: Path) -> None:
    """Each parameter that is not understood has a reason. One of no integer type affects others."""
    methods = """
    pub fn new(x: u32, y: u32) -> R {
        R { a: y, word: x.min(15), unit: Unit { bytes: [0; 12] } }
    }
    pub fn new_of_one(x: bool, y: bool, z: bool) -> R {
        R { a: (x & y) as u32, word: z as u32, unit: Unit { bytes: [0; 12] } }
    }
    pub fn new_of_bytes(x: u32, y: [u8; 3]) -> R {
        R { a: x, word: 0, unit: Unit { bytes: [0; 12] } }
    }
    """
    unknown = {key: access.unknown for key, access in ask(methods, tmp_path).items()}
    several = "a bit that it writes depends on several values"
    assert unknown == {
        ("new", "x"): "it writes more than a copy of the value's bits",
        ("new", "y"): None,
        ("new_of_one", "x"): several,
        ("new_of_one", "y"): several,
        ("new_of_one", "z"): None,
        ("new_of_bytes", "x"): "y is no integer",
        ("new_of_bytes", "y"): "y is no integer",
    }
