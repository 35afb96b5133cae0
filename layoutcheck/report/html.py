"""A `Run` as one self-contained HTML page, for the maintainer who has to fix the bindings.

Every name on the page comes from an untrusted crate or header: jinja2 escapes all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from layoutcheck import __version__
from layoutcheck.model.verdict import Run, Status
from layoutcheck.model.words import counted
from layoutcheck.report.bytemap import Skip
from layoutcheck.report.cells import column_names, name_clang, name_shard, notes_of
from layoutcheck.report.grouping import said
from layoutcheck.report.html_groups import count_states, groups_of, is_listed
from layoutcheck.report.html_items import Views, items_of
from layoutcheck.report.html_roots import cards_of, list_roots
from layoutcheck.report.html_safe import Anchors, visible
from layoutcheck.report.made_for import made_for
from layoutcheck.report.root_causes import Finding, RootCause, root_causes
from layoutcheck.report.root_list import count_mistakes
from layoutcheck.report.rows import Fold
from layoutcheck.report.terminal_safe import visible as visible_text

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["render"]

_FIXED_IDS: Final = ("roots", "items", "with", "time", "problems", "filter", "query", "cell")
"""Ids that the page has itself."""

_NARROW_COLUMNS: Final = 4
"""Maximum number of cells whose names are written across, above their columns."""


def render(run: Run) -> str:
    """Return the page of a run: its root causes, then every item, differing ones first."""
    items = items_of(run)
    counts = count_states(run, items)
    roots = [one for one in root_causes(run) if one.waived is None]
    anchors = Anchors()
    for fixed in _FIXED_IDS:
        anchors.of(fixed)
    ids = {
        key: anchors.of(Finding(kind=key[0], rust_path=key[1]).id)
        for key, item in items.items()
        if not is_listed(item)
    }
    cards = cards_of(run, roots, ids, anchors)
    views = Views(run, cards, roots, ids)
    page = _template().render(
        run=run,
        version=__version__,
        headline=_headline(run, roots, counts),
        noun=_noun(run),
        a_noun="a record" if _noun(run) == "record" else "an item",
        counts=counts,
        total=sum(counts.values()),
        warnings=made_for(run),
        clangs=dict.fromkeys(name_clang(cell.clang) for cell in run.cells),
        notes=[*filter(None, [name_shard(run)]), *notes_of(run)],
        cards=cards,
        columns=column_names(run.cells) if len(run.cells) > 1 else (),
        is_narrow=len(run.cells) > _NARROW_COLUMNS,
        root_count=len(roots),
        lines_of_roots=list_roots(roots),
        groups=list(groups_of(run, items, views)),
    )
    # A name must not turn the text around it (U+202E), nor make the page unwritable (surrogates of
    # a path that is not UTF-8).
    return visible_text(page, keep="\n")


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - on demand

    environment = Environment(
        loader=PackageLoader("layoutcheck.report", "templates"),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["said"] = said
    environment.filters["counted"] = counted
    environment.tests["fold"] = lambda value: isinstance(value, Fold)
    environment.tests["skip"] = lambda value: isinstance(value, Skip)
    return environment.get_template("page.html")


def _headline(run: Run, roots: Sequence[RootCause], counts: Mapping[str, int]) -> str:
    """Return the page's first line; `counts` are numbers of items."""
    differ = counts[Status.DIFFERS.value]
    unchecked = counts[Status.INDETERMINATE.value]
    if differ and roots:
        make = "makes" if len(roots) == 1 else "make"
        return f"{count_mistakes(roots)} {make} {counted(differ, 'item')} differ"
    if differ:
        differs = "differs" if differ == 1 else "differ"
        return f"{counted(differ, _noun(run))} {differs} from the kernel"
    if run.is_empty_shard:
        return "Nothing to compare in this shard"
    compared = len({verdict.key for verdict in run.verdicts if verdict.is_compared})
    if not compared:
        return f"No {_noun(run)} was compared"
    if unchecked:
        noun = counted(unchecked, _noun(run))
        return f"No difference found, but {noun} could not be checked"
    if run.problems:
        return "No difference found, but some input was left out"
    if counts[Status.WAIVED.value]:
        known = sum(counts.values()) - counts["skipped"]
        return f"All {counted(known, _noun(run))} agree or are waived"
    if compared == 1:
        return f"1 {_noun(run)} agrees with the kernel"
    return f"All {counted(compared, _noun(run))} agree with the kernel"


def _noun(run: Run) -> str:
    """Return the noun for the run's items: "record", or "item" if there are others."""
    only = all(verdict.kind == "record" for verdict in run.verdicts)
    return "record" if only else "item"
