"""Speed of reading DWARF: `python -m benchmarks.dwarf_speed RUNS OBJECT...` prints JSON.

For each linked object it prints the number of DIEs, and the median of the seconds in which
`read_layouts` makes the requested layouts.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from elftools.elf.elffile import ELFFile

from layoutcheck.compilers.dwarf import read_layouts

__all__ = ["count_dies", "read_seconds"]


def count_dies(linked: Path) -> int:
    """Return the number of DIEs of an object."""
    with linked.open("rb") as file:
        units = ELFFile(file).get_dwarf_info().iter_CUs()
        return sum(1 for unit in units for die in unit.iter_DIEs() if not die.is_null())


def read_seconds(linked: Path, runs: int) -> float:
    """Return the median of the seconds of reading the layouts."""
    seconds: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        read_layouts(linked)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Print the DIEs and the seconds of each object on the command line."""
    runs, *paths = sys.argv[1:]
    # Counted last: pyelftools shares nothing between the two, but memory does.
    seconds = [read_seconds(Path(path), int(runs)) for path in paths]
    print(json.dumps([[count_dies(Path(p)), s] for p, s in zip(paths, seconds, strict=True)]))


if __name__ == "__main__":
    main()
