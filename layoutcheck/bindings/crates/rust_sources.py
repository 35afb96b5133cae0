"""Which files of Rust a package's rustdoc JSON was made of: it is made anew if they are others.

cargo compares times there, and would take what is older than the JSON for known: rustdoc does not
tell it what was read of the package itself.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

__all__ = ["Described", "remove_json"]


class Described:
    """The file `stamp` says of what the JSON was made, and where that is.

    `root` is the package's folder; None for a package whose files do not change.
    """

    def __init__(self, stamp: Path, root: Path | None) -> None:
        self._stamp, self._sources = stamp, "" if root is None else _list_sources(root)

    def forget_other(self) -> None:
        """Remove the JSON if it was made of other files."""
        with suppress(OSError, ValueError):
            sources, _, made = self._stamp.read_text(encoding="utf-8").partition("\n")
            # A stamp that was cut off, as on a full disk, does not say where the JSON is.
            if made.endswith(".json") and sources != self._sources:
                remove_json(Path(made))

    def remember(self, made: str) -> None:
        """The JSON at this path was made of the files as they were found."""
        self._stamp.write_text(f"{self._sources}\n{made}", encoding="utf-8")


def remove_json(made: Path) -> None:
    """Remove the JSON that cargo had rustdoc make, so that it is made anew.

    Since 1.99 rustdoc writes it into a folder of the unit, `build/*/out`, and cargo links it from
    there into `doc` whenever it is missing.
    """
    for path in (made, *made.parents[1].glob(f"*/build/*/out/{made.name}")):
        path.unlink(missing_ok=True)


def _list_sources(folder: Path) -> str:
    """A digest that tells the files of Rust below a folder from later ones."""
    digest = hashlib.sha256()
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(n for n in folders if n != "target" and not n.startswith("."))
        for path in (Path(root, name) for name in sorted(files) if name.endswith(".rs")):
            with suppress(OSError):
                status = path.stat()
                # The second time, that of the change of anything, cannot be set back.
                times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
                digest.update(os.fsencode(f"{path}\0{status.st_ino} {status.st_size} {times}"))
    return digest.hexdigest()
