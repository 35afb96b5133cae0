"""location.py: a path and a line."""

from __future__ import annotations

import pytest

from layoutcheck.location import SourceLocation


@pytest.mark.parametrize(
    ("line", "text"), [(0, "sys/a.h"), (1, "sys/a.h:1"), (1200, "sys/a.h:1200")]
)
def test_a_place_as_editors_take_it(line: int, text: str) -> None:
    """Line 0 means the whole file and is not shown."""
    assert str(SourceLocation(path="sys/a.h", line=line)) == text


def test_places_are_in_order_of_path_and_line() -> None:
    """Places are ordered by path and by line number."""
    places = [
        SourceLocation(path="b.h", line=1),
        SourceLocation(path="a.h", line=10),
        SourceLocation(path="a.h", line=9),
        SourceLocation(path="a.h"),
    ]
    assert list(map(str, sorted(places))) == ["a.h", "a.h:9", "a.h:10", "b.h:1"]
    assert len({*places, SourceLocation(path="a.h", line=0)}) == 4
