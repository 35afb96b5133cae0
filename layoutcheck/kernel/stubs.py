"""The stub headers in `stub_headers/`: what FreeBSD's headers include but FreeBSD does not install.

They are of layoutcheck's own writing. A stub says only what is true of every release that it is
used with; a record that it cannot lay out truthfully stays incomplete, so that C which embeds it
does not compile and is reported, instead of being compared with an invention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType

__all__ = ["read_stubs"]


def read_stubs(include_paths: Iterable[Path] = ()) -> Mapping[str, str]:
    """Every stub header that none of the folders `include_paths` has: its name to its text."""
    folders = tuple(include_paths)
    packaged = resources.files("layoutcheck.kernel").joinpath("stub_headers")
    return MappingProxyType(
        {
            stub.name: stub.read_text(encoding="utf-8")
            for stub in sorted(packaged.iterdir(), key=lambda stub: stub.name)
            if stub.name.endswith(".h")
            and not any((folder / stub.name).exists() for folder in folders)
        }
    )
