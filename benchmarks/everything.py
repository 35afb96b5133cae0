"""bindgen's output for all headers of 15.0 that compile in one unit: thousands of records."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.bindgen_tests import write_with_bindgen
from benchmarks.subjects import AMD64, GENERIC, Subject
from layoutcheck.kernel.freebsd.headers.packages import ZIG_INCLUDE
from tests.bindgen_of_15 import SOURCE, write_inputs
from tests.everything_of_15 import headers_together

__all__ = ["everything_of_15"]


def everything_of_15(folder: Path) -> Subject:
    """The bindings, and a manifest that includes the headers."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = headers_together(AMD64)
    flags = write_inputs(folder, AMD64, include=names)
    write_with_bindgen(folder, flags, "--no-layout-tests")
    return Subject(
        title=f"bindgen of all {len(names):,} headers of 15.0 that go together",
        folder=folder,
        header=Path("ziglang-15", ZIG_INCLUDE, GENERIC, "sys", "bio.h"),
        binding=Path(SOURCE),
        statuses=(0, 1),
    )
