"""report/rust_text/fix_enum.py: C's size and values in the author's enum."""

from __future__ import annotations

import pytest

from layoutcheck.model.verdict import Mismatch, Status, Verdict
from layoutcheck.report.rust_text.fix_enum import fix_enum
from layoutcheck.report.rust_text.item_source import find_item
from layoutcheck.report.rust_text.shapes import Inexpressible

SOURCE = """\
/// A kind.
#[repr(u8)]
#[derive(Clone, Copy)]
pub enum kind {
    First, // the first
    /// Another.
    Second = 7,
    Third,
}
"""


def fixed(*mismatches: tuple[str, str | None, str], rust: str = "") -> str:
    """The new source."""
    verdict = Verdict(
        cells=("amd64-GENERIC",),
        kind="enum",
        c_name="enum kind",
        rust_path="crate::kind",
        status=Status.DIFFERS,
        rust_says=rust or "crate::kind, 1 byte: First = 0, Second = 7, Third = 8",
        mismatches=tuple(
            Mismatch(check_id=check, member_path=member, c=c, rust="Rust")
            for check, member, c in mismatches
        ),
    )
    return fix_enum(verdict, find_item(SOURCE, 4, "kind"))


def test_a_size_is_the_repr() -> None:
    """Signed, if a value is negative; all else stays."""
    text = fixed(("enum-size", None, "4 bytes"))
    assert text == SOURCE.replace("u8", "u32").rstrip("\n")
    signed = fixed(("enum-size", None, "4 bytes"), ("enum-value", "First", "K_FIRST = -1"))
    assert "#[repr(i32)]" in signed
    assert "    First = -1, // the first\n" in signed


def test_variants_behind_a_changed_one_keep_their_values() -> None:
    """A value without `=` is that of the variant before, and one."""
    text = fixed(("enum-value", "Second", "K_SECOND = 2"))
    assert text.endswith("    Second = 2,\n    Third = 8,\n}")


def test_what_is_not_known_is_refused() -> None:
    """A variant that C lacks, and values that nobody has said."""
    with pytest.raises(Inexpressible, match="write it by hand"):
        fixed(("enum-value", "Third", "absent"))
    with pytest.raises(Inexpressible, match="the value of Third is not known"):
        fixed(("enum-size", None, "4 bytes"), rust="crate::kind, 1 byte: First = 0, Second = 7")
