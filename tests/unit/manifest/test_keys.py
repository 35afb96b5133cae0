"""keys.py: the form of a manifest's values, and the checks that a waiver may name."""

from __future__ import annotations

import re

import pytest

from layoutcheck.manifest.keys import (
    C_TYPE,
    CRATE,
    DEFINE,
    FIELD,
    GO_WITH,
    INCLUDE,
    KEYS,
    NAMED,
    VARIABLE,
    VERSION,
)


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (
            C_TYPE,
            ["mtx", "struct mtx", "union\tu", "enum e", "_t2"],
            ["", "2t", "struct ", "struct a b", "a b", "struct mtx *", "class c"],
        ),
        (CRATE, ["libc", "my-crate", "_a", "a1"], ["", "-a", "1a", "a.b", "a/b", "é"]),
        (
            # Semantic Versioning 2.0.0, sections 2, 9 and 10: one version, no requirement.
            VERSION,
            ["0.2.177", "1.0.0-alpha.1", "1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85"],
            [
                "",
                "1",
                "1.0",
                "^1.0.0",
                "=1.0.0",
                "1.0.*",
                "v1.0.0",
                "1.0.0-",
                "1.0.0 ",
                "\u0661.0.0",
            ],
        ),
        (
            DEFINE,
            ["A", "A=", "A=1", "HZ=100", '_X="a b"'],
            ["", "-DA", "A B", "1=1", "A(x)=x", "A=1\nB", "A=\0"],
        ),
        (
            INCLUDE,
            ["sys/param.h", "a b.h", "../x.h"],
            ["", "<a.h>", 'a"b', "a\nb", "a\0", "a>b"],
        ),
        (VARIABLE, ["A", "a_1"], ["", "1", "A=B", "A-B", "A B"]),
        (FIELD, ["a", "a.b", "_1.c2"], ["", ".a", "a.", "a..b", "a.1", "a b"]),
        (NAMED, ["a", " a ", "M::CONST"], ["", " ", "\t"]),
    ],
    ids=["C type", "crate", "version", "define", "include", "variable", "field", "named"],
)
def test_the_form_of_a_value(pattern: re.Pattern[str], right: list[str], wrong: list[str]) -> None:
    """The pattern of a form matches a whole value."""
    assert [text for text in right if not pattern.fullmatch(text)] == []
    assert [text for text in wrong if pattern.fullmatch(text)] == []


def test_a_table_within_a_table_is_a_key_of_it() -> None:
    """A table within a table is a key of it, so that it can be written."""
    assert "matrix" in KEYS["kernel"]
    assert {*KEYS} - {""} <= {*KEYS[""], "kernel.matrix", "bits.*"}
    assert {*KEYS["kernel.matrix"]} <= {*KEYS["kernel"]}


def test_keys_that_go_with_others_are_keys_of_bindings() -> None:
    """Keys that go with others are keys of `[bindings]`, and so are the others."""
    assert {*GO_WITH, *(one for ones in GO_WITH.values() for one in ones)} <= {*KEYS["bindings"]}
