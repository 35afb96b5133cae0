"""Cache folders of the user: the environment in, a folder out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from layoutcheck.errors import ToolchainError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cache_folder", "layouts_folder"]


def cache_folder() -> Path:
    """Return the user's cache folder of layoutcheck, which may not exist yet.

    Raises `ToolchainError` for a user without a home, unless XDG_CACHE_HOME names a folder.
    """
    try:
        folder = user_cache_path("layoutcheck")
    except RuntimeError:
        folder = None
    # Some versions of platformdirs return `~/.cache` unexpanded.
    if folder is not None and folder.is_absolute():
        return folder
    raise ToolchainError(
        "there is no cache folder: this user has no home",
        hint="set XDG_CACHE_HOME (or HOME) to a folder that can be written to",
    )


def layouts_folder() -> Path | None:
    """Return the cache folder's part for `cache/store`; None for a user without a home."""
    try:
        return cache_folder() / "layouts"
    except ToolchainError:
        return None
