"""Errors of layoutcheck. Each names the place, the problem, and a remedy if there is one.

A message reads `where: what`, with a second line `hint: ...` for the remedy. A mismatch between C
and Rust is never an error: it is a value (see `model/verdict.py`).
"""

from __future__ import annotations

from typing import ClassVar

from layoutcheck.location import SourceLocation

__all__ = [
    "BindingsError",
    "CompileError",
    "DeclarationError",
    "DwarfError",
    "HeaderTreeError",
    "KernConfError",
    "LayoutcheckError",
    "ManifestError",
    "NoSuchConfError",
    "ToolchainError",
]


class LayoutcheckError(Exception):
    """An error with the problem (`what`), `where` (source location, path or command) and a `hint`.

    `exit_code` is the exit status of the command line: 2 for wrong input, 3 for a missing or broken
    toolchain.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self, what: str, *, where: SourceLocation | str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = None if where is None else str(where)
        self.hint = hint

    def __str__(self) -> str:
        message = self.what if self.where is None else f"{self.where}: {self.what}"
        return message if self.hint is None else f"{message}\nhint: {self.hint}"


class ManifestError(LayoutcheckError):
    """`layoutcheck.toml` cannot be read, or has an invalid value."""


class KernConfError(LayoutcheckError):
    """A kernel configuration that config(8) would refuse, or that cannot be found.

    `messages` are the warnings that came before the error.
    """

    messages: tuple[str, ...] = ()


class NoSuchConfError(KernConfError):
    """No kernel configuration has that name; another architecture may have one."""


class HeaderTreeError(LayoutcheckError):
    """Kernel headers that cannot be found, or that differ from what the manifest asks for."""


class BindingsError(LayoutcheckError):
    """A binding crate that cannot be fetched, built or understood."""


class CompileError(LayoutcheckError):
    """A probe, or a header that it includes, that does not compile."""


class DeclarationError(LayoutcheckError):
    """C that the calculator of layouts does not understand."""


class DwarfError(LayoutcheckError):
    """An object file that is corrupt, or whose debug information cannot be understood."""


class ToolchainError(LayoutcheckError):
    """A compiler or linker that is missing, too old or broken."""

    exit_code = 3
