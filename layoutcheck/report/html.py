"""A `Run` as one self-contained HTML page, for the maintainer who has to fix the bindings.

Every name on the page comes from an untrusted crate or header: jinja2 escapes all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, get_args

from layoutcheck import __version__
from layoutcheck.model.verdict import Aside, Kind, Mismatch, Run, Status, Verdict, plural
from layoutcheck.report.bytemap import ByteMap, Skip, byte_map_of
from layoutcheck.report.cells import agreeing_cells, name_cells, name_clang, name_shard, notes_of
from layoutcheck.report.grouping import group_mismatches, said
from layoutcheck.report.rows import Fold, Row, fold_rows, rows_of
from layoutcheck.report.summary import count_verdicts
from layoutcheck.report.terminal import record_name, render_difference, render_layouts
from layoutcheck.report.terminal_safe import visible

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["render"]

_MOST_DRAWN: Final = 200
"""Maximum number of differing records with a byte map and a table; others get the terminal's text.
"""

_MOST_AGREEING_ROWS: Final = 24_000
"""Maximum number of listed members of agreeing records: the page has a few megabytes at most."""

_ASIDE: Final[Mapping[Aside, str]] = {
    "opaque": "They have no size and only stand for a type behind a pointer.",
    "generic": "They have type parameters: instances are compared in the records that hold them.",
    "not in C": "No header defines the name: they are the crate's own, or the compiler's.",
    "no plain value": "They are records, tuples or addresses, and C does not define their names.",
    "associated": "They are in an impl, and are no values of its type: C's names are unknown.",
    "another name": "They name items that are compared under another name.",
    "foreign": "They belong to another crate: check that crate itself.",
}

_ORDER: Final = (Status.DIFFERS, Status.INDETERMINATE, Status.WAIVED, Status.AGREES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MismatchGroup:
    """Mismatches of one check in a row: `shown` in full, `rest` behind a fold."""

    shown: tuple[Mismatch, ...]
    rest: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordView:
    """The template's view of one verdict; `text` if it is not drawn.

    `cells` are words for the cells of the verdict, "" in a run of one cell. `elsewhere` are words
    for the cells where the item agrees although this verdict does not.
    """

    verdict: Verdict
    name: str
    sizes: str
    cells: str
    elsewhere: str
    first_difference: str | None = None
    moves: bool = False
    byte_map: ByteMap | None = None
    rows: tuple[Row | Fold, ...] = ()
    groups: tuple[_MismatchGroup, ...] = ()
    text: str | None = None


def render(run: Run) -> str:
    """Return the page of a run: summary, cells, and every record, differing ones first."""
    counts = count_verdicts(run)
    statuses = run.count()
    lines = Counter(v.status for v in run.verdicts if not _is_listed(v))
    page = _template().render(
        run=run,
        version=__version__,
        counts=counts,
        tally=[(status.value, statuses[status]) for status in _ORDER],
        lines=[(status.value, lines[status]) for status in _ORDER],
        total=len(run.verdicts) - sum(map(_is_listed, run.verdicts)),
        records=list(_views(run)),
        headline=_headline(run),
        noun=_noun(run),
        a_noun="a record" if _noun(run) == "record" else "an item",
        clangs=dict.fromkeys(name_clang(cell.clang) for cell in run.cells),
        notes=[*filter(None, [name_shard(run)]), *notes_of(run)],
        agreeing=[
            (_that_agree(kind, len(text.splitlines())), text)
            for kind in get_args(Kind)
            if (text := _agreeing(run, kind))
        ],
        set_aside=[
            (why, words, items)
            for why, words in _ASIDE.items()
            if (items := [item for item in run.set_aside if item.why == why])
        ],
    )
    # A name must not turn the text around it (U+202E), nor make the page unwritable (surrogates of
    # a path that is not UTF-8).
    return visible(page)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - on demand

    environment = Environment(
        loader=PackageLoader("layoutcheck.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["said"] = said
    environment.tests["fold"] = lambda value: isinstance(value, Fold)
    environment.tests["skip"] = lambda value: isinstance(value, Skip)
    return environment.get_template("page.html")


def _headline(run: Run) -> str:
    counts = count_verdicts(run)
    if run.is_empty_shard:
        return "Nothing to compare in this shard"
    if not counts.compared:
        return f"No {_noun(run)} was compared"
    if counts.differ:
        return (
            f"{counts.differ} of {counts.compared} compared {_noun(run)}s"
            f" {'differs' if counts.differ == 1 else 'differ'} from the kernel"
        )
    if counts.unchecked:
        noun = _noun(run, counts.unchecked)
        return f"No difference found, but {counts.unchecked} {noun} could not be checked"
    if run.problems:
        return "No difference found, but some input was left out"
    agree = "agrees" if counts.compared == 1 else "agree"
    if counts.waived:
        return f"All {counts.compared} {_noun(run)}s agree or are waived"
    return f"All {counts.compared} {_noun(run, counts.compared)} {agree} with the kernel"


def _noun(run: Run, number: int = 1) -> str:
    """Return the noun for the run's items: "record", or "item" if there are others."""
    only = all(verdict.kind == "record" for verdict in run.verdicts)
    return f"{'record' if only else 'item'}{'' if number == 1 else 's'}"


def _that_agree(kind: Kind, number: int) -> str:
    """Return the title of a list of items, such as "1 enum that agrees"."""
    return f"1 {kind} that agrees" if number == 1 else f"{number} {plural(kind)} that agree"


def _agreeing(run: Run, kind: Kind) -> str:
    """Return the agreeing items other than records, one a line: there may be ten thousand."""
    return "\n".join(
        f"{v.rust_path}  {v.c_says}" + ("" if v.rust_says == v.c_says else f"  {v.rust_says}")
        for v in run.verdicts
        if v.kind == kind and _is_listed(v)
    )


def _is_listed(verdict: Verdict) -> bool:
    return verdict.status is Status.AGREES and not verdict.is_of_record


def _views(run: Run) -> Iterator[_RecordView]:
    drawn, listed = 0, 0
    shown = [verdict for verdict in run.verdicts if not _is_listed(verdict)]
    for verdict in sorted(shown, key=lambda v: _ORDER.index(v.status)):
        view = _RecordView(
            verdict=verdict,
            name=record_name(verdict),
            sizes=_sizes(verdict),
            cells=name_cells(run.cells, verdict.cells),
            elsewhere=name_cells(run.cells, agreeing_cells(run, verdict)),
        )
        if not verdict.is_of_record:
            yield replace(
                view, groups=tuple(_groups(verdict.mismatches)), text=_said(verdict) or None
            )
        elif verdict.mismatches and drawn < _MOST_DRAWN:
            drawn += 1
            yield _drawn(view)
        elif verdict.mismatches:
            yield replace(view, text=render_difference(verdict))
        elif verdict.c is None and verdict.rust is None:
            yield view
        elif listed < _MOST_AGREEING_ROWS:
            rows = rows_of(verdict)
            listed += len(rows)
            yield replace(view, text=_listing(rows))
        else:
            text = f"Left out to keep this page small: layoutcheck show {verdict.rust_path}"
            yield replace(view, text=text)


def _drawn(view: _RecordView) -> _RecordView:
    verdict = view.verdict
    rows = rows_of(verdict)
    return replace(
        view,
        first_difference=_first_difference(rows),
        moves=any(row.shift for row in rows),
        byte_map=byte_map_of(verdict, rows),
        rows=tuple(fold_rows(rows)) if verdict.c and verdict.rust else (),
        groups=tuple(_groups(verdict.mismatches)),
        text=render_layouts(verdict, width=100) if len(rows) > len(list(fold_rows(rows))) else None,
    )


def _first_difference(rows: tuple[Row, ...]) -> str | None:
    for row in rows:
        entry = row.c or row.rust
        if row.differs and entry is not None and entry.bit_offset is not None:
            return f"{entry.path or entry.declaration}, at offset {entry.offset_text}"
    return None


_WORTH_FOLDING: Final = 4


def _groups(mismatches: tuple[Mismatch, ...]) -> Iterator[_MismatchGroup]:
    for run in group_mismatches(mismatches):
        shown = 1 if len(run) >= _WORTH_FOLDING else len(run)
        yield _MismatchGroup(shown=run[:shown], rest=run[shown:])


def _sizes(verdict: Verdict) -> str:
    c, rust = verdict.c, verdict.rust
    if c is not None and rust is not None and c.byte_size != rust.byte_size:
        return f"{c.byte_size} \u2192 {rust.byte_size} B"
    known = c or rust
    return "" if known is None else f"{known.byte_size} B"


def _said(verdict: Verdict) -> str:
    if not verdict.is_compared:
        return ""
    return f"C:    {verdict.c_says}\nRust: {verdict.rust_says}"


def _listing(rows: tuple[Row, ...]) -> str:
    """Return a layout in plain text, a line a row: offset, size, C's declaration, and Rust's."""
    lines = []
    for row in rows:
        entry = row.c or row.rust
        if entry is None:
            continue
        c = "  " * entry.depth + (row.c.brief if row.c else "")
        rust = row.rust.brief if row.rust and row.rust.kind == "member" else ""
        lines.append(f"{entry.offset_text:>6}{entry.size_text:>6}  {c:<34}  {rust}".rstrip())
    return "\n".join(lines)
