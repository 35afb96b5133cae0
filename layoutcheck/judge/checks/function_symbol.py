"""Report a function for which C has no symbol, a variable's symbol, or a symbol of another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check", "label_mismatch", "other_mismatch"]

ID: Final = "function-symbol"


def label_mismatch(check_id: str, symbol: str, label: str) -> Mismatch:
    """Return the mismatch for a name that C links to another symbol (`__asm__("...")`)."""
    return Mismatch(
        check_id=check_id,
        member_path=None,
        c=f"is linked to {label}",
        rust=f"links to {symbol}",
        hint=f'write `#[link_name = "{label}"]`',
    )


def other_mismatch(check_id: str, symbol: str, said: str) -> Mismatch:
    """Return the mismatch for a name that C has too, under a symbol that Rust does not link to."""
    return Mismatch(
        check_id=check_id,
        member_path=None,
        c=said,
        rust=f"links to {symbol}",
        hint="call it by the name of what it links to, or correct the `link_name`",
    )


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch if C has no such symbol, or if the symbol is not the function named."""
    if pair.no_symbol is not None:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=pair.no_symbol,
            rust=f"links to {pair.symbol}",
            hint="write it in Rust, or in C a function that calls it",
        )
    elif pair.variable is not None:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=f"a variable: {pair.variable}",
            rust="a function",
            hint="declare it as a `static`, or define one",
        )
    elif pair.label is not None:
        yield label_mismatch(ID, pair.symbol, pair.label)
    elif pair.other is not None:
        yield other_mismatch(ID, pair.symbol, f"{pair.other} is a function, too")
