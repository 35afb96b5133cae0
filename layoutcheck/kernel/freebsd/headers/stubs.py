"""The stub headers in `stub_headers/`: FreeBSD's headers include them, but are installed without.

layoutcheck's authors wrote them. A stub has only declarations that are true of every release that
it is used with. A record whose layout is not certain stays incomplete: C that embeds it does not
compile, and is reported instead of being compared with a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

__all__ = ["read_stubs"]


def read_stubs(include_paths: Iterable[Path] = ()) -> Mapping[str, str]:
    """Return the text of each stub header that none of the folders `include_paths` has, by name.

    A name may contain a folder: "opencrypto/cryptodev.h".
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
