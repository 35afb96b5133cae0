"""`python -m benchmarks`: measures everything in one go and prints tables; --write keeps them."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.page import describe_machine, render, replace_between
from benchmarks.parts import PARTS
from benchmarks.results import Results

__all__ = ["main"]

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line. Half an hour on two quiet cores; what it needs is installed before."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, for the medians (5)")
    parser.add_argument("--only", metavar="PART,...", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help=f"into docs/{PAGE.name}")
    parser.add_argument("--folder", type=Path, help="work here, and leave it all there")
    asked = parser.parse_args(arguments)
    names = asked.only.split(",") if asked.only else list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown or (asked.write and names != list(PARTS)):
        parser.error(f"there is no {unknown[0]}" if unknown else "--write wants all parts")
    machine = describe_machine(asked.runs)
    results = Results()
    with tempfile.TemporaryDirectory(prefix="layoutcheck-benchmark-") as temporary:
        folder = (asked.folder or Path(temporary)).resolve()
        for name in names:
            print(f"{name}:", flush=True)
            (folder / name).mkdir(parents=True, exist_ok=True)
            PARTS[name](folder / name, asked.runs, results)
    text = render(machine, tuple(results.goals()), results.all_tables())
    print(text)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(replace_between(page, text), encoding="utf-8")


if __name__ == "__main__":
    main()
