"""C types -> the text of Rust types that are laid out alike."""

from __future__ import annotations

from layoutcheck.report.rust_text.fixing import Fix, apply_fixes, fix_items
from layoutcheck.report.rust_text.source import RustSource, write_asserts, write_rust

__all__ = ["Fix", "RustSource", "apply_fixes", "fix_items", "write_asserts", "write_rust"]
