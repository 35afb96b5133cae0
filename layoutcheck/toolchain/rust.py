"""Questions and a compiled crate -> an object that describes them, and what rustc refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import CompileError
from layoutcheck.probe.rust import FIRST_LINE, render_rust_probe
from layoutcheck.target import Target
from layoutcheck.toolchain.diagnostic import broken_metadata, parse_rustc
from layoutcheck.toolchain.find import Rust
from layoutcheck.toolchain.process import run

__all__ = ["CompiledRust", "compile_rust"]

FLAGS: Final = (
    "--crate-name=layoutcheck_probe",
    "--crate-type=lib",
    "--edition=2021",
    "--emit=obj",
    "--error-format=json",
    "--cap-lints=allow",
    "-Cdebuginfo=2",
    "-Cdwarf-version=5",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
)
MAX_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRust:
    """A probe crate that compiled in the end; `refused` holds rustc's words by question's key."""

    object: Path
    refused: Mapping[str, str]


def compile_rust(
    rust: Rust,
    *,
    target: Target,
    crate_flags: Sequence[str],
    questions: Sequence[tuple[str, str]],
    work: Path,
) -> CompiledRust:
    """Compile a probe of `questions` (key, the line that asks) in the folder `work`.

    `crate_flags` tell rustc where the bindings are. A question that does not compile costs only
    itself. Raises `CompileError` where rustc's complaint is about none of them, `ToolchainError`
    where it is about the metadata of a crate.
    """
    source, output = work / "probe.rs", work / "probe-rust.o"
    sysroot = () if rust.sysroot is None else ("--sysroot", str(rust.sysroot))
    command = (
        rust.rustc,
        *FLAGS,
        "--target",
        target.rust_triple,
        *sysroot,
        *crate_flags,
        source.name,
        "-o",
        output.name,
    )
    refused: dict[str, str] = {}
    words = ""
    for _ in range(MAX_ROUNDS):
        source.write_text(render_rust_probe(questions), encoding="utf-8")
        finished = run(command, cwd=work, env={"RUSTC_BOOTSTRAP": "1"})
        if finished.succeeded:
            return CompiledRust(object=output, refused=refused)
        words = finished.words
        broken = broken_metadata(words, _folders(rust, crate_flags))
        if broken is not None:
            raise broken
        by_question: dict[int, str] = {}
        for error in parse_rustc(finished.stderr):
            number = error.location.line - FIRST_LINE
            if error.location.path == source.name and 0 <= number < len(questions):
                by_question.setdefault(number, error.message)
        if not by_question:
            raise CompileError(
                f"rustc failed: {finished.words}",
                where=str(source),
                hint=f"the command was: {' '.join(command)}",
            )
        refused |= {questions[number][0]: words for number, words in by_question.items()}
        questions = [q for number, q in enumerate(questions) if number not in by_question]
    raise CompileError(
        f"rustc still refuses it after {MAX_ROUNDS} rounds: {words}", where=str(source)
    )


def _folders(rust: Rust, crate_flags: Sequence[str]) -> tuple[Path, ...]:
    """Where the metadata that we made lies: that of `core`, and that of the bindings."""
    sysroot = () if rust.sysroot is None else (rust.sysroot,)
    files = [flag for flag in crate_flags if flag.endswith(".rmeta")]
    crates = (Path(file.partition("=")[2]).parent for file in files)
    return (*sysroot, *dict.fromkeys(crates))
