"""Checks that the types of Rust kernel bindings are, bit for bit, the types of the C kernel."""

from __future__ import annotations

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("layoutcheck")
