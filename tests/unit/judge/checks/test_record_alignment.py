"""The alignments of two records."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.checks import record_alignment
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U64, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(record_alignment.check(pair_records(c, rust)))


def test_alignment() -> None:
    """The hint proposes the attribute that fixes the alignment, in each direction."""
    natural, aligned = record("s", ("a", U64)), record("k::s", ("a", U64), alignment=64)
    packed = record("k::s", ("a", U64), packing=1)
    (more,) = _check(natural, aligned)
    assert (more.check_id, more.member_path) == ("record-alignment", None)
    assert (more.c, more.rust) == ("aligned to 8", "aligned to 64")
    assert more.hint is not None
    assert "packed(8)" in more.hint
    (less,) = _check(aligned, natural)
    assert less.hint is not None
    assert "align(64)" in less.hint
    assert [found.rust for found in _check(natural, packed)] == ["aligned to 1"]
    assert _check(natural, natural) == []


def test_unknown_alignment() -> None:
    """An alignment that debug information lacks is no mismatch."""
    natural = record("s", ("a", U64))
    assert _check(replace(natural, alignment=None), natural) == []
    assert _check(natural, replace(natural, alignment=None)) == []


def test_a_newtype_keeps_its_own() -> None:
    """A newtype has its own alignment, not that of its content."""
    inner = record("k::inner", ("a", U64), ("b", U64))
    (found,) = _check(inner, record("k::s", ("__0", inner), alignment=16))
    assert (found.c, found.rust) == ("aligned to 8", "aligned to 16")
