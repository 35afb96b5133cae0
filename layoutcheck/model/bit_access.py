"""What a method does with the bits of its record. Pure and immutable, as `layout` is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["WORD", "BitAccess", "Spoilt"]

WORD: Final = 128
"""The most bits of a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """Bits of a record that an access changes, beside those that become the value's.

    `how` is "clears", "sets", "ors into", "repeats the sign in" or "changes". They stay what they
    are for values of no more than `unless` bits.
    """

    how: str
    bits: tuple[int, ...]
    unless: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BitAccess:
    """What a Rust method `name`, or a mask of the bit-field `name`, does with its record.

    `bits` are the record's bits that make up the value, counted as members' offsets are, and in
    that order: on a little-endian machine from the value's lowest bit, on a big-endian one from its
    highest. None stands for a bit of the value that is always 0, or is written nowhere. Where that
    is `unknown`, it says why. `signed` is of what is read: the bits above repeat the highest.

    What is written has `width` bits that can be 1; `highest_first` is the order of a big-endian
    machine. `accepts` says of how many bits all values are written, of values without a sign and of
    those with one: others are refused. `spoils` are further bits of the record that are changed.

    A constructor, called `maker`, `makes` a record of values; `name` is a parameter. Bits that
    are always 0 are those that it "clears"; it "mixes with another value in" bits of two.

    `is_plain` says that the method takes what an accessor takes, `is_of_value` that a value of its
    type can have any bits. A mask that the manifest declares `masks` bits.
    """

    name: str
    verb: Literal["reads", "writes", "makes", "masks"]
    bits: tuple[int | None, ...] = ()
    signed: bool = False
    spoils: tuple[Spoilt, ...] = ()
    width: int = WORD
    highest_first: bool = False
    accepts: tuple[int, int] = (WORD, WORD)
    unknown: str | None = None
    is_plain: bool = True
    is_of_value: bool = True
    maker: str | None = None

    def stems(self) -> Iterator[tuple[str, bool]]:
        """The bit-fields of which it may be an accessor, and whether that is sure, likeliest first.

        A getter is called as the field or like bindgen's `a_raw`, a setter `set_a`. `get_a` and
        `with_a` are often something else.
        """
        yield self.name, self.verb != "writes"
        if self.verb in ("makes", "masks"):
            return
        name = self.name.removesuffix("_raw")
        if self.verb == "writes" and name.startswith(SETTER):
            yield self.name.removeprefix(SETTER), True
            yield name.removeprefix(SETTER), True
        elif name != self.name:
            yield name, self.verb == "reads"
        if self.is_plain:
            for prefix in OTHERS:
                if name.startswith(prefix):
                    yield name.removeprefix(prefix), False


SETTER: Final = "set_"
OTHERS: Final = ("get_", "with_")
