"""static_type.py: the types of two variables."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import run_checks, static_type
from layoutcheck.model.layout import Type
from tests.layouts import CHAR, I8, I32, I64, U8, U32, array, record
from tests.passed import behind, function, to
from tests.walked import static_pair


@pytest.mark.parametrize(
    ("c", "rust", "differs"),
    [
        (I32, I32, False),
        (I32, I64, True),
        (I32, U32, True),
        (array(CHAR, None), array(I8, 0), False),
        (array(I32, 4), array(I32, 4), False),
        (array(I32, 4), array(I32, 3), True),
        (behind("protosw", 0), record("k::protosw", ("a", U8)), False),
    ],
)
def test_statics(c: Type, rust: Type, *, differs: bool) -> None:
    """A length or a type that C leaves open is no mismatch."""
    assert [m.check_id for m in run_checks("static", static_pair(c, rust))] == (
        ["static-type"] if differs else []
    )


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (I32, I64, ("i32 (4 bytes)", "i64 (8 bytes)")),
        (I32, U32, ("i32 (signed integer)", "u32 (unsigned integer)")),
        (
            to(function(I32)),
            to(function(I64)),
            (
                "void (*)(i32): parameter 1 is i32 (4 bytes)",
                "void (*)(i64): parameter 1 is i64 (8 bytes)",
            ),
        ),
    ],
)
def test_words(c: Type, rust: Type, words: tuple[str, str]) -> None:
    """A difference of size comes before one of kind. A callback has its first difference."""
    (found,) = static_type.check(static_pair(c, rust))
    assert (found.c, found.rust) == words
