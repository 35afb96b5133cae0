"""Two enums -> the members of Rust's that C's does not have with that value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layoutcheck.layout import EnumType

__all__ = ["EnumDifference", "enum_differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumDifference:
    """A variant `name` of the value that `rust` says, and what `c` has in its place."""

    name: str
    c: str
    rust: str


def enum_differences(c: EnumType, rust: EnumType) -> Iterator[EnumDifference]:
    """Yield each variant whose namesake in C has another value, or of a value that C lacks."""
    values = {value for _, value in c.enumerators}
    for name, value in rust.enumerators:
        exact = [item for item in c.enumerators if _plain(item[0]) == _plain(name)]
        namesakes = exact or [i for i in c.enumerators if _plain(i[0]).endswith(_plain(name))]
        if value in {known for _, known in namesakes} or (not namesakes and value in values):
            continue
        said = " or ".join(f"{known} = {number}" for known, number in namesakes)
        yield EnumDifference(
            name=name, c=said or f"no enumerator {name}, and none of that value", rust=str(value)
        )


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
