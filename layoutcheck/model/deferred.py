"""Fields of a value that are made when somebody first reads one of them.

What was kept of a run is mostly layouts, and of those that agree nobody reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

__all__ = ["Late", "Rest"]


class Rest(Protocol):
    """What makes the late fields of many values."""

    def get(self, number: int) -> Sequence[object]:
        """The fields' values of the value with this number."""


class Late:
    """The base of a frozen dataclass with slots, in which the fields named in `LATE` may be late.

    Such a field has an empty slot; `number` says which of the `rest` belongs there.
    """

    __slots__ = ("number", "rest")

    LATE: ClassVar[tuple[str, ...]] = ()
    number: int
    rest: Rest

    @property
    def may_be_late(self) -> bool:
        """Return whether this one is worth it."""
        return True

    if not TYPE_CHECKING:  # or every name would be one of a field

        def __getattr__(self, name: str) -> object:
            """The value of a field of which the slot is empty."""
            if name not in self.LATE:
                kind = type(self).__name__
                raise AttributeError(f"{kind!r} object has no attribute {name!r}")
            for field, value in zip(self.LATE, self.rest.get(self.number), strict=True):
                object.__setattr__(self, field, value)
            return object.__getattribute__(self, name)
