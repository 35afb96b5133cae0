"""Run the layoutcheck command in this process, and write the process's peak memory.

`python -m benchmarks.inside RESULT check ...` writes the MB to RESULT. Linux's VmHWM is of this
program alone; getrusage(2) would include the program that started it.
"""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["peak_mb"]


def peak_mb() -> float:
    """Return the peak memory of this process, in MB of 2**20 bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """The command line: the file for the result, then layoutcheck's own arguments."""
    from layoutcheck.cli import main as layoutcheck  # noqa: PLC0415 - counts like the rest

    result = Path(sys.argv[1])
    sys.argv = ["layoutcheck", *sys.argv[2:]]
    try:
        layoutcheck()
    finally:
        result.write_text(f"{peak_mb():.1f}", encoding="ascii")


if __name__ == "__main__":
    main()
