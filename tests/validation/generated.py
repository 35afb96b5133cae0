"""Rust that `layoutcheck generate` writes of all C records: the table in docs/validation.md.

`tox run -e validation` runs it. The Rust text is compiled for the architecture and checked as a
user would check it. A record agrees, or it was refused with a reason: none may be wrong.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tabulate import tabulate

from layoutcheck.cache.store import Cache
from layoutcheck.kernel.options.expanded import defined_records
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.c_types import CTypes
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.rust_text import write_rust
from layoutcheck.run.c_types import find_c_types
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

PAGE: Final = Path(__file__).parents[2] / "docs" / "validation.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
ARCHITECTURES: Final = ("amd64", "arm64", "i386", "powerpc64")
KERNEL: Final = Kernel(conf=("GENERIC",))
MANIFEST: Final = """\
[bindings]
source = "generated.rs"

[kernel]
release = "14"
arch = "{arch}"
conf = "GENERIC"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One architecture: the names of C records that were tried, and the check of the Rust text.

    `unknown` are names without one layout in C, each with the reason. `refused` are those that
    have one and no Rust text. `asserted` is the number of records of which clang confirms what the
    text asserts, `denied` are those of which it does not.
    """

    arch: str
    tried: tuple[str, ...]
    unknown: dict[str, str]
    refused: dict[str, str]
    asserted: int
    denied: tuple[str, ...]
    run: Run

    @property
    def written(self) -> set[str]:
        """Return Rust's names of the records that were asked for and written."""
        left_out = self.unknown.keys() | self.refused.keys()
        return {name.rpartition(" ")[2] for name in self.tried if name not in left_out}

    @property
    def records(self) -> dict[str, Verdict]:
        """Return the verdicts on the records that were asked for, by Rust's name."""
        names = self.written
        found = {v.rust_path.rpartition("::")[2]: v for v in self.run.verdicts}
        return {name: verdict for name, verdict in found.items() if name in names}

    @property
    def empty(self) -> set[str]:
        """Return the records without a size, which are skipped: there is nothing to compare."""
        opaque = {s.rust_path.rpartition("::")[2] for s in self.run.set_aside if s.why == "opaque"}
        return self.written & opaque

    def count(self, status: Status) -> int:
        """Return the number of records that were asked for and have this status."""
        return sum(verdict.status is status for verdict in self.records.values())


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> list[Generated]:
    """All architectures, and the page written anew."""
    made = [_generate(arch, tmp_path_factory.mktemp(arch)) for arch in ARCHITECTURES]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{render(made)}\n{END}{after}", encoding="utf-8")
    return made


def _generate(arch: str, folder: Path) -> Generated:
    cache = folder / "cache"  # the headers are compiled once, and not for each of the three steps
    options = Options(kernel_arch=(arch,), kernel_release=("14",), cache=cache)
    with core_of(options) as (clang, units, own):
        names = all_records(clang, units, own)
        found = find_c_types(options, names, kernel=KERNEL)
        written = write_rust(found.types)
        asserted, denied = ask_clang(clang, units, found.types, written.text)
    (folder / "generated.rs").write_text(written.text, encoding="utf-8")
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST.format(arch=arch), encoding="utf-8")
    run = Pipeline(read_manifest(manifest), Options(cache=cache)).verify()
    return Generated(
        arch=arch,
        tried=tuple(names),
        unknown=dict(found.refused),
        refused=dict(written.refused),
        asserted=asserted,
        denied=tuple(denied),
        run=run,
    )


@contextmanager
def core_of(options: Options) -> Iterator[tuple[KernelClang, HeaderUnits, tuple[str, ...]]]:
    """The clang of the kernel, the units of its headers, and the kernel's own headers."""
    tools = Tools(lambda _: None, Stopwatch(), Cache(options.cache, warn=print))
    kernels = Kernels(tools)
    (plan,) = plan_cells(KERNEL, options, where="validation")
    with tempfile.TemporaryDirectory() as folder:
        clang = KernelClang(kernels.kernel(plan), KERNEL, plan.target, tools, work=Path(folder))
        yield clang, kernels.units(plan, clang, KERNEL.view), kernels.index(plan).kernels_own
    tools.cache.close()


def all_records(clang: KernelClang, units: HeaderUnits, own: tuple[str, ...]) -> list[str]:
    """The names of the records that the kernel's headers define, in any unit."""
    units.find(own)
    every = filter(None, dict.fromkeys((units.core, *map(units.unit, own))))
    return sorted({name for text in map(clang.expand, every) for name in defined_records(text)})


def ask_clang(
    clang: KernelClang, units: HeaderUnits, types: CTypes, text: str
) -> tuple[int, list[str]]:
    """How many records of the core clang finds to be as the text asserts, and the others.

    clang judges C expressions: no debug information is read.
    """
    sizes = dict(re.findall(r"size_of::<(?:r#)?(\w+)>\(\) == (\d+)", text))
    alignments = dict(re.findall(r"align_of::<(?:r#)?(\w+)>\(\) == (\d+)", text))
    offsets: dict[str, list[tuple[str, str]]] = {}
    for name, field, at in re.findall(r"offset_of!\((?:r#)?(\w+), (?:r#)?(\w+)\) == (\d+)", text):
        offsets.setdefault(name, []).append((field, at))
    asked: list[tuple[ProbeKey, str]] = []
    for number, (c_name, record) in enumerate(types.records):
        name = c_name.rpartition(" ")[2]
        if name not in sizes:  # an alias of a record that has another name
            continue
        members = {m.name for m in record.members if not m.is_bit_field}
        facts = [f"sizeof({c_name}) == {sizes[name]}", f"_Alignof({c_name}) == {alignments[name]}"]
        facts += [
            f"__builtin_offsetof({c_name}, {field}) == {at}"
            for field, at in offsets.get(name, ())
            if field in members
        ]
        asked.append((ProbeKey("type", number), c_name))
        fact = f"__typeof__(char[({' && '.join(facts)}) ? 1 : -1])"
        asked.append((ProbeKey("name", number), fact))
    refused = clang.ask(units.core, asked).side.refused
    there = [key.number for key, _ in asked if key.kind == "type" and key not in refused]
    denied = [types.records[n][0] for n in there if ProbeKey("name", n) in refused]
    return len(there) - len(denied), denied


def render(made: list[Generated]) -> str:
    """A row for each architecture, and one for each reason why records have no Rust text."""
    rows, reasons = [], Counter[tuple[str, str]]()
    for one in made:
        agree = one.count(Status.AGREES) + len(one.empty)
        laid_out = len(one.tried) - len(one.unknown)
        others = sum(verdict.status is not Status.AGREES for verdict in one.run.verdicts)
        compared = (len(one.refused), len(one.run.verdicts), others)
        row = (len(one.tried), laid_out, agree, one.asserted, *compared)
        share = f"{agree / laid_out:.2%}"
        rows.append((one.arch, *(f"{number:,}" for number in row), share))
        reasons.update((one.arch, why) for why in (*one.unknown.values(), *one.refused.values()))
    headings = (
        "machine",
        "names",
        "records",
        "agree",
        "by clang",
        "refused",
        "items",
        "other",
        "share",
    )
    table = tabulate(rows, headings, tablefmt="github", disable_numparse=True)
    why = [(arch, count, reason) for (arch, reason), count in sorted(reasons.items())]
    return f"{table}\n\n{tabulate(why, ('machine', 'names', 'reason'), tablefmt='github')}"


def test_thousands_are_tried(generated: list[Generated]) -> None:
    """On each architecture."""
    for one in generated:
        assert len(one.tried) > 5_000, one.arch


def test_nothing_that_was_written_differs_or_is_unchecked(generated: list[Generated]) -> None:
    """Of the records that were asked for, of their parts, of enums and their constants."""
    for one in generated:
        wrong = [v for v in one.run.verdicts if v.status is not Status.AGREES]
        assert not wrong, (one.arch, [(v.rust_path, v.reason, v.mismatches) for v in wrong[:20]])
        assert not one.run.problems


def test_clang_says_so_too(generated: list[Generated]) -> None:
    """Sizes, alignments and offsets of the records of the core, without any debug information."""
    for one in generated:
        assert one.asserted > 5_000, one.arch
        assert not one.denied, one.arch


def test_each_record_agrees_or_was_refused(generated: list[Generated]) -> None:
    """No record is lost on the way; of those that C lays out, one in a thousand may be refused."""
    for one in generated:
        assert one.written == one.records.keys() | one.empty, one.arch
        laid_out = len(one.tried) - len(one.unknown)
        assert len(one.refused) <= laid_out / 1000, one.arch


def test_few_names_have_no_layout(generated: list[Generated]) -> None:
    """Their headers do not compile, or leave a macro to others."""
    for one in generated:
        assert len(one.unknown) < 50, one.arch
