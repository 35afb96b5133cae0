"""A record's layout does not depend on the order of headers: the table in docs/headers.md.

`tox run -e validation` runs it. The core is built from a random order of the headers, twelve times
a machine, and its records are compared with those of the shipped core.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tabulate import tabulate

from layoutcheck.kernel.freebsd.header_lists import read_aside
from layoutcheck.kernel.freebsd.headers.source_tree import is_behind_machine
from layoutcheck.model.layout import RecordLayout, strip
from layoutcheck.run.search.types import left_to_others
from tests.header_order import find_unanswered
from tests.headers_of_15 import install_headers
from tests.opened import Opened, open_headers
from tests.validation.pages import write_part

pytestmark = pytest.mark.needs_clang

ARCHITECTURES: Final = ("amd64", "arm64")
SEEDS: Final = range(12)
FIRST: Final = "sys/param.h"
"""Headers that every source of the kernel includes first (style(9))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A random order, its number of headers, and its number of shared records.

    Records are listed with C's name and header: those that the shipped core has from another header
    (`elsewhere`), that are `left_to_others` (kernel.units), that differ only in names (`renamed`),
    that test a macro too early (`unanswered`), and those that differ otherwise. The shipped order
    has none that is renamed or unanswered, as `seeds.py` tests.
    """

    arch: str
    seed: int
    headers: int
    tried: int
    compared: int
    elsewhere: tuple[str, ...]
    left_to_others: tuple[str, ...]
    renamed: tuple[str, ...]
    unanswered: tuple[str, ...]
    differing: tuple[str, ...]
    seconds: float


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> list[Order]:
    """Try all orders of each machine, and write the page."""
    made = [
        order
        for arch in ARCHITECTURES
        for order in try_orders(
            open_headers(install_headers(), arch, tmp_path_factory.mktemp(arch))
        )
    ]
    write_part("orders", render(made))
    return made


def _try_orders_of(arch: str, work: Path) -> Iterator[Order]:
    return try_orders(open_headers(install_headers(), arch, work))


def try_orders(opened: Opened, seeds: Sequence[int] = SEEDS) -> Iterator[Order]:
    """Yield the orders of one machine, each compared with the shipped core."""
    aside = read_aside()
    apart = frozenset(h for h in opened.index.headers if h in aside or is_behind_machine(h))
    headers = [h for h in opened.index.kernels_own if h not in apart and h != FIRST]
    units_of_list = opened.shipped_units()
    shipped = opened.records(units_of_list.core)
    left_macros = opened.kernels.left_macros(opened.plan, opened.view, units_of_list)
    for seed in seeds:
        began = time.monotonic()
        order = random.Random(seed).sample(headers, len(headers))  # noqa: S311 - no secret
        units = opened.units([FIRST, *order])
        core = units.core
        elsewhere, left, renamed, unanswered, differing = [], [], [], [], []
        found = opened.records(core)
        broken = {one.header: one for one in find_unanswered(core, apart, opened.index.read)}
        common = [(record, shipped[key]) for key, record in found.items() if key in shipped]
        for here, there in common:
            said = f"{here.kind} {here.name} <{_header(here)}>"
            if any(left_to_others(here, left_macros, units)):
                left.append(said)
            elif _shape(here, named=True) == _shape(there, named=True):
                continue
            elif _header(here) != _header(there):
                elsewhere.append(f"{said} and <{_header(there)}>")
            elif _shape(here, named=False) == _shape(there, named=False):
                renamed.append(said)
            elif _header(here) in broken:
                one = broken[_header(here)]
                unanswered.append(f"{said} asks {one.macro} before <{one.definer}>")
            else:
                differing.append(f"{said}: {_difference(here, there)}")
        yield Order(
            arch=opened.plan.target.name,
            seed=seed,
            headers=len(core),
            tried=len(order),
            compared=len(common) - len(elsewhere) - len(left),
            elsewhere=_unique(elsewhere),
            left_to_others=_unique(left),
            renamed=_unique(renamed),
            unanswered=_unique(unanswered),
            differing=_unique(differing),
            seconds=time.monotonic() - began,
        )


def _header(record: RecordLayout) -> str:
    return "" if record.declared_at is None else record.declared_at.path


def _shape(record: RecordLayout, *, named: bool) -> tuple[object, ...]:
    """Return size, alignment, and members' places and sizes, also of anonymous inner ones."""
    members: list[tuple[object, ...]] = []
    for member in record.members:
        inner, name = strip(member.type), member.name if named else None
        members.append((name, member.bit_offset, member.bit_size))
        if isinstance(inner, RecordLayout) and inner.name is None:
            members.append(_shape(inner, named=named))
    return record.kind, record.byte_size, record.alignment, tuple(members)


def _difference(here: RecordLayout, there: RecordLayout) -> str:
    """Return the first member that differs from the shipped core's, or both sizes."""
    for one, other in zip(here.members, there.members, strict=False):
        if (one.bit_offset, one.bit_size) != (other.bit_offset, other.bit_size):
            bits = (f"{m.name} at bit {m.bit_offset}, {m.bit_size} bits" for m in (one, other))
            return " for ".join(bits)
    return f"{here.byte_size} for {there.byte_size} bytes"


def _unique(said: Sequence[str]) -> tuple[str, ...]:
    """Return the names sorted and once: a record with a typedef is there twice."""
    return tuple(sorted(set(said)))


def render(orders: Sequence[Order]) -> str:
    """Return a row for each order, and every record with another layout."""
    rows = [
        (
            one.arch,
            one.seed,
            f"{one.headers} of {one.tried}",
            f"{one.compared:,}",
            len(one.elsewhere),
            len(one.left_to_others),
            len(one.renamed),
            len(one.unanswered),
            len(one.differing),
            f"{one.seconds:.0f}",
        )
        for one in orders
    ]
    headings = (
        "machine",
        "seed",
        "headers in the core",
        "names compared",
        "another header's",
        "left to others",
        "other names",
        "asked too early",
        "other layout",
        "seconds",
    )
    lines = [tabulate(rows, headings, tablefmt="github", disable_numparse=True), ""]
    said = {
        "Another layout": [one.differing for one in orders],
        "Other names of members": [one.renamed for one in orders],
        "Asked too early": [one.unanswered for one in orders],
        "Another header's": [one.elsewhere for one in orders],
        "Left to others": [one.left_to_others for one in orders],
    }
    for title, found in said.items():
        records = sorted({f"`{record}`" for one in found for record in one})
        lines.append(f"- {title}: {'; '.join(records) or 'none'}.")
    return "\n".join(lines)


def test_every_order_has_the_same_layouts(orders: Sequence[Order]) -> None:
    """No record differs, except those left to others or where the order breaks the seeds' rules."""
    for one in orders:
        assert one.compared > 3_000, (one.arch, one.seed)
        assert not one.differing, (one.arch, one.seed)
