"""The text that asks for accessors."""

from __future__ import annotations

import pytest

from layoutcheck.compilers.probes.accessors import (
    ACCESSOR_LINE,
    FORMS,
    MADE,
    render_accessor,
    render_accessor_probe,
    render_constructor,
)
from layoutcheck.model.probe_key import ProbeKey

READS, WRITES = ProbeKey("accessor", 0), ProbeKey("accessor", 0, 1)


def test_each_question_has_its_line() -> None:
    """Each question is on a line of its own, so that an error there names the question."""
    reads = render_accessor(READS, "::k::ip", "<::k::ip>::ip_hl", form="&self", writes=False)
    writes = render_accessor(WRITES, "::k::ip", "<::k::ip>::set_v", form="*mut self", writes=True)
    lines = render_accessor_probe([(READS, reads), (WRITES, writes)]).splitlines()
    assert lines[ACCESSOR_LINE - 1 :] == [reads, writes]
    assert "fn layoutcheck_reads_accessor_0(record: *mut ::k::ip, value: *mut u8) -> u64" in reads
    assert "give(<::k::ip>::ip_hl(&*record), value)" in reads
    assert "fn layoutcheck_writes_accessor_0_1" in writes
    assert "<::k::ip>::set_v(record, new); size as u64" in writes


@pytest.mark.parametrize(("form", "record"), FORMS.items())
def test_forms(form: str, record: str) -> None:
    """Each form of `self` is called in its way; a method that returns a new record writes it."""
    line = render_accessor(
        READS, "::k::ip", "<::k::ip>::with_v", form=form, writes=True, returns_record=True
    )
    assert f"record.write(<::k::ip>::with_v({record}, new))" in line


@pytest.mark.parametrize("form", MADE)
def test_constructors(form: str) -> None:
    """Each value has its place; a made record is put at the record's place."""
    line = render_constructor(READS, "<::k::ip>::new", form=form, count=2)
    assert "fn layoutcheck_makes_accessor_0(record: *mut u8, value: *mut u8) -> u64" in line
    assert "let v0 = take(value.add(0)); let v1 = take(value.add(16));" in line
    assert MADE[form].format("<::k::ip>::new(v0, v1)") in line
    assert "give(made, record)" in line
