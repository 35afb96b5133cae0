"""Fields of a value that are made when one of them is first read.

Most of a cached run are layouts, and those of items that agree are rarely read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

__all__ = ["Late", "Rest"]


class Rest(Protocol):
    """Maker of the deferred fields of many values."""

    def get(self, number: int) -> Sequence[object]:
        """Return the values of the fields of the object with this number."""


class Late:
    """Base of a frozen dataclass with slots, whose fields named in `LATE` may be deferred.

    The slot of a deferred field is empty. `number` identifies the object in `rest`.
    """

    __slots__ = ("number", "rest")

    LATE: ClassVar[tuple[str, ...]] = ()
    number: int
    rest: Rest

    @property
    def may_be_late(self) -> bool:
        """Return whether this object's fields are worth deferring."""
        return True

    if not TYPE_CHECKING:  # otherwise every name would be accepted as a field

        def __getattr__(self, name: str) -> object:
            """Fill the deferred fields on the first use of one, and return its value."""
            if name not in self.LATE:
                kind = type(self).__name__
                raise AttributeError(f"{kind!r} object has no attribute {name!r}")
            for field, value in zip(self.LATE, self.rest.get(self.number), strict=True):
                object.__setattr__(self, field, value)
            return object.__getattribute__(self, name)
