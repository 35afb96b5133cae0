"""Rust that `layoutcheck generate` writes of all C records: the table in docs/validation.md.

`tox run -e validation` runs it. The Rust text is compiled for the architecture and checked as a
user would check it. A record agrees, or it was refused with a reason: none may be wrong.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tabulate import tabulate

from layoutcheck.cache.store import Cache
from layoutcheck.kernel.options.expanded import defined_records
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.manifest.reader import read_manifest
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
    have one and no Rust text.
    """

    arch: str
    tried: tuple[str, ...]
    unknown: dict[str, str]
    refused: dict[str, str]
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
    names = all_records(options)
    found = find_c_types(options, names, kernel=KERNEL)
    written = write_rust(found.types)
    (folder / "generated.rs").write_text(written.text, encoding="utf-8")
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST.format(arch=arch), encoding="utf-8")
    run = Pipeline(read_manifest(manifest), Options(cache=cache)).verify()
    return Generated(
        arch=arch,
        tried=tuple(names),
        unknown=dict(found.refused),
        refused=dict(written.refused),
        run=run,
    )


def all_records(options: Options) -> list[str]:
    """Return the names of the records that the kernel's headers define, in any unit."""
    tools = Tools(lambda _: None, Stopwatch(), Cache(options.cache, warn=print))
    kernels = Kernels(tools)
    (plan,) = plan_cells(KERNEL, options, where="validation")
    with tempfile.TemporaryDirectory() as folder:
        clang = KernelClang(kernels.kernel(plan), KERNEL, plan.target, tools, work=Path(folder))
        units, own = kernels.units(plan, clang, KERNEL.view), kernels.index(plan).kernels_own
        units.find(own)
        every = filter(None, dict.fromkeys((units.core, *map(units.unit, own))))
        texts = map(clang.expand, every)
        found = dict.fromkeys(name for text in texts for name in defined_records(text))
    tools.cache.close()
    return sorted(found)


def render(made: list[Generated]) -> str:
    """A row for each architecture, and one for each reason why records have no Rust text."""
    rows, reasons = [], Counter[tuple[str, str]]()
    for one in made:
        agree = one.count(Status.AGREES) + len(one.empty)
        laid_out = len(one.tried) - len(one.unknown)
        others = sum(verdict.status is not Status.AGREES for verdict in one.run.verdicts)
        row = (len(one.tried), laid_out, agree, len(one.refused), len(one.run.verdicts), others)
        share = f"{agree / laid_out:.2%}"
        rows.append((one.arch, *(f"{number:,}" for number in row), share))
        reasons.update((one.arch, why) for why in (*one.unknown.values(), *one.refused.values()))
    headings = ("machine", "names", "records", "agree", "refused", "items", "other", "share")
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
