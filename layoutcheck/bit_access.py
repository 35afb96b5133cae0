"""What a method does with the bits of its record. Pure and immutable, as `layout` is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["BitAccess"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BitAccess:
    """What a Rust method, an accessor of the bit-field `name`, or a mask does with its record.

    `bits` are the record's bits that make up the value, counted as members' offsets are, and in
    that order: on a little-endian machine from the value's lowest bit, on a big-endian one from its
    highest. None stands for a bit of the value that is always 0. Where that is `unknown`, it says
    why. `signed` is of what is read: the bits above repeat the highest. `lost` are other bits of
    the record that are 0 after a write. A mask that the manifest declares `masks` bits.
    """

    name: str
    verb: Literal["reads", "writes", "masks"]
    bits: tuple[int | None, ...] = ()
    signed: bool = False
    lost: tuple[int, ...] = ()
    unknown: str | None = None
