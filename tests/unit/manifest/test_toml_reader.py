"""toml_reader.py: the tables of a TOML file, and the line of each error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.toml_reader import TomlReader, load_toml

PATH = Path("/nowhere/layoutcheck.toml")
TEXT = """\
top = 1
[first]
key = 1  # a comment
other = { key = 2, "quoted" = 3 }
[first.deep]
key = 4
[[many]]
key = 5
[[many]]
'key' = 6
dotted.key = 7
[ "last" ]
"""


def reader(text: str = TEXT, prefix: str = "") -> TomlReader:
    """The reader of a text."""
    return TomlReader(PATH, text, prefix)


@pytest.mark.parametrize(
    ("name", "key", "start", "line"),
    [
        ("", "top", 0, 1),
        ("first", "", 0, 2),
        ("first", "key", 0, 3),
        ("first", "other", 0, 4),
        ("first", "quoted", 0, 4),
        ("first", "deep", 0, 5),
        ("first.deep", "key", 0, 6),
        ("many", "", 0, 7),
        ("many", "key", 0, 8),
        ("many", "key", 9, 10),
        ("many", "dotted", 9, 11),
        ("first", "nowhere", 0, 2),
        ("nowhere", "", 0, 0),
        ("", "nowhere", 0, 0),
    ],
)
def test_the_line_of_a_key(name: str, key: str, start: int, line: int) -> None:
    """The line is that of the key, or else of the table, or 0 if neither is found."""
    assert reader().line_of(name, key, start) == line


def test_a_key_is_no_part_of_another() -> None:
    """A key is found neither in a longer name nor in a comment or a value."""
    text = "[t]\nlong-key = 1\nkeys = 1\n# key: see below\nkey = 1\n"
    assert reader(text).line_of("t", "key") == 5
    assert reader("[t]\na = { long-key = 1 }\nb = { key = 1 }\n").line_of("t", "key") == 3


def test_a_key_of_another_table_is_another_one() -> None:
    """A key of another table is not used, even if only that one has a line of its own."""
    text = "[a]\nx = { key = 1 }\n[b]\nkey = 1\n[a.deep]\nlate = 1\n[[c]]\ny = 1\n[[c]]\nkey = 1\n"
    assert reader(text).line_of("a", "key") == 2
    assert reader(text).line_of("b", "key") == 4
    assert reader(text).line_of("a", "deep") == 5
    assert reader(text).line_of("c", "key", 7) == 10


def test_a_table_below_a_prefix() -> None:
    """Below a prefix, other tools' tables of a pyproject.toml are ignored."""
    text = "[tool.other.kernel]\nview = 1\n[tool.layoutcheck.kernel]\nview = 2\n"
    below = reader(text, "tool.layoutcheck.")
    assert below.line_of("kernel", "view") == 4
    error = below.error("no", name="kernel", key="view", hint="do it")
    assert str(error) == f"{PATH}:4: [tool.layoutcheck.kernel]: no\nhint: do it"
    assert str(below.error("no")) == f"{PATH}: no"


def test_the_headers_of_a_list_of_tables() -> None:
    """Each header of a list of tables has its line; a plain table is none."""
    assert reader().headers_of("many") == (7, 9)
    assert reader().headers_of("first") == ()
    assert reader("[[ x.many ]]\n[[many]]\n", "x.").headers_of("many") == (1,)


def test_values_of_one_type() -> None:
    """A missing key is None."""
    table = {"text": "a", "flag": True, "table": {"a": 1}, "number": 1}
    found = reader()
    assert found.get(table, "t", "text", str) == "a"
    assert found.get(table, "t", "flag", bool) is True
    assert found.get(table, "t", "table", dict) == {"a": 1}
    assert found.get(table, "t", "missing", str) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.get({"key": 1}, "first", "key", str), ":3: [first]: key is not a string"),
        (
            lambda r: r.get({"key": 1}, "first", "key", bool),
            ":3: [first]: key is not true or false",
        ),
        (lambda r: r.get({"key": 1}, "first", "key", dict), ":3: [first]: key is not a table"),
        (
            lambda r: r.get({"key": 1}, "many", "key", str, start=9),
            ":10: [many]: key is not a string",
        ),
        (lambda r: r.table({"top": 1}, "top"), ":1: top is not a table\nhint: write [top]"),
        (
            lambda r: r.strings({"key": 1}, "first", "key"),
            ":3: [first]: key is not a list of strings",
        ),
        (
            lambda r: r.strings({"key": ["a", 1]}, "first", "key"),
            ":3: [first]: key is not a list of strings",
        ),
        (
            lambda r: r.matching({"key": "ab"}, "first", "key", re.compile("a"), hint="say a"),
            ":3: [first]: key is 'ab'\nhint: say a",
        ),
        (
            lambda r: r.only_known("first", {"other": 1}, ("others", "x")),
            ":4: [first]: unknown key 'other'\nhint: did you mean others?",
        ),
        (
            lambda r: r.only_known("first", {"other": 1}, ("x", "yy")),
            ":4: [first]: unknown key 'other'\nhint: known: x, yy",
        ),
    ],
)
def test_a_value_that_is_wrong(call: Callable[[TomlReader], object], message: str) -> None:
    """The error has the line of its key."""
    with pytest.raises(ManifestError) as caught:
        call(reader())
    assert str(caught.value) == f"{PATH}{message}"


def test_values_that_are_right() -> None:
    """One string is a list of one, a pattern matches the whole, and paths start at the folder."""
    found = reader()
    assert found.table({}, "nowhere") == {}
    assert found.table({"a": {"b": 1}}, "a") == {"b": 1}
    assert found.strings({"key": "a"}, "t", "key") == ("a",)
    assert found.strings({"key": ["a", "b"]}, "t", "key") == ("a", "b")
    assert found.strings({}, "t", "key") == ()
    assert found.matching({"key": "aa"}, "t", "key", re.compile("a+"), hint="") == "aa"
    assert found.matching({}, "t", "key", re.compile("a+"), hint="") is None
    assert found.path_in({"key": "../x"}, "t", "key") == PATH.parent / "../x"
    assert found.path_in({"key": "/x"}, "t", "key") == Path("/x")
    assert found.path_in({}, "t", "key") is None
    found.only_known("t", {"x": 1}, ("x", "y"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"first": {"key": "a\0"}}, ":3: [first]: key holds the character NUL"),
        ({"first": {"other": [1, ["\0"]]}}, ":4: [first]: other holds the character NUL"),
        ({"top": "\0"}, ":1: top holds the character NUL"),
        ({"last": {"a\0": 1}}, ":12: [last]: last holds the character NUL"),
    ],
)
def test_the_character_nul_is_refused(value: dict[str, object], message: str) -> None:
    """The character NUL is refused at any depth, in keys too."""
    found = reader()
    found.without_nul({"first": {"key": ["a", 1, {"b": "c"}]}})
    with pytest.raises(ManifestError) as caught:
        found.without_nul(value)
    assert str(caught.value) == f"{PATH}{message}"


def test_a_file_is_its_text_and_its_document(tmp_path: Path) -> None:
    """A file is returned as text and as a document, because lines are found in the text."""
    path = tmp_path / "a.toml"
    path.write_text("a = 1\n", encoding="utf-8")
    assert load_toml(path) == ("a = 1\n", {"a": 1})


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a = 1\nb = = 2\n", 2, "not a TOML file: "),
        (b"a = 1\na = 2\n", 2, "not a TOML file: "),
        (b"\xff\xfe", 0, "not a TOML file: 'utf-8' codec"),
        (b"a = " + b"[" * 5000, 0, "not a TOML file: it is nested too deep"),
    ],
)
def test_a_file_that_is_no_toml(content: bytes, line: int, words: str, tmp_path: Path) -> None:
    """A file that is no TOML is an error, with the line if tomllib has it."""
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(ManifestError) as caught:
        load_toml(path)
    assert caught.value.what.startswith(words)
    assert caught.value.where == (f"{path}:{line}" if line else str(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is an error with the system's message."""
    with pytest.raises(ManifestError) as caught:
        load_toml(tmp_path / "a.toml")
    assert str(caught.value) == f"{tmp_path}/a.toml: No such file or directory"
    with pytest.raises(ManifestError, match=r"Is a directory$"):
        load_toml(tmp_path)
