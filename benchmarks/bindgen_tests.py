"""bindgen's own layout tests, which rustc checks, and their time.

Since bindgen 0.70 they are constants that rustc evaluates while it compiles, so they work for any
target. They compare rustc with the layouts that bindgen read from libclang; C is not read again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.measuring import Case, Measurement, measure
from layoutcheck.compilers.find.programs import find_rust
from layoutcheck.model.target import find_target
from tests.bindgen_of_15 import SOURCE, bindgen_command, bindgen_environment, write_inputs

__all__ = ["BindgenTests", "write_with_bindgen"]

AMD64: Final = find_target("amd64")
_FACTS: Final = ('"Size of ', '"Alignment of ', '"Offset of field: ')


def write_with_bindgen(folder: Path, flags: Sequence[str], *options: str) -> None:
    """Write the bindings in a folder of `write_inputs`."""
    command = bindgen_command(AMD64, flags, *options)
    environment = {**os.environ, **bindgen_environment()}
    subprocess.run(command, cwd=folder, env=environment, check=True, stderr=subprocess.DEVNULL)


class BindgenTests:
    """The bindings of the same 40 headers of 15.0, with layout tests, in `folder`."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        flags = write_inputs(folder, AMD64)
        rust = find_rust(AMD64, progress=lambda _: None)
        sysroot = () if rust.sysroot is None else ("--sysroot", str(rust.sysroot))
        self._folder = folder
        self._write: Sequence[str] = bindgen_command(AMD64, flags)
        self._compile: Sequence[str] = (
            *(rust.rustc, "--edition", "2021", "--crate-type", "rlib", "--emit", "metadata"),
            *("--cap-lints", "allow", "-Zcrate-attr=no_std", "--target", AMD64.rust_triple),
            *(*sysroot, SOURCE, "-o", "bindings.rmeta"),
        )
        self._env: Mapping[str, str] = {"RUSTC_BOOTSTRAP": "1", **bindgen_environment()}
        write_with_bindgen(folder, flags)
        text = (folder / SOURCE).read_text(encoding="utf-8")
        self.facts = sum(text.count(fact) for fact in _FACTS)

    def cases(self) -> tuple[Case, Case]:
        """Return the cases: written and compiled, since that reads C again; and compiled alone."""

        def both() -> Measurement:
            first, second = self._run(self._write), self._run(self._compile)
            return Measurement(
                seconds=first.seconds + second.seconds,
                largest_mb=max(first.largest_mb, second.largest_mb),
            )

        return (
            Case(name="bindgen and its layout tests", run=both),
            Case(name="bindgen's layout tests alone", run=lambda: self._run(self._compile)),
        )

    def _run(self, command: Sequence[str]) -> Measurement:
        # Two of them fail, and rightly so: finding 9.
        return measure(command, cwd=self._folder, env=self._env, statuses=(0, 1))
