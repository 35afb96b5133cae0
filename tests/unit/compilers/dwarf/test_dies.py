"""Our own reader of DIEs against pyelftools, on both compilers' output for each target."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf.dies import Die, Dies, Unit
from layoutcheck.compilers.dwarf.lines import SourceFiles
from layoutcheck.compilers.dwarf.sections import open_elf, read_sections
from layoutcheck.model.target import find_target
from tests.dwarf_objects import compile_c_text, compile_rust_text, linker
from tests.freebsd_records import compile_freebsd_records

C = """
typedef unsigned long word; struct s { word w : 3; char const *volatile p[2][4]; _Bool b; };
union u { struct s s; double d; int (*f)(struct s *, ...); }; enum e { MINUS = -300, PLUS = 7 };
struct s one; union u two; enum e three; static const char text[] = "abc";
int add(int a, int b) { { static long kept; kept += a; } int c = text[a]; return c + b; }
"""
RUST = """
#![no_std]
pub mod deep {
#[repr(C)] pub struct P<T> { pub q: u8, pub t: Option<T>, pub f: Option<extern "C" fn(u8, ...)> }
#[repr(i16)] pub enum E { A = -3, B = 5 } #[repr(C)] pub union U { pub a: u128, pub b: [E2; 3] }
#[derive(Clone, Copy)] pub enum E2 { X(u8), Y { l: i64 } } }
#[no_mangle] pub static KEPT: deep::P<&'static u32> = deep::P { q: 1, t: None, f: None };
#[no_mangle] pub extern "C" fn run(e: deep::E, u: &deep::U, o: Option<deep::E2>) -> usize {
    let l = match o { Some(deep::E2::Y { l }) => l as usize, _ => 0 }; l + e as usize
}
"""
TARGETS = ("amd64", "i386", "powerpc64", "armv7")


def all_of(unit: Unit, die: Die) -> Iterator[Die]:
    """The DIE and all below it."""
    yield die
    for child in unit.children(die):
        yield from all_of(unit, child)


def assert_as_pyelftools_reads(path: Path) -> int:
    """Every DIE with its tag, its attributes and their values, and every file; how many DIEs."""
    count = 0
    with path.open("rb") as stream:
        sections = read_sections(open_elf(stream))
        assert sections is not None
        dies = Dies(sections, {"DW_TAG_variable"})
        dwarf = ELFFile(stream).get_dwarf_info()
        for unit, expected in zip(dies.units, dwarf.iter_CUs(), strict=True):
            theirs = [die for die in expected.iter_DIEs() if not die.is_null()]
            ours = list(all_of(unit, unit.root))
            assert [die.offset for die in ours] == [die.offset for die in theirs]
            variables = [die.offset for die in theirs if die.tag == "DW_TAG_variable"]
            assert unit.wanted == variables
            for our, their in zip(ours, theirs, strict=True):
                assert_same(our, their)
                count += 1
            assert_same_files(unit, dwarf.line_program_for_CU(expected))
    return count


def assert_same(our: Die, their: Any) -> None:  # noqa: ANN401 - pyelftools has no types
    """Assert that two DIEs are equal."""
    assert (our.tag, our.abbreviation.has_children) == (their.tag, their.has_children)
    assert our.values.keys() == their.attributes.keys()
    for name, attribute in their.attributes.items():
        form = attribute.form.removeprefix("DW_FORM_")
        assert our.abbreviation.forms[name] == form
        if form.startswith(("strp", "strx", "string", "line_strp")):
            assert our.text(name) == attribute.value.decode()
        elif form.startswith("ref"):
            referred = their.get_DIE_from_attribute(name)
            assert our.reference(name) == referred.offset
            assert our.unit.abbreviation(referred.offset)[0].tag == referred.tag
        elif isinstance(attribute.raw_value, list):
            assert our.block(name) == bytes(attribute.raw_value)
        else:
            flags = ("flag", "flag_present")
            assert our.values[name] == (attribute.value if form in flags else attribute.raw_value)
            if form.startswith(("data", "sdata", "udata", "implicit")):
                assert our.number(name) == attribute.value


def assert_same_files(unit: Unit, program: Any) -> None:  # noqa: ANN401 - the same
    """The names of the files that a unit's DIEs name, without their folders."""
    files, first = SourceFiles(()), unit.root
    names = [entry.name.decode() for entry in program.header["file_entry"]]
    if unit.encoded.version < 5:
        names.insert(0, "")
    seen = 0
    for die in all_of(unit, first):
        place = files.location(die)
        if place is not None:
            seen += 1
            number = die.number("DW_AT_decl_file")
            assert number is not None
            assert place.path.rpartition("/")[2] == names[number].rpartition("/")[2]
    assert seen


@pytest.mark.needs_clang
@pytest.mark.parametrize("arch", TARGETS)
@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_c(arch: str, version: int, tmp_path: Path) -> None:
    """Every DIE and file of C is as pyelftools reads it, also with offsets of eight bytes."""
    triple = find_target(arch).clang_triple("15.0")
    wide = (
        [("-gdwarf64",)] if version > 2 and triple.split("-")[0] in {"x86_64", "powerpc64"} else []
    )
    for more in ((), ("-gstrict-dwarf",), *wide):
        made = compile_c_text(C, tmp_path, triple=triple, flags=(f"-gdwarf-{version}", *more))
        assert assert_as_pyelftools_reads(link_shared(linker(), made)) > 30


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.parametrize("arch", TARGETS)
@pytest.mark.parametrize("version", [2, 4, 5])
def test_rust(arch: str, version: int, tmp_path: Path) -> None:
    """Namespaces, generics and variants are read as pyelftools reads them."""
    made = compile_rust_text(RUST, tmp_path, arch=arch, dwarf_version=version)
    assert assert_as_pyelftools_reads(link_shared(linker(), made)) > 60


@pytest.mark.needs_clang
@pytest.mark.needs_headers
@pytest.mark.parametrize("version", ["-gdwarf-2", "-gdwarf-5"])
def test_freebsd_records(version: str, tmp_path: Path) -> None:
    """Thousands of DIEs of real headers are read as pyelftools reads them."""
    compiled = compile_freebsd_records(tmp_path, flags=("-g", version))
    assert assert_as_pyelftools_reads(link_shared(linker(), compiled.object)) > 10_000
