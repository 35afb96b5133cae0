"""A relocatable object -> a shared object without relocations in its debug information."""

from __future__ import annotations

from pathlib import Path

from layoutcheck.compilers.find.programs import Linker
from layoutcheck.compilers.programs.run_program import render_command, run
from layoutcheck.errors import ToolchainError

__all__ = ["link_shared"]


def link_shared(linker: Linker, relocatable: Path) -> Path:
    """Link one object into a `.so` beside it. The symbols that it refers to need not exist.

    The linker applies the relocations: pyelftools takes 90 times as long, and cannot do it for
    every architecture. Raises `ToolchainError` with the linker's message.
    """
    output = relocatable.with_suffix(".so")
    command = (
        *linker.argv,
        "-shared",
        "-z",
        "undefs",
        "-z",
        "notext",
        "--noinhibit-exec",
        "-o",
        str(output),
        str(relocatable),
    )
    finished = run(command)
    if not finished.succeeded or not output.exists():
        raise ToolchainError(
            f"the linker failed: {finished.words}",
            where=str(relocatable),
            hint=f"the command was: {render_command(command)}",
        )
    return output
