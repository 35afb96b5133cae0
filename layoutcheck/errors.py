"""Everything layoutcheck can refuse to do: each error says where, what, and what to do about it.

A message reads `where: what`, with a second line `hint: ...` where there is something to do.
A mismatch between C and Rust is never an error: it is a value (see `verdict.py`).
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
    """`what` went wrong, `where` (a source location, a path or a command), and a `hint`.

    `exit_code` is what the command line ends with: 2 for wrong input, 3 for a missing or broken
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
    """`layoutcheck.toml` cannot be read or says something that makes no sense."""


class KernConfError(LayoutcheckError):
    """A kernel configuration that config(8) would refuse, or that cannot be found.

    `messages` are the warnings that came before it.
    """

    messages: tuple[str, ...] = ()


class NoSuchConfError(KernConfError):
    """There is no kernel configuration of that name; another architecture may have one."""


class HeaderTreeError(LayoutcheckError):
    """The kernel headers cannot be found, or are not what was asked for."""


class BindingsError(LayoutcheckError):
    """The binding crate cannot be fetched, built or understood."""


class CompileError(LayoutcheckError):
    """A probe, or the headers under it, do not compile."""


class DeclarationError(LayoutcheckError):
    """C that the calculator of layouts does not understand."""


class DwarfError(LayoutcheckError):
    """An object file that is corrupt, or whose debug information cannot be understood."""


class ToolchainError(LayoutcheckError):
    """A compiler or linker is missing, too old, or broke."""

    exit_code = 3
