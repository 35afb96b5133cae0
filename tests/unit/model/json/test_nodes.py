"""nodes.py: JSON values are read by type, and a wrong one is named by its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.model.json.nodes import JsonNode, JsonValue, location_to_json

ROOT = JsonNode({"a": [{"b": 1}, "x"], "none": None}, "run")


def refused(read: Callable[[], object]) -> LayoutcheckError:
    """The error that reading ends with."""
    with pytest.raises(LayoutcheckError) as caught:
        read()
    return caught.value


def test_places() -> None:
    """Keys are joined by dots, and elements have their number."""
    first, second = ROOT["a"]
    assert (first.path, second.path, first["b"].path) == (
        *("run.a[0]", "run.a[1]"),
        "run.a[0].b",
    )
    error = refused(first["b"].text)
    assert error.where == "run.a[0].b"
    assert error.hint == "the value was not written by layoutcheck, or was changed afterwards"


@pytest.mark.parametrize(
    ("read", "good", "value", "bad", "words"),
    [
        (JsonNode.text, "x", "x", (1, None, ["x"]), "a string is expected here"),
        (JsonNode.text_or_none, None, None, (1, False), "a string is expected here"),
        (JsonNode.integer, -7, -7, (1.0, True, "7", None), "a whole number is expected here"),
        (JsonNode.integer_or_none, None, None, (False, 0.5), "a whole number is expected here"),
        (JsonNode.number, 3, 3.0, (True, "3", None), "a number is expected here"),
        (JsonNode.number, 0.5, 0.5, ([0.5],), "a number is expected here"),
        (JsonNode.boolean, False, False, (0, "false", None), "true or false is expected here"),
        (JsonNode.texts, ["a", "b"], ("a", "b"), ("ab", {"a": 1}), "an array is expected here"),
        (JsonNode.texts, [], (), (["a", 1],), "a string is expected here"),
    ],
)
def test_types(
    read: Callable[[JsonNode], object],
    good: JsonValue,
    value: object,
    bad: tuple[JsonValue, ...],
    words: str,
) -> None:
    """A value of the type is returned; `true` is no number."""
    found = read(JsonNode(good, "run.x"))
    assert (found, type(found)) == (value, type(value))
    for wrong in bad:
        error = refused(lambda wrong=wrong: read(JsonNode(wrong, "run.x")))  # type: ignore[misc]
        assert error.what == words


def test_keys() -> None:
    """A key that is missing, and a value that has none."""
    assert ROOT["none"].is_null()
    assert not ROOT["a"].is_null()
    assert ROOT.has("a")
    assert not ROOT.has("b")
    assert not ROOT["a"].has("0")
    missing = refused(lambda: ROOT["b"])
    assert (missing.what, missing.where) == ("the key 'b' is missing", "run")
    no_object = refused(lambda: ROOT["a"]["b"])
    assert (no_object.what, no_object.where) == ("an object is expected here", "run.a")


def test_locations() -> None:
    """They survive; a line that is no number is refused with its place."""
    here = SourceLocation(path="sys/mutex.h", line=12)
    written = location_to_json(here)
    assert written == {"path": "sys/mutex.h", "line": 12}
    assert JsonNode(written, "run").location_or_none() == here
    assert location_to_json(None) is None
    assert JsonNode(None, "run").location_or_none() is None
    wrong = JsonNode({"path": "a", "line": "12"}, "run.at")
    assert refused(wrong.location_or_none).where == "run.at.line"
