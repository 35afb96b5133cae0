"""A record's size, alignment and offsets -> assertions that rustc checks when it compiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from layoutcheck.model.target import Target

__all__ = ["render_asserts", "render_cfg"]

_ARCHITECTURES: Final = {
    "armv7": "arm",
    "i686": "x86",
    "powerpc64le": "powerpc64",
    "riscv64gc": "riscv64",
}
"""Values of `target_arch` that are not the first word of Rust's triple."""


def render_cfg(target: Target) -> str:
    """Return the attribute of items that are for one target only."""
    first = target.rust_triple.partition("-")[0]
    arch = _ARCHITECTURES.get(first, first)
    return f'#[cfg(all(target_arch = "{arch}", target_endian = "{target.byte_order}"))]'


def render_asserts(
    name: str, byte_size: int, alignment: int, offsets: Mapping[str, int]
) -> Iterator[str]:
    """Yield the lines of one constant that does not compile unless the Rust type is laid out so."""
    yield "const _: () = {"
    yield f"    assert!(::core::mem::size_of::<{name}>() == {byte_size});"
    yield f"    assert!(::core::mem::align_of::<{name}>() == {alignment});"
    for field, offset in offsets.items():
        yield f"    assert!(::core::mem::offset_of!({name}, {field}) == {offset});"
    yield "};"
