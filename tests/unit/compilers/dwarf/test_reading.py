"""Real FreeBSD records as clang lays them out, and objects that are broken."""

from __future__ import annotations

from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from tests.clang_record_layouts import parse_record_layouts, places_in
from tests.dwarf_objects import AMD64, clang, compile_c_text, linker, read_c, read_rust
from tests.freebsd_records import compile_freebsd_records
from tests.questions import ask_types, type_keys

pytestmark = pytest.mark.needs_clang


@pytest.mark.needs_headers
@pytest.mark.parametrize("target", ["amd64", "powerpc64"])
@pytest.mark.parametrize("version", ["-gdwarf-2", "-gdwarf-5"])
def test_freebsd_records_are_as_clang_dumps_them(target: str, version: str, tmp_path: Path) -> None:
    """Hundreds of real records, little and big endian, in the oldest DWARF and in the newest.

    All sizes, alignments, offsets and ranges of bits, down to the last nested member.
    """
    flags = ("-g", version, "-gstrict-dwarf")
    compiled = compile_freebsd_records(tmp_path, target=target, flags=flags)
    truth = parse_record_layouts(compiled.dump)
    found = read_layouts(link_shared(linker(), compiled.object)).records
    assert len(found) == len(compiled.names) > 500
    for number, name in enumerate(compiled.names):
        record, expected = found[ProbeKey("type", number)], truth[name]
        assert (record.byte_size, record.alignment) == (expected.byte_size, expected.alignment)
        # DWARF does not describe bit-fields without a name.
        members = [m for m in expected.members if m.bit_size is None or m.name]
        assert list(places_in(record)) == members, name


SAMPLE: Final = """
struct inner { short s; char c[3]; };
union either { int i; struct inner in; void *p; };
struct sample {
    unsigned a : 3, b : 13; union either u[2]; struct sample *next;
    int (*call)(struct sample *, ...); enum { RED = -1, GREEN } colour; struct { int x; };
};
"""


def test_subjects_are_read_by_key(tmp_path: Path) -> None:
    """Items are read by key: a tag, a typedef of a tagless struct, a scalar. `void` is none."""
    text = "struct tag { char c; }; typedef struct { long l; } first; typedef first second;"
    text += "typedef int number; typedef void nothing; "
    text += "struct on_64 { int i; } __attribute__((aligned(64)));"
    types = ["struct tag", "second", "number", "nothing", "struct on_64"]
    layouts = read_c(text, types, tmp_path)
    assert "clang" in layouts.producer
    assert set(layouts.records) == type_keys(0, 1, 2, 4)
    found = {key.number: record for key, record in layouts.records.items()}
    assert (found[0].name, found[0].byte_size, found[0].alignment) == ("tag", 1, 1)
    assert (found[1].name, found[1].byte_size, found[1].alignment) == ("first", 8, 8)
    (only,) = found[2].members
    assert (only.name, only.bit_offset, only.bit_size) == ("__0", 0, 32)
    assert (found[2].byte_size, found[2].alignment) == (4, 4)
    assert (found[4].byte_size, found[4].alignment) == (64, 64)


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_every_version_says_the_same(version: int, tmp_path: Path) -> None:
    """Relocatable or linked, strict or not, and the places where things were declared."""
    text = SAMPLE + render_c_probe((), ask_types(["struct sample"]))
    newest = read_layouts(compile_c_text(text, tmp_path))
    flags = (f"-gdwarf-{version}", "-gstrict-dwarf")
    relocatable = compile_c_text(text, tmp_path, flags=flags)
    assert read_layouts(relocatable) == newest
    assert read_layouts(link_shared(linker(), relocatable)) == newest
    record = newest.records[ProbeKey("type", 0)]
    assert record.declared_at is not None
    assert record.declared_at.path == f"{tmp_path}/sample.c"
    assert record.declared_at.line == 4
    stripped = read_layouts(relocatable, strip_prefixes=("/nowhere/", f"{tmp_path}/"))
    assert str(stripped.records[ProbeKey("type", 0)].members[0].declared_at) == "sample.c:5"


@pytest.mark.needs_rustc
@pytest.mark.parametrize("version", [2, 3, 4])
def test_every_version_says_the_same_of_rust(version: int, tmp_path: Path) -> None:
    """DWARF 2 is what rustc writes for FreeBSD; modules, generics and private types in paths."""
    text = """
    mod deep {
    #[repr(C)] pub struct P { pub q: u8, hidden: Hidden } #[repr(C)] struct Hidden(u16); }
    #[repr(C)] pub struct G<T> { pub t: T, pub p: deep::P }
    """
    newest = read_rust(text, ["G<u64>", "deep::P"], tmp_path)
    assert "rustc" in newest.producer
    named = [newest.records[ProbeKey("type", number)].name for number in range(2)]
    assert named == ["sample::G<u64>", "sample::deep::P"]
    hidden = newest.records[ProbeKey("type", 1)].members[1].type
    assert isinstance(hidden, RecordLayout)
    assert (hidden.name, hidden.members[0].name) == ("sample::deep::Hidden", "__0")
    assert newest.records[ProbeKey("type", 1)].alignment == 2
    assert read_rust(text, ["G<u64>", "deep::P"], tmp_path, dwarf_version=version) == newest


def test_what_is_no_object_with_debug_information(tmp_path: Path) -> None:
    """Each file without debug information has its own message, which names the file."""
    path = tmp_path / "probe.o"
    with pytest.raises(DwarfError, match="No such file") as caught:
        read_layouts(path)
    assert caught.value.where == str(path)
    path.touch()
    with pytest.raises(DwarfError, match="is it a complete ELF object"):
        read_layouts(path)
    path.write_text("int main;\n", encoding="utf-8")
    with pytest.raises(DwarfError, match="Magic number does not match"):
        read_layouts(path)
    with pytest.raises(DwarfError, match="Is a directory"):
        read_layouts(tmp_path)
    with pytest.raises(DwarfError, match="no debug information\nhint: compile it with -g"):
        read_layouts(compile_c_text("int main;", tmp_path, flags=("-g0",)))


def test_broken_objects_are_refused_or_read(tmp_path: Path) -> None:
    """A truncated or corrupted object gives layouts or a DwarfError within the time limit."""
    text = SAMPLE + render_c_probe((), ask_types(["struct sample"]))
    path = link_shared(linker(), compile_c_text(text, tmp_path))
    whole = path.read_bytes()
    sections = whole.rindex(b".debug_info")  # section names; before them the sections themselves
    random = Random(5)  # noqa: S311 - it has to be the same each time
    broken = [whole[:end] for end in range(0, len(whole), max(1, len(whole) // 60))]
    for _ in range(300):
        flipped = bytearray(whole)
        flipped[random.randrange(0x40, sections)] ^= 1 << random.randrange(8)
        broken.append(bytes(flipped))
    refused, slowest = 0, 0.0
    for content in broken:
        path.write_bytes(content)
        began = monotonic()
        try:
            read_layouts(path)
        except DwarfError:
            refused += 1
        slowest = max(slowest, monotonic() - began)
    assert refused > len(broken) // 4
    assert slowest < 20


BIG_ENDIAN: Final = "powerpc64-unknown-freebsd14.3"


def _assemble(text: str, triple: str, folder: Path) -> Path:
    """Assemble a text for a machine and return the object."""
    source, output = folder / "sample.s", folder / "sample.o"
    source.write_text(text, encoding="utf-8")
    finished = run((*clang().argv, f"--target={triple}", "-c", str(source), "-o", str(output)))
    assert finished.succeeded, finished.words
    return output


# A unit of DWARF 4: a base type, the tested type, a pointer to it, and a struct of two members.
HAND_WRITTEN: Final = """
.section .debug_abbrev,"",@progbits
.byte 1, 0x11, 1, 0, 0
.byte 2, 0x24, 0, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0
.byte 3, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0, 0
.byte 4, 0x0f, 0, 0x49, 0x13, 0, 0
.byte 5, 0x13, 1, 0x03, 0x08, 0x0b, 0x0b, 0, 0
.byte 6, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, {form}, 0, 0
.byte 0
.section .debug_info,"",@progbits
begin: .long end - start
start: .short 4
.long .debug_abbrev
.byte 8, 1
base: .byte 2, 4, 5
.byte 3
.asciz "layoutcheck_subject_type_0"
.long pointer - begin
pointer: .byte 4
.long struct - begin
struct: .byte 5
.asciz "s"
.byte 8
.byte 6
.asciz "m"
.long {member} - begin
{location}
.byte 0, 0
end:
"""


@pytest.mark.parametrize(
    ("member", "form", "location", "expected"),
    [
        ("base", "0x0b", ".byte 4", 32),
        ("base", "0x18", ".byte 2, 0x23, 4", 32),  # DW_OP_plus_uconst 4
        ("base", "0x18", ".byte 2, 0x10, 4", "has no constant offset"),  # DW_OP_constu 4
        ("base", "0x18", ".byte 1, 0x12", "has no constant offset"),  # DW_OP_dup
        ("base", "0x17", ".long 4", "has no constant offset"),  # DW_FORM_sec_offset
        ("struct", "0x0b", ".byte 0", "contains itself"),
        ("begin", "0x0b", ".byte 0", "cannot be read"),
    ],
)
def test_hand_written_members(
    member: str, form: str, location: str, expected: int | str, tmp_path: Path
) -> None:
    """Locations of every form, and a struct that holds itself: no compiler makes most of them."""
    text = HAND_WRITTEN.format(member=member, form=form, location=location)
    for triple in (AMD64, BIG_ENDIAN):
        output = _assemble(text, triple, tmp_path)
        if isinstance(expected, str):
            with pytest.raises(DwarfError, match=expected):
                read_layouts(output)
        else:
            assert (
                read_layouts(output).records[ProbeKey("type", 0)].members[0].bit_offset == expected
            )


# A unit of a version: a base type of four bytes, the tested type, a pointer, and a struct with
# one bit-field whose attributes are given.
BIT_FIELD: Final = """
.section .debug_abbrev,"",@progbits
.byte 1, 0x11, 1, 0, 0
.byte 2, 0x24, 0, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0
.byte 3, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0, 0
.byte 4, 0x0f, 0, 0x49, 0x13, 0, 0
.byte 5, 0x13, 1, 0x03, 0x08, 0x0b, 0x0b, 0, 0
.byte 6, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, {attributes}, 0, 0
.byte 0
.section .debug_info,"",@progbits
begin: .long end - start
start: .short {version}
{header}
.byte 1
base: .byte 2, 4, 7
.byte 3
.asciz "layoutcheck_subject_type_0"
.long pointer - begin
pointer: .byte 4
.long struct - begin
struct: .byte 5
.asciz "s"
.byte 8
.byte 6
.asciz "m"
.long base - begin
.byte {values}
.byte 0, 0
end:
"""
HEADERS: Final = {
    **dict.fromkeys((2, 3, 4), ".long .debug_abbrev\n.byte 8"),
    5: ".byte 1, 8\n.long .debug_abbrev",
}
# The attributes, each with the form of one byte, and their values: a bit-field of five bits.
DATA_BIT_OFFSET: Final = ("0x0d, 0x0b, 0x6b, 0x0b", "5, 35")
BIT_OFFSET: Final = ("0x0d, 0x0b, 0x0c, 0x0b, 0x38, 0x0b", "5, 24, 4")
WITH_STORAGE: Final = ("0x0b, 0x0b, 0x0d, 0x0b, 0x0c, 0x0b, 0x38, 0x0b", "2, 5, 8, 4")
IN_EXPRESSION: Final = ("0x0d, 0x0b, 0x0c, 0x0b, 0x38, 0x0a", "5, 24, 2, 0x23, 4")


@pytest.mark.parametrize(
    ("versions", "written", "little", "big"),
    [
        ((4, 5), DATA_BIT_OFFSET, 35, 35),
        ((2, 3, 4), BIT_OFFSET, 32 + 32 - 24 - 5, 32 + 24),
        ((2, 3, 4), WITH_STORAGE, 32 + 16 - 8 - 5, 32 + 8),
        ((2, 3, 4), IN_EXPRESSION, 32 + 32 - 24 - 5, 32 + 24),
    ],
    ids=["data_bit_offset", "bit_offset", "bit_offset with byte_size", "bit_offset, block"],
)
def test_hand_written_bit_fields(
    versions: tuple[int, ...], written: tuple[str, str], little: int, big: int, tmp_path: Path
) -> None:
    """The new attribute counts from the record's begin, the old one from the unit's high end.

    DWARF 5, section 5.7.6; DWARF 3, section 5.5.6. On a big-endian machine that is where it begins.
    """
    for version in versions:
        attributes, values = written
        text = BIT_FIELD.format(
            attributes=attributes, version=version, header=HEADERS[version], values=values
        )
        for triple, expected in ((AMD64, little), (BIG_ENDIAN, big)):
            (record,) = read_layouts(_assemble(text, triple, tmp_path)).records.values()
            (member,) = record.members
            assert (member.bit_offset, member.bit_size) == (expected, 5), (version, triple)
            assert member.is_bit_field
