"""probe_key.py: a key becomes a part of a symbol and is read back; nothing else is read."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.cache.pickles import dump, load
from layoutcheck.model.probe_key import KEY_PATTERN, KeyKind, ProbeKey

KEYS = st.builds(
    ProbeKey,
    st.sampled_from(get_args(KeyKind)),
    st.integers(min_value=0),
    st.integers(min_value=0),
)


@given(KEYS)
def test_writing_and_reading_are_inverse(key: ProbeKey) -> None:
    """A key survives writing and reading. Its text is a part of an identifier in C and Rust."""
    text = str(key)
    assert ProbeKey.parse(text) == key
    assert hash(ProbeKey.parse(text)) == hash(key)
    assert f"layoutcheck_{text}".isidentifier()
    assert text.isascii()
    assert re.fullmatch(KEY_PATTERN, text)


@given(KEYS, KEYS)
def test_different_keys_have_different_texts(one: ProbeKey, other: ProbeKey) -> None:
    """Different keys have different texts, so that no two questions have one symbol."""
    assert (str(one) == str(other)) == (one == other)


@given(st.one_of(st.text(), st.from_regex(r"\w+_\d+(_\d+)*", fullmatch=True)))
def test_what_is_read_is_written_so(text: str) -> None:
    """Each key has one text, and any other text is refused."""
    try:
        key = ProbeKey.parse(text)
    except ValueError:
        assert not re.fullmatch(KEY_PATTERN, text)
    else:
        assert str(key) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "0_0", "type", "type_", "type_-1", "type_01", "type_1_0", "type_1_2_3"),
        *("thing_0", "item_٣", "type_1\n", " type_1", "type_1,", "Type_1", f"type_{'9' * 5000}"),
    ],
)
def test_what_is_no_key(text: str) -> None:
    """A text that is no key is refused with that text."""
    with pytest.raises(ValueError, match=r"is no key of a probe|Exceeds the limit"):
        ProbeKey.parse(text)


def test_the_texts() -> None:
    """A rank of 0 is not written, since Rust's symbols sort by digits."""
    keys = [ProbeKey("item", number) for number in range(12)]
    assert list(map(str, keys[:2])) == ["item_0", "item_1"]
    assert str(ProbeKey("type", 3, 2)) == "type_3_2"
    by_text = [key.number for key in sorted(keys, key=str)]
    assert by_text == sorted(range(12), key=str)


def test_order() -> None:
    """Keys are ordered by kind, number and rank, and numbers as numbers."""
    first, second = ProbeKey("item", 9, 1), ProbeKey("item", 10)
    assert sorted([ProbeKey("type", 0), second, first, ProbeKey("item", 9)]) == [
        ProbeKey("item", 9),
        first,
        second,
        ProbeKey("type", 0),
    ]


@given(st.lists(KEYS, unique=True))
def test_a_cache_keeps_keys(keys: list[ProbeKey]) -> None:
    """Keys survive the cache as keys of a mapping."""
    found = load(dump({key: str(key) for key in keys}))
    assert found == {key: str(key) for key in keys}
    assert list(found) == keys
