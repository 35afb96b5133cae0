"""JSON reports of all shards of a plan -> the run of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.judge.merging import merge_shards
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.run.report_files import read_report

__all__ = ["read_shards"]

ONE_RUN = "give one file for each shard, all of one run"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A shard's report: its path, its run, and its shard."""

    path: Path
    run: Run
    shard: Shard


def read_shards(paths: Sequence[Path]) -> Run:
    """Return the run of the whole plan, as it would have been without shards.

    The files may come in any order. A shard may come twice if both files say the same. Raises
    `LayoutcheckError`, with the file and the place in it: for a file that is not a shard's report,
    or that another version of layoutcheck wrote; for shards of different plans or bindings; for two
    files that contradict each other; and for a shard that is missing.
    """
    shards: dict[int, _File] = {}
    for file in map(_read, paths):
        first = next(iter(shards.values()), file)
        counts = first.shard.count, file.shard.count
        _check_same("count of shards", first, str(counts[0]), file, str(counts[1]))
        _check_same("plan", first, " ".join(first.shard.plan), file, " ".join(file.shard.plan))
        known = shards.setdefault(file.shard.number, file)
        if known.run != file.run:
            raise LayoutcheckError(
                f"does not say of {_difference(known.run, file.run)} what {known.path} says,"
                f" and both are {file.shard}",
                where=str(file.path),
                hint=ONE_RUN,
            )
    files = [shards[number] for number in sorted(shards)]
    compared = [file for file in files if file.run.cells]  # the others have not seen the bindings
    for file in compared[1:]:
        _check_same("crate", compared[0], compared[0].run.bindings, file, file.run.bindings)
    missing = [str(n) for n in range(1, files[0].shard.count + 1) if n not in shards]
    if missing:
        raise LayoutcheckError(
            f"not all {files[0].shard.count} shards are here: {', '.join(missing)} missing",
            hint="what it would say is not known: give the JSON report of every shard",
        )
    return merge_shards([file.run for file in files])


def _read(path: Path) -> _File:
    report = read_report(path)
    if report.is_brief:
        raise LayoutcheckError(
            "is brief: it has no layouts of what agrees",
            where=f"{path}: run.brief",
            hint="merge what `layoutcheck check --shard NUMBER/COUNT --report json=PATH` wrote",
        )
    if report.version != __version__:
        raise LayoutcheckError(
            f"was written by layoutcheck {report.version}; this is {__version__}",
            where=f"{path}: run.tool.version",
            hint="check all shards and merge them with one version",
        )
    return _File(path=path, run=report.run, shard=_shard_of(path, report.run))


def _shard_of(path: Path, run: Run) -> Shard:
    """Return the shard of a run. Raise if it has none, or if its cells are not that shard's."""
    shard = run.shard
    if shard is None:
        raise LayoutcheckError(
            "is a whole run, not a shard of one",
            where=str(path),
            hint="merge what `layoutcheck check --shard NUMBER/COUNT --report json=PATH` wrote",
        )
    ids = tuple(cell.id for cell in run.cells)
    spoken_of = {cell for verdict in run.verdicts for cell in verdict.cells}
    if not shard.plan or ids != shard.of(shard.plan) or not spoken_of <= set(ids):
        raise LayoutcheckError(
            f"the cells are not those of {shard}",
            where=f"{path}: run.cells",
            hint="the file was not written by layoutcheck, or was changed afterwards",
        )
    return shard


def _check_same(what: str, first: _File, one: str, file: _File, another: str) -> None:
    """Raise if two files differ in what has to be the same."""
    if one != another:
        raise LayoutcheckError(
            f"the {what} is {another}, and in {first.path} it is {one}",
            where=str(file.path),
            hint=ONE_RUN,
        )


def _difference(one: Run, other: Run) -> str:
    """Return where two runs of one shard differ: in an item in a cell, a cell, or the rest."""
    for cell, its in zip(one.cells, other.cells, strict=True):
        if cell != its:
            return f"{cell.id}'s compilers and headers"
        here, there = _verdicts_in(one, cell.id), _verdicts_in(other, cell.id)
        for key in here | there:
            if here.get(key) != there.get(key):
                return f"{key[1]} in {cell.id}"
    return "what was left out or set aside"


def _verdicts_in(run: Run, cell: str) -> dict[tuple[str, str], Verdict]:
    found = (verdict for verdict in run.verdicts if cell in verdict.cells)
    return {verdict.key: replace(verdict, cells=(cell,)) for verdict in found}
