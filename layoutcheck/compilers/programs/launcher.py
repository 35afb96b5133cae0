"""What compilers are started through: the environment in, the words before a compiler's own out.

Caches of compilers, such as sccache and ccache, are set up by these variables.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from layoutcheck.errors import ToolchainError

__all__ = ["c_launcher", "rustc_wrapper"]

# As cargo reads them; the first that is set counts, and one that is empty means none.
_RUSTC: Final = ("RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER")
# CMake's, of which ccache's and sccache's manuals speak: a program and its arguments, after `;`.
_C: Final = "CMAKE_C_COMPILER_LAUNCHER"


def rustc_wrapper() -> tuple[str, ...]:
    """The program that gets rustc's path and arguments in place of rustc; () for none.

    `$RUSTC_WRAPPER`, else `$CARGO_BUILD_RUSTC_WRAPPER`. Raises `ToolchainError` where there is no
    such program.
    """
    name = next((name for name in _RUSTC if name in os.environ), _RUSTC[0])
    return _program(name, os.environ.get(name, ""))


def c_launcher() -> tuple[str, ...]:
    """The words before clang's: `$CMAKE_C_COMPILER_LAUNCHER`; () for none. Raises as above."""
    program, *arguments = os.environ.get(_C, "").split(";")
    return (*_program(_C, program), *arguments)


def _program(variable: str, program: str) -> tuple[str, ...]:
    """Where the program is: compilers are started in folders of ours."""
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
