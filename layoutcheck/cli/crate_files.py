"""A place in a report -> the crate's file that it names."""

from __future__ import annotations

from pathlib import Path

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings

__all__ = ["CrateFiles"]


class CrateFiles:
    """The sources of bindings that are in a folder of the user's; of others there are none.

    A report shows a path from the working folder, or from the folder around the crate.
    """

    def __init__(self, bindings: Bindings) -> None:
        source = bindings.path or (None if bindings.source is None else bindings.source.parent)
        self._root = None if source is None else source.resolve()

    def find(self, location: SourceLocation) -> Path | None:
        """Return the file; None if it is not in the crate's folder."""
        if self._root is None:
            return None
        for folder in (Path(), self._root.parent):
            path = (folder / location.path).resolve()
            if path.is_relative_to(self._root) and path.is_file():
                return path
        return None

    def read(self, location: SourceLocation) -> str | None:
        """Return the file's text with its line ends; None if there is none."""
        path = self.find(location)
        try:
            return None if path is None else path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, location: SourceLocation, text: str) -> None:
        """Replace the file's text. Raises `LayoutcheckError`."""
        path = self.find(location)
        if path is None:
            raise LayoutcheckError("it is not in the crate's folder", where=location)
        try:
            path.write_bytes(text.encode("utf-8"))
        except OSError as error:
            raise LayoutcheckError(error.strerror or str(error), where=location) from None
