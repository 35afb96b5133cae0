"""Fields of a value that are made when somebody first reads one of them.

What was kept of a run is mostly layouts, and of those that agree nobody reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

__all__ = ["Late"]


class Late:
    """The base of a frozen dataclass with slots, in which the fields named in `LATE` may be late.

    Such a field has an empty slot, and `makes` makes the values of all of them.
    """

    __slots__ = ("makes",)

    LATE: ClassVar[tuple[str, ...]] = ()
    makes: Callable[[], Sequence[object]]

    @property
    def may_be_late(self) -> bool:
        """Whether this one is worth it."""
        return True

    if not TYPE_CHECKING:  # or every name would be one of a field

        def __getattr__(self, name: str) -> object:
            """The value of a field of which the slot is empty."""
            if name not in self.LATE:
                kind = type(self).__name__
                raise AttributeError(f"{kind!r} object has no attribute {name!r}")
            for field, value in zip(self.LATE, self.makes(), strict=True):
                object.__setattr__(self, field, value)
            return object.__getattribute__(self, name)
