"""All headers of 15.0 that compile together have no false alarm.

The table is in docs/validation.md; `tox run -e validation` runs this. Each difference must be one
that docs/findings.md proves.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from tabulate import tabulate

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run, Status, Verdict, plural
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.bindgen_of_15 import MANIFEST, write_bindings
from tests.everything_of_15 import headers_together
from tests.headers_of_15 import install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

PAGE: Final = Path(__file__).parents[2] / "docs" / "validation.md"
BEGIN, END = "<!-- everything: begin -->", "<!-- everything: end -->"
ARCHITECTURES: Final = ("amd64", "arm64", "riscv64", "powerpc64", "i386")
DEFINES: Final = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(\S.*)$", re.MULTILINE)
RECORDS: Final = ("tcp_rack", "auditon_udata", "audit_record", "kaudit_record")
"""Records of finding 21, and on i386 holders of records of finding 13, without the waived."""
UNKNOWN: Final = re.compile(
    r"(\w+: )?((parameter \d+|the result|a function of which) (is )?)*"
    r"enum \w+, which the headers only declare"
    r"|a `static` static, of which each unit has its own"
    r"|the included headers name it, but do not define it in this configuration"
    r"|<net80211/ieee80211_\w+\.h> defines it; the included headers do not, or undefine it again"
    r"|<rpc/auth\.h> defines it; the included headers do not, or undefine it again"
    r"|the included headers do not define struct "
    r"(\w+__bindgen_ty_\d|metablob_voi_meta|unionfs_node_\w+), .*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """The run for one architecture with this number of headers."""

    arch: str
    headers: int
    run: Run

    def differing(self, *kinds: str) -> list[Verdict]:
        """Return the differing verdicts of these kinds."""
        found = (v for v in self.run.verdicts if v.status is Status.DIFFERS)
        return [verdict for verdict in found if verdict.kind in kinds]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Everything]:
    """Run all architectures, and write the page."""
    made = [_check(arch, tmp_path_factory.mktemp(arch)) for arch in ARCHITECTURES]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{render(made)}\n{END}{after}", encoding="utf-8")
    return made


def _check(arch: str, folder: Path) -> Everything:
    target = find_target(arch)
    names = headers_together(target)
    write_bindings(folder, target, generate="types,vars,functions", include=names)
    pipeline = Pipeline(read_manifest(folder / MANIFEST), Options(kernel_arch=(arch,)))
    return Everything(arch=arch, headers=len(names), run=pipeline.verify())


def render(made: list[Everything]) -> str:
    """Return a row for each architecture and kind."""
    rows = []
    for one in made:
        counts = Counter((v.kind, v.status) for v in one.run.verdicts)
        for kind in ("record", "alias", "constant", "function", "static"):
            of = [counts[kind, status] for status in Status]
            rows.append((one.arch, one.headers, plural(kind), *(f"{count:,}" for count in of)))
    headings = ("machine", "headers", "kind", *(status.value for status in Status))
    return tabulate(rows, headings, tablefmt="github", disable_numparse=True)


def test_tens_of_thousands_are_compared(everything: list[Everything]) -> None:
    """More than 40,000 items are compared on each machine, without a problem."""
    for one in everything:
        compared = sum(verdict.is_compared for verdict in one.run.verdicts)
        assert compared > 40_000, one.arch
        assert not one.run.problems


def test_records_that_differ_are_findings(everything: list[Everything]) -> None:
    """Differing records that the manifest does not waive are known findings; aliases agree."""
    for one in everything:
        kinds = ("record", "enum", "static", "alias")
        names = {v.rust_path.rpartition("::")[2] for v in one.differing(*kinds)}
        assert names.issubset(RECORDS), one.arch


def test_functions_that_differ_are_macros(everything: list[Everything]) -> None:
    """Differing functions are macros (finding 22), whose own functions may differ in the result."""
    for one in everything:
        for verdict in one.differing("function"):
            said = [m.c for m in verdict.mismatches if m.check_id == "function-symbol"]
            assert said, (one.arch, verdict)
            assert said[0].startswith("a macro for "), (one.arch, verdict)


def test_constants_that_differ_are_wide_or_defined_again(everything: list[Everything]) -> None:
    """Differing constants are wide (finding 18), or have several values; bindgen takes one."""
    for one in everything:
        several = {name for name, texts in _macros().items() if len(texts) > 1}
        for verdict in one.differing("constant"):
            checks = {mismatch.check_id for mismatch in verdict.mismatches}
            is_wide = not checks.isdisjoint({"constant-width", "constant-sign"})
            is_wide |= any(mismatch.rust.endswith("64)") for mismatch in verdict.mismatches)
            name = verdict.rust_path.rpartition("::")[2]
            assert is_wide or _is_made_of(name, several), (one.arch, verdict)


def _is_made_of(name: str, several: set[str]) -> bool:
    """Return whether a macro has several values, or uses one that has."""
    words = {word for text in _macros()[name] for word in re.findall(r"\w+", text)}
    return name in several or not several.isdisjoint(words)


@cache
def _macros() -> dict[str, set[str]]:
    """Return each macro without arguments of all headers, with its definitions."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in _headers():
        for name, text in DEFINES.findall(path.read_text(encoding="utf-8", errors="replace")):
            found[name].add(text.partition("/*")[0].strip())
    return found


def _headers() -> Iterator[Path]:
    include = install_headers() / "lib" / "libc" / "include"
    for folder in include.glob("*freebsd*"):
        yield from folder.rglob("*.h")


def test_what_is_unchecked_says_why(everything: list[Everything]) -> None:
    """Unchecked items have a known reason: C leaves them open, or bindgen renames inner records."""
    for one in everything:
        unchecked = [v for v in one.run.verdicts if v.status is Status.INDETERMINATE]
        assert len(unchecked) < 30, one.arch
        for verdict in unchecked:
            assert UNKNOWN.fullmatch(verdict.reason or ""), (one.arch, verdict)
