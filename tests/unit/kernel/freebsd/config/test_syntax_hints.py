"""syntax_hints.py: hints of syntax errors."""

from __future__ import annotations

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.source import SourceText


@pytest.mark.parametrize(
    ("statement", "line", "what", "hint"),
    [
        ("OPTIONS A\n", 1, "no statement begins with 'OPTIONS'", "did you mean options?"),
        ("optoins A\n", 1, "no statement begins with 'optoins'", "did you mean options?"),
        ("whatever A\n", 1, "no statement begins with 'whatever'", None),
        ("7\n", 1, "no statement begins with '7'", None),
        (
            "options A\n options B\n",
            2,
            "end of the statement, not 'options'",
            "begins with a blank",
        ),
        ("options A", 1, "end of the statement, not the end of file", "last line needs a newline"),
        ("options A,\n", 2, "expected a name, not the end of statement", "begins with a blank"),
        ("options device\n", 1, "expected a name, not 'device'", "in quotes"),
        ("options 9A\n", 1, "expected a name, not '9'", "in quotes"),
        ("maxusers many\n", 1, "expected a number, not 'many'", None),
        ("options A =\n", 2, "expected a value after `=', not the end of", "begins with a blank"),
    ],
)
def test_a_syntax_error_has_a_hint(statement: str, line: int, what: str, hint: str | None) -> None:
    """A syntax error has config(8)'s place and words, the expected token, and a hint."""
    with pytest.raises(KernConfError) as caught:
        parse_conf(SourceText(path="T", text=statement))
    assert caught.value.what.startswith("syntax error: ")
    assert what in caught.value.what
    assert caught.value.where == f"T:{line}"
    assert (caught.value.hint is None) if hint is None else hint in str(caught.value.hint)
