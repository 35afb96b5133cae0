"""`report/mistake_words.py`: sentences on a root cause, and its waiver."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from layoutcheck.model.verdict import Cause, Mismatch, Verdict
from layoutcheck.report.mistake_words import describe, effect_of, waiver_of
from layoutcheck.report.root_causes import Finding, RootCause, root_causes
from tests.kernel_runs import agreeing_run, base, compare, declare, judge, thread_verdict

U32, U64 = base("u32", 4), base("u64", 8)


def root_of(verdict: Verdict) -> RootCause:
    """Return the first root cause of a run of one verdict."""
    return root_causes(replace(agreeing_run(), verdicts=(verdict,)))[0]


def extra(*after: str) -> Verdict:
    """A record of which Rust has one member more, `added`, before these members."""
    c = declare("s", ("a", U64), *((name, U64) for name in after))
    rust = declare("k::s", ("a", U64), ("added", U64), *((name, U64) for name in after))
    added = Mismatch(check_id="member-extra", member_path="added", c="absent", rust="u64")
    cause = Cause(check="member-extra", member="added")
    return judge(c, rust, added, *compare(c, rust, cause=cause))


@pytest.mark.parametrize(
    ("check", "c", "rust", "words"),
    [
        ("member-size", "8 bytes", "4 bytes", "has 8 bytes in C, 4 bytes in Rust"),
        ("member-offset", "offset 1", "offset 2", "is at offset 1 in C, at offset 2 in Rust"),
        ("record-kind", "union", "struct", "is a union in C, a struct in Rust"),
        ("member-extra", "absent", "u64 at offset 8", "is not in C; Rust has u64 at offset 8"),
        ("member-missing", "int at offset 8", "absent", "is not in Rust; C has int at offset 8"),
        ("member-bits", "bits 0-3", "reads bits 4-7", "differs. C: bits 0-3; Rust: reads bits 4-7"),
    ],
)
def test_what_each_side_has_in_a_sentence(check: str, c: str, rust: str, words: str) -> None:
    """Of a check whose words do not fit into a sentence, both sides are quoted."""
    found = Mismatch(check_id=check, member_path="m", c=c, rust=rust)
    assert describe(root_of(replace(extra(), mismatches=(found,)))) == words


def test_a_cause_that_no_check_reports() -> None:
    """A type that is unchecked, and an alignment that is not known."""
    cause = Cause(item=thread_verdict().rust_path, check="record-alignment")
    found = Mismatch(check_id="member-offset", member_path="a", c="0", rust="8", cause=cause)
    holder = replace(extra(), mismatches=(found,))
    [root] = root_causes(replace(agreeing_run(), verdicts=(holder, thread_verdict())))
    assert describe(root) == "could not be checked"
    assert effect_of(root) is None
    assert 'check = "indeterminate"' in waiver_of(root)
    compared = replace(extra(), rust_path=thread_verdict().rust_path)
    roots = root_causes(replace(agreeing_run(), verdicts=(holder, compared)))
    assert [describe(root) for root in roots if root.mismatch is None] == [
        "has another alignment in Rust, which no check reports"
    ]


def test_all_members_after_it_move_by_the_same_distance() -> None:
    """The distance and the size are said once, in place of a mismatch for each member."""
    effect = "very member after added is 8 bytes too late, and the struct is 8 bytes too large."
    assert effect_of(root_of(extra("b", "c", "d"))) == f"E{effect}"
    only = (
        "The only member after added, b, is 8 bytes too late, and the struct is 8 bytes too large."
    )
    assert effect_of(root_of(extra("b"))) == only
    assert effect_of(root_of(extra())) == "The struct is 8 bytes too large."


def test_members_that_do_not_move_alike_are_not_summed_up() -> None:
    """Some move, some do not: their number is said; by different distances: nothing is said."""
    some = extra("b", "c", "d")
    fewer = replace(some, mismatches=some.mismatches[:-1])
    assert effect_of(root_of(fewer)) == (
        "2 members are 8 bytes too late, and the struct is 8 bytes too large."
    )
    c = declare("s", ("a", U64), ("b", U32), ("c", U64))
    rust = declare("k::s", ("a", U64), ("x", U32), ("b", U32), ("y", U32), ("c", U64))
    cause = Cause(check="member-extra", member="x")
    bad = Mismatch(check_id="member-extra", member_path="x", c="absent", rust="u32")
    verdict = judge(c, rust, bad, *compare(c, rust, cause=cause))
    assert effect_of(root_of(verdict)) == "The struct is 8 bytes too large."


def test_a_waiver_is_toml_that_names_only_this_mismatch() -> None:
    """Quotes, escape codes and the patterns' own characters are names here."""
    finding = Finding(kind="record", rust_path='k::"\u202e\x1b*', check="member-size", member="a[?")
    root = RootCause(finding=finding, verdict=None, mismatch=extra().mismatches[0], cells=())
    text = waiver_of(root)
    assert all(char.isprintable() or char == "\n" for char in text)
    [entry] = tomllib.loads(text)["waive"]
    assert entry == {
        "subject": 'k::"\u202e\x1b[*]',
        "check": "member-size",
        "member": "a[[][?]",
        "reason": "...",
    }
