"""The text of the probe that asks what fixes a type's layout."""

from __future__ import annotations

from layoutcheck.compilers.probes.reprs import (
    REPR_LINE,
    render_alike,
    render_passed,
    render_repr_probe,
)


def test_each_question_has_its_line() -> None:
    """The first on `REPR_LINE`."""
    asked = [("0", render_passed("0", "dep::T")), ("1", render_alike("1", "dep::T", "u32"))]
    lines = render_repr_probe(asked).splitlines()
    assert lines[REPR_LINE - 1 :] == [line for _, line in asked]
    assert "fn layoutcheck_passed_0(_: ::dep::T, _: &[::dep::T]);" in lines[-2]
    assert lines[-1].startswith("#[rustc_abi(assert_eq)] type LayoutcheckAlike1 = ")
