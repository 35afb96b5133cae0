"""The effect of a method on the bits of its record. Pure and immutable, as `layout` is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["WORD", "BitAccess", "Spoilt"]

WORD: Final = 128
"""Maximum size of a value, in bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """Bits of a record that an access changes, other than those that become the value's.

    `how` is "clears", "sets", "ors into", "repeats the sign in" or "changes". The bits do not
    change for values of at most `unless` bits.
    """

    how: str
    bits: tuple[int, ...]
    unless: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BitAccess:
    """The effect of a Rust method `name`, or of a mask of the bit-field `name`, on its record.

    - `bits`: the record's bits that make up the value, numbered like members' offsets. Their order
      is from the value's lowest bit on a little-endian machine, from its highest on a big-endian
      one. None stands for a bit of the value that is always 0, or that is not written.
    - `unknown`: reason why `bits` are not known.
    - `signed`: a reader that extends the sign; the bits above the value repeat its highest bit.
    - `width`: number of bits of a written value that can be 1.
    - `highest_first`: the order of a big-endian machine.
    - `accepts`: the numbers of bits up to which all values are accepted, for values without and
      with a sign. Larger values are refused.
    - `spoils`: further bits of the record that are changed.
    - `maker`: name of a constructor that `makes` a record from values; `name` is then its
      parameter. It "clears" bits that are always 0, and "mixes with another value in" bits of two
      values.
    - `is_plain`: the method takes the parameters of an accessor.
    - `is_of_value`: a value of its type can have any bits.

    A mask that the manifest declares `masks` bits.
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
        """Yield the bit-fields that it may access, likeliest first, and whether each is certain.

        A getter has the field's name, or one like bindgen's `a_raw`; a setter is `set_a`. `get_a`
        and `with_a` often do something else.
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
