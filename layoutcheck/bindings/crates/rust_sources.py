"""Rust files from which a package's rustdoc JSON was made; other files make it again.

cargo compares times here: rustdoc does not tell it which files of the package were read. cargo
would keep the JSON although a source was replaced by an older file.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from layoutcheck.cache.freshness import stamps

__all__ = ["Described", "remove_json"]


class Described:
    """The file `stamp` with the digest of the sources of the JSON, and the path of the JSON.

    `root` is the package's folder; None for a package whose files do not change.
    """

    def __init__(self, stamp: Path, root: Path | None) -> None:
        self._stamp, self._sources = stamp, "" if root is None else _list_sources(root)

    def forget_other(self) -> None:
        """Remove the JSON if it was made from other files."""
        with suppress(OSError, ValueError):
            sources, _, made = self._stamp.read_text(encoding="utf-8").partition("\n")
            # A stamp that was cut off, as on a full disk, does not say where the JSON is.
            if made.endswith(".json") and sources != self._sources:
                remove_json(Path(made))

    def remember(self, made: str) -> None:
        """Write the stamp: the JSON at this path was made from the current files."""
        self._stamp.write_text(f"{self._sources}\n{made}", encoding="utf-8")


def remove_json(made: Path) -> None:
    """Remove the JSON that cargo had rustdoc make, so that it is made again.

    Since 1.99, rustdoc writes it into a folder of the unit, `build/*/out`, and cargo links it from
    there into `doc` whenever it is missing.
    """
    for path in (made, *made.parents[1].glob(f"*/build/*/out/{made.name}")):
        path.unlink(missing_ok=True)


def _list_sources(folder: Path) -> str:
    """Return a digest of the names and times of the Rust files below a folder."""
    digest = hashlib.sha256()
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(n for n in folders if n != "target" and not n.startswith("."))
        for stamp in stamps(Path(root, name) for name in sorted(files) if name.endswith(".rs")):
            digest.update(os.fsencode(f"{stamp}\0"))
    return digest.hexdigest()
