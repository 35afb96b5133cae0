"""inclusions.py: which headers a header includes."""

from __future__ import annotations

from layoutcheck.kernel.units.inclusions import Inclusions


def test_what_a_header_includes() -> None:
    """Directly or not, and also in a circle."""
    texts = {"a": "#include <b>\n", "b": "# include  <a>\n#include <c>\n", "c": ""}
    assert Inclusions(lambda name: texts.get(name, "")).of("a") == {"a", "b", "c"}


def test_what_a_header_includes_from_beside_it() -> None:
    """In quotes, where it is there; else as in angle brackets."""
    texts = {"d/a": '#include "b"\n#include "../e/c"\n#include "f"\n#include <b>\n'}
    texts |= {"d/b": "x", "e/c": "x", "f": "x", "b": "x"}
    found = Inclusions(lambda name: texts.get(name, "")).of("d/a")
    assert found == {"d/a", "d/b", "e/c", "f", "b"}
