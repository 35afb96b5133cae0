"""layoutcheck on bindings: cold, again, with one header or one binding changed."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from platformdirs import user_cache_path

from benchmarks.floor import Floor, read_steps
from benchmarks.measuring import WITH_BENCHMARKS, Case, Measurement, measure
from benchmarks.recording import Command, read_commands
from benchmarks.subjects import OTHER, ROOT, Subject

__all__ = [
    "Floors",
    "Inside",
    "check_cases",
    "default_cases",
    "find_floors",
    "floor_cases",
    "inspect",
]

Shell: TypeAlias = Literal["check", "pytest"]
Floors: TypeAlias = Mapping[str, Floor]
_COMMAND: Final = Path(sys.executable).with_name("layoutcheck")
_KEPT: Final = ("sysroot", "headers")
"""Kept parts of the user's cache: the compilers' `core`, and fetched header packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The details of a cold check.

    They are the compared facts by kind, the number of cells, the MB of its own process, and the
    seconds of each stage and in all.
    """

    facts: Mapping[str, int]
    cells: int
    own_mb: float
    stages: Mapping[str, float]
    seconds: float

    @property
    def total(self) -> int:
        """The number of all facts."""
        return sum(count for kind, count in self.facts.items() if kind != "records")


class _Place:
    """A copy of the bindings with a cache of its own, so that no case warms another."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject = subject.copy(folder / "subject")
        self._cache, self._changes = folder / "cache", 0
        self._is_warm = False

    @property
    def env(self) -> dict[str, str]:
        """Return the environment: layoutcheck finds this cache, cargo its usual files."""
        return {"XDG_CACHE_HOME": str(self._cache)}

    def forget(self) -> None:
        """Empty the cache, except for parts of the compilers and packages."""
        shutil.rmtree(self._cache, ignore_errors=True)
        inside = self._cache / "layoutcheck"
        inside.mkdir(parents=True)
        for name in _KEPT:
            users = user_cache_path("layoutcheck") / name
            users.mkdir(parents=True, exist_ok=True)
            (inside / name).symlink_to(users)

    def warm(self, run: Callable[[], Measurement]) -> None:
        """Run once, unless that was done before."""
        if not self._is_warm:
            self.forget()
            run()
            self._is_warm = True

    def change(self, path: Path) -> None:
        """Add a line of comment to a file: other bytes with an unchanged meaning."""
        self._changes += 1
        with (self.subject.folder / path).open("a", encoding="utf-8") as file:
            file.write(f"/* change {self._changes} */\n")

    def run(self, shell: Shell, *options: str, manifest: str = "") -> Measurement:
        """Check once; the manifest waives the known differences of these bindings."""
        subject = self.subject
        manifest = manifest or subject.manifest.name
        argv: tuple[str | Path, ...] = (_COMMAND, "check", manifest)
        if shell == "pytest":
            # hypothesis' plugin, which takes a tenth of a second, serves our own tests only.
            options = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options)
            argv = (sys.executable, "-m", "pytest", "-q", manifest)
        argv = (*argv, *subject.options, *options)
        statuses = subject.statuses
        return measure(argv, cwd=subject.folder, env=self.env, statuses=statuses)


def check_cases(subject: Subject, shell: Shell, folder: Path) -> tuple[Case, ...]:
    """Return the four cases of a shell, and one without the layout cache if there is one."""
    cases: list[Case] = []

    def add(what: str, prepare: Callable[[_Place], None], *options: str) -> None:
        name = f"{shell}, {what}"
        place = _Place(subject, folder / name.replace(", ", "-").replace(" ", "-"))
        run = functools.partial(place.run, shell, *options)
        cases.append(Case(name=name, run=run, prepare=lambda: prepare(place)))

    def again(place: _Place) -> None:
        place.warm(lambda: place.run(shell))

    def header_changed(place: _Place) -> None:
        again(place)
        place.change(subject.header)

    def binding_changed(place: _Place) -> None:
        again(place)
        place.change(subject.binding)

    add("cold", _Place.forget)
    add("again", again)
    add("a header changed", header_changed)
    add("a binding changed", binding_changed)
    if shell == "check":
        add("again, no cache", again, "--no-cache")
    return tuple(cases)


def default_cases(subject: Subject, folder: Path) -> tuple[Case, ...]:
    """Return checks without a list of headers: cold, the second one of a tree, and again.

    Before the second one the other crate is checked against the same headers.
    """
    places = {what: _Place(subject, folder / what) for what in ("cold", "second", "again")}

    def second() -> None:
        places["second"].forget()
        places["second"].run("check", manifest=OTHER)

    prepare = {
        "cold": places["cold"].forget,
        "second": second,
        "again": lambda: places["again"].warm(lambda: places["again"].run("check")),
    }
    return tuple(
        Case(name=what, run=functools.partial(place.run, "check"), prepare=prepare[what])
        for what, place in places.items()
    )


def floor_cases(floors: Floors) -> tuple[Case, ...]:
    """Return the compilers alone: both sides, the Rust side, and with the copy for rustdoc."""
    return tuple(
        Case(name=name, prepare=floor.prepare, run=floor.run) for name, floor in floors.items()
    )


def find_floors(subject: Subject, folder: Path) -> Floors:
    """Return the floors of a cold check; the first is the whole one, as a person would run it.

    Their input files are kept in the folder.
    """
    commands, notes = _record(subject, folder / "record")
    steps = read_steps(commands, notes)
    rust = [number for number, step in enumerate(steps) if step.is_rust]
    floors = {
        "floor": Floor(steps, folder / "floor"),
        "floor, the Rust half": Floor(steps, folder / "floor-rust", only=rust),
    }
    copies = read_steps(commands, notes, copies=True)
    if copies != steps:
        floors["floor, with the copy for rustdoc"] = Floor(copies, folder / "floor-copies")
    return floors


def _record(subject: Subject, folder: Path) -> tuple[tuple[Command, ...], Path]:
    """Return the programs of a cold check, and the folder with their input files."""
    shutil.rmtree(folder, ignore_errors=True)
    place = _Place(subject, folder / "place")
    place.forget()
    notes = folder / "notes"
    check: tuple[str | Path, ...] = ("check", place.subject.manifest, *subject.options)
    measure(
        (sys.executable, "-m", "benchmarks.recording", notes, *check),
        cwd=ROOT,
        env=place.env,
        statuses=subject.statuses,
    )
    return read_commands(notes), notes


def inspect(subject: Subject, folder: Path) -> Inside:
    """Run one cold check; count its facts and measure its memory."""
    place = _Place(subject, folder)
    place.forget()
    peak, report = folder / "peak", folder / "report.json"
    check: tuple[str | Path, ...] = (
        "check",
        place.subject.manifest,
        *subject.options,
        "--report",
        f"json={report}",
    )
    checked = measure(
        (sys.executable, "-m", "benchmarks.inside", peak, *check),
        cwd=place.subject.folder,
        env={**place.env, **WITH_BENCHMARKS},
        statuses=(0, 1),
    )
    # Another process reads it, so that a large report does not enlarge this one (see `timed`).
    counted = subprocess.run(
        [sys.executable, "-m", "benchmarks.facts", report],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    found = json.loads(counted.stdout)
    return Inside(
        facts=found["facts"],
        cells=found["cells"],
        own_mb=float(peak.read_text(encoding="ascii")),
        stages=found["stages"],
        seconds=checked.seconds,
    )
