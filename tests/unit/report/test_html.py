"""report/html.py: one small page that needs no network and runs no script of a crate."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings

from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.html import render
from tests.kernel_runs import (
    agreeing_run,
    ccb_verdict,
    cell,
    large_run,
    mtx_verdict,
    sample_run,
    thread_verdict,
    union_verdict,
)
from tests.strategies import runs

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opened tag."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag


def hostile_run() -> Run:
    """A run in which every name is an attack."""
    bad = ccb_verdict()
    assert bad.c is not None
    members = tuple(replace(m, name=HOSTILE + str(i)) for i, m in enumerate(bad.c.members))
    verdict = replace(
        bad,
        cells=(HOSTILE,),
        c_name=HOSTILE,
        rust_path=HOSTILE,
        reason=HOSTILE,
        c=replace(bad.c, name=HOSTILE, members=members),
        mismatches=tuple(
            replace(m, check_id=HOSTILE, member_path=HOSTILE + "4", hint=HOSTILE, c=HOSTILE)
            for m in bad.mismatches
        ),
    )
    wild = replace(cell(HOSTILE), headers=HOSTILE, notes=(HOSTILE,))
    return Run(bindings=HOSTILE, cells=(wild, wild), verdicts=(verdict,), problems=(HOSTILE,))


def test_a_hostile_name_stays_text() -> None:
    """Names come from untrusted crates: none becomes a tag, an attribute or a script."""
    page = Page(render(hostile_run()))
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_nothing_is_fetched() -> None:
    """The page has no address, import or source, so that an archive can show it."""
    text = render(sample_run())
    page = Page(text)
    assert not {name for name, _ in page.attributes} & {"src", "srcset", "action"}
    assert not {"link", "img", "iframe", "object", "base"} & set(page.tags)
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest", text)
    targets = [value for name, value in page.attributes if name == "href"]
    assert targets == ["#records"]


@settings(deadline=None, max_examples=50)
@given(run=runs)
def test_any_run_makes_a_page(run: Run) -> None:
    """Every tag is closed and the page can be written as UTF-8, for any run.

    Agreeing items of one kind that are no records share a list.
    """
    text = render(run)
    own = [v for v in run.verdicts if v.kind == "record" or v.status is not Status.AGREES]
    assert Page(text).tags.count("details") >= len(own)
    assert text.encode("utf-8")


def test_what_differs_comes_first_and_the_first_is_open() -> None:
    """Differing records come first, and the first one is open."""
    text = render(sample_run())
    found = re.findall(r'<details class="r (\w+)" id="r\d+"( open)?', text)
    assert [status for status, _ in found] == [
        *["differs"] * 3,
        "indeterminate",
        "waived",
        *["agrees"] * 2,
    ]
    assert [bool(is_open) for _, is_open in found] == [True, *[False] * 6]


def test_statuses_and_marks_do_not_rest_on_colour() -> None:
    """Each status has a sign and a word besides its colour, in the list and in the map."""
    text = render(sample_run())
    for words in ("≠ differs", "? unchecked", "~ waived", "= agrees"):
        assert f'<span class="st">{words}</span>' in text
    assert "<b>≠</b> sense_data" in text
    assert "<b>↕</b> msg_ptr" in text


def test_the_filter_is_made_of_real_controls_and_hidden_without_scripts() -> None:
    """The filter has buttons with their state, and every record is visible without a script."""
    text = render(sample_run())
    assert text.count("aria-pressed") >= 5
    assert re.search(r'<form class="filter" id="filter" hidden', text)
    assert text.index("user_segment_descriptor") < text.index("<script>")


def test_the_clang_is_named_at_the_top() -> None:
    """Each clang is named at the top, and a run without cells has none."""
    run = sample_run()
    other = replace(run.cells[0], id="other", clang="clang version 20.1.2 (x)")
    top = "FreeBSD 14.3 amd64 GENERIC, compiled by Debian clang 19.1.7 "
    assert top in render(run).partition("</header>")[0]
    both = render(replace(run, cells=(*run.cells, other)))
    assert ", compiled by Debian clang 19.1.7 and clang 20.1.2 " in both
    assert "compiled by" not in render(replace(run, cells=()))


def test_why_and_what_to_do_are_said() -> None:
    """Reasons, hints, places and compilers are shown."""
    text = render(sample_run())
    assert "field has incomplete type &#39;struct pcb&#39;" in text
    assert "<b>Fix:</b> declare it as scsi_sense_data" in text
    assert "cam/cam_ccb.h:753" in text
    assert "clang LLVM (rustc version 1.96.0)" in text
    assert "only ever used behind a pointer" in text


def test_the_headline_is_never_greener_than_the_run() -> None:
    """Unchecked records, problems and an empty run each have a headline of their own."""

    def headline(run: Run) -> str:
        found = re.search(r"<h1 class=\"(\w+)\">(.*?)</h1>", render(run))
        assert found is not None
        assert (found[1] == "good") == run.passed
        return found[2]

    assert headline(agreeing_run()) == "All 2 records agree with the kernel"
    assert headline(sample_run()) == "3 of 6 compared records differ from the kernel"
    unchecked = replace(agreeing_run(), verdicts=(mtx_verdict(), thread_verdict()))
    assert headline(unchecked) == "No difference found, but 1 record could not be checked"
    left_out = replace(agreeing_run(), problems=("x",))
    assert headline(left_out) == "No difference found, but some input was left out"
    assert headline(replace(agreeing_run(), verdicts=())) == "No record was compared"
    one = replace(agreeing_run(), verdicts=(union_verdict(),))
    assert headline(one) == "1 of 1 compared records differs from the kernel"


def test_what_the_page_lists_is_called_what_it_is() -> None:
    """The list is of records if all are records, and otherwise of items."""
    page = render(agreeing_run())
    for words in (">Records</h2>", ">Find a record<", "Find a record, member", 'noun="record"'):
        assert words in page
    constant = Verdict(
        cells=("amd64-GENERIC",),
        kind="constant",
        c_name="MAXPATHLEN",
        rust_path="MAXPATHLEN",
        status=Status.DIFFERS,
        c_says="1024",
        rust_says="1023",
    )
    page = render(replace(agreeing_run(), verdicts=(*agreeing_run().verdicts, constant)))
    for words in (">Items</h2>", ">Find an item<", "Find an item, member", 'noun="item"'):
        assert words in page
    assert ">No item matches.<" in page


def test_thousands_of_records_make_a_page_of_a_few_megabytes() -> None:
    """A large page leaves details out, and names the command that shows them."""
    text = render(large_run(4000))
    assert len(text) < 5_000_000
    assert text.count('<details class="r ') == 4000
    assert "Left out to keep this page small: layoutcheck show kpi::made::record_" in text
