"""Every kind of type that C and Rust make, from the real compilers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    spell,
    strip,
)
from layoutcheck.model.probe_key import ProbeKey
from tests.clang_record_layouts import parse_record_layouts, places_in
from tests.corruption import look_at, write_number
from tests.dwarf_objects import AMD64, compile_c_text, linker, read_c, read_rust, run_clang
from tests.elf_objects import refused
from tests.questions import ask_types

pytestmark = pytest.mark.needs_clang

EVERYTHING = """
typedef unsigned int uint; typedef uint u32; typedef const volatile u32 *cv;
typedef float v3 __attribute__((ext_vector_type(3)));
typedef float v4 __attribute__((vector_size(16)));
struct unknown; enum later; struct empty {};
enum plain { A, B = 7 }; enum negative { N = -1, P = 3 }; enum large { L = 0xffffffff };
enum __attribute__((packed)) byte { X = 200 }; enum __attribute__((packed)) sbyte { Q = -128 };
enum wide { W = 0x100000000 };
#pragma pack(push, 1)
struct bits { char a; unsigned b : 20, c : 20; char d; unsigned long long e : 50; uint f : 9; };
#pragma pack(pop)
struct fields {
    int a : 3, : 5, b : 4; int : 0; _Bool c : 1; enum plain d : 4; long long e : 33; short f; };
struct nested { struct in { char c; union { int i; struct { short lo, hi; }; }; } in, many[2]; };
struct aligned { char c; int i __attribute__((aligned(32))); } __attribute__((aligned(64)));
struct packed { char c; long l; short s; } __attribute__((packed));
union mixed { char c[5]; long l; struct { int x : 7, y : 25; }; };
struct types {
    _Bool flag; char c; signed char sc; unsigned char uc; short s; long long ll; __int128 i128;
    float f; double d; long double ld; _Complex double z; v3 three; v4 four; _Atomic(int) at;
    u32 number; cv pointer; void *nothing; const void *constant; struct unknown *unknown;
    struct types *self; int (*call)(char, ...); void (*empty_call)(void); int **deep;
    u32 two[2][3]; u32 *pointers[4]; int none[0]; struct empty empty; enum plain plain;
    enum negative negative; enum large large; enum byte byte; enum sbyte sbyte; enum wide wide;
    void *restrict limited; _Alignas(16) char last; char tail[];
};
"""
RECORDS = ("bits", "fields", "nested", "aligned", "packed", "types", "empty")


@pytest.mark.parametrize("version", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "triple",
    [AMD64, "aarch64-unknown-freebsd14.3", "powerpc64-unknown-freebsd14.3", "i686-pc-linux"],
)
def test_odd_records_are_as_clang_dumps_them(version: int, triple: str, tmp_path: Path) -> None:
    """Bit-fields that cross units, packing, alignment, vectors: in every DWARF, on either end."""
    text = EVERYTHING if "i686" not in triple else EVERYTHING.replace("__int128", "long long")
    names = [*(f"struct {name}" for name in RECORDS), "union mixed"]
    flags = (f"-gdwarf-{version}", "-gstrict-dwarf")
    found = read_c(text, names, tmp_path, flags=flags, triple=triple).records
    dumped = run_clang(
        (f"--target={triple}", "-w", "-Xclang", "-fdump-record-layouts", "-c", "sample.c"), tmp_path
    )
    truth = parse_record_layouts(dumped)
    asserts = []
    for key, name in enumerate(names):
        record, expected = found[ProbeKey("type", key)], truth[name]
        assert (record.byte_size, record.alignment) == (expected.byte_size, expected.alignment)
        members = [m for m in expected.members if m.bit_size is None or m.name]
        assert list(places_in(record)) == members, name
        asserts += [
            f'_Static_assert(sizeof((({name} *)0)->{m.name}) * 8 == {m.bit_size}, "{m.name}");'
            for m in record.members
            if m.name and not m.is_bit_field and m.name != "tail"
        ]
    assert len(asserts) > 40
    proof = tmp_path / "proof.c"
    proof.write_text(f"{text}{' '.join(asserts)}\n", encoding="utf-8")
    run_clang((f"--target={triple}", "-w", "-fsyntax-only", proof.name), tmp_path)


def _members(record: RecordLayout) -> dict[str, Member]:
    return {member.name or "": member for member in record.members}


def _bare(type_: Type | None) -> Type:
    bare = strip(type_)
    assert bare is not None
    return bare


@pytest.mark.parametrize("version", [2, 5])
def test_the_types_of_c(version: int, tmp_path: Path) -> None:
    """Each kind of type with what the model holds of it."""
    flags = (f"-gdwarf-{version}", "-gstrict-dwarf")
    (record,) = read_c(EVERYTHING, ["struct types"], tmp_path, flags=flags).records.values()
    members = _members(record)
    assert {name: spell(member.type) for name, member in members.items()} == {
        "flag": "_Bool",
        "c": "char",
        "sc": "signed char",
        "uc": "unsigned char",
        "s": "short",
        "ll": "long long",
        "i128": "__int128",
        "f": "float",
        "d": "double",
        "z": "complex",
        "ld": "long double",
        "three": "v3",
        "four": "v4",
        "number": "u32",
        "pointer": "cv",
        "at": "_Atomic int" if version == 5 else "int",
        "nothing": "void *",
        "constant": "const void *",
        "unknown": "struct unknown *",
        "self": "struct types *",
        "call": "int (*)(char, ...)",
        "empty_call": "void (*)(void)",
        "deep": "int * *",
        "two": "u32[2][3]",
        "pointers": "u32 *[4]",
        "none": "int[0]",
        "tail": "char[]",
        "empty": "struct empty",
        "plain": "enum plain",
        "negative": "enum negative",
        "large": "enum large",
        "byte": "enum byte",
        "sbyte": "enum sbyte",
        "wide": "enum wide",
        "limited": "restrict void *" if version == 5 else "void *",
        "last": "char",
    }
    encodings = {
        name: bare.encoding
        for name, member in members.items()
        if isinstance(bare := strip(member.type), BaseType)
    }
    signed = dict.fromkeys(("c", "sc", "s", "ll", "i128", "at"), Encoding.SIGNED)
    assert encodings == {
        **signed,
        "last": Encoding.SIGNED,
        **dict.fromkeys(("uc", "number"), Encoding.UNSIGNED),
        **dict.fromkeys(("f", "d", "ld"), Encoding.FLOAT),
        "flag": Encoding.BOOLEAN,
        "z": Encoding.COMPLEX,
        "three": Encoding.OTHER,
    }
    assert members["three"].bit_size == members["four"].bit_size == 128
    enums = [
        _bare(members[n].type) for n in ("plain", "negative", "large", "byte", "sbyte", "wide")
    ]
    assert enums == [
        EnumType(name="plain", byte_size=4, signed=False, enumerators=(("A", 0), ("B", 7))),
        EnumType(name="negative", byte_size=4, signed=True, enumerators=(("N", -1), ("P", 3))),
        EnumType(name="large", byte_size=4, signed=False, enumerators=(("L", 0xFFFFFFFF),)),
        EnumType(name="byte", byte_size=1, signed=False, enumerators=(("X", 200),)),
        EnumType(name="sbyte", byte_size=1, signed=True, enumerators=(("Q", -128),)),
        EnumType(name="wide", byte_size=8, signed=False, enumerators=(("W", 1 << 32),)),
    ]
    number = BaseType(name="unsigned int", byte_size=4, encoding=Encoding.UNSIGNED)
    u32 = TypedefType(name="u32", target=TypedefType(name="uint", target=number))
    pointee = QualifiedType(
        qualifier="const", target=QualifiedType(qualifier="volatile", target=u32)
    )
    assert members["pointer"].type == TypedefType(
        name="cv", target=PointerType(byte_size=8, pointee=pointee)
    )
    call = members["call"].type
    assert isinstance(call, PointerType)
    assert isinstance(call.pointee, FunctionType)
    assert (call.pointee.variadic, len(call.pointee.parameters)) == (True, 1)
    itself = members["self"].type
    assert isinstance(itself, PointerType)
    assert isinstance(itself.pointee, RecordLayout)
    assert (itself.pointee.members, itself.pointee.is_declaration) == ((), True)
    assert itself.pointee.byte_size == record.byte_size
    assert members["tail"].bit_size == members["none"].bit_size == members["empty"].bit_size == 0


RUST = """
use core::cell::UnsafeCell; use core::marker::PhantomData; use core::mem::MaybeUninit;
use core::num::NonZeroU32; use core::ptr::NonNull; use core::sync::atomic::AtomicU32;
#[repr(C)] pub struct Pair(u8, u32);
#[repr(C)] pub union Either { pub a: u8, pub b: [u32; 2] }
#[repr(u8)] pub enum Flat { A = 1, B = 255 }
#[repr(i16)] pub enum Low { A = -5 }
#[repr(u8)] pub enum Payload { A(u32), B { x: u8 }, C }
#[repr(C)] pub struct Generic<T> { pub t: T, pub mark: PhantomData<T> }
#[repr(C, align(32))] pub struct Aligned(u8);
#[repr(C, packed(2))] pub struct Packed { pub a: u8, pub b: u64 }
#[repr(C)] pub struct Zero;
const _: [(); 288] = [(); core::mem::size_of::<All>()];
#[repr(C)] pub struct All {
    pub call: Option<unsafe extern "C" fn(i32) -> u8>,
    pub full: NonNull<u8>, pub cell: UnsafeCell<u32>,
    pub maybe: MaybeUninit<u64>, pub mark: PhantomData<u8>, pub pair: Pair, pub flat: Flat,
    pub low: Low,
    pub payload: Payload, pub generic: Generic<u16>, pub either: Either, pub unit: (),
    pub wide: i128,
    pub letter: char, pub truth: bool, pub slice: &'static [u8], pub text: &'static str,
    pub object: &'static dyn Send, pub two: [[u8; 3]; 2], pub none: [u64; 0], pub some: Option<u32>,
    pub atomic: AtomicU32, pub itself: *mut All, pub reference: Option<&'static All>, pub real: f64,
    pub non_zero: Option<NonZeroU32>, pub tuple: (u8, u32), pub aligned: Aligned,
    pub packed: Packed,
    pub zero: Zero, pub variadic: unsafe extern "C" fn(*const u8, ...), pub signed: isize,
}
"""


@pytest.mark.needs_rustc
@pytest.mark.parametrize("version", [2, 4, 5])
def test_the_types_of_rust(version: int, tmp_path: Path) -> None:
    """All types that rustc describes are read. Wrappers keep their content."""
    (record,) = read_rust(RUST, ["All"], tmp_path, dwarf_version=version).records.values()
    members = _members(record)
    assert (record.name, record.byte_size, record.alignment) == ("sample::All", 288, 32)
    assert members["letter"].type == BaseType(name="char", byte_size=4, encoding=Encoding.CHARACTER)
    assert members["truth"].type == BaseType(name="bool", byte_size=1, encoding=Encoding.BOOLEAN)
    assert members["wide"].type == BaseType(name="i128", byte_size=16, encoding=Encoding.SIGNED)
    assert members["two"].type == ArrayType(
        element=BaseType(name="u8", byte_size=1, encoding=Encoding.UNSIGNED), counts=(2, 3)
    )
    assert members["none"].bit_size == members["unit"].bit_size == members["zero"].bit_size == 0
    assert members["flat"].type == EnumType(
        name="sample::Flat", byte_size=1, signed=False, enumerators=(("A", 1), ("B", 255))
    )
    assert members["low"].type == EnumType(
        name="sample::Low", byte_size=2, signed=True, enumerators=(("A", -5),)
    )
    for name in ("slice", "text", "object"):
        assert members[name].bit_size == 128
    records = {
        name: member.type
        for name, member in members.items()
        if isinstance(member.type, RecordLayout)
    }
    assert records["either"].kind == "union"
    assert [m.offset for m in records["packed"].members] == [0, 2]
    assert (records["packed"].byte_size, records["packed"].alignment) == (10, 2)
    assert (records["aligned"].byte_size, records["aligned"].alignment) == (32, 32)
    assert records["payload"].members == ()
    assert records["generic"].type_parameters == (
        BaseType(name="u16", byte_size=2, encoding=Encoding.UNSIGNED),
    )
    (payload,) = records["some"].members
    assert payload.bit_offset == 32


@pytest.mark.needs_rustc
def test_a_union_field_holds_its_type(tmp_path: Path) -> None:
    """The type of bindgen's union fields is only their parameter, but with its members."""
    text = """
    #[repr(C)] pub struct __BindgenUnionField<T>(core::marker::PhantomData<T>);
    #[repr(C)] struct Hidden { x: u16 }
    #[repr(C)] pub struct Box<T>(*mut T);
    #[repr(C)] pub struct U { a: __BindgenUnionField<Hidden>, b: Box<Hidden>,
        bindgen_union_field: u16 }
    """
    (record,) = read_rust(text, ["U"], tmp_path).records.values()
    field, box, _ = (member.type for member in record.members)
    assert isinstance(field, RecordLayout)
    assert isinstance(box, RecordLayout)
    (inside,) = field.type_parameters
    (behind,) = box.type_parameters
    assert isinstance(inside, RecordLayout)
    assert isinstance(behind, RecordLayout)
    assert [member.name for member in inside.members] == ["x"]
    assert behind.is_declaration


def test_a_type_in_itself(tmp_path: Path) -> None:
    """Every type is the first DIE, the unit; or itself."""
    text = "struct s { int i; };\n" + render_c_probe((), ask_types(["struct s"]))
    whole = look_at("whole", link_shared(linker(), compile_c_text(text, tmp_path)))
    data = bytearray(whole.data)
    types = [value for value in whole.values if value.name == "DW_AT_type"]
    for value in types:
        write_number(data, whole, (value.at, value.size), whole.dies[0])
    assert "is not a known type of C or Rust" in refused(data, tmp_path)
