"""An object file -> `LayoutSet`: the only user of elftools, and no DIE leaves this package."""

from __future__ import annotations

from layoutcheck.compilers.dwarf.reading import read_layouts

__all__ = ["read_layouts"]
