"""The text of the probe that asks for a type's `repr`."""

from __future__ import annotations

from layoutcheck.compilers.probes.reprs import (
    REPR_LINE,
    render_alike,
    render_passed,
    render_repr_probe,
)
from layoutcheck.model.probe_key import ProbeKey


def test_each_question_has_its_line() -> None:
    """The first question is on `REPR_LINE`."""
    type_, scalar = ProbeKey("type", 0), ProbeKey("scalar", 0, 1)
    asked = [
        (type_, render_passed(type_, "dep::T")),
        (scalar, render_alike(scalar, "dep::T", "u32")),
    ]
    lines = render_repr_probe(asked).splitlines()
    assert lines[REPR_LINE - 1 :] == [line for _, line in asked]
    assert "fn layoutcheck_passed_type_0(_: ::dep::T, _: &[::dep::T]);" in lines[-2]
    assert lines[-1].startswith("#[rustc_abi(assert_eq)] type LayoutcheckAlikescalar_0_1 = ")
