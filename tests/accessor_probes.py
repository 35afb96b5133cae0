"""Methods of a Rust type -> the real rustc's IR of the probe that calls them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from layoutcheck.compilers.ask.rustc import ACCESSORS, compile_rust
from layoutcheck.compilers.llvm_ir import Question
from layoutcheck.compilers.probes.accessors import render_accessor, render_constructor
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.dwarf_objects import rust

__all__ = ["Asked", "compile_accessors"]

Asked = list[Question]
"""The functions' type in the form that `read_accessors` takes."""

CRATE: Final = """
#![no_std]
#![allow(warnings)]
#[repr(C)] pub struct Unit<const N: usize> { bytes: [u8; N] }
impl<const N: usize> Unit<N> {
    #[inline] pub fn get(&self, offset: usize, width: u8) -> u64 {
        let mut value = 0;
        for n in 0..width as usize {
            let at = offset + n;
            let bit = if cfg!(target_endian = "big") { 7 - at % 8 } else { at % 8 };
            if self.bytes[at / 8] & 1 << bit != 0 {
                value |= 1 << if cfg!(target_endian = "big") { width as usize - 1 - n } else { n };
            }
        }
        value
    }
    #[inline] pub fn set(&mut self, offset: usize, width: u8, value: u64) {
        for n in 0..width as usize {
            let at = offset + n;
            let bit = if cfg!(target_endian = "big") { 7 - at % 8 } else { at % 8 };
            let from = if cfg!(target_endian = "big") { width as usize - 1 - n } else { n };
            self.bytes[at / 8] &= !(1 << bit);
            self.bytes[at / 8] |= ((value >> from & 1) as u8) << bit;
        }
    }
}
#[repr(C)] pub struct R { pub a: u32, pub word: u32, pub unit: Unit<12> }
#[repr(transparent)] #[derive(Clone, Copy)] pub struct Wrapped(u16);
#[repr(u8)] #[derive(Clone, Copy)] pub enum Kind { A, B = 3, C = 4 }
"""


def compile_accessors(methods: str, folder: Path, arch: str = "amd64") -> tuple[str, Asked]:
    """Return the IR of the methods of `R`, and the questions; `set_` writes, `new` makes."""
    target, tools = find_target(arch), rust(arch)
    (folder / "bindings.rs").write_text(f"{CRATE}impl R {{ {methods} }}\n", encoding="utf-8")
    flags = ["--crate-name=bindings", "--crate-type=rlib", "--emit=metadata", "--edition=2021"]
    flags += ["-Zalways-encode-mir", "--target", target.rust_triple]
    flags += ["--sysroot", str(tools.sysroot)] if tools.sysroot else []
    output = folder / "libbindings.rmeta"
    finished = run(
        (tools.rustc, *flags, "bindings.rs", "-o", str(output)),
        cwd=folder,
        env={"RUSTC_BOOTSTRAP": "1"},
    )
    assert finished.succeeded, finished.words
    asked, questions = Asked(), []
    for number, name in enumerate(re.findall(r"pub fn (\w+)\(", methods)):
        verb: Literal["reads", "writes"] = "writes" if name.startswith("set_") else "reads"
        key = ProbeKey("accessor", number)
        if name.startswith("new"):
            asked.append(_constructor(methods, name, key))
            count, called = len(asked[-1].parameters), f"::bindings::R::{name}"
            line = render_constructor(key, called, form="Self", count=count)
            questions.append((key, line))
            continue
        asked.append(Question(key=key, name=name, verb=verb, byte_size=20))
        line = render_accessor(
            key,
            "::bindings::R",
            f"::bindings::R::{name}",
            form="&mut self",
            writes=verb == "writes",
        )
        questions.append((key, line))
    compiled = compile_rust(
        tools,
        target=target,
        crate_flags=("--extern", f"bindings={output}"),
        questions=questions,
        work=folder,
        probe=ACCESSORS,
    )
    assert not compiled.refused
    return compiled.output.read_text(encoding="utf-8"), asked


def _constructor(methods: str, name: str, key: ProbeKey) -> Question:
    """Return the question about a constructor of `R`; one called `new_unit` makes its unit."""
    parameters = re.search(rf"pub fn {name}\((.*?)\) ->", methods)
    assert parameters is not None
    size, first_bit = (12, 64) if name.startswith("new_unit") else (20, 0)
    return Question(
        key=key,
        name=name,
        verb="makes",
        byte_size=size,
        parameters=tuple(re.findall(r"(\w+):", parameters[1])),
        first_bit=first_bit,
    )
