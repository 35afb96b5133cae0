"""report/rust_text/identifiers.py: C names that are Rust's words."""

from __future__ import annotations

import pytest

from layoutcheck.report.rust_text.identifiers import free_name, identifier


@pytest.mark.parametrize(
    ("name", "rust"), [("bio", "bio"), ("type", "r#type"), ("self", "self_"), ("gen", "r#gen")]
)
def test_a_keyword_is_marked(name: str, rust: str) -> None:
    """Four keywords cannot even be raw identifiers."""
    assert identifier(name) == rust


def test_a_free_name_is_no_other_one_with_underscores() -> None:
    """Underscores only mark a name: layoutcheck takes `_x` for C's `x`."""
    assert free_name("_filler", ()) == "_filler"
    assert free_name("_filler", ("filler_", "_filler_2")) == "_filler_3"
