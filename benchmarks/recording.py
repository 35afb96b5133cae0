"""Run the layoutcheck command and record every program that it starts, with its input.

`python -m benchmarks.recording FOLDER check MANIFEST ...` leaves `FOLDER/commands.json`, a list of
`Command`, and for each program a copy of layoutcheck's own folder that it reads, as it was at the
program's start. The commands are unchanged: `subprocess.Popen` takes the notes, not a wrapper
program.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["CRATES", "TEMPORARY", "Command", "read_commands"]

COMMANDS: Final = "commands.json"
TEMPORARY: Final = re.compile(r"/\S*?/temporary/layoutcheck-[^/]+")
"""A temporary folder of layoutcheck's."""
CRATES: Final = re.compile(r"/\S*?/layoutcheck/crates/[^/]+")
"""A folder in which it lets a crate be built."""
_NOT_KEPT: Final = shutil.ignore_patterns("target", "doc", "*.rmeta", "*.made-of", "lock", "*.part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program that was run: `env` is its environment's difference from ours.

    `cwd` is "" for layoutcheck's own. `work` is the name of the copy of layoutcheck's folder that
    it reads, "" for none; `status` is its exit status.
    """

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    work: str
    status: int


def read_commands(folder: Path) -> tuple[Command, ...]:
    """The programs that were recorded into the folder, in the order of their start."""
    listed = json.loads((folder / COMMANDS).read_text(encoding="utf-8"))
    return tuple(Command(**{**one, "argv": tuple(one["argv"])}) for one in listed)


class _Recorder:
    """A replacement of `subprocess.Popen`, which it calls."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._started: list[tuple[Command, subprocess.Popen[bytes]]] = []
        self._popen = subprocess.Popen
        self._environment = dict(os.environ)

    def start(self, argv: tuple[str, ...], **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's own
        """Copy the program's possible input, then start it."""
        cwd = str(options.get("cwd") or "")
        read = TEMPORARY.match(cwd) or next(filter(None, map(CRATES.search, (cwd, *argv))), None)
        with self._lock:
            work = f"work-{len(self._started)}" if read and Path(read[0]).is_dir() else ""
            if read and work:
                shutil.copytree(read[0], self._folder / work, symlinks=True, ignore=_NOT_KEPT)
            ours = self._environment
            given = options.get("env") or ours
            command = Command(
                argv=tuple(map(str, argv)),
                cwd=cwd,
                env={name: value for name, value in given.items() if ours.get(name) != value},
                work=work,
                status=0,
            )
            process = self._popen(argv, **options)
            self._started.append((command, process))
        return process

    def write(self) -> None:
        """Write the record."""
        listed = [
            {**asdict(command), "status": process.returncode} for command, process in self._started
        ]
        (self._folder / COMMANDS).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def main() -> None:
    """The command line: the folder, then layoutcheck's own arguments."""
    from layoutcheck.cli import main as layoutcheck  # noqa: PLC0415 - it is what is recorded

    folder = Path(sys.argv[1])
    tempfile.tempdir = str(folder / "temporary")
    Path(tempfile.tempdir).mkdir(parents=True)
    recorder = _Recorder(folder)
    vars(subprocess)["Popen"] = recorder.start
    sys.argv = ["layoutcheck", *sys.argv[2:]]
    try:
        layoutcheck()
    finally:
        recorder.write()


if __name__ == "__main__":
    main()
