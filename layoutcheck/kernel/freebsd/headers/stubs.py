"""The stub headers in `stub_headers/`: what FreeBSD's headers include but FreeBSD does not install.

They are of layoutcheck's own writing. A stub says only what is true of every release that it is
used with; a record that it cannot lay out truthfully stays incomplete, so that C which embeds it
does not compile and is reported, instead of being compared with an invention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

__all__ = ["read_stubs"]


def read_stubs(include_paths: Iterable[Path] = ()) -> Mapping[str, str]:
    """Every stub header that none of the folders `include_paths` has: its name to its text.

    A name may hold a folder: "opencrypto/cryptodev.h".
    """
    folders = tuple(include_paths)
    packaged = resources.files("layoutcheck.kernel.freebsd").joinpath("stub_headers")
    return MappingProxyType(
        {
            name: text
            for name, text in sorted(_walk(packaged, ""))
            if not any((folder / name).exists() for folder in folders)
        }
    )


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif name.endswith(".h"):
            yield name, entry.read_text(encoding="utf-8")
