"""All headers of 15.0 that go together in one unit, for bindgen to write thousands of records."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from filelock import FileLock

from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.target import Target
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.headers_of_15 import CACHE, install_headers

__all__ = ["headers_together"]

# rustc refuses bindgen's output for these: packed records that hold aligned ones (finding 9).
_REFUSED: Final = ("dev/ciss/", "dev/mfi/")


def headers_together(target: Target) -> tuple[str, ...]:
    """The core of the kernel's headers; found once."""
    package = install_headers()
    found = CACHE / f"core-of-{package.parent.name}-{target.name}.txt"
    with FileLock(f"{found}.lock"):
        if not found.exists():
            # Another process makes it, so that its memory counts for no measured one.
            command = (sys.executable, "-m", __name__, str(package), target.name)
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found.write_text(done.stdout, encoding="utf-8")
    names = found.read_text(encoding="utf-8").split()
    return tuple(name for name in names if not name.startswith(_REFUSED))


def main() -> None:
    """Print the unit of a ziglang package's headers for an architecture."""
    package, arch = sys.argv[1:]
    tools = Tools(lambda _: None, Stopwatch())
    kernels = Kernels(tools)
    wanted = Kernel(conf=("GENERIC",), view="kernel")
    options = Options(kernel_arch=(arch,), kernel_src=(package,))
    (plan,) = plan_cells(wanted, options, where="--kernel-conf")
    with tempfile.TemporaryDirectory() as work:
        clang = KernelClang(kernels.kernel(plan), wanted, plan.target, tools, work=Path(work))
        core = kernels.units(plan, clang, wanted.view).core
    sys.stdout.write("\n".join(core))


if __name__ == "__main__":
    main()
