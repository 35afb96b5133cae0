"""What bindgen writes of all headers of 15.0 that go together in one unit: thousands of records."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.bindgen_tests import write_with_bindgen
from benchmarks.subjects import AMD64, GENERIC, Subject
from layoutcheck.c_side import Clang
from layoutcheck.kernel.packages import ZIG_INCLUDE
from layoutcheck.kernel.prelude import PRELUDES
from layoutcheck.kernel.units import find_units
from layoutcheck.kernels import Kernels
from layoutcheck.manifest_kernel import Kernel
from layoutcheck.planning import Options, plan_cells
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.tools import Tools
from tests.bindgen_of_15 import SOURCE, write_inputs
from tests.headers_of_15 import CACHE, install_headers

__all__ = ["everything_of_15"]

# rustc refuses what bindgen writes of these: packed records that hold aligned ones (finding 9).
_REFUSED: Final = ("dev/ciss/", "dev/mfi/")


def everything_of_15(folder: Path) -> Subject:
    """The bindings, and a manifest that includes the headers."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = [name for name in _unit() if not name.startswith(_REFUSED)]
    flags = write_inputs(folder, AMD64, include=names)
    write_with_bindgen(folder, flags, "--no-layout-tests")
    return Subject(
        title=f"bindgen of all {len(names):,} headers of 15.0 that go together",
        folder=folder,
        header=Path("ziglang-15", ZIG_INCLUDE, GENERIC, "sys", "bio.h"),
        binding=Path(SOURCE),
    )


def _unit() -> tuple[str, ...]:
    """The largest unit of the headers of 15.0; found once, which takes a minute."""
    package = install_headers()
    found = CACHE / f"unit-of-{package.parent.name}.txt"
    if not found.exists():
        # By another process: what it needs of memory would count for all that is measured.
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder, "unit")
            command = (sys.executable, "-m", "benchmarks.everything", package, part)
            subprocess.run(command, check=True)
            shutil.move(part, found)
    return tuple(found.read_text(encoding="utf-8").split())


def _find_unit(package: str) -> tuple[str, ...]:
    tools = Tools(lambda _: None, Stopwatch())
    kernels = Kernels(tools)
    wanted = Kernel(conf=("GENERIC",), view="kernel")
    options = Options(kernel_arch=(AMD64.name,), kernel_src=(package,))
    (plan,) = plan_cells(wanted, options, where="--kernel-conf")
    index = kernels.index(plan)
    prelude = tuple(name for name in PRELUDES[wanted.view] if name in index.headers)
    with tempfile.TemporaryDirectory() as work:
        clang = Clang(kernels.kernel(plan), wanted, plan.target, tools, work=Path(work))
        units = find_units(index.kernels_own, prelude, clang.check)
    return max(units.units, key=len)


def main() -> None:
    """Write the unit of a ziglang package's headers into a file."""
    package, out = sys.argv[1:]
    Path(out).write_text("\n".join(_find_unit(package)), encoding="utf-8")


if __name__ == "__main__":
    main()
