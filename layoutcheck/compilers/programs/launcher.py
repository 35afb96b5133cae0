"""Programs that start a compiler: the environment in, the words before the compiler's own out.

Compiler caches such as sccache and ccache are set up with these variables.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from layoutcheck.errors import ToolchainError

__all__ = ["c_launcher", "rustc_wrapper"]

# Precedence of cargo: the first variable that is set counts; an empty one means no program.
_RUSTC: Final = ("RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER")
# CMake's variable, which ccache's and sccache's manuals use: a program and arguments, after `;`.
_C: Final = "CMAKE_C_COMPILER_LAUNCHER"


def rustc_wrapper() -> tuple[str, ...]:
    """Return the program that gets rustc's path and arguments in place of rustc; () for none.

    It is `$RUSTC_WRAPPER`, else `$CARGO_BUILD_RUSTC_WRAPPER`. Raises `ToolchainError` if the
    program does not exist.
    """
    name = next((name for name in _RUSTC if name in os.environ), _RUSTC[0])
    return _program(name, os.environ.get(name, ""))


def c_launcher() -> tuple[str, ...]:
    """Return the words before clang's: `$CMAKE_C_COMPILER_LAUNCHER`; () for none.

    Raises `ToolchainError` if the program does not exist.
    """
    program, *arguments = os.environ.get(_C, "").split(";")
    return (*_program(_C, program), *arguments)


def _program(variable: str, program: str) -> tuple[str, ...]:
    """Return the program's absolute path, since compilers are started in temporary folders."""
    if not program:
        return ()
    found = shutil.which(program)
    if found is None:
        raise ToolchainError(
            f"{program} was not found",
            where=f"{variable}={os.environ[variable]}",
            hint="set the variable to a program, or unset it to start compilers without one",
        )
    return (str(Path(found).absolute()),)
