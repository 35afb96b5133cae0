"""The shipped order of the headers: make it again, test it, and write tables of docs/headers.md.

`python -m tests.validation.seeds` makes layoutcheck/kernel/freebsd/seeds/ again from the headers of
15.0 for amd64; with `--tables`, docs/headers.md's tables, also of other trees: `NAME=DIR:ARCH`.
`tox run -e validation` runs the tests.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, get_args

import pytest

from layoutcheck.compilers.ask.preprocessor import Redefinition
from layoutcheck.kernel.freebsd.header_lists import read_apart, read_aside, read_seed
from layoutcheck.kernel.freebsd.headers.source_tree import is_behind_machine
from layoutcheck.kernel.units.guards import include_guard
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.kernel.units.left_to_others import LeftMacro
from layoutcheck.manifest.kernel import View
from tests.header_order import find_renamed, find_unanswered
from tests.headers_of_15 import install_headers
from tests.opened import Opened, open_headers
from tests.validation.pages import write_part

pytestmark = pytest.mark.needs_clang

SEEDS: Final = Path(__file__).parents[2] / "layoutcheck" / "kernel" / "seeds"
FILES: Final = {"kernel": "kernel.txt", "userland": "userland.txt"}
VIEWS: Final[tuple[View, ...]] = ("kernel", "userland")
ARCH: Final = "amd64"
"""The machine whose headers make the order; others have few further headers."""
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_RECORD: Final = re.compile(r"\b(?:struct|union)\s+(?:__\w+(?:\([^()]*\))?\s+)*\w+\s*\{")
_ERROR: Final = re.compile(r"[ \t]*#[ \t]*error\b")
WHY: Final = {
    "dev/firewire/firewirereg.h": "the same but for the parameter's name; no source includes both",
    "dev/ic/via6522reg.h": "no source includes both: the PowerMac's VIA, serial ports",
    "dev/ic/z8530.h": "no source includes both: uart_dev_z8530.c, uart_dev_ns8250.c",
    "geom/journal/g_journal.h": "names a member; only geom/journal includes it, no other class",
    "net/if_mib.h": "if_mib.c and three drivers include it, netlink's sources do not",
    "sys/gpt.h": "chooses struct uuid before it includes the other; the layout is the same",
    "sys/inotify.h": "the same value in other digits",
    "sys/terminal.h": "vt's and kern/subr_terminal.c's colours; syscons has the others",
}
"""Reasons why headers are not in the core, as found in the kernel's sources."""


class Tried(NamedTuple):
    """A tree's headers tried after the shipped order: the core, and why others are left out.

    The reason is the first cause by header: a macro, or clang's message.
    """

    units: HeaderUnits
    left_out: dict[str, str]
    seconds: float


def try_all(opened: Opened) -> Tried:
    """Try a tree's headers: those of the shipped order, then its others."""
    aside, index = read_aside(), opened.index
    programs = opened.view == "userland"
    headers = index.likely(index.headers, programs=True) if programs else index.kernels_own
    shipped = [header for header in read_seed(opened.view) if header not in aside]
    known = frozenset(shipped)
    rest = [h for h in headers if h not in known and h not in aside and not is_behind_machine(h)]
    began = time.monotonic()
    units = opened.units([*shipped, *rest])
    seconds = time.monotonic() - began
    conflicts = {one.after: one for one in reversed(units.redefined)}
    left_out = {}
    for header in (*shipped, *rest):
        if header in conflicts:
            left_out[header] = _spell(conflicts[header])
        elif header in index.headers and not units.has_in_core(header):
            unit = units.unit(header)
            left_out[header] = "has another unit" if unit else str(units.why_refused(header))
    return Tried(units, left_out, seconds)


def _spell(one: Redefinition) -> str:
    return f"{one.name} is {one.words!r} in <{one.before}>, here {one.other!r}"


def make_seeds() -> None:
    """Write both orders, and print changes and omissions."""
    for view in VIEWS:
        with tempfile.TemporaryDirectory() as work:
            tried = try_all(open_headers(install_headers(), ARCH, Path(work), view))
        before, after = read_seed(view), tried.units.core
        (SEEDS / FILES[view]).write_text("\n".join(after) + "\n", encoding="utf-8")
        gained = [header for header in after if header not in before]
        lost = [header for header in before if header not in after]
        moved = "" if gained or lost or before == after else "; the order changes"
        _say(f"{view}: {len(after)} headers; new: {gained}; lost: {lost}{moved}")
        for header, why in tried.left_out.items():
            _say(f"  {header}: {why}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


# Tables


def describe(name: str, opened: Opened) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return rows for the tables of sizes, conflicts, records left to others, and shares."""
    cell = f"{name} | {opened.plan.target.name}"
    began = time.monotonic()
    shipped = opened.shipped_units()
    seconds = time.monotonic() - began
    index = opened.index
    is_package = len(index.kernels_own) < 2000  # most drivers of a source tree are tried nowhere
    of_seed = [header for header in read_seed(opened.view) if header in index.headers]
    left = [header for header in of_seed if not shipped.has_in_core(header)]
    counts = (len(index.headers), len(of_seed), len(shipped.core), len(left))
    sizes = [f"| {cell} | {' | '.join(f'{count:,}' for count in counts)} | {seconds:.1f} |"]
    found = list(_left_to_others(cell, opened, shipped))
    if not is_package:
        return sizes, [], found, []
    apart = _conflicts(cell, try_all(opened).units.redefined)
    return sizes, apart, found, list(_shares(cell, opened, shipped))


def _left_to_others(cell: str, opened: Opened, units: HeaderUnits) -> Iterator[str]:
    """Yield a row for each macro that a folder's records leave to others, with its first record."""
    index, left_macros = opened.index, opened.kernels.left_macros(opened.plan, opened.view, units)
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[LeftMacro]] = {}
    for header in index.headers:
        for one in left_macros.find(header, is_in_core=units.has_in_core(header)):
            folder = header.rpartition("/")[0]
            found.setdefault((folder, one.macro, one.definers), []).append(one)
    for (_, macro, definers), records in found.items():
        first = records[0]
        record = f"`{_lines(index.read(first.header), first.first)}` <{first.header}>"
        more = f" and {len(records) - 1} more" if records[1:] else ""
        words = "; ".join(
            f"{f'`{said}`' if said else 'nothing'} by <{by}>" for by, said in definers[:2]
        )
        yield f"| {cell} | {record}{more} | {macro} | {words} |"


def _conflicts(cell: str, redefined: Sequence[Redefinition]) -> list[str]:
    """Return a row for each pair of headers of which one is left out because of macros."""
    conflicts: dict[tuple[str, str], list[Redefinition]] = {}
    for one in redefined:
        conflicts.setdefault((one.after, one.before), []).append(one)
    rows = []
    for (after, before), macros in conflicts.items():
        first = macros[0]
        more = f" and {len(macros) - 1} more" if macros[1:] else ""
        rows.append(
            f"| {cell} | {first.name}{more} | `{first.words}` by <{before}> "
            f"| `{first.other}` by <{after}> | {WHY.get(after, '**not looked at**')} |"
        )
    return rows


def _lines(text: str, first: int) -> str:
    return text.split("\n")[first - 1].strip(" {\t")


def _shares(cell: str, opened: Opened, units: HeaderUnits) -> Iterator[str]:
    """Yield the number of record definitions in headers of the core, of another unit, of none."""
    index = opened.index
    counts: Counter[str] = Counter()
    headers: Counter[str] = Counter()
    for header in index.kernels_own:
        if is_behind_machine(header):
            continue
        if units.has_in_core(header):
            where = "in the core"
        elif units.unit(header):
            where = "in a further unit"
        else:
            where = _cause(header, opened, units)
        counts[where] += len(_RECORD.findall(_COMMENT.sub(" ", index.read(header))))
        headers[where] += 1
    total = sum(counts.values())
    places = ("in the core", "in a further unit")
    for where in (*places, *sorted(counts.keys() - {*places}, key=lambda one: -counts[one])):
        share = f"{counts[where] * 100 / total:.1f} %"
        yield f"| {cell} | {where} | {headers[where]:,} | {counts[where]:,} | {share} |"


def _cause(header: str, opened: Opened, units: HeaderUnits) -> str:
    """Return briefly why a header compiles in no unit."""
    why = units.why_refused(header)
    said, at = why.message, why.location
    line = "".join(opened.index.read(at.path).split("\n")[(at.line or 1) - 1 :][:1])
    if "of the ziglang package is another architecture's" in said:
        return "another architecture's"
    if said.endswith("file not found"):
        return f"the package lacks {said.partition(' file')[0]}"
    if _ERROR.match(line):
        return "#error: not to be included so"
    folder = header.partition("/")[0]
    if folder == "rpc":
        return "rpc/ is for programs; the kernel's rpc/ is not in the package"
    if folder == "netinet" and "ip" in header:
        return "IPFilter's, in the order that its own sources know"
    return "wants what no header brings, or redefines what the core has"


def write_tables(cells: Sequence[tuple[str, Path | str, str]]) -> None:
    """Put the tables of these trees (name, place, architecture) into docs/headers.md."""
    parts: tuple[list[str], ...] = ([], [], [], [])
    for name, place, arch in cells:
        with tempfile.TemporaryDirectory() as work:
            found = describe(name, open_headers(place, arch, Path(work)))
        for part, rows in zip(parts, found, strict=True):
            part.extend(rows)
    for part, (title, headings) in zip(parts, _HEADINGS.items(), strict=True):
        write_part(title, render(part, headings))


def render(rows: Sequence[str], headings: str) -> str:
    """Return a table; rows that differ in tree and machine only are merged."""
    cells: dict[str, list[str]] = {}
    for row in rows:
        name, arch, rest = row.removeprefix("| ").split(" | ", 2)
        cells.setdefault(rest, []).append(f"{name} {arch}")
    rule = "|---" * (headings.count("|") - 1) + "|"
    lines = (f"| {', '.join(of)} | {rest}" for rest, of in cells.items())
    return "\n".join((headings, rule, *lines))


_HEADINGS: Final = {
    "sizes": "| headers of | all | of the list | in the core | left out | seconds |",
    "conflicts": "| headers of | macro | in the core | left out | why that is right |",
    "company": "| headers of | record | macro | words |",
    "shares": "| headers of | where | headers | records | share |",
}


# Tests


@pytest.mark.parametrize("view", get_args(View))
def test_the_order_keeps_its_rules(view: View, tmp_path: Path) -> None:
    """No macro renames a member of a core's record, and none is tested before its definition."""
    opened = open_headers(install_headers(), ARCH, tmp_path, view)
    core, read = opened.shipped_units().core, opened.index.read
    apart = frozenset(h for h in opened.index.headers if h in read_aside() or is_behind_machine(h))
    records = opened.records(core).values()
    assert not set(find_renamed(records, opened.index.headers, read))
    assert not set(find_unanswered(core, apart, read))


@pytest.mark.parametrize("view", VIEWS)
def test_all_of_the_order_goes_together(view: View, tmp_path: Path) -> None:
    """The order compiles as a whole. Headers apart have the guard of one of them."""
    opened = open_headers(install_headers(), ARCH, tmp_path, view)
    core, read = opened.shipped_units().core, opened.index.read
    assert core == tuple(header for header in read_seed(view) if header in opened.index.headers)
    guards = {include_guard(read(header)) for header in core}
    assert all(include_guard(read(header)) in guards for header in read_apart())


def main(arguments: Sequence[str]) -> None:
    """Make the orders, or the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation.seeds")
    parser.add_argument("--tables", action="store_true", help="write docs/headers.md's tables")
    parser.add_argument("--tree", action="append", default=[], metavar="NAME=DIR:ARCH")
    asked = parser.parse_args(arguments)
    if not asked.tables:
        make_seeds()
        return
    cells: list[tuple[str, Path | str, str]] = [
        ("14.2", "ziglang", "amd64"),
        ("15.0", install_headers(), "amd64"),
        ("15.0", install_headers(), "arm64"),
    ]
    for tree in asked.tree:
        name, _, place = tree.partition("=")
        where, _, arch = place.rpartition(":")
        cells.append((name, where, arch))
    write_tables(cells)


if __name__ == "__main__":
    main(sys.argv[1:])
