"""A `Run` as Markdown, for a job's summary or a comment on a pull request.

Names and reasons come from untrusted sources. Each stands in code, in which Markdown has no links,
no mentions and no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from layoutcheck.location import SourceLocation
from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.verdict import Run
from layoutcheck.model.words import counted
from layoutcheck.report.cells import name_cells, name_clang, name_shard, notes_of
from layoutcheck.report.checkout import checkout_path
from layoutcheck.report.failures import Failure, failures, headline, safe, warnings_of
from layoutcheck.report.summary import count_verdicts, unchecked_reasons
from layoutcheck.report.terminal_safe import chopped, printable

__all__ = ["render"]

_LIMIT: Final = 60_000
"""Maximum number of characters: GitHub refuses a comment of 65,536, and a summary of 1 MiB."""
_MOST_ROWS: Final = 100
_MOST_LINES: Final = 30
_LONGEST: Final = 160
"""Maximum length of a text in a table."""
_MEANS_SOMETHING: Final = re.compile(r"[!-/:-@\[-`{-~]")


def render(run: Run) -> str:
    """Return the text: the headline, root causes, what is unchecked, waived, and what follows.

    It has at most `_LIMIT` characters, and says so if something is left out.
    """
    found = failures(run)
    failing = [one for one in found if one.waived is None]
    mistakes = [one for one in failing if one.check != UNCHECKED]
    last = f"\nThis text is cut at {_LIMIT:,} characters: the report `html` has everything.\n"
    written, room = "", _LIMIT - len(last)
    for block in (
        f"## layoutcheck: {headline(run, found)}\n\n",
        *(f"**Warning:** {_entities(warning)}.\n\n" for warning in warnings_of(run)),
        *_against(run),
        *_table_of(run, mistakes),
        *_unchecked(run),
        *_listed("Input that was left out", run.problems),
        *_waived(found[len(failing) :]),
        *_consequences(failing),
        *_listed("Notes", tuple(notes_of(run))),
    ):
        if len(written) + len(block) > room:
            return written + last
        written += block
    return written


def _against(run: Run) -> Iterator[str]:
    if run.shard is not None:
        yield f"{_code(name_shard(run))}\n\n"
    for cell in run.cells[:_MOST_LINES]:
        where = f"FreeBSD {cell.release} {cell.arch} {cell.kernel_conf}"
        source = f"headers: {cell.headers}; {name_clang(cell.clang)}"
        yield f"- {_code(run.bindings)} against {_code(where)} ({_code(source)})\n"
    if len(run.cells) > _MOST_LINES:
        yield f"- and {len(run.cells) - _MOST_LINES} more\n"
    counts = count_verdicts(run)
    if counts.total:
        cells = f" in {len(run.cells)} cells" if len(run.cells) > 1 else ""
        waived = counts.waived + counts.unchecked_waived
        words = f"{counts.agree} agree, {counts.differ} differ, {waived} waived"
        unchecked = f", {counts.unchecked} unchecked" if counts.unchecked else ""
        yield f"\n{counted(counts.total, 'item')}{cells}: {words}{unchecked}.\n"


def _table_of(run: Run, mistakes: Sequence[Failure]) -> Iterator[str]:
    """Yield the root causes as a table; "items" are those that agree once it is fixed."""
    if not mistakes:
        return
    several = len(run.cells) > 1
    yield "\n### Root causes\n\n| place | item | check | C | Rust | items |"
    yield f"{' cells |' if several else ''}\n|---|---|---|---|---|--:|{'---|' if several else ''}\n"
    for one in mistakes[:_MOST_ROWS]:
        texts = (_place(one.rust_location), one.subject, one.check, one.c_says, one.rust_says)
        row = " | ".join(_code(chopped(text, _LONGEST)) for text in texts)
        cells = chopped(name_cells(run.cells, one.cells), _LONGEST)
        yield f"| {row} | {1 + len(one.cleared)} |{f' {_code(cells)} |' if several else ''}\n"
    if len(mistakes) > _MOST_ROWS:
        more = len(mistakes) - _MOST_ROWS
        yield f"\nand {more} more, none of which has more items than these.\n"


def _unchecked(run: Run) -> Iterator[str]:
    reasons = [(safe(reason), number) for reason, number in unchecked_reasons(run)]
    if reasons:
        yield "\n### Could not be checked\n\n| items | reason |\n|--:|---|\n"
        for reason, number in reasons[:_MOST_LINES]:
            yield f"| {number} | {_code(reason)} |\n"
        if len(reasons) > _MOST_LINES:
            yield f"\nand {counted(len(reasons) - _MOST_LINES, 'more reason')}.\n"


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield f"\n### {title}\n\n"
        for text in texts[:_MOST_LINES]:
            yield f"- {_code(safe(text))}\n"
        if len(texts) > _MOST_LINES:
            yield f"- and {len(texts) - _MOST_LINES} more\n"


def _waived(waived: Sequence[Failure]) -> Iterator[str]:
    if waived:
        rows = [f"{_code(one.subject)}: {_code(one.waived or '')}" for one in waived]
        yield _folded(f"{len(waived)} waived", rows)


def _consequences(failing: Sequence[Failure]) -> Iterator[str]:
    """Yield a fold for each root cause that other items follow from."""
    for one in failing:
        if one.cleared:
            verb = "follows" if len(one.cleared) == 1 else "follow"
            title = f"{counted(len(one.cleared), 'item')} {verb} from {_entities(one.subject)}"
            rows = []
            for item in one.cleared[:_MOST_LINES]:
                number = f" ({item.mismatches} mismatches)" if item.mismatches > 1 else ""
                rows.append(f"{_code(item.rust_path)}{number} {_code(_place(item.location))}")
            yield _folded(title, rows, len(one.cleared))


def _folded(title: str, rows: Sequence[str], number: int | None = None) -> str:
    """Return a list of so many rows that opens when its title is clicked; both are Markdown."""
    number = len(rows) if number is None else number
    lines = [f"- {row}\n" for row in rows[:_MOST_LINES]]
    if number > _MOST_LINES:
        lines.append(f"- and {number - _MOST_LINES} more\n")
    return f"\n<details><summary>{title}</summary>\n\n{''.join(lines)}\n</details>\n"


def _place(place: SourceLocation | None) -> str:
    if place is None:
        return ""
    return str(SourceLocation(path=checkout_path(place.path), line=place.line))


def _code(text: str) -> str:
    """Return a text on one line as code; `|` ends a cell of a table even there."""
    plain = printable(text)
    if "|" in plain:
        return f"<code>{_entities(plain)}</code>"
    longest = max(map(len, re.findall("`+", plain)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{plain}{space}{fence}" if plain else ""


def _entities(text: str) -> str:
    """Return the text with every ASCII punctuation mark as an HTML entity."""
    return _MEANS_SOMETHING.sub(lambda found: f"&#{ord(found[0])};", text)
