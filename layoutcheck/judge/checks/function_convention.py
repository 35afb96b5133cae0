"""Report a function whose calling convention differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.judge.walk.calls import is_called_alike
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "function-convention"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the calling conventions differ on the target."""
    if pair.c is not None and not is_called_alike(pair.c, pair.rust):
        c, rust = (f'extern "{side.convention}"' for side in (pair.c, pair.rust))
        hint = f"declare it as `{c} fn`"
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust, hint=hint)
