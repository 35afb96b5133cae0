"""layoutcheck: the types a Rust binding crate declares, compared bit for bit with the C kernel's."""

from __future__ import annotations

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("layoutcheck")
