"""The shipped lists of headers (`seeds/`): those that compile together, and exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources

from layoutcheck.manifest.kernel import View

__all__ = ["read_apart", "read_aside", "read_seed"]


def read_seed(view: View) -> tuple[str, ...]:
    """Return the headers that compile together under a view, in an order in which they do."""
    return tuple(_read("userland.txt" if view == "userland" else "kernel.txt").split())


def read_aside() -> Mapping[str, str]:
    """Return headers that no source includes so, and why: their macros affect no other."""
    return {header: why.strip() for header, _, why in _lines("aside.txt")}


def read_apart() -> tuple[str, ...]:
    """Return the headers that sources include in place of one of the core."""
    return tuple(header for header, _, _ in _lines("apart.txt"))


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    lines = (line.partition(" ") for line in _read(name).splitlines())
    return (line for line in lines if line[0] != "#")


def _read(name: str) -> str:
    folder = resources.files("layoutcheck.kernel.freebsd").joinpath("seeds")
    return folder.joinpath(name).read_text(encoding="utf-8")
