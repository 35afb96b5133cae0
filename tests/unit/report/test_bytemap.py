"""report/bytemap.py: the map of two records, and its limits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from layoutcheck.model.layout import ArrayType
from layoutcheck.model.verdict import Mismatch, Verdict
from layoutcheck.report.bytemap import ByteMap, Skip, Word, byte_map_of
from layoutcheck.report.rows import rows_of
from tests.kernel_runs import (
    base,
    bio_verdict,
    ccb_verdict,
    declare,
    descriptor_verdict,
    judge,
    mtx_verdict,
    thread_verdict,
    union_verdict,
)
from tests.strategies import verdicts


def map_of(verdict: Verdict) -> ByteMap:
    """Return the map of a verdict that has one."""
    found = byte_map_of(verdict, rows_of(verdict))
    assert found is not None
    return found


def test_a_record_without_layouts_has_no_map() -> None:
    """An unchecked record has no map."""
    assert byte_map_of(thread_verdict(), rows_of(thread_verdict())) is None


def test_words_and_skips_cover_the_longer_record() -> None:
    """Words and skips together cover the longer record."""
    for verdict in (ccb_verdict(), bio_verdict(), mtx_verdict()):
        assert verdict.c is not None
        total = sum(
            line.word_count if isinstance(line, Skip) else 1 for line in map_of(verdict).lines
        )
        assert total == -(-verdict.c.byte_size // 8)


def test_what_differs_is_told_from_what_is_only_moved() -> None:
    """The short buffer differs, later members are moved, and the missing member is alone."""
    words = [line for line in map_of(ccb_verdict()).lines if isinstance(line, Word)]
    marks = {segment.name: segment.mark for word in words for segment in word.c}
    assert marks["sense_data"] == "differs"
    assert marks["msg_ptr"] == "moved"
    assert marks["priority"] == "alone"
    assert marks["dxfer_len"] == ""


def test_segments_stand_where_their_bits_are() -> None:
    """A segment has a column for each bit, so that bit-fields have their place."""
    [word] = map_of(descriptor_verdict()).lines
    assert isinstance(word, Word)
    assert [(s.first, s.span) for s in word.c][:5] == [(0, 16), (16, 24), (40, 5), (45, 2), (47, 1)]
    assert sum(s.span for s in word.c) == sum(s.span for s in word.rust) == 64


def test_what_holds_something_that_differs_is_marked() -> None:
    """Only outermost members are drawn, and one is marked if anything inside it differs."""
    u32 = base("u32", 4)
    c = declare("s", (None, declare(None, ("low", u32), kind="union")), ("b", u32))
    rust = declare("k::s", ("low", base("i32", 4)), ("b", u32))
    bad = Mismatch(check_id="member-type", member_path="low", c="unsigned", rust="signed")
    [word] = map_of(judge(c, rust, bad)).lines
    assert isinstance(word, Word)
    assert [segment.mark for segment in word.c] == ["differs", ""]


def test_a_union_is_drawn_a_line_a_member() -> None:
    """A union is drawn with a line for each member, because all begin at offset 0."""
    found = map_of(union_verdict())
    assert found.is_union
    first = found.lines[0]
    assert isinstance(first, Word)
    assert [segment.span for segment in (*first.c, *first.rust)] == [8, 4]


def test_a_huge_record_is_drawn_in_few_words() -> None:
    """A record that claims to have gigabytes is drawn in as few words as another."""
    u8 = base("u8", 1)
    c = declare("s", ("a", ArrayType(element=u8, counts=(2**40,))), ("b", u8))
    rust = replace(declare("k::s", ("a", u8), ("b", u8)))
    bad = Mismatch(check_id="member-size", member_path="a", c="much", rust="1 byte")
    assert len(map_of(judge(c, rust, bad)).lines) < 20


@settings(deadline=None)
@given(verdict=verdicts)
def test_any_record_can_be_drawn(verdict: Verdict) -> None:
    """Every segment of any record lies within the map's columns."""
    found = byte_map_of(verdict, rows_of(verdict))
    for line in found.lines if found else ():
        for segment in () if isinstance(line, Skip) else (*line.c, *line.rust):
            assert found is not None
            assert 0 <= segment.first < segment.first + segment.span <= found.columns
