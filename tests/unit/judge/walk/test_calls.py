"""calls.py: calling conventions, by the names of Rust and C."""

from __future__ import annotations

import pytest

from layoutcheck.judge.walk.calls import is_called_alike, is_rusts
from tests.layouts import I32
from tests.passed import function, to


@pytest.mark.parametrize(
    ("c", "rust", "is_alike"),
    [
        ("C", "C", True),
        ("C", "C-unwind", True),
        ("C", "system-unwind", True),
        ("C", "cdecl", True),
        ("C", "sysv64", True),
        ("C", "Rust", False),
        ("C", "efiapi", False),
        ("C", "win64", False),
        ("win64", "win64", True),
        ("win64", "efiapi", True),
        ("win64", "C", False),
        ("regparm", "C", False),
        ("regparm", "regparm", True),
        ("stdcall", "stdcall-unwind", True),
    ],
)
def test_conventions(c: str, rust: str, *, is_alike: bool) -> None:
    """Several names mean one convention; unwinding does not change a call."""
    assert is_called_alike(function(convention=c), function(convention=rust)) is is_alike


def test_rusts_own() -> None:
    """A function of Rust's convention is found, but a pointer to one is not."""
    assert is_rusts(function(convention="Rust"))
    assert not is_rusts(function())
    assert not is_rusts(to(function(convention="Rust")))
    assert not is_rusts(I32)
