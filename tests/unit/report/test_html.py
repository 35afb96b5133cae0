"""report/html.py: one small page that needs no network and runs no script of a crate."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings

from layoutcheck.model.verdict import Cause, Mismatch, Run, Status, Verdict
from layoutcheck.report.html import render
from tests.kernel_runs import (
    U32,
    U64,
    agreeing_run,
    ccb_verdict,
    cell,
    declare,
    judge,
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
    assert targets
    assert all(target is not None and target.startswith("#") for target in targets)


@settings(deadline=None, max_examples=50)
@given(run=runs)
def test_any_run_makes_a_page(run: Run) -> None:
    """Every tag is closed and every link leads somewhere, whatever the run holds.

    The numbers agree with each other, and no control or invisible character is there as such.
    """
    text = render(run)
    check_links(Page(text))
    check_numbers(run, text)
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    assert text.encode("utf-8")


def test_what_differs_comes_first_and_is_open() -> None:
    """The reader lands on what is wrong."""
    text = render(sample_run())
    found = re.findall(r'<details class="r (\w+)">', text)
    assert found == [*["differs"] * 3, "indeterminate", "waived", *["agrees"] * 2]
    groups = re.findall(r'<details class="group (\w+)"( open)?', text)
    assert groups == [
        ("differs", " open"),
        ("indeterminate", ""),
        ("waived", ""),
        ("skipped", ""),
        ("skipped", ""),
        ("agrees", ""),
    ]


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
    assert re.search("<b>Fix:</b> <span id=.*>declare it as scsi_sense_data", text)
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
    assert headline(sample_run()) == "15 mistakes make 3 items differ"
    unchecked = replace(agreeing_run(), verdicts=(mtx_verdict(), thread_verdict()))
    assert headline(unchecked) == "No difference found, but 1 record could not be checked"
    left_out = replace(agreeing_run(), problems=("x",))
    assert headline(left_out) == "No difference found, but some input was left out"
    assert headline(replace(agreeing_run(), verdicts=())) == "No record was compared"
    one = replace(agreeing_run(), verdicts=(union_verdict(),))
    assert headline(one) == "1 mistake makes 1 item differ"


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


def test_the_root_causes_come_in_order_with_what_they_clear() -> None:
    """The one that clears the most is first; a waived one is not among them."""
    text = render(sample_run())
    section = text.partition('<h2 id="roots">')[2].partition("</section>")[0]
    cards = re.findall(
        r'<span class="number">(\d+)\.</span> <code>(.*?)</code> (.*?)</h3>', section
    )
    assert cards[0] == (
        "1",
        "kpi::cam::cam_ccb::ccb_scsiio.sense_data",
        "has 252 bytes in C, 32 bytes in Rust",
    )
    assert len(cards) == 15
    assert "mtx_padalign" not in section
    assert "<b>Clears 14 mismatches</b>, 13 of them in its own item" in section


def test_a_card_has_the_places_and_a_waiver() -> None:
    """The waiver is TOML that waives this mismatch, apart from its reason."""
    text = render(sample_run())
    card = text.partition('id="record:kpi::cam::cam_ccb::ccb_scsiio:member-size:sense_data">')[2]
    card = card.partition("</details>")[0]
    assert "src/cam/cam_ccb.rs:1210" in card
    assert "cam/cam_ccb.h:753" in card
    assert "docs/checks.md#member-size" in card
    assert html.unescape(card.partition(':waiver">')[2].partition("</pre>")[0]) == (
        "[[waive]]\n"
        'subject = "kpi::cam::cam_ccb::ccb_scsiio"\n'
        'check = "member-size"\n'
        'member = "sense_data"\n'
        'reason = "..."\n'
    )


def test_an_item_that_only_follows_links_to_the_root_cause() -> None:
    """Its mismatches are text, without a map."""
    holder = replace(
        mtx_verdict(),
        status=Status.DIFFERS,
        mismatches=(
            Mismatch(
                check_id="member-size",
                member_path="lock_object",
                c="24",
                rust="32",
                cause=Cause(item="kpi::counter", check="member-size", member="whole"),
            ),
        ),
    )
    text = render(replace(agreeing_run(), verdicts=(union_verdict(), holder)))
    item = text.partition('id="record:kpi::sys::_mutex::mtx"')[2].partition("</details>")[0]
    root = "record:kpi::counter:member-size:whole"
    assert f'<b>Only follows from:</b> <a href="#{root}">' in item
    assert "<figure" not in item
    assert "lock_object: C says 24, Rust 32 (follows from kpi::counter)" in item
    assert '<a href="#record:kpi::sys::_mutex::mtx">' in text.partition(f'id="{root}"')[2]
    assert "1 mistake makes 2 items differ" in text


def numbers(text: str) -> dict[str, list[int]]:
    """Return the numbers of a page: of the tally, the buttons, and the groups of each state."""
    groups = re.findall(r'<details class="group (\w+)".*? data-number="(\d+)"', text)
    tally = re.findall(r'<div class="(\w+)"><dt>.*?</dt><dd>(\d+)</dd>', text)
    buttons = re.findall(r'data-status="(\w+)" aria-pressed="false">.*?<b>(\d+)</b>', text)
    return {
        status: [
            int(number),
            int(dict(buttons)[status]),
            sum(int(n) for s, n in groups if s == status),
        ]
        for status, number in tally
    }


def check_numbers(run: Run, text: str) -> None:
    """The tally, the buttons and the groups count items; so does the headline, if items differ."""
    found = numbers(text)
    assert all(len(set(each)) == 1 for each in found.values()), found
    items = {verdict.key for verdict in run.verdicts}
    assert sum(each[0] for each in found.values()) == len(items) + len(run.set_aside)
    all_of_them = re.search(r'aria-pressed="true">all <b>(\d+)</b>', text)
    assert all_of_them is not None
    assert int(all_of_them[1]) == sum(each[0] for each in found.values())
    lists = re.findall(r'<pre class="lines" tabindex="0">(.*?)</pre>', text, re.DOTALL)
    lines = sum(one.count("\n") + 1 for one in lists)
    assert int(all_of_them[1]) == text.count('<details class="r ') + lines
    if found["differs"][0]:
        headline = text.partition("<h1")[2].partition("</h1>")[0]
        assert f"{found['differs'][0]} " in headline


def check_links(page: Page) -> None:
    """No id is given twice, and each link leads to one of them."""
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    targets = {value for name, value in page.attributes if name in {"href", "data-copy"}}
    assert {str(target).removeprefix("#") for target in targets} <= set(ids)
    assert not any(re.search(r"\s", str(one)) for one in ids)


def test_escape_codes_and_direction_marks_are_spelled_out() -> None:
    """In names, reasons, hints and values."""
    text = render(hostile_run())
    assert "\u202e" not in text
    assert "\\u202e" in text


def test_several_cells_have_columns_and_an_item_is_counted_once() -> None:
    """`≠` where the mismatch holds, `=` where the item agrees."""
    other = replace(cell(), id="i386-GENERIC", arch="i386")
    run = Run(
        bindings="b",
        cells=(cell(), other),
        verdicts=(
            replace(mtx_verdict(), cells=(cell().id,)),
            replace(
                mtx_verdict(),
                cells=(other.id,),
                status=Status.DIFFERS,
                mismatches=(
                    Mismatch(check_id="record-size", member_path=None, c="32 bytes", rust="24"),
                    Mismatch(check_id="record-kind", member_path=None, c="struct", rust="union"),
                ),
            ),
        ),
    )
    text = render(run)
    assert ">amd64</span></th>" in text
    assert text.count('data-label="amd64">=</td>') == 2
    assert text.count('data-label="i386">≠</td>') == 2
    assert "2 mistakes make 1 item differ" in text
    assert text.count('<details class="r ') == 1
    assert 'data-status="differs" data-cells=" i386-GENERIC "' in text
    assert 'data-status="agrees" data-cells=" amd64-GENERIC "' in text


def test_the_first_difference_is_a_root_cause_and_a_member() -> None:
    """What is moved comes earlier here, and there is a hole before it."""
    bad = ccb_verdict()
    size = Cause(check="member-missing", member="priority")
    found = tuple(
        replace(one, cause=size) if one.member_path == "sense_data" else one
        for one in bad.mismatches
    )
    text = render(replace(agreeing_run(), verdicts=(replace(bad, mismatches=found),)))
    assert "First difference: <code>priority, at offset 523</code>" in text


def test_the_member_that_was_not_compared_is_named() -> None:
    """No check says that C's union is larger than Rust's member of it; it moves the others."""
    union = declare(None, ("x", U32), ("big", U64), kind="union")
    c = declare("s", ("a", U64), (None, union), ("after", U32))
    rust = declare("k::s", ("a", U64), ("x", U32), ("after", U32))
    moved = Mismatch(check_id="member-offset", member_path="after", c="offset 16", rust="offset 12")
    verdict = judge(c, rust, moved)
    paired = (*verdict.paired, ("x", "x"))
    text = render(replace(agreeing_run(), verdicts=(replace(verdict, paired=paired),)))
    assert "First difference: <code>after, at offset 16</code>." in text
    assert "Before it is <code>union {...}, at offset 8</code>" in text


def test_thousands_of_differing_records_are_drawn_up_to_a_limit() -> None:
    """The first have a card, the next a row, and all have their mismatches in text."""
    source = ccb_verdict()
    made = tuple(replace(source, rust_path=f"kpi::made::r{index}") for index in range(1000))
    text = render(replace(agreeing_run(), verdicts=made))
    tags = Page(text).tags
    assert len(tags) < 50_000
    assert tags.count("figure") <= 50
    assert text.count('<details class="card root"') == 200
    assert "2000 mistakes make 1000 items differ" in text
    assert (
        "\n 2000  src/cam/cam_ccb.rs:1204: member-missing kpi::made::r999.priority is not" in text
    )


def test_unchecked_items_are_together_by_their_reason() -> None:
    """Reasons that only differ by the item's name are one; waived items have their reason, too."""
    first = replace(thread_verdict(), reason="no header defines thread")
    second = replace(first, rust_path="kpi::proc", reason="no header defines proc")
    other = replace(first, rust_path="kpi::x", reason="too large")
    text = render(replace(sample_run(), verdicts=(other, first, second)))
    assert re.findall(r"<h3>\? (.*?)</h3>", text) == [
        "2 unchecked: no header defines …",
        "1 unchecked: too large",
    ]
    assert "<h3>~ 1 waived: only ever used behind a pointer</h3>" in render(sample_run())


def test_what_agrees_and_what_is_skipped_is_a_line() -> None:
    """A line has the cells if they are not all: the filter finds them there."""
    other = replace(cell(), id="i386-GENERIC", arch="i386")
    number = Verdict(
        cells=(cell().id, other.id),
        kind="constant",
        c_name="EINVAL",
        rust_path="k::EINVAL",
        status=Status.AGREES,
        c_says="22 (int)",
        rust_says="22 (i32)",
    )
    word = replace(number, cells=(other.id,), rust_path="k::WORD", rust_says="22 (int)")
    run = replace(sample_run(), cells=(cell(), other), verdicts=(number, word))
    lines = re.findall(r'<pre class="lines" tabindex="0">(.*?)</pre>', render(run), re.DOTALL)
    assert lines == [
        "kpi::sys::conf::cdev  src/sys/conf.rs:9\nkpi::sys::ucred",
        "kpi::sys::queue::TAILQ_HEAD",
        "k::EINVAL  22 (int)  22 (i32)\nk::WORD  22 (int)  [in i386-GENERIC]",
    ]
