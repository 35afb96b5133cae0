"""C and Rust text -> the layouts in the real compilers' debug information.

For tests that are marked `needs_clang` or `needs_rustc`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.find.programs import (
    Clang,
    Linker,
    Rust,
    find_clang,
    find_linker,
    find_rust,
)
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.compilers.probes.rust import render_rust_probe, render_type
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.questions import ask_types

__all__ = [
    "AMD64",
    "clang",
    "compile_c_text",
    "compile_rust_text",
    "linker",
    "read_c",
    "read_rust",
    "read_rust_items",
    "run_clang",
    "rust",
]

AMD64 = "x86_64-unknown-freebsd14.3"


@cache
def clang() -> Clang:
    """The clang of this machine."""
    return find_clang()


@cache
def linker() -> Linker:
    """The linker of this machine."""
    return find_linker()


@cache
def rust(arch: str = "amd64") -> Rust:
    """A Rust toolchain with `core` for an architecture."""
    return find_rust(find_target(arch), progress=print)


def run_clang(flags: Sequence[str], folder: Path) -> str:
    """Return clang's output with `flags` in `folder`; it must succeed."""
    finished = run((*clang().argv, *flags), cwd=folder)
    assert finished.succeeded, finished.words
    return finished.stdout


def compile_c_text(
    text: str, folder: Path, *, flags: Sequence[str] = (), triple: str = AMD64
) -> Path:
    """Compile C text to an object with DWARF 5, or as `flags` require."""
    source, output = folder / "sample.c", folder / "sample-c.o"
    source.write_text(text, encoding="utf-8")
    run_clang(
        (f"--target={triple}", "-w", "-gdwarf-5", *flags, "-c", source.name, "-o", output.name),
        folder,
    )
    return output


def read_c(
    text: str,
    types: Sequence[str],
    folder: Path,
    *,
    flags: Sequence[str] = (),
    triple: str = AMD64,
) -> LayoutSet:
    """The layouts of the C `types` that `text` declares, by their places in `types`."""
    probe = render_c_probe((), ask_types(types))
    return read_layouts(compile_c_text(f"{text}\n{probe}", folder, flags=flags, triple=triple))


def compile_rust_text(
    text: str, folder: Path, *, dwarf_version: int = 5, arch: str = "amd64"
) -> Path:
    """Rust text (of a crate `sample`, without its attributes) -> an object."""
    source, output = folder / "sample.rs", folder / "sample-rust.o"
    source.write_text(text, encoding="utf-8")
    sysroot = rust(arch).sysroot
    finished = run(
        (rust(arch).rustc, "--crate-name=sample", "--crate-type=lib", "--edition=2021")
        + ("--emit=obj", "--cap-lints=allow", "-Cdebuginfo=2", "-Ccodegen-units=1")
        + ("-Cpanic=abort", f"-Cdwarf-version={dwarf_version}")
        + ("--target", find_target(arch).rust_triple)
        + (() if sysroot is None else ("--sysroot", str(sysroot)))
        + (source.name, "-o", output.name),
        cwd=folder,
        env={"RUSTC_BOOTSTRAP": "1"},
    )
    assert finished.succeeded, finished.words
    return output


def read_rust(
    text: str,
    types: Sequence[str],
    folder: Path,
    *,
    dwarf_version: int = 5,
    arch: str = "amd64",
) -> LayoutSet:
    """Return the layouts of the Rust `types` that `text` declares, by their places in `types`.

    Their names begin with `sample::`.
    """
    keys = {ProbeKey("type", number): name for number, name in enumerate(types)}
    questions = [(key, render_type(key, f"sample::{name}")) for key, name in keys.items()]
    probe = f"{render_rust_probe(questions)}extern crate self as sample;\n{text}"
    compiled = compile_rust_text(probe, folder, dwarf_version=dwarf_version, arch=arch)
    # Linked, because not every target's relocations can be read.
    return read_layouts(compiled if arch == "amd64" else link_shared(linker(), compiled))


def read_rust_items(text: str, questions: Sequence[str], folder: Path) -> LayoutSet:
    """Return rustc's answers to the questions about the crate `sample`, whose text is `text`."""
    asked = render_rust_probe([(ProbeKey("item", n), line) for n, line in enumerate(questions)])
    made = compile_rust_text(f"{asked}extern crate self as sample;\n{text}", folder)
    return read_layouts(link_shared(linker(), made))
