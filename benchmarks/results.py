"""The parts' measurements -> tables, and the numbers to reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.checks import Inside
from benchmarks.measuring import Figures
from benchmarks.page import Goal, Table

__all__ = ["Results"]

_DIES_A_SECOND = 60_000
_SHOWN = 0.01


@dataclass(slots=True, kw_only=True)
class Results:
    """Results filled by the parts, in their order; a part that did not run leaves gaps.

    `numbers` are ratios and MB by name; `facts` are those that other tools compare; `dwarf` the
    DIEs and the seconds by name.
    """

    tables: list[Table] = field(default_factory=list)
    figures: dict[str, Mapping[str, Figures]] = field(default_factory=dict)
    inside: dict[str, Inside] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    dwarf: dict[str, tuple[int, float]] = field(default_factory=dict)

    def add(self, table: Table) -> None:
        """Add one more table."""
        self.tables.append(table)

    def subject(
        self,
        key: str,
        title: str,
        figures: Mapping[str, Figures],
        inside: Inside,
        steps: Sequence[tuple[str, float]],
    ) -> None:
        """Add the measurements of some bindings: the table of cases, and the stages' time."""
        self.figures[key], self.inside[key] = figures, inside
        floor = figures["floor"].seconds
        rows = [
            (
                name,
                f"{one.seconds:.2f}",
                f"{one.fastest:.2f} to {one.slowest:.2f}",
                f"{one.seconds / floor:.2f}",
                f"{one.largest_mb:.0f}",
            )
            for name, one in figures.items()
            if name.startswith(("floor", "check", "pytest"))
        ]
        took = ", ".join(f"{name} {seconds:.2f}" for name, seconds in steps)
        stages = sorted(inside.stages.items(), key=lambda stage: -stage[1])
        spent = ", ".join(f"{name} {seconds:.2f}" for name, seconds in stages if seconds >= _SHOWN)
        facts = ", ".join(
            f"{n:,} of {kind}s" for kind, n in inside.facts.items() if kind != "records"
        )
        self.add(
            Table(
                title=title,
                columns=("", "s", "fastest to slowest", "x floor", "largest, MB"),
                rows=rows,
                notes=(
                    f"{inside.facts['records']:,} records; {inside.total:,} facts: {facts}.",
                    f"The floor's steps, in one run: {took}.",
                    f"layoutcheck's stages in one cold run: {spent}.",
                    f"Our own process had {inside.own_mb:.0f} MB at its peak, cold.",
                    "pytest is called without hypothesis' plugin, which takes 0.1 s.",
                ),
            )
        )

    def all_tables(self) -> tuple[Table, ...]:
        """Return the parts' tables, then other tools and DWARF."""
        peers = tuple(self._peers())
        tables = list(self.tables)
        if peers:
            tables.append(
                Table(
                    title="Other tools",
                    columns=("", "on", "s", "facts", "facts a second"),
                    rows=peers,
                    notes=tuple(self._peer_notes()),
                )
            )
        if self.dwarf:
            tables.append(
                Table(
                    title="Reading DWARF",
                    columns=("", "DIEs", "s", "DIEs a second"),
                    rows=[
                        (name, f"{dies:,}", f"{seconds:.2f}", f"{dies / seconds:,.0f}")
                        for name, (dies, seconds) in self.dwarf.items()
                    ],
                    notes=("`read_layouts` on the first C object and the Rust object, linked.",),
                )
            )
        return tuple(tables)

    def goals(self) -> Iterator[Goal]:
        """Return the numbers to reach that were measured."""
        if "bindgen" in self.figures:
            yield from self._goals_of_bindgen(self.figures["bindgen"])
        if "28 cells" in self.numbers:
            yield _at_most(
                "28 cells against 1 cell, cold (18 measured)", 12, self.numbers["28 cells"], "x"
            )
        if "a record" in self.numbers:
            what = "time a record at 4,000 records against 100, cold"
            yield _at_most(what, 0.5, self.numbers["a record"], "x")
        if "everything, MB" in self.numbers:
            count = self.numbers["everything, records"]
            what = (
                f"peak memory of our process, everything in the 15.0 headers ({count:,.0f} records)"
            )
            yield _at_most(what, 350, self.numbers["everything, MB"], "MB")
        if self.dwarf:
            rate = min(dies / seconds for dies, seconds in self.dwarf.values())
            yield Goal(
                what="DWARF reading, DIEs a second",
                limit=f"at least {_DIES_A_SECOND:,}",
                measured=f"{rate:,.0f}",
                is_reached=rate >= _DIES_A_SECOND,
            )
        if "libc" in self.figures and "ctest" in self.facts:
            ratio = self._rate("libc", "check, cold") / self._ctest_rate()
            yield Goal(
                what="facts compared a second against ctest: libc, both cold",
                limit="at least 10 x",
                measured=f"{ratio:.1f} x",
                is_reached=ratio >= 10,  # noqa: PLR2004 - the issue's number
            )

    def _goals_of_bindgen(self, figures: Mapping[str, Figures]) -> Iterator[Goal]:
        floor = figures["floor"].seconds
        count = self.inside["bindgen"].facts["records"]
        what = f"cold, {count:,} records of bindgen's, one cell, against the floor"
        yield _at_most(what, 1.2, figures["check, cold"].seconds / floor, "x")
        again = figures["pytest, again"].seconds
        what = "nothing changed, the same, by pytest with its start and items"
        yield _at_most(what, min(0.8, floor / 4), again, "s")
        rust = figures["floor, the Rust half"].seconds
        changed = figures["check, a binding changed"].seconds
        what = f"a binding changed: the floor's Rust half ({rust:.2f} s) + 0.5 s"
        yield _at_most(what, rust + 0.5, changed, "s")

    def _rate(self, key: str, case: str) -> float:
        return self.inside[key].total / self.figures[key][case].seconds

    def _ctest_rate(self) -> float:
        return self.facts["ctest"] / self.figures["libc"]["ctest"].seconds

    def _peers(self) -> Iterator[tuple[str, ...]]:
        if "libc" in self.figures:
            figures, inside = self.figures["libc"], self.inside["libc"]
            for case in ("check, cold", "check, again"):
                yield _row(f"layoutcheck {case}", "libc, FreeBSD", figures[case], inside.total)
            yield _row(
                "ctest, built before", "libc, this machine", figures["ctest"], self.facts["ctest"]
            )
        if "bindgen" in self.figures:
            figures, inside = self.figures["bindgen"], self.inside["bindgen"]
            for case in ("check, cold", "check, again"):
                yield _row(f"layoutcheck {case}", "bindgen, 15.0", figures[case], inside.total)
            for case in ("bindgen and its layout tests", "bindgen's layout tests alone"):
                yield _row(case, "bindgen, 15.0", figures[case], self.facts["bindgen"])
            if "abidw" in self.facts:
                case = "abidw, and names compared"
                yield _row(case, "its objects", figures[case], self.facts["abidw"])
                yield _row("pahole", "its C object", figures["pahole"], 0)

    def _peer_notes(self) -> Iterator[str]:
        if "ctest" in self.facts:
            yield (
                "ctest compares sizes, alignments, offsets, signs, values of constants and "
                "addresses of functions by running a program, so for this machine alone: of "
                "libc its part for Linux, as far as the headers here have it. It is the same "
                "crate on the same machine, but not the same target. What it compares is what it "
                "counts itself; that values come back from C (`roundtrip`) it does not count."
            )
        if "bindgen" in self.facts:
            yield (
                "bindgen's tests compare sizes, alignments and offsets that bindgen has read with "
                "libclang to what rustc makes of them, while rustc compiles. Alone they do not "
                "look at C. They too find both pages of finding 9 (docs/findings.md)."
            )
        if "abidw" in self.facts:
            yield (
                "abidw reads objects that are already made (add the floor): sizes and offsets of "
                f"what has the same name on both sides. {self.facts['abidw differing']} of its "
                "facts differ; why, was not looked into."
            )
            printed = self.facts["pahole of Rust"]
            yield f"pahole prints {printed} records of rustc's object, so it compares nothing."


def _at_most(what: str, limit: float, measured: float, unit: str) -> Goal:
    return Goal(
        what=what,
        limit=f"{limit:.4g} {unit}",
        measured=f"{measured:.3g} {unit}",
        is_reached=measured <= limit,
    )


def _row(name: str, on: str, figures: Figures, facts: int) -> tuple[str, ...]:
    return name, on, f"{figures.seconds:.2f}", f"{facts:,}", f"{facts / figures.seconds:,.0f}"
