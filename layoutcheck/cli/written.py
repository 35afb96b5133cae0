"""Text of a command -> a new file; none is overwritten."""

from __future__ import annotations

from pathlib import Path

from layoutcheck.cli.console import say
from layoutcheck.errors import LayoutcheckError

__all__ = ["write_new"]


def write_new(path: Path, text: str) -> None:
    """Write a file and say so. Raises `LayoutcheckError` if it exists, or cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise LayoutcheckError("it exists, and is not overwritten", where=str(path)) from None
    except OSError as error:
        raise LayoutcheckError(error.strerror or str(error), where=str(path)) from None
    say(f"written: {path}")
