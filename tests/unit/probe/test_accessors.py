"""The text that asks for accessors."""

from __future__ import annotations

from layoutcheck.probe.accessors import ACCESSOR_LINE, render_accessor, render_accessor_probe


def test_each_question_has_its_line() -> None:
    """So that an error there says whose it is."""
    reads = render_accessor("0_0", "k::ip", "ip_hl", writes=False)
    both = render_accessor("0_1", "k::ip", "ip_v", writes=True)
    lines = render_accessor_probe([("0_0", reads), ("0_1", both)]).splitlines()
    assert lines[ACCESSOR_LINE - 1 :] == [reads, both]
    assert "fn layoutcheck_reads_0_0(record: &::k::ip) -> u64" in reads
    assert "layoutcheck_writes" not in reads
    assert "<::k::ip>::set_ip_v(record, value(word))" in both
