"""The lists of headers that are shipped (`seeds/`): what goes together, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources

from layoutcheck.manifest.kernel import View

__all__ = ["read_apart", "read_aside", "read_seed"]


def read_seed(view: View) -> tuple[str, ...]:
    """The headers that go together under a view, in an order in which they do."""
    return tuple(_read("userland.txt" if view == "userland" else "kernel.txt").split())


def read_aside() -> Mapping[str, str]:
    """The headers whose macros hold for nobody else, and why: no kernel source includes them so."""
    return {header: why.strip() for header, _, why in _lines("aside.txt")}


def read_apart() -> tuple[str, ...]:
    """The headers that sources include in the place of one of the core."""
    return tuple(header for header, _, _ in _lines("apart.txt"))


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    lines = (line.partition(" ") for line in _read(name).splitlines())
    return (line for line in lines if line[0] != "#")


def _read(name: str) -> str:
    folder = resources.files("layoutcheck.kernel.freebsd").joinpath("seeds")
    return folder.joinpath(name).read_text(encoding="utf-8")
