"""inclusions.py: the headers that a header includes."""

from __future__ import annotations

from layoutcheck.kernel.units.inclusions import Inclusions


def test_what_a_header_includes() -> None:
    """Included headers are found directly and indirectly, also in a circle."""
    texts = {"a": "#include <b>\n", "b": "# include  <a>\n#include <c>\n", "c": ""}
    assert Inclusions(lambda name: texts.get(name, "")).of("a") == {"a", "b", "c"}


def test_what_a_header_includes_from_beside_it() -> None:
    """A quoted header is searched beside the includer, then like one in angle brackets."""
    texts = {"d/a": '#include "b"\n#include "../e/c"\n#include "f"\n#include <b>\n'}
    texts |= {"d/b": "x", "e/c": "x", "f": "x", "b": "x"}
    found = Inclusions(lambda name: texts.get(name, "")).of("d/a")
    assert found == {"d/a", "d/b", "e/c", "f", "b"}
