"""quoting.py: an excerpt of a source file in an error."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.config.quoting import quote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("options", "'options'"),
        ("", "''"),
        ("a \t b\n\nc", "'a b c'"),
        ("it's", '"it\'s"'),
        ("a\x00\x1b[31mb", r"'a\x00\x1b[31mb'"),
        ("\\", r"'\\'"),
        ("x" * 60, f"'{'x' * 60}'"),
        ("x" * 61, f"'{'x' * 60}...'"),
    ],
)
def test_a_text_on_one_line(text: str, quoted: str) -> None:
    """Control characters of an untrusted file are written out; a long text is cut."""
    assert quote(text) == quoted


def test_a_text_of_any_length_is_short() -> None:
    """A text is cut to a short one, even if a file is one line of megabytes."""
    for text in ("x" * (1 << 20), "x y " * (1 << 18), " " * (1 << 20) + "x"):
        assert len(quote(text)) <= 60 + len("'...'")
        assert "\n" not in quote(text)
