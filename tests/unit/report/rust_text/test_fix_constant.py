"""report/rust_text/fix_constant.py: C's value in the author's constant."""

from __future__ import annotations

import pytest

from layoutcheck.model.verdict import Mismatch, Status, Verdict
from layoutcheck.report.rust_text.fix_constant import fix_constant
from layoutcheck.report.rust_text.item_source import find_item
from layoutcheck.report.rust_text.shapes import Inexpressible


def fixed(source: str, c: str, rust: str, check: str = "constant-value") -> str:
    """The new source of a constant `A`."""
    verdict = Verdict(
        cells=("amd64-GENERIC",),
        kind="constant",
        c_name="A",
        rust_path="crate::A",
        status=Status.DIFFERS,
        c_says=c,
        rust_says=rust,
        mismatches=(Mismatch(check_id=check, member_path=None, c=c, rust=rust),),
    )
    return fix_constant(verdict, find_item(source, 1, "A"))


@pytest.mark.parametrize(
    ("source", "c", "rust", "check", "new"),
    [
        ("pub const A: c_int = 2;", "1 (int)", "2 (i32)", "value", "pub const A: c_int = 1;"),
        (
            "const A: u16 = 0x4000;",
            "32768 = 0x8000 (int)",
            "16384 = 0x4000 (u16)",
            "value",
            "const A: u16 = 0x8000;",
        ),
        ("const A: u8 = 2;", "256 = 0x100 (int)", "2 (u8)", "value", "const A: i32 = 256;"),
        (
            "const A: u64 = 0xffff_ffff;",
            "-1 (int)",
            "4294967295 = 0xffffffff (u64)",
            "sign",
            "const A: i32 = -1;",
        ),
        (
            "const A: u32 = 0;",
            "17592186044416 = 0x100000000000 (unsigned long long)",
            "0 (u32)",
            "width",
            "const A: i64 = 17592186044416;",
        ),
        (
            "const A: Self = Self(2);",
            "1 (enum modeventtype)",
            "2 (u32)",
            "value",
            "const A: Self = Self(1);",
        ),
    ],
)
def test_a_value_is_replaced(source: str, c: str, rust: str, check: str, new: str) -> None:
    """The type stays if it holds the value; hexadecimal numbers stay such."""
    assert fixed(source, c, rust, f"constant-{check}") == new


@pytest.mark.parametrize(
    ("source", "c", "rust", "why"),
    [
        ("const A: u32 = B | 1;", "3 (int)", "1 (u32)", "its value B | 1 is no literal"),
        ("const A: &str = X;", '"amd64" (char[6])', "0 (i32)", "write it by hand"),
        ("const A: T = T(2);", "256 (int)", "2 (u8)", "its type T cannot hold"),
    ],
)
def test_other_values_are_refused(source: str, c: str, rust: str, why: str) -> None:
    """Somebody chose the expression."""
    with pytest.raises(Inexpressible) as raised:
        fixed(source, c, rust)
    assert why in str(raised.value)
