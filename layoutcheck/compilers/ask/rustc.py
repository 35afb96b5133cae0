"""Questions and a compiled crate -> the output of rustc, and its refusals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.compilers.ask.diagnostic import Diagnostic, broken_metadata, parse_rustc
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.probes.accessors import ACCESSOR_LINE, render_accessor_probe
from layoutcheck.compilers.probes.reprs import REPR_LINE, render_repr_probe
from layoutcheck.compilers.probes.rust import FIRST_LINE, render_rust_probe
from layoutcheck.compilers.programs.launcher import rustc_wrapper
from layoutcheck.compilers.programs.run_program import BRIEF, Finished, render_command, run
from layoutcheck.errors import CompileError, ToolchainError
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target

__all__ = ["ACCESSORS", "REPRS", "CompiledRust", "compile_rust"]

FLAGS: Final = (
    "--crate-name=layoutcheck_probe",
    "--crate-type=lib",
    "--edition=2021",
    "--error-format=json",
    "--cap-lints=allow",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
)
MAX_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """A kind of probe: its text, in which each question has one line, from `first_line` on.

    `flags` say what rustc makes of the probe. The output file has the suffix `made`.
    """

    render: Callable[[Sequence[tuple[ProbeKey, str]]], str]
    first_line: int
    flags: tuple[str, ...]
    made: str


TYPES: Final = _Probe(
    render=render_rust_probe,
    first_line=FIRST_LINE,
    flags=("--emit=obj", "-Cdebuginfo=2", "-Cdwarf-version=5"),
    made=".o",
)
ACCESSORS: Final = _Probe(
    render=render_accessor_probe,
    first_line=ACCESSOR_LINE,
    # Short code, each function on its own, since it is executed one instruction after the other.
    # Values have no names, so that code that does the same is the same text.
    flags=(
        "--emit=llvm-ir",
        "-Copt-level=s",
        "-Cno-vectorize-loops",
        "-Cno-vectorize-slp",
        "-Zmerge-functions=disabled",
        "-Zfewer-names=yes",
    ),
    made=".ll",
)
REPRS: Final = _Probe(
    render=render_repr_probe,
    first_line=REPR_LINE,
    # Warnings name types by their full paths, as DWARF does, not by imported names.
    flags=(*TYPES.flags, "--force-warn=improper_ctypes", "-Ztrim-diagnostic-paths=no"),
    made=".o",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRust:
    """A probe crate that compiled in the end. `refused` holds rustc's errors by question's key.

    `warned` holds its warnings by question's key. Only a probe that asks for warnings has any.
    """

    output: Path
    refused: Mapping[ProbeKey, str]
    warned: Mapping[ProbeKey, tuple[Diagnostic, ...]]


def compile_rust(
    rust: Rust,
    *,
    target: Target,
    crate_flags: Sequence[str],
    questions: Sequence[tuple[ProbeKey, str]],
    work: Path,
    probe: _Probe = TYPES,
) -> CompiledRust:
    """Compile a probe of `questions` (key, the line that asks) in the folder `work`.

    `crate_flags` tell rustc where the bindings are. A question that does not compile does not
    affect the others. Raises `CompileError` if rustc's error is about none of them, and
    `ToolchainError` if it is about the metadata of a crate.
    """
    source, output = work / "probe.rs", work / f"probe-rust{probe.made}"
    sysroot = () if rust.sysroot is None else ("--sysroot", str(rust.sysroot))
    command = (
        *rustc_wrapper(),
        rust.rustc,
        *FLAGS,
        *probe.flags,
        "--target",
        target.rust_triple,
        *sysroot,
        *crate_flags,
        source.name,
        "-o",
        output.name,
    )
    refused: dict[ProbeKey, str] = {}
    words = ""

    def compile_(asked: Sequence[tuple[ProbeKey, str]]) -> Finished:
        source.write_text(probe.render(asked), encoding="utf-8")
        return run(command, cwd=work, env={"RUSTC_BOOTSTRAP": "1"})

    for _ in range(MAX_ROUNDS):
        finished = compile_(questions)
        if finished.succeeded:
            warned = _by_question(finished.stderr, "warning", source, questions, probe)
            return CompiledRust(output=output, refused=refused, warned=warned)
        words = finished.words
        broken = broken_metadata(words, _folders(rust, crate_flags))
        if broken is not None:
            raise broken
        errors = _by_question(finished.stderr, "error", source, questions, probe)
        if not errors and finished.returncode > 0:
            errors = _by_trial(finished.stderr, questions, compile_)
        if not errors:
            ended_by_itself = finished.returncode > 0
            raise (CompileError if ended_by_itself else ToolchainError)(
                f"rustc failed: {finished.brief}",
                where=str(source),
                hint=f"the command was: {render_command(command, most=BRIEF)}",
            )
        refused |= {key: first.message for key, (first, *_) in errors.items()}
        questions = [question for question in questions if question[0] not in errors]
    raise CompileError(
        f"rustc still refuses it after {MAX_ROUNDS} rounds: {words}", where=str(source)
    )


def _by_question(
    text: str, level: str, source: Path, questions: Sequence[tuple[ProbeKey, str]], probe: _Probe
) -> dict[ProbeKey, tuple[Diagnostic, ...]]:
    """Return rustc's diagnostics on each question, by its key."""
    found: dict[ProbeKey, tuple[Diagnostic, ...]] = {}
    for said in parse_rustc(text, level):
        number = said.location.line - probe.first_line
        if said.location.path == source.name and 0 <= number < len(questions):
            key, _ = questions[number]
            found[key] = (*found.get(key, ()), said)
    return found


def _by_trial(
    text: str, questions: Sequence[tuple[ProbeKey, str]], compile_: Callable[..., Finished]
) -> dict[ProbeKey, tuple[Diagnostic, ...]]:
    """Return the first question with which rustc fails, and the errors, which do not have its line.

    An example is the error on a type that is too big (rustc 1.99). The result is empty if rustc
    fails without any question.
    """
    said = tuple(parse_rustc(text, "error"))
    if not said or not compile_(()).succeeded:
        return {}
    counts = range(len(questions) + 1)
    count = bisect_left(counts, x=True, key=lambda n: not compile_(questions[:n]).succeeded)
    return {questions[count - 1][0]: said} if count < len(counts) else {}


def _folders(rust: Rust, crate_flags: Sequence[str]) -> tuple[Path, ...]:
    """Return the folders of the metadata that we made: that of `core`, and that of the bindings."""
    sysroot = () if rust.sysroot is None else (rust.sysroot,)
    files = [flag for flag in crate_flags if flag.endswith(".rmeta")]
    crates = (Path(file.partition("=")[2]).parent for file in files)
    return (*sysroot, *dict.fromkeys(crates))
