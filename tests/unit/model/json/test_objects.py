"""objects.py: dataclasses survive JSON, and a wrong value is an error with its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import pytest

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.json.objects import JsonValue, Objects


class Colour(Enum):
    """An enumeration for the tests."""

    RED = "red"


@dataclass(frozen=True)
class Leaf:
    """A value of every plain type."""

    text: str
    count: int
    share: float
    is_on: bool
    kind: Literal["a", "b"]
    colour: Colour
    note: str | None


@dataclass(frozen=True)
class Tree:
    """A value that holds others."""

    name: str
    leaves: tuple[Leaf, ...]
    place: tuple[int, int]
    names: tuple[tuple[str, int], ...]


LEAF = Leaf("t", 7, 0.5, True, "a", Colour.RED, None)
TREE = Tree("n", (LEAF,), (1, 2), (("x", 3),))
FORM = Objects(keys={Tree: {"name": "says.name"}}, pairs={(Tree, "names"): ("word", "times")})
WRITTEN: dict[str, Any] = {
    "says": {"name": "n"},
    "leaves": [
        {
            "text": "t",
            "count": 7,
            "share": 0.5,
            "is_on": True,
            "kind": "a",
            "colour": "red",
            "note": None,
        }
    ],
    "place": [1, 2],
    "names": [{"word": "x", "times": 3}],
}


def test_the_form() -> None:
    """A field is a key of its name; other names and pairs follow the tables."""
    assert FORM.to_json(TREE) == WRITTEN
    assert FORM.from_json(WRITTEN, Tree, "it") == TREE


def test_unknown_keys_are_ignored() -> None:
    """Unknown keys are ignored, since later versions may add keys."""
    assert FORM.from_json({**WRITTEN, "more": 1}, Tree, "it") == TREE


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("text", (1, None, ["x"]), "a string is expected here"),
        ("count", (1.0, True, "7", None), "a whole number is expected here"),
        ("share", (True, "3", None), "a number is expected here"),
        ("is_on", (0, "false", None), "true or false is expected here"),
        ("kind", ("c",), "'c' is none of 'a', 'b'"),
        ("kind", (1,), "a string is expected here"),
        ("colour", ("blue",), "'blue' is none of 'red'"),
        ("note", (1, False), "a string is expected here"),
    ],
)
def test_a_wrong_value(key: str, values: tuple[JsonValue, ...], words: str) -> None:
    """A value is never converted: `true` and "7" are no numbers."""
    for value in values:
        leaf = WRITTEN["leaves"][0] | {key: value}
        with pytest.raises(LayoutcheckError) as caught:
            FORM.from_json(WRITTEN | {"leaves": [leaf]}, Tree, "it")
        assert (caught.value.what, caught.value.where) == (words, f"it.leaves[0].{key}")
        assert caught.value.hint


@pytest.mark.parametrize(
    ("changed", "where", "words"),
    [
        ({"says": {}}, "it.says", "the key 'name' is missing"),
        ({"says": "n"}, "it.says", "an object is expected here"),
        ({"leaves": {"0": 1}}, "it.leaves", "an array is expected here"),
        ({"leaves": [1]}, "it.leaves[0]", "an object is expected here"),
        ({"place": [1]}, "it.place", "an array of 2 is expected here"),
        ({"place": [1, "2"]}, "it.place[1]", "a whole number is expected here"),
        ({"names": [{"word": "x"}]}, "it.names[0]", "the key 'times' is missing"),
    ],
)
def test_a_wrong_holder(changed: dict[str, JsonValue], where: str, words: str) -> None:
    """The place of an error has keys and element numbers."""
    with pytest.raises(LayoutcheckError) as caught:
        FORM.from_json(WRITTEN | changed, Tree, "it")
    assert (caught.value.where, caught.value.what) == (where, words)


def test_a_missing_key() -> None:
    """A missing key is an error, because there are no defaults."""
    with pytest.raises(LayoutcheckError, match="the key 'place' is missing"):
        FORM.from_json({k: v for k, v in WRITTEN.items() if k != "place"}, Tree, "it")
