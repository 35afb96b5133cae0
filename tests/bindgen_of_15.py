"""bindgen's real output for 15.0 headers, for the tests that check it or mutate it.

bindgen and the headers of 15.0 are installed once, beside the checkout's other generated folders.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from layoutcheck.compilers.find.programs import find_cargo
from layoutcheck.compilers.find.rustc import NO_AUTO_INSTALL, list_rustcs
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import Target
from layoutcheck.run.kernel_files import open_kernel, write_headers
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.headers_of_15 import CACHE, install_headers

__all__ = [
    "MANIFEST",
    "SOURCE",
    "bindgen_command",
    "bindgen_environment",
    "write_bindings",
    "write_inputs",
]

BINDGEN = "0.72.1"
ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "fixtures" / "crates" / "bindgen" / "layoutcheck.toml"
# rustc refuses bindgen's output for this page on i386 (finding 9).
FLAGS = {"i386": ("--opaque-type", "nvme_health_information_page")}

MANIFEST = "layoutcheck.toml"
SOURCE = "bindings.rs"


def write_bindings(
    folder: Path, target: Target, *, generate: str = "types", include: Sequence[str] = ()
) -> tuple[str, ...]:
    """Write the fixture's manifest, headers and newly written bindings into a folder.

    `generate` are the kinds of items, as bindgen's option has them. `include` are the headers, by
    default all of the fixture's. Return clang's arguments, besides the target, that compile
    `wrapper.h`.
    """
    flags = write_inputs(folder, target, include=include)
    command = bindgen_command(target, flags, "--no-layout-tests", generate=generate)
    finished = run(command, cwd=folder, env=bindgen_environment())
    assert finished.succeeded, finished.words
    return flags


def write_inputs(folder: Path, target: Target, *, include: Sequence[str] = ()) -> tuple[str, ...]:
    """Do the same as `write_bindings`, without the bindings."""
    manifest = folder / MANIFEST
    text = FIXTURE.read_text(encoding="utf-8")
    if include:
        text = re.sub(r"include = \[.*?\]\n", f"include = {[*include]}\n", text, flags=re.DOTALL)
    manifest.write_text(text, encoding="utf-8")
    (folder / "ziglang-15").symlink_to(install_headers())
    kernel = read_manifest(manifest).kernel
    tools = Tools(print, Stopwatch())
    (headers,) = kernel.headers
    tree = open_tree(headers.where, target=target, release=None, work=folder)
    opened = open_kernel(tree, "GENERIC", target, tools, folder=folder)
    triple = f"--target={target.clang_triple(opened.tree.release)}"
    text = "".join(f"#include <{name}>\n" for name in kernel.include)
    (folder / "wrapper.h").write_text(text, encoding="utf-8")
    return (triple, *write_headers(opened, kernel, target, work=folder), "-w")


def bindgen_command(
    target: Target, flags: Sequence[str], *options: str, generate: str = "types"
) -> tuple[str, ...]:
    """Return the command that writes bindings of `wrapper.h` in the folder of `write_inputs`."""
    # Without rustfmt, which a machine with rustc alone lacks: lines are counted.
    formatted = ("--formatter", "prettyplease", "--use-core", *options)
    command = (str(_install_bindgen()), "wrapper.h", *formatted, *FLAGS.get(target.name, ()))
    return (*command, "--generate", generate, "--output", SOURCE, "--", *flags)


def bindgen_environment() -> dict[str, str]:
    """Return bindgen's further environment: the folder of the libclang package's library."""
    spec = importlib.util.find_spec("clang")
    assert spec is not None
    assert spec.origin is not None
    return {"LIBCLANG_PATH": str(Path(spec.origin).parent / "native")}


def _install_bindgen() -> Path:
    """Return the program; build it from the crate registry if it is missing (2 minutes)."""
    root = CACHE / f"bindgen-{BINDGEN}"
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "lock"):
        if not (root / "bin" / "bindgen").exists():
            crate = ("bindgen-cli", "--version", BINDGEN, "--locked", "--root", str(root))
            # Named, so that no rustup proxy in a crate's folder follows the toolchain file there.
            rustc = list_rustcs()[0][0]
            tools = {"RUSTC": rustc.rustc, "RUSTDOC": rustc.rustdoc or "", **NO_AUTO_INSTALL}
            command = (find_cargo(rustc), "install", *crate)
            finished = run(command, env=tools, timeout=900)
            assert finished.succeeded, finished.words
    return root / "bin" / "bindgen"
