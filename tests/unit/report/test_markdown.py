"""markdown.py: what a pull request shows; no name in it is Markdown, and it is never too long."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Cause, Run, Status
from layoutcheck.report.markdown import render
from layoutcheck.report.terminal_safe import printable
from tests.kernel_runs import (
    agreeing_run,
    bio_verdict,
    cell,
    large_run,
    mtx_verdict,
    sample_run,
    thread_verdict,
)
from tests.strategies import runs

CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)|<code>([^<>`|]*)</code>")


def code_in(text: str) -> list[str]:
    """Everything that stands in code, as a reader sees it."""
    found = (html.unescape(one[3]) if one[1] is None else one[2] for one in CODE.finditer(text))
    return [one.strip() for one in found]


def around_code(text: str) -> str:
    """The text without what stands in code: layoutcheck's own words, and entities."""
    return CODE.sub("", text)


def test_the_headline_comes_first() -> None:
    """Then what it was checked against, and the counts."""
    lines = render(sample_run()).splitlines()
    assert lines[0] == (
        "## layoutcheck: 15 mistakes make 3 items differ, 1 item could not be checked, and some"
        " input was left out"
    )
    assert lines[2].startswith("- `freebsd-kpi 0.2.0` against `FreeBSD 14.3 amd64 GENERIC` (`")
    assert lines[4] == "7 items: 2 agree, 3 differ, 1 waived, 1 unchecked."


def test_a_run_that_passes_is_short() -> None:
    """It has no empty parts."""
    text = render(agreeing_run())
    assert text.startswith("## layoutcheck: All 2 items agree\n")
    assert "###" not in text
    assert "details" not in text


def test_a_row_for_each_root_cause() -> None:
    """The place, the item, the check, both sides, and how many items it makes differ."""
    cause = Cause(item="kpi::sys::bio::bio", check="member-type", member="bio_children")
    wrong = replace(bio_verdict().mismatches[0], cause=cause)
    holder = replace(bio_verdict(), rust_path="k::holder", mismatches=(wrong, wrong))
    text = render(replace(agreeing_run(), verdicts=(holder, bio_verdict())))
    assert (
        "| `src/sys/bio.rs:87` | `bio_children of kpi::sys::bio::bio` | `member-type` |"
        " `unsigned, 4 bytes` | `signed, 4 bytes` | 2 |\n"
    ) in text
    title = "1 item follows from bio&#95;children of kpi&#58;&#58;sys&#58;&#58;bio&#58;&#58;bio"
    assert (
        f"<details><summary>{title}</summary>\n\n- `k::holder` (2 mismatches) `src/sys/bio.rs:60`\n"
    ) in text


def test_the_cells_of_a_root_cause() -> None:
    """A run of several cells has a column of them."""
    cells = (cell(), cell("MINIMAL"))
    both = replace(bio_verdict(), cells=tuple(one.id for one in cells))
    other = replace(bio_verdict(), rust_path="k::other")
    text = render(Run(bindings="k", cells=cells, verdicts=(both, other)))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0].endswith(" | items | cells |")
    assert rows[1].count("|") == rows[0].count("|")
    assert [row.rpartition("| 1 |")[2] for row in rows[2:]] == [
        " `all 2 cells` |",
        " `amd64-GENERIC` |",
    ]


def test_unchecked_waived_and_left_out() -> None:
    """Each has its part, with the reasons."""
    text = render(sample_run())
    assert "### Could not be checked\n\n| items | reason |\n|--:|---|\n| 1 | `the C probe" in text
    assert "### Input that was left out\n\n- `include dev/nope/nope.h: no such file" in text
    assert "<summary>1 waived</summary>" in text
    assert "_mutex::mtx_padalign`: `only ever used behind a pointer`\n" in text


def test_cells() -> None:
    """Each has a line, up to a limit, and the counts say how many there are."""
    cells = tuple(replace(cell(), id=str(number)) for number in range(40))
    ids = tuple(one.id for one in cells)
    run = Run(bindings="k", cells=cells, verdicts=(replace(mtx_verdict(), cells=ids),))
    text = render(run)
    assert text.count("against `FreeBSD") == 30
    assert "- and 10 more\n\n40 items in 40 cells: 40 agree" in text
    shard = Shard(number=1, count=2, plan=("a", "b"))
    assert "`shard 1 of 2: 40 of 2 cells`" in render(replace(run, shard=shard))


def test_it_is_never_too_long() -> None:
    """GitHub refuses what is longer; what is left out is said."""
    text = render(large_run(6_000))
    assert len(text) <= 60_000
    assert "\nand 20 more, none of which has more items than these.\n" in text
    text = render(replace(agreeing_run(), problems=("`|" * 900,) * 30))
    assert len(text) <= 60_000
    assert text.endswith(
        "\nThis text is cut at 60,000 characters: the report `html` has everything.\n"
    )


@pytest.mark.parametrize(
    "nasty",
    [
        "a|b",
        "\\|",
        "`",
        "a``b`",
        "``` |",
        "<script>x</script>",
        "</code><img src=x>",
        "</details>",
        "@somebody #1 https://example.org ![x](y)",
        "&lt;",
        "a\n\n# b",
        "\033[31m\u202e\u2028",
    ],
)
def test_no_name_is_markdown(nasty: str) -> None:
    """It stands in code as it is, on one line, in a row of as many cells as the others."""
    wrong = replace(bio_verdict().mismatches[0], c=nasty, rust=nasty, member_path=nasty)
    verdict = replace(bio_verdict(), rust_path=f"x{nasty}", mismatches=(wrong,))
    unchecked = replace(thread_verdict(), reason=nasty)
    accepted = replace(thread_verdict(), rust_path="w", status=Status.WAIVED, reason=nasty)
    cause = Cause(item=f"x{nasty}", check="member-type", member=nasty)
    holder = replace(
        bio_verdict(), rust_path="holder", mismatches=(replace(wrong, cause=cause, c="0"),)
    )
    run = replace(
        agreeing_run(),
        verdicts=(verdict, unchecked, accepted, holder),
        problems=(nasty,),
        notes=(nasty,),
        bindings=nasty,
    )
    text = render(run)
    assert text.replace("\n", "").isprintable()
    assert code_in(text).count(printable(nasty)) >= 5
    rest = around_code(text)
    assert set(re.findall("<[^>]*>", rest)) <= {
        *("<details>", "</details>", "<summary>", "</summary>"),
    }
    assert rest.count("<details>") == rest.count("</details>") == 2
    assert not set(rest) & set("`@[]!\\")
    (row,) = (line for line in rest.splitlines() if line.endswith(" | 2 |"))
    assert row.count("|") == 7


@settings(max_examples=50)
@given(run=runs)
def test_any_run(run: Run) -> None:
    """It has a headline, printable lines, and folds that are closed."""
    text = render(run)
    assert text.startswith("## layoutcheck: ")
    assert all(line.isprintable() for line in text.split("\n"))
    rest = around_code(text)
    assert rest.count("<details>") == rest.count("</details>")
