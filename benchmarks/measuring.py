"""Programs -> their seconds, in turns, and their memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["WITH_BENCHMARKS", "Case", "Figures", "Measurement", "interleave", "measure"]

WITH_BENCHMARKS: Final[Mapping[str, str]] = {
    "PYTHONPATH": os.pathsep.join(
        filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")))
    )
}
"""The environment in which `python -m benchmarks.NAME` runs in any folder."""
_TIMED: Final = Path(__file__).with_name("timed.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One run: wall-clock seconds, and the MB (of 2**20 bytes) of its largest process."""

    seconds: float
    largest_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The median, the fastest and the slowest of some runs; and the most memory of any."""

    seconds: float
    fastest: float
    slowest: float
    largest_mb: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A measured case: `prepare` is called before each run and does not count."""

    name: str
    run: Callable[[], Measurement]
    prepare: Callable[[], None] = lambda: None


def measure(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    statuses: Sequence[int] = (0,),
) -> Measurement:
    """Measure a program, run once with `env` over the environment; its output is not kept.

    Raises `RuntimeError` with its words for an unexpected exit status.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        result, words = Path(folder, "result"), Path(folder, "words")
        with words.open("wb") as out:
            subprocess.run(
                [sys.executable, "-I", "-S", _TIMED, result, *argv],
                check=True,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        found = json.loads(result.read_text(encoding="utf-8"))
        if found["status"] not in statuses:
            said = words.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise RuntimeError(f"{argv[0]}: exit status {found['status']}\n{said}")
    return Measurement(seconds=found["seconds"], largest_mb=found["largest_kilobytes"] / 1024)


def interleave(cases: Sequence[Case], runs: int) -> dict[str, Figures]:
    """Run every case `runs` times in turns, so that a slowdown affects all cases."""
    found: dict[str, list[Measurement]] = {case.name: [] for case in cases}
    for turn in range(runs):
        for case in cases:
            print(f"  {turn + 1}/{runs} {case.name} ...", end="", file=sys.stderr, flush=True)
            case.prepare()
            one = case.run()
            print(f" {one.seconds:.2f} s", file=sys.stderr)
            found[case.name].append(one)
    return {name: summarize(measured) for name, measured in found.items()}


def summarize(measured: Sequence[Measurement]) -> Figures:
    """Return the runs' median, extremes and peak."""
    seconds = [one.seconds for one in measured]
    return Figures(
        seconds=statistics.median(seconds),
        fastest=min(seconds),
        slowest=max(seconds),
        largest_mb=max(one.largest_mb for one in measured),
        runs=len(measured),
    )
