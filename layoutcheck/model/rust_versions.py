"""The releases of Rust that layoutcheck works with, as numbers and as text."""

from __future__ import annotations

from typing import Final

__all__ = ["KNOWN_RUST", "MINIMUM_RUST", "dotted"]

# The first release whose rustdoc JSON names every `repr` (`bindings/rustdoc/surface`), and the last
# known one.
MINIMUM_RUST: Final = (1, 89)
KNOWN_RUST: Final = (1, 99)


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it: (1, 89) is "1.89"."""
    return ".".join(map(str, version))
