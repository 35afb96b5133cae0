"""bindgen's text for 15.0 headers: no false mismatch in 1,200 records of each architecture.

bindgen and the headers of 15.0 are installed once, beside the checkout's generated folders.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import Target, find_target
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

# Each takes at least half a minute. powerpc64le and armv7, tried by hand, show nothing further.
ARCHITECTURES = ("amd64", "arm64", "riscv64", "powerpc64", "i386")
REPR = re.compile(r"^ *#\[repr\([^\n]*\n(?: *#[^\n]*\n)* *pub (?:struct|union) ", re.MULTILINE)


PAGES = {"nvme_health_information_page", "nvme_res_notification_page"}
MAX_ALIGN = {"__max_align_t"}
# Differences caused by bindgen, by architecture; without a row the two pages of finding 9.
DEFECTS = {
    "amd64": PAGES | MAX_ALIGN,
    "arm64": PAGES | MAX_ALIGN,
    "riscv64": PAGES | MAX_ALIGN,
    "i386": MAX_ALIGN
    | {"nvme_res_notification_page", "auditinfo_addr", "auditpinfo_addr", "ucred"}
    | {"region_descriptor"},
}


GENERATED = "types,vars,functions"
# Constants that bindgen computes as i64, although C's are unsigned or an int (finding 18).
AS_I64 = re.compile(
    r"\w*_MAX|\w*_MASK|PMAP_UCR3_NOMASK|PMAP_NO_CR3|PC_FREEN|LPTE_RPGN|MCG_CTL_ENABLE|PSSCR_PLS_M"
    r"|VM_MAX_ADDRESS"
)
ITEM = re.compile(r"^ *pub (const|fn|static)(?: mut)? (?!_: )\w+ ?[:(]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A run on the fixture for one architecture, and the number of bindgen's types with a repr.

    `written` is bindgen's text.
    """

    arch: str
    manifest: Path
    run: Run
    types: int
    written: str


LAID_OUT = ("record", "alias")
"""Kinds that are judged by layout."""


@pytest.fixture(
    scope="module",
    params=[find_target(name) for name in ARCHITECTURES],
    ids=lambda target: target.name,
)
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Run on freshly written bindings of the fixture."""
    target: Target = request.param
    folder = tmp_path_factory.mktemp("bindgen")
    write_bindings(folder, target, generate=GENERATED)
    manifest = folder / MANIFEST
    written = (folder / SOURCE).read_text(encoding="utf-8")
    return Checked(
        arch=target.name,
        manifest=manifest,
        run=Pipeline(read_manifest(manifest), Options(kernel_arch=(target.name,))).verify(),
        types=len(REPR.findall(written)),
        written=written,
    )


def test_hundreds_of_records_agree(checked: Checked) -> None:
    """More than 1,200 records agree, and all others are waived."""
    counts = checked.run.count()
    assert counts[Status.AGREES] > 1200
    assert counts[Status.DIFFERS] == counts[Status.INDETERMINATE] == 0
    assert not checked.run.problems
    assert checked.run.passed


def test_what_differs_is_a_defect_of_bindgen(checked: Checked) -> None:
    """Waived records are exactly those that docs/findings.md proves wrong, and clang's own."""
    waived = {v.rust_path for v in checked.run.verdicts if is_waived(v) and v.kind == "record"}
    assert waived == {f"bindings::{name}" for name in DEFECTS.get(checked.arch, PAGES)}


def test_every_type_is_accounted_for(checked: Checked) -> None:
    """Every type of bindgen with a repr has a verdict or is skipped, once."""
    keys = [v.key for v in checked.run.verdicts] + [a.key for a in checked.run.set_aside]
    assert len(keys) == len(set(keys))
    assert Counter(kind for kind, _ in keys)["record"] == checked.types
    whys = {aside.why for aside in checked.run.set_aside if aside.kind == "record"}
    assert whys == {"opaque", "generic"}


def test_without_a_list_of_headers(checked: Checked) -> None:
    """Without a list of headers, the verdicts on records are those with bindgen's list."""
    text = checked.manifest.read_text(encoding="utf-8")
    text = re.sub(r"include = \[.*?\]\n", "", text, flags=re.DOTALL)
    searching = checked.manifest.with_name("searching.toml")
    searching.write_text(text, encoding="utf-8")
    run = Pipeline(read_manifest(searching), Options(kernel_arch=(checked.arch,))).verify()
    searched, included = (
        [(v.rust_path, v.status, v.c) for v in made.verdicts if v.kind == "record"]
        for made in (run, checked.run)
    )
    assert searched == included
    searched_aside, included_aside = (
        [aside for aside in made.set_aside if aside.kind == "record"] for made in (run, checked.run)
    )
    assert searched_aside == included_aside


def test_thousands_of_constants_and_functions_agree(checked: Checked) -> None:
    """Thousands of items agree. Waived constants are those for which bindgen takes another type."""
    agreeing = Counter(v.kind for v in checked.run.verdicts if v.status is Status.AGREES)
    assert agreeing["constant"] > 7500
    assert agreeing["function"] > 2500
    assert agreeing["static"] > 400
    waived = [v for v in checked.run.verdicts if is_waived(v) and v.kind not in LAID_OUT]
    differing = {v.rust_path.removeprefix("bindings::") for v in waived if v.mismatches}
    assert 0 < len(differing) < 25
    assert all(AS_I64.fullmatch(name) for name in differing)
    unknown = {v.rust_path for v in waived if not v.mismatches}
    known = {"armv7": {"bindings::__ARM_INTR_BITS"}, "arm64": {"bindings::pcpup"}}
    assert unknown == known.get(checked.arch, set())


def test_every_item_is_accounted_for(checked: Checked) -> None:
    """Every item has a verdict or is skipped. Only undefined constants of C are not in C."""
    written = Counter(ITEM.findall(checked.written))
    keys = [v.key for v in checked.run.verdicts] + [a.key for a in checked.run.set_aside]
    seen = Counter(kind for kind, _ in keys)
    assert (seen["constant"], seen["static"]) == (written["const"], written["static"])
    assert seen["function"] > 2500
    aside = [a for a in checked.run.set_aside if a.kind not in LAID_OUT]
    assert {a.why for a in aside} <= {"not in C"}
    assert len(aside) < 10


def test_hundreds_of_aliases_agree(checked: Checked) -> None:
    """Aliases agree, except two on i386 and two on powerpc64. One of a record is another name."""
    keys = [v.key for v in checked.run.verdicts] + [a.key for a in checked.run.set_aside]
    written = re.findall(r"^pub (?:type|use) ", checked.written, re.MULTILINE)
    assert Counter(kind for kind, _ in keys)["alias"] == len(written)
    verdicts = [v for v in checked.run.verdicts if v.kind == "alias"]
    waived = {v.rust_path.removeprefix("bindings::") for v in verdicts if is_waived(v)}
    wrong = {"i386": {"__double_t", "__float_t"}, "powerpc64": {"mcontext_t", "mcontext32_t"}}
    assert waived == wrong.get(checked.arch, set())
    assert len(verdicts) > 500
    asides = Counter(a.why for a in checked.run.set_aside if a.kind == "alias")
    assert asides.keys() == {"another name", "not in C", "opaque"}
    assert asides["not in C"] < 10


def is_waived(verdict: Verdict) -> bool:
    """Return whether a mistake is known."""
    return verdict.status is Status.WAIVED
