"""Compare real kernel objects with layoutcheck's records of the headers they were built from.

    python -m tests.validation.objects OBJECTS --tree SRC --arch amd64 [--conf GENERIC]

OBJECTS is a folder of `.o` files with debug information, or one such file as `kernel.debug`; SRC is
the source tree that they were built from. Exit status 1: a record differs.
"""

from __future__ import annotations

import posixpath
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import click
from tabulate import tabulate

from layoutcheck.cache.store import Cache
from layoutcheck.errors import LayoutcheckError
from layoutcheck.kernel.names.index import HeaderIndex
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.search.types import HeaderSearch, Sought
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Progress, Tools
from tests.object_records import Layout, ObjectRecord, find_objects, layout_of, read_objects

__all__ = ["Compared", "Outcome", "compare", "render"]

State: TypeAlias = Literal["same", "differs", "not there", "of no header"]
STATES: Final[tuple[State, ...]] = get_args(State)
GOAL: Final = 0.97
"""The share of the headers' records that should be checked."""
_MOST: Final = 12
"""Number of names or lines shown of one reason or record."""
# A reason's words on its own record; without them, records with one cause have one reason.
_OWN: Final = re.compile(r"(names) (?:struct |union )?\w+(, but)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A record of the objects, the first object that has it, and layoutcheck's result.

    `header` is its header as C includes it, None for a record of another file. `said` is the other
    layout of a differing record, `why` the reason for a missing one.
    """

    record: ObjectRecord
    object: Path
    header: str | None
    state: State
    said: Layout | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All outcomes for this number of objects, and the seconds of reading and of asking."""

    cell: str
    objects: int
    outcomes: tuple[Outcome, ...]
    seconds: tuple[float, float]

    def having(self, state: State) -> list[Outcome]:
        """Return the outcomes of one state."""
        return [one for one in self.outcomes if one.state == state]


def compare(
    objects: Path, tree: Path, *, arch: str, conf: str, cache: Path | None, progress: Progress
) -> Compared:
    """Compare every record of the objects; clang's answers are kept in a folder `cache`.

    Raises `LayoutcheckError` if it cannot.
    """
    wanted = Kernel(conf=(conf,))
    options = Options(kernel_arch=(arch,), kernel_src=(str(tree),))
    (plan,) = plan_cells(wanted, options, where="--conf")
    tools = Tools(progress, Stopwatch(), Cache(cache, warn=progress))
    begin = time.monotonic()
    found = find_objects(objects)
    records = read_objects(found, tools.linker)
    read = time.monotonic()
    kernels = Kernels(tools)
    generated = kernels.kernel(plan).tree.folders[0]
    headers = _headers_of({one.path for one in records}, kernels.index(plan), generated)
    sought = _seek(records, headers, kernels.index(plan))
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as work:
        clang = KernelClang(kernels.kernel(plan), wanted, plan.target, tools, work=Path(work))
        units = kernels.units(plan, clang, wanted.view)
        left_macros = kernels.left_macros(plan, wanted.view, units)
        search = HeaderSearch(clang, units, left_macros, tuple(sought.values()))
        answers = _ask(search)
        outcomes = tuple(
            _judge(record, path, sought.get((record.c_name, headers[record.path])), answers, search)
            for record, path in records.items()
        )
    seconds = (read - begin, time.monotonic() - read)
    return Compared(cell=plan.id, objects=len(found), outcomes=outcomes, seconds=seconds)


def _headers_of(paths: Iterable[str], index: HeaderIndex, generated: Path) -> dict[str, str | None]:
    """Return the headers of files as C includes them; None for a file outside of the tree.

    Files that a build writes have the names of layoutcheck's folder `generated`.
    """
    known = frozenset(index.headers)
    found = {}
    for path in paths:
        meant = index.named(posixpath.normpath(path), known) if path.endswith(".h") else ()
        name = posixpath.basename(path)
        is_written = name in known and (generated / name).is_file()
        found[path] = meant[0] if meant else name if is_written else None
    return found


def _seek(
    records: Iterable[ObjectRecord], headers: Mapping[str, str | None], index: HeaderIndex
) -> dict[tuple[str, str | None], Sought]:
    """Return the questions, by C name and header, as for a crate whose documentation names it."""
    wanted = dict.fromkeys((one.c_name, headers[one.path]) for one in records)
    found: dict[tuple[str, str | None], Sought] = {}
    for number, (c_name, header) in enumerate(wanted):
        if header is not None:
            definers = index.definers(c_name.rpartition(" ")[2])
            found[c_name, header] = Sought(
                path=f"{c_name} of {header}",
                names=((ProbeKey("type", number), c_name),),
                headers=(header,),
                documented=(header,),
                definers=frozenset((*definers, header)),
            )
    return found


def _ask(search: HeaderSearch) -> Mapping[str, RecordLayout]:
    """Return the records by their paths, from the core or else from the headers' units."""
    asked = search.first(()).side.layouts.records
    found = {one.path: asked[key] for one in search.sought for key, _ in one.names if key in asked}
    headers = {one.path: one.headers[0] for one in search.sought}
    others = [path for path in headers if _declared_in(found.get(path)) != headers[path]]
    for path, records in search.others(others).items():
        found[path] = records[0][1]
    return found


def _declared_in(record: RecordLayout | None) -> str | None:
    return None if record is None or record.declared_at is None else record.declared_at.path


def _judge(
    record: ObjectRecord,
    path: Path,
    sought: Sought | None,
    answers: Mapping[str, RecordLayout],
    search: HeaderSearch,
) -> Outcome:
    def outcome(state: State, *, said: Layout | None = None, why: str = "") -> Outcome:
        header = None if sought is None else sought.headers[0]
        return Outcome(record=record, object=path, header=header, state=state, said=said, why=why)

    if sought is None:
        is_header = record.path.endswith(".h")
        why = f"{record.path} is no header of this tree" if is_header else "not in a header"
        return outcome("not there" if is_header else "of no header", why=why)
    answer = answers.get(sought.path)
    if answer is None:
        return outcome("not there", why=search.why(sought))
    said = layout_of(answer)
    if said == record.layout:
        return outcome("same")
    return outcome("differs", said=said)


def render(compared: Compared) -> str:
    """Return the counts, every differing record, and the reasons of missing ones."""
    outcomes = compared.outcomes
    rows = []
    for state in STATES:
        having = compared.having(state)
        members = sum(len(one.record.layout.members) for one in having)
        rows.append((state, f"{len(having):,}", f"{members:,}"))
    of_headers = sum(one.state != "of no header" for one in outcomes)
    checked = sum(one.state in {"same", "differs"} for one in outcomes)
    share = checked / of_headers if of_headers else 1.0
    reading, asking = compared.seconds
    lines = [
        f"{compared.cell}: {compared.objects} object{'s' * (compared.objects != 1)}",
        "",
        tabulate(rows, ("state", "records", "members"), tablefmt="github", disable_numparse=True),
        "",
        f"{checked:,} of {of_headers:,} records of headers are checked, {share:.1%}"
        + ("" if share >= GOAL else f": less than {GOAL:.0%}"),
        f"{reading:.1f} s to read the objects, {asking:.1f} s to ask clang",
    ]
    for one in compared.having("differs"):
        lines += ["", *_difference(one)]
    reasons = Counter(_reason(one) for one in compared.having("not there"))
    for why, count in reasons.most_common():
        names = [_name(one) for one in compared.having("not there") if _reason(one) == why]
        lines += ["", f"not there ({count}): {why}", f"  {_some(names, ', ')}"]
    return "\n".join(lines)


def _reason(outcome: Outcome) -> str:
    return _OWN.sub(r"\1 it\2", outcome.why)


def _name(outcome: Outcome) -> str:
    return f"{outcome.record.c_name} <{outcome.header or outcome.record.path}>"


def _some(texts: list[str], between: str) -> str:
    rest = len(texts) - _MOST
    return between.join((*texts[:_MOST], *([f"and {rest} more"] if rest > 0 else [])))


def _difference(outcome: Outcome) -> Iterator[str]:
    """Yield a differing record, and its members below it, those of the object first."""
    built, said = outcome.record.layout, outcome.said
    if said is None:
        return
    sizes = f"{built.byte_size} bytes in {outcome.object.name}, here {said.byte_size}"
    yield f"differs: {_name(outcome)}: {sizes}"
    only_built = [one for one in built.members if one not in said.members]
    only_said = [one for one in said.members if one not in built.members]
    marked = [*((f"{outcome.object.name}", one) for one in only_built)]
    marked += [("here", one) for one in only_said]
    members = [
        f"{where}: {name or '(no name)'} at bit {offset}, {size} bits"
        for where, (name, offset, size) in marked
    ]
    yield f"  {_some(members, f'{chr(10)}  ')}" if members else "  the members' order"


@click.command()
@click.argument("objects", type=click.Path(exists=True, path_type=Path))
@click.option("--tree", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--arch", required=True)
@click.option("--conf", default="GENERIC", show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), help="Keep clang's answers here.")
def main(*, objects: Path, tree: Path, arch: str, conf: str, cache: Path | None) -> None:
    """Compare the records of OBJECTS with layoutcheck's of the source tree."""
    tell = partial(click.echo, err=True)
    try:
        compared = compare(objects, tree, arch=arch, conf=conf, cache=cache, progress=tell)
    except LayoutcheckError as error:
        click.echo(f"layoutcheck: {error}", err=True)
        sys.exit(error.exit_code)
    click.echo(render(compared))
    sys.exit(1 if compared.having("differs") else 0)


if __name__ == "__main__":
    main()
