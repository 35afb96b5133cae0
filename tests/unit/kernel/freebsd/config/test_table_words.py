"""The words of config(8)'s tables."""

from __future__ import annotations

from layoutcheck.kernel.freebsd.config.table_words import words


def test_words_are_those_of_config() -> None:
    """Blanks and backslashes are skipped, `!` is a word, and a word at the end of file is lost."""
    found = [word for word, _ in words("a  b\n\\c !d\\\ne\n  \nlost")]
    assert found == ["a", "b", None, "c", "!", "d\\", None, "e", None, None]
    assert [word for word, _ in words("a \\\nb\n" + " \\" * 1000)] == ["a", "b", None]
