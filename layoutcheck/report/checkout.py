"""A source path as a run has it -> the path that a CI service knows the file by."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

__all__ = ["checkout_path", "source_uri"]

_ROOTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Variables in which GitHub and GitLab name the folder of the checkout."""


def checkout_path(path: str) -> str:
    """Return the path relative to the root of the checkout, or absolute if it is outside.

    A run's paths are relative to the working folder. This is the root of the checkout, unless a CI
    service names a folder above it.
    """
    here = os.path.realpath(os.curdir)
    named = [os.path.realpath(os.environ[name]) for name in _ROOTS if os.environ.get(name)]
    root = next((one for one in named if Path(here).is_relative_to(one)), here)
    full = os.path.normpath(os.path.join(here, path))  # noqa: PTH118 - no "//x" becomes "/x"
    return os.path.relpath(full, root) if Path(full).is_relative_to(root) else full


def source_uri(path: str) -> str:
    """Return a path as a URI reference (RFC 3986): relative, or `file:///` if it is absolute."""
    try:
        written = path.encode("utf-8", "surrogateescape")  # the bytes of a path that is not UTF-8
    except UnicodeEncodeError:
        written = path.encode("utf-8", "backslashreplace")
    quoted = quote(written.lstrip(b"/") if path.startswith("/") else written, safe="/")
    return f"file:///{quoted}" if path.startswith("/") else quoted
