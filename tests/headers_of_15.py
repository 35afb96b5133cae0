"""The headers of FreeBSD 15.0, for tests that need more than the installed ones of 14.2."""

from __future__ import annotations

import sys
from pathlib import Path

from filelock import FileLock

from layoutcheck.compilers.programs.run_program import run

__all__ = ["CACHE", "install_headers"]

ZIGLANG = "0.17.1"
CACHE = Path(__file__).parents[1] / ".cache"
"""The folder beside the checkout's other generated folders."""


def install_headers() -> Path:
    """Return the ziglang package with the headers of 15.0, beside the installed one."""
    folder = CACHE / f"ziglang-{ZIGLANG}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "ziglang").exists():
            pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--quiet")
            finished = run((*pip, "--target", str(folder), f"ziglang=={ZIGLANG}"), timeout=900)
            assert finished.succeeded, finished.words
    return folder / "ziglang"
