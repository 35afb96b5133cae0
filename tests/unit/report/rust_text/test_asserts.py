"""report/rust_text/asserts.py: the constant that does not compile for another layout."""

from __future__ import annotations

import pytest

from layoutcheck.model.target import find_target
from layoutcheck.report.rust_text.asserts import render_asserts, render_cfg


def test_size_alignment_and_offsets_are_asserted() -> None:
    """Each in a line, under the names that Rust has."""
    assert list(render_asserts("mtx", 32, 8, {"r#type": 0})) == [
        "const _: () = {",
        "    assert!(::core::mem::size_of::<mtx>() == 32);",
        "    assert!(::core::mem::align_of::<mtx>() == 8);",
        "    assert!(::core::mem::offset_of!(mtx, r#type) == 0);",
        "};",
    ]


@pytest.mark.parametrize(
    ("arch", "rust", "endian"),
    [
        ("amd64", "x86_64", "little"),
        ("i386", "x86", "little"),
        ("armv7", "arm", "little"),
        ("riscv64", "riscv64", "little"),
        ("powerpc64", "powerpc64", "big"),
        ("powerpc64le", "powerpc64", "little"),
    ],
)
def test_a_target_has_rusts_names(arch: str, rust: str, endian: str) -> None:
    """`target_arch` is not the first word of each triple."""
    cfg = f'#[cfg(all(target_arch = "{rust}", target_endian = "{endian}"))]'
    assert render_cfg(find_target(arch)) == cfg
