"""pytest items of a manifest, and the end of a session; imported when a manifest is collected.

Each record is a pytest item. Constants, functions and all others, of which there may be ten
thousand, are one pytest item for each Rust module and kind; those that `-k` names are pytest items
of their own.

A manifest's run is made when it is collected. A missing compiler or a crate that does not build is
therefore one error, not one for each record, and deselecting records changes nothing that is
compiled.

Cells and Rust modules are collectors, since pytest splits the ids that it is given at `::`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args

import pytest

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Kind, Run, SetAside, Status, Verdict, plural
from layoutcheck.pytest_plugin.runs import Made, make_run, read_runs
from layoutcheck.report.files import parse_requests, write_reports
from layoutcheck.report.grouping import said
from layoutcheck.report.made_for import made_for
from layoutcheck.report.root_list import render_root_causes
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal_safe import printable

__all__ = ["LayoutGroup", "LayoutItem", "collect_manifest", "finish", "note_selection"]

RUNS: Final = pytest.StashKey[dict[Path, Run]]()
SHOWN: Final = pytest.StashKey[dict[str, str]]()
SUBJECTS: Final = pytest.StashKey[int]()

OPAQUE: Final = "opaque: it has no size, so there is no layout to compare"
WRONG: Final = (Status.DIFFERS, Status.INDETERMINATE)

_OPERATORS: Final = {"and", "or", "not"}
"""Words of `-k` that are no names."""

Found: TypeAlias = Verdict | SetAside | None
"""Result for an item of the crate; None if nothing was compiled (`--collect-only`)."""


class LayoutMismatchError(Exception):
    """Failure of a pytest item: its verdicts, as text that needs no traceback."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        from layoutcheck.report.terminal import render_difference  # noqa: PLC0415 - if one differs

        super().__init__("\n".join(map(render_difference, verdicts)))
        self.verdicts = verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A pytest item to make: the segments below its collector, and its results."""

    segments: tuple[str, ...]
    found: tuple[Found, ...]


class LayoutGroup(pytest.Collector):
    """One cell, or one Rust module in it."""

    def __init__(self, *, entries: Sequence[_Entry], **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        super().__init__(**kwargs)
        self._entries = entries

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Return the pytest items of the module itself, then its modules."""
        return list(_collect(self, self._entries))


class LayoutItem(pytest.Item):
    """One record in one cell, or all constants, functions or statics of a Rust module."""

    def __init__(self, *, found: tuple[Found, ...], **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        super().__init__(**kwargs)
        self.found = found
        verdicts = [one for one in found if isinstance(one, Verdict)]
        statuses = {verdict.status for verdict in verdicts}
        aside = dict.fromkeys(one.why for one in found if isinstance(one, SetAside))
        # Marks let pytest report the record's place; a skip in runtest would report this file.
        if aside and not statuses:
            reason = OPAQUE if "opaque" in aside else ", ".join(aside)
            self.add_marker(pytest.mark.skip(reason=reason))
        elif statuses == {Status.WAIVED}:
            reasons = dict.fromkeys(verdict.reason or "" for verdict in verdicts)
            self.add_marker(pytest.mark.xfail(reason=f"waived: {'; '.join(reasons)}"))

    def runtest(self) -> None:
        """Pass if all verdicts agree; waived ones are expected to fail."""
        verdicts = [one for one in self.found if isinstance(one, Verdict)]
        if not verdicts:
            pytest.fail("layoutcheck has no verdict on this: this is a bug", pytrace=False)
        wrong = [verdict for verdict in verdicts if verdict.status in WRONG]
        if all(verdict.status is Status.WAIVED for verdict in verdicts):
            wrong = verdicts
        if wrong:
            raise LayoutMismatchError(wrong)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: object) -> Any:  # noqa: ANN401 - pytest does not export the type
        """Return both layouts side by side instead of a traceback, and the first problem."""
        if not isinstance(excinfo.value, LayoutMismatchError):
            return super().repr_failure(excinfo)
        verdict, *others = excinfo.value.verdicts
        shown = excinfo.getrepr(style="value")
        if self.config.getoption("tbstyle", "auto") == "line":
            shown.reprtraceback.reprentries = []
        if shown.reprcrash is not None:
            more = f" (and {len(others)} more like it)" if others else ""
            name = f"{verdict.c_name or verdict.rust_path}: " if len(self.found) > 1 else ""
            shown.reprcrash.message = f"{name}{_one_line(verdict)}{more}"
            if verdict.rust_location is not None:
                shown.reprcrash.path = verdict.rust_location.path
                shown.reprcrash.lineno = verdict.rust_location.line
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of `_place` in Rust, and the pytest item's name with the cell."""
        at = self._place()
        name = self.nodeid.partition("::")[2]
        return Path(at.path), max(at.line - 1, 0), name

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """Return `reportinfo` in pytest's form; pytest would look at a path for each of them."""
        path, known = self._place().path, self.config.stash.setdefault(SHOWN, {})
        if path not in known:
            known[path] = super().location[0]
        _, line, name = self.reportinfo()
        return known[path], line, name

    def _place(self) -> SourceLocation:
        """Return the place of the first item that is wrong, or else of the first item."""
        found = [one for one in self.found if one is not None]
        wrong = [one for one in found if isinstance(one, Verdict) and one.status in WRONG]
        places = [one.rust_location for one in (*wrong, *found)]
        return (places and places[0]) or SourceLocation(path=str(self.path), line=1)


def collect_manifest(file: pytest.File) -> tuple[list[pytest.Item | pytest.Collector], Made]:
    """Make a manifest's run; return a group for each cell, with the crate's pytest items."""
    config = file.config
    try:
        made = make_run(file.path, config, partial(_tell, config))
    except LayoutcheckError as error:
        raise file.CollectError(str(error)) from error
    found: Mapping[tuple[str, Kind, str], Verdict] = {}
    aside: Mapping[tuple[Kind, str], SetAside] = {}
    if made.run is not None:
        config.stash.setdefault(RUNS, {})[file.path] = made.run
        found = {(cell, *v.key): v for v in made.run.verdicts for cell in v.cells}
        aside = {item.key: item for item in made.run.set_aside}
    config.stash[SUBJECTS] = config.stash.get(SUBJECTS, 0) + len(made.subjects)
    named = _named(config)
    entries: dict[tuple[str, ...], list[Found]] = {}
    for cell, kind, path in made.subjects:
        said = found.get((cell, kind, path)) or aside.get((kind, path))
        entries.setdefault((cell, *_segments(kind, path, named)), []).append(said)
    found_in = (_Entry(segments=key, found=tuple(all_)) for key, all_ in entries.items())
    return list(_collect(file, tuple(found_in))), made


def note_selection(session: pytest.Session, notes: list[str]) -> None:
    """Add a note if fewer items were selected than the final paragraphs count."""
    total = session.config.stash.get(SUBJECTS, 0)
    selected = sum(len(item.found) for item in session.items if isinstance(item, LayoutItem))
    if selected < total and not session.config.option.collectonly:
        some = f"only {selected} of these {total} subjects were"
        none = f"none of these {total} subjects was"
        notes.append(f"note: {some if selected else none} selected for this run")


def finish(session: pytest.Session, shared: Path | None, notes: list[str]) -> Iterator[str]:
    """Write the reports; a run with problems does not pass even if all its items do.

    `shared` is the folder of the runs of xdist's workers. Returns a paragraph for each run, and
    adds further messages to `notes`.
    """
    runs = _runs(session.config, shared)
    requests = parse_requests(session.config.getoption("layout_report") or ())
    try:
        notes += [f"report: {path}" for path in write_reports(requests, runs)]
    except LayoutcheckError as error:
        notes.append(str(error))
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if nothing and runs and all(run.is_empty_shard for run in runs):
        session.exitstatus = pytest.ExitCode.OK
    if session.exitstatus == pytest.ExitCode.OK and any(run.problems for run in runs):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return map(_paragraphs, runs)


def _paragraphs(run: Run) -> str:
    """Return the summary of a run and its root causes."""
    warnings = [f"warning: {printable(sentence)}\n" for sentence in made_for(run)]
    roots = render_root_causes(run)
    return "".join([*warnings, render_summary(run), *(["\n", roots] if roots else [])])


def _tell(config: pytest.Config, message: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.isatty:
        reporter.rewrite(f"layoutcheck: {message}", erase=True)


def _collect(
    parent: pytest.Collector, entries: Sequence[_Entry]
) -> Iterator[pytest.Item | pytest.Collector]:
    """Yield the items and groups that stand directly below a collector, in the crate's order."""
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        first, *rest = entry.segments
        if rest:
            below = _Entry(segments=tuple(rest), found=entry.found)
            groups.setdefault(first, []).append(below)
        else:
            yield LayoutItem.from_parent(parent, name=first, found=entry.found)
    for name, below_it in groups.items():
        yield LayoutGroup.from_parent(parent, name=name, entries=below_it)


def _named(config: pytest.Config) -> tuple[str, ...]:
    """Return the words of `-k`, and the names of the items that pytest is to run again.

    An item that had its own pytest item under `-k` has it again where its id is given, or where
    `--lf` or `--ff` reads it from pytest's cache.
    """
    words = set(re.findall(r"\w+", config.getoption("keyword", "").lower()))
    ids = [argument for argument in config.args if "::" in argument]
    if config.getoption("lf", default=False) or config.getoption("failedfirst", default=False):
        ids += config.cache.get("cache/lastfailed", {})
    groups = {plural(kind) for kind in get_args(Kind)}
    paths = (path.split("::") for path in ids)
    again = {names[-1].lower() for names in paths if names[-2:-1] and names[-2] in groups}
    return (*sorted(words - _OPERATORS), *sorted(again))


def _segments(kind: Kind, path: str, named: Sequence[str]) -> tuple[str, ...]:
    """Return the segments of an item's pytest item: its own, or its module's `constants`.

    `named` are the words of `-k`: items with one of them in their name have their own pytest item.
    """
    *modules, name = path.split("::")
    if kind == "record":
        return (*modules, name)
    alone = any(word in name.lower() for word in named)
    return (*modules, plural(kind), name) if alone else (*modules, plural(kind))


def _one_line(verdict: Verdict) -> str:
    """Return the problem for pytest's short summary: the first root cause, and how many others."""
    causes = [m for m in verdict.mismatches if m.cause is None and m.waived is None]
    if not causes:
        causes = list(verdict.mismatches)
    if not causes:
        return f"could not be checked: {verdict.reason}"
    first = causes[0]
    more = f" (and {len(causes) - 1} more)" if len(causes) > 1 else ""
    member = first.member_path or first.check_id
    return f"{member}: {said(first)}{more}"


def _runs(config: pytest.Config, shared: Path | None) -> list[Run]:
    """Return this session's runs in order of their manifests' paths, the workers' included."""
    if shared is not None:
        return read_runs(shared)
    return [run for _, run in sorted(config.stash.get(RUNS, {}).items())]
