"""The record of a cold run -> the compilers' part of it alone, as a person would run it.

A recorded program counts if it succeeded and its output is read afterwards: rustdoc's JSON,
metadata, both sides' probes, the accessors' code, linked objects. Left out are the programs by
which layoutcheck finds its tools and queries cargo and the preprocessor. Each try that the compiler
refused is left out as well: a person who knows which names a header lacks needs one try.

Two programs run at a time. A program that reads another one's output waits for it. Of those that
can start, the one with the longest chain of dependants goes first. rustdoc reads the file of the
bindings itself, not the copy with hidden types that layoutcheck gives it, unless that is wanted.
Each call of cargo has its own target folder, because calls that share one wait for each other.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.measuring import Measurement
from benchmarks.recording import CRATES, TEMPORARY, Command

__all__ = ["Floor", "Step", "read_steps"]

AT_A_TIME: Final = 2
HIDDEN: Final = "/hidden/"
_RUNS_CARGO: Final = ("rustdoc", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A program of the floor; `outputs` are the recorded paths of its products.

    `needs` are the places in the floor of the steps that must end first; `is_rust` distinguishes
    the Rust side from C's; `inputs` is the folder with its input, None if it ran in no special
    folder.
    """

    command: Command
    outputs: tuple[str, ...]
    needs: frozenset[int]
    is_rust: bool
    inputs: Path | None

    @property
    def name(self) -> str:
        """The product's name, for a reader."""
        argv = self.command.argv
        if Path(argv[0]).name == "cargo":
            return f"cargo {argv[1]}"
        made = Path(self.outputs[0]).name
        return "rustdoc" if made == "doc" else made


def read_steps(
    commands: Sequence[Command], folder: Path, *, copies: bool = False
) -> tuple[Step, ...]:
    """Return the steps of the floor among the commands recorded in the folder.

    With `copies` rustdoc reads layoutcheck's copy.
    """
    steps: list[Step] = []
    for recorded in commands:
        command = recorded if copies else _plain(recorded, commands)
        outputs = _outputs(command)
        if command.status or not outputs:
            continue
        needs = frozenset(
            number for number, step in enumerate(steps) if _is_latest(number, steps, command, step)
        )
        is_c = "-c" in command.argv or any(not steps[number].is_rust for number in needs)
        steps.append(
            Step(
                command=command,
                outputs=outputs,
                needs=needs,
                is_rust=not is_c,
                inputs=folder / command.work if command.work else None,
            )
        )
    return tuple(steps)


def _plain(command: Command, others: Sequence[Command]) -> Command:
    """Return the command with the file itself in place of its copy; other commands have both."""
    files = {Path(word).name: word for other in others for word in other.argv if _is_file(word)}
    argv = (files.get(Path(word).name, word) if HIDDEN in word else word for word in command.argv)
    return replace(command, argv=tuple(argv))


def _is_file(word: str) -> bool:
    return word.endswith(".rs") and HIDDEN not in word


def _outputs(command: Command) -> tuple[str, ...]:
    argv = command.argv
    if Path(argv[0]).name == "cargo":
        if argv[1] not in _RUNS_CARGO:
            return ()
        target = argv[argv.index("--target-dir") + 1]
        return (f"{target}/doc" if argv[1] == "rustdoc" else target,)  # probes read metadata
    if "-o" not in argv:
        return ()
    return (str(Path(command.cwd, argv[argv.index("-o") + 1])),)


def _is_latest(number: int, steps: Sequence[Step], command: Command, step: Step) -> bool:
    """Return whether a command reads the step's product, and no later step has made it again."""
    argv = command.argv
    makes = {"-o", "--target-dir"}
    reads = [argument for before, argument in pairwise(("", *argv)) if before not in makes]
    return any(
        output in argument and not any(output in later.outputs for later in steps[number + 1 :])
        for output in step.outputs
        for argument in reads
    )


def _put(inputs: Path, place: Path) -> None:
    """Copy a step's inputs to the folder where an earlier step may have put some of them."""

    def is_there(folder: str, names: list[str]) -> set[str]:
        there = place / Path(folder).relative_to(inputs)
        return {name for name in names if (there / name).is_symlink()}

    shutil.copytree(inputs, place, symlinks=True, dirs_exist_ok=True, ignore=is_there)


class Floor:
    """Steps that can be run repeatedly, each time from nothing, in `folder`.

    `only` are the places of the steps to run, by default all.
    """

    def __init__(
        self, steps: Sequence[Step], folder: Path, *, only: Sequence[int] | None = None
    ) -> None:
        self._steps, self._folder = steps, folder
        self._only = frozenset(range(len(steps)) if only is None else only)
        self._seconds: Mapping[int, float] = {}

    def prepare(self) -> None:
        """Put the inputs in place, without running anything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for number, step in enumerate(self._steps):
            place = self._place(number)
            place.mkdir(parents=True, exist_ok=True)
            if step.inputs is not None:
                _put(step.inputs, place)

    def run(self) -> Measurement:
        """Run all steps. Raises `RuntimeError` with a compiler's words if one fails."""
        waiting, done = set(self._only), set[int]()
        running: dict[int, tuple[int, float]] = {}
        seconds: dict[int, float] = {}
        largest = 0.0
        started = time.perf_counter()
        while waiting or running:
            ready = [n for n in waiting if self._steps[n].needs <= done]
            ready.sort(key=lambda n: (-self._chain(n), n))
            for number in ready[: AT_A_TIME - len(running)]:
                waiting.remove(number)
                running[self._start(number)] = number, time.perf_counter()
            process, status, usage = os.wait4(-1, 0)
            number, began = running.pop(process)
            seconds[number] = time.perf_counter() - began
            if status:
                words = (self._place(number) / "words").read_text(encoding="utf-8")
                raise RuntimeError(f"{self._steps[number].command.argv}: {words}")
            largest = max(largest, usage.ru_maxrss / 1024)
            done.add(number)
        total = time.perf_counter() - started
        self._seconds = seconds
        return Measurement(seconds=total, largest_mb=largest)

    def seconds(self) -> tuple[tuple[str, float], ...]:
        """Return the seconds of each step of the last run, by name."""
        return tuple((self._steps[n].name, s) for n, s in sorted(self._seconds.items()))

    def made(self, name: str) -> tuple[Path, ...]:
        """Return the files of that name that steps have made in the last run."""
        return tuple(
            self._made_now(number, output)
            for number, step in enumerate(self._steps)
            for output in step.outputs
            if Path(output).name == name
        )

    def _chain(self, number: int) -> float:
        """Return the seconds of the longest chain that starts with a step, as of the last run."""
        after = [n for n, step in enumerate(self._steps) if number in step.needs]
        return self._seconds.get(number, 0.0) + max(map(self._chain, after), default=0.0)

    def _place(self, number: int) -> Path:
        """Return a step's own folder; the steps that build the crate share one, as recorded."""
        builds = any(map(CRATES.match, self._steps[number].outputs))
        return self._folder / ("crates" if builds else f"step-{number}")

    def _made_now(self, number: int, output: str) -> Path:
        """Return the present path of a recorded output of a step."""
        own = TEMPORARY.match(output)
        if own:
            return self._place(number) / output[own.end() :].lstrip("/")
        name = Path(output).name
        is_cargo = Path(self._steps[number].command.argv[0]).name == "cargo"
        return self._place(number) / (f"{name}-{number}" if is_cargo else name)

    def _start(self, number: int) -> int:
        command, place = self._steps[number].command, self._place(number)
        argv = [self._moved(argument, number) for argument in command.argv]
        env = {name: self._moved(value, number) for name, value in command.env.items()}
        own = TEMPORARY.match(command.cwd)
        cwd: Path | str | None = command.cwd or None
        if own:  # in its own folder, because several may compile at a time
            cwd = place / command.cwd[own.end() :].lstrip("/")
            cwd.mkdir(parents=True, exist_ok=True)
        elif CRATES.match(command.cwd):
            cwd = place
        for output in self._steps[number].outputs:
            self._made_now(number, output).parent.mkdir(parents=True, exist_ok=True)
        with (place / "words").open("wb") as words:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
            )
        process.returncode = 0  # wait4 waits for it, and returns its memory
        return process.pid

    def _moved(self, text: str, number: int) -> str:
        """Return the text with the recorded folders' paths replaced by the present ones."""
        for maker in (*sorted(self._steps[number].needs), number):
            for output in self._steps[maker].outputs:
                text = text.replace(output, str(self._made_now(maker, output)))
        text = TEMPORARY.sub(lambda _: str(self._place(number)), text)
        text = CRATES.sub(lambda _: str(self._folder / "crates"), text)
        return _found(text)


def _found(text: str) -> str:
    """Return the argument; for a missing file of cargo's, the file with the present hash."""
    name, _, path = text.rpartition("=")
    if path.endswith(".rmeta") and not Path(path).exists():
        stem = Path(path).stem.rpartition("-")[0]
        matching = sorted(Path(path).parent.glob(f"{stem}-*.rmeta"))
        if matching:
            return f"{name}={matching[0]}"
    return text
