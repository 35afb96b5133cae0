"""rustc's layouts of records, and whether clang's are equal: independent of layoutcheck.

rustc evaluates `size_of`, `align_of` and `offset_of!` in constants, whose bytes are read from the
object file's symbols; debug information is not used. It also computes a `CODE` for each type: two
types have the same one if they have the same members by name, at the same offsets, of the same
kind, width and sign, in records down to any depth. clang must refuse whatever is different in C.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from elftools.elf.elffile import ELFFile

from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.target import Target
from layoutcheck.run.toolchain.toolset import Tools
from tests.mutation.declarations import Bindings, Declaration

__all__ = ["Facts", "Module", "Proof", "judge", "judge_items", "prove_in_c", "render_modules"]

PART: Final = 1000
"""Number of modules that rustc judges at once."""

_CLANG_ERROR: Final = re.compile(r"^claims\.c:(\d+):\d+: error: (.*)$", re.MULTILINE)
_PRELUDE: Final = """
pub trait Abi { const CODE: u64; }
const fn mix(one: u64, two: u64) -> u64 {
    let mixed = (one.rotate_left(23) ^ two).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}
macro_rules! scalars { ($($type:ty, $sign:expr;)*) => { $(
    impl Abi for $type { const CODE: u64 = $sign * 1000 + size_of::<$type>() as u64; }
)* } }
scalars! {
    u8, 1; u16, 1; u32, 1; u64, 1; usize, 1; u128, 1; i8, 2; i16, 2; i32, 2; i64, 2; isize, 2;
    i128, 2; bool, 3; f32, 4; f64, 4; char, 5;
}
impl<T: ?Sized> Abi for *const T { const CODE: u64 = 6; }
impl<T: ?Sized> Abi for *mut T { const CODE: u64 = 6; }
impl<T> Abi for Option<T> {
    const CODE: u64 = { assert!(size_of::<Option<T>>() == size_of::<usize>()); 6 };
}
impl<T: Abi, const N: usize> Abi for [T; N] {
    const CODE: u64 = mix(mix(7, N as u64), T::CODE);
}
macro_rules! tuples { ($(($($type:ident),+);)*) => { $(
    impl<$($type),+> Abi for ($($type,)+) { const CODE: u64 = mix(14, size_of::<Self>() as u64); }
)* } }
tuples! { (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); (A, B, C, D, E, F); }
impl<T: Abi> Abi for ::core::cell::UnsafeCell<T> { const CODE: u64 = T::CODE; }
impl<T: Abi> Abi for ::core::mem::ManuallyDrop<T> { const CODE: u64 = T::CODE; }
impl<T: Abi> Abi for ::core::mem::MaybeUninit<T> { const CODE: u64 = T::CODE; }
"""
_GENERICS: Final = {
    "__IncompleteArrayField": 8,
    "__BindgenUnionField": 9,
    "__BindgenBitfieldUnit": 10,
}
"""bindgen's own types, which are written where they are needed."""
_ROOM: Final = ("_bitfield_align_", "__bindgen_padding_", "__bindgen_align")
"""bindgen's alignment fields: without a name in C, and no part of the ABI by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """rustc's facts of a record: sizes and offsets in bytes; `fields` has both, by name."""

    code: int
    byte_size: int
    alignment: int
    fields: Mapping[str, tuple[int, int]]

    def is_placed_as(self, other: Facts) -> bool:
        """Return whether size, alignment, and the place of each field by name are equal."""
        places = {name.strip("_"): place for name, place in other.fields.items()}
        return (self.byte_size, self.alignment) == (other.byte_size, other.alignment) and all(
            place == places.get(name.strip("_"), place) for name, place in self.fields.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The numbers of records and facts that clang tested, and its refusals: record and words."""

    records: int
    claims: int
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """Records in a module of their own, which has all others by their names."""

    name: str
    records: tuple[Declaration, ...]


def render_modules(modules: Sequence[Module], *, judged: bool = False) -> Iterator[str]:
    """Return the text of each module; `judged` with the constants that rustc computes."""
    for module in modules:
        has_union = any(record.kind == "union" for record in module.records[1:])
        records = "".join(record.render(in_union=has_union) for record in module.records)
        facts = "".join(_ask(record, module.name) for record in module.records * judged)
        yield f"pub mod {module.name} {{\nuse super::*;\n{records}{facts}}}\n"


def judge(
    bindings: Bindings, modules: Sequence[Module], target: Target, tools: Tools, work: Path
) -> tuple[dict[str, Facts], dict[str, Facts], dict[str, str]]:
    """Return the facts of the bindings' records and each module's first; and rustc's refusals.

    A module that rustc refuses is in the last only, with rustc's words.
    """
    base = bindings.text.rstrip() + _PRELUDE
    for name, number in _GENERICS.items():
        if f"pub struct {name}<" in bindings.text:
            code = f"const CODE: u64 = mix({number}, T::CODE);"
            base += f"impl<T: Abi> Abi for {name}<T> {{ {code} }}\n"
    base += "".join(map(_ask, bindings.records.values()))
    texts = render_modules(modules, judged=True)
    names = [module.name for module in modules]
    by_name = dict(zip(names, texts, strict=True))
    refused, symbols = _compile_all(base, by_name, target, tools, work)
    of_records = {name: _facts(record, symbols, "") for name, record in bindings.records.items()}
    left = [module for module in modules if module.name not in refused]
    of_modules = {m.name: _facts(m.records[0], symbols, m.name) for m in left}
    return of_records, of_modules, refused


def judge_items(  # noqa: PLR0917 - as of `judge`, and what is asked
    bindings: Bindings,
    modules: Mapping[str, str],
    numbers: Mapping[str, str],
    target: Target,
    tools: Tools,
    work: Path,
) -> tuple[dict[str, bool], dict[str, str]]:
    """Return whether constants are equal to the bindings', by module; and rustc's refusals.

    `modules` have their texts, and `numbers` the names of the constants in some of them.
    """
    asked = {
        module: f"#[no_mangle] pub static facts_{module}: bool = "
        f"{module}::{name} as i128 == {name} as i128;\n"
        for module, name in numbers.items()
    }
    texts = {module: text + asked.get(module, "") for module, text in modules.items()}
    base = f"{bindings.text.rstrip()}\n"
    refused, symbols = _compile_all(base, texts, target, tools, work)
    alike = {m: symbols[f"facts_{m}"] != b"\0" for m in numbers if m not in refused}
    return alike, refused


def _compile_all(
    base: str, modules: Mapping[str, str], target: Target, tools: Tools, work: Path
) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the modules that rustc refuses, with its words; and the facts of the others.

    The base's facts are included. The modules are compiled in parts, because rustc's memory grows
    faster than their number.
    """
    refused: dict[str, str] = {}
    symbols: dict[str, bytes] = {}
    named = [*modules.items()]
    for start in range(0, max(len(named), 1), PART):
        part = dict(named[start : start + PART])
        refused |= _compile_part(base, part, target, tools, work)
        symbols |= _read_symbols(work / "judged.o")
    return refused, symbols


def _compile_part(
    base: str, modules: Mapping[str, str], target: Target, tools: Tools, work: Path
) -> dict[str, str]:
    """Compile the base and the modules to `judged.o`; return the refused ones, with words."""
    refused: dict[str, str] = {}
    while True:
        left = [name for name in modules if name not in refused]
        texts = [modules[name] for name in left]
        (work / "judged.rs").write_text("".join((base, *texts)), encoding="utf-8")
        errors = _compile(target, tools, work)
        if not errors:
            return refused
        starts = list(accumulate((text.count("\n") for text in texts), initial=base.count("\n")))
        for line, words in errors:
            assert line > starts[0], f"line {line}: {words}"
            refused[left[bisect_left(starts, line) - 1]] = words


def prove_in_c(
    bindings: Bindings, facts: Mapping[str, Facts], argv: Sequence[str], work: Path
) -> Proof:
    """Make clang refuse each wrong fact of rustc's about the records that C has a name for.

    The facts are size and alignment, and of each member with a name the offset, the size and, for
    integers and pointers, the kind and the sign. `argv` compiles `wrapper.h` in `work`.
    """
    named = {
        name: record
        for name, record in bindings.records.items()
        if "__bindgen_ty_" not in name and any(f.c_name for f in record.fields)
    }
    spelled = {name: f"{record.kind} {name}" for name, record in named.items()}
    lines: list[str] = []
    refused: list[tuple[str, str]] = []
    for _ in range(2):
        lines, owners = ['#include "wrapper.h"'], [""]
        for name, record in named.items():
            claims = [f"{spelled[name]} *layoutcheck_{name};"]
            claims += _claims(bindings, spelled[name], record, facts[name])
            lines += claims
            owners += [name] * len(claims)
        (work / "claims.c").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = (*argv, "-fsyntax-only", "-std=gnu17", "-ferror-limit=0", "claims.c")
        said = run(command, cwd=work, timeout=600).stderr
        refused = [(owners[int(n) - 1], words) for n, words in _CLANG_ERROR.findall(said)]
        no_tag = {name for name, words in refused if "incomplete" in words or "tag type" in words}
        spelled |= {name: name for name in no_tag}
    return Proof(
        records=len(named),
        claims=len(lines) - 1 - len(named),
        refused=tuple(dict.fromkeys(refused)),
    )


def _claims(bindings: Bindings, c: str, record: Declaration, facts: Facts) -> Iterator[str]:
    """Return the assertions on a record, a line each."""

    def claim(words: str, what: str) -> str:
        return f'_Static_assert({words}, "{what}");'

    yield claim(f"sizeof({c}) == {facts.byte_size}", "size")
    yield claim(f"_Alignof({c}) == {facts.alignment}", "alignment")
    for field in record.fields:
        name, (offset, size) = field.c_name, facts.fields[field.name]
        if name is None:
            continue
        member, scalar = f"(({c} *)0)->{name}", bindings.scalar(field.type)
        yield claim(f"__builtin_offsetof({c}, {name}) == {offset}", f"offset of {name}")
        if size:
            yield claim(f"sizeof({member}) == {size}", f"size of {name}")
        if scalar and not scalar.enumerators and not scalar.is_char:
            order = "<" if scalar.signed else ">"
            yield claim(f"(__typeof__({member}))-1 {order} 0", f"sign of {name}")
        elif bindings.resolve(field.type).startswith(("*", "::core::option::Option")):
            yield claim(f"__builtin_classify_type({member}) == 5", f"{name} is a pointer")


def _ask(record: Declaration, module: str = "") -> str:
    """Return the items by which rustc computes a record's code and facts."""
    kind = (11 if record.kind == "struct" else 12) if "C" in record.repr else 13
    steps = [f"let h = mix(mix({kind}, size_of::<Self>() as u64), align_of::<Self>() as u64);"]
    numbers = ["<R as Abi>::CODE", "size_of::<R>() as u64", "align_of::<R>() as u64"]
    for field in sorted(record.fields, key=lambda field: field.name):
        offset = f"::core::mem::offset_of!(R, {field.name}) as u64"
        numbers += [offset, f"size_of::<{field.type}>() as u64"]
        if not field.name.startswith(_ROOM):
            name = int.from_bytes(hashlib.sha256(field.name.encode()).digest()[:8])
            steps.append(f"let h = mix(mix(h, {name}), {offset});")
            steps.append(f"let h = mix(h, <{field.type} as Abi>::CODE);")
    one, *rest = numbers
    return (
        f"impl Abi for {record.name} {{ const CODE: u64 = {{ type R = {record.name}; "
        f"{' '.join(steps)} h }}; }}\n"
        f"#[no_mangle] pub static {_symbol(record, module)}: [u64; {len(numbers)}] = "
        f"{{ type R = {record.name}; [{', '.join((one, *rest))}] }};\n"
    )


def _symbol(record: Declaration, module: str) -> str:
    return f"facts_{module}_{record.name}"


def _facts(record: Declaration, symbols: Mapping[str, bytes], module: str) -> Facts:
    data = symbols[_symbol(record, module)]
    code, size, alignment, *places = struct.unpack(f"<{len(data) // 8}Q", data)
    names = sorted(field.name for field in record.fields)
    return Facts(
        code=code,
        byte_size=size,
        alignment=alignment,
        fields=dict(zip(names, zip(places[::2], places[1::2], strict=True), strict=True)),
    )


def _compile(target: Target, tools: Tools, work: Path) -> list[tuple[int, str]]:
    """Compile to `judged.o` with rustc; return its errors, each with its line."""
    rust = tools.rust(target)
    argv = [str(rust.rustc), "--crate-name", "judged", "--edition", "2021", "--crate-type", "rlib"]
    argv += ["--sysroot", str(rust.sysroot)] if rust.sysroot else []
    argv += ["--target", target.rust_triple, "--cap-lints", "allow", "-Zcrate-attr=no_std"]
    argv += ["-Ccodegen-units=1", "-Cpanic=abort", "--error-format", "json", "--emit", "obj"]
    finished = run(
        (*argv, "-o", "judged.o", "judged.rs"),
        cwd=work,
        env={"RUSTC_BOOTSTRAP": "1"},
        timeout=1800,
    )
    if finished.succeeded:
        return []
    found = []
    for line in finished.stderr.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("level") == "error":
            spans = [s["line_start"] for s in message["spans"] if s["is_primary"]]
            found += [(number, message["message"]) for number in spans]
    assert found, finished.words
    return found


def _read_symbols(path: Path) -> dict[str, bytes]:
    """Return the bytes of each fact in the object file."""
    found = {}
    with path.open("rb") as stream:
        elf: Any = ELFFile(stream)
        for symbol in elf.get_section_by_name(".symtab").iter_symbols():
            if symbol.name.startswith("facts_"):
                data = elf.get_section(symbol["st_shndx"]).data()
                start = symbol["st_value"]
                found[symbol.name] = data[start : start + symbol["st_size"]]
    return found
