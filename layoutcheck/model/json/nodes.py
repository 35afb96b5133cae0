"""Typed reading of a JSON value; each error names the place of the wrong value in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation

__all__ = ["JsonNode", "JsonValue", "location_to_json"]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


@dataclass(frozen=True, slots=True)
class JsonNode:
    """A JSON value and the `path` that leads to it, such as `subjects[3].status`.

    Every accessor raises `LayoutcheckError`, with the path, for a value of another type.
    """

    value: JsonValue
    path: str

    def error(self, what: str) -> LayoutcheckError:
        """Return the error `what` about this value."""
        return LayoutcheckError(
            what,
            where=self.path,
            hint="the value was not written by layoutcheck, or was changed afterwards",
        )

    def __getitem__(self, key: str) -> JsonNode:
        """Return the value under `key` of an object."""
        if not isinstance(self.value, dict):
            raise self.error("an object is expected here")
        if key not in self.value:
            raise self.error(f"the key {key!r} is missing")
        return JsonNode(self.value[key], f"{self.path}.{key}")

    def has(self, key: str) -> bool:
        """Return whether this is an object with the key."""
        return isinstance(self.value, dict) and key in self.value

    def __iter__(self) -> Iterator[JsonNode]:
        """Yield the values of an array."""
        if not isinstance(self.value, list):
            raise self.error("an array is expected here")
        for index, value in enumerate(self.value):
            yield JsonNode(value, f"{self.path}[{index}]")

    def is_null(self) -> bool:
        """Return whether the value is `null`."""
        return self.value is None

    def text(self) -> str:
        """Return the string."""
        if not isinstance(self.value, str):
            raise self.error("a string is expected here")
        return self.value

    def text_or_none(self) -> str | None:
        """Return the string, or None for `null`."""
        return None if self.is_null() else self.text()

    def integer(self) -> int:
        """Return the whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.error("a whole number is expected here")
        return self.value

    def integer_or_none(self) -> int | None:
        """Return the whole number, or None for `null`."""
        return None if self.is_null() else self.integer()

    def number(self) -> float:
        """Return the number, whole or not."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            raise self.error("a number is expected here")
        return float(self.value)

    def boolean(self) -> bool:
        """Return the boolean."""
        if not isinstance(self.value, bool):
            raise self.error("true or false is expected here")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return the strings of an array."""
        return tuple(item.text() for item in self)

    def location_or_none(self) -> SourceLocation | None:
        """Return the location that `location_to_json` wrote."""
        if self.is_null():
            return None
        return SourceLocation(path=self["path"].text(), line=self["line"].integer())


def location_to_json(location: SourceLocation | None) -> JsonValue:
    """Return the location as `{"path", "line"}`, or `null`."""
    return None if location is None else {"path": location.path, "line": location.line}
