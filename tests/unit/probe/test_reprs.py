"""The text of the probe that asks what fixes a type's layout."""

from __future__ import annotations

from layoutcheck.probe.reprs import (
    REPR_LINE,
    render_alike,
    render_name,
    render_passed,
    render_repr_probe,
)


def test_each_question_has_its_line() -> None:
    """The first on `REPR_LINE`."""
    asked = [
        ("0", render_passed("0", "dep::T")),
        ("0 name", render_name("0", "dep::T")),
        ("0 alike", render_alike("0", "dep::T", "u32")),
    ]
    lines = render_repr_probe(asked).splitlines()
    assert lines[REPR_LINE - 1 :] == [line for _, line in asked]
    assert "fn layoutcheck_passed_0(_: ::dep::T);" in lines[REPR_LINE - 1]
    assert "(_: &[::dep::T]);" in lines[REPR_LINE]
    assert lines[-1].startswith("#[rustc_abi(assert_eq)] type LayoutcheckAlike0 = ")
