"""What the real bindgen writes of 15.0 headers: no false mismatch in 1,200 records of each arch.

bindgen and the headers of 15.0 are installed once, beside the checkout's other generated folders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from layoutcheck.manifest import read_manifest
from layoutcheck.pipeline import Pipeline
from layoutcheck.planning import Options
from layoutcheck.target import TARGETS, Target
from layoutcheck.verdict import Run, Status
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

REPR = re.compile(r"^ *#\[repr\([^\n]*\n(?: *#[^\n]*\n)* *pub (?:struct|union) ", re.MULTILINE)


PAGES = {"nvme_health_information_page", "nvme_res_notification_page"}
MAX_ALIGN = {"__max_align_t"}
# What differs for bindgen's sake, by architecture; without a row the two pages of finding 9.
DEFECTS = {
    "amd64": PAGES | MAX_ALIGN | {"__va_list_tag"},
    "arm64": PAGES | MAX_ALIGN,
    "riscv64": PAGES | MAX_ALIGN,
    "i386": MAX_ALIGN
    | {"nvme_res_notification_page", "auditinfo_addr", "auditpinfo_addr", "ucred"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The fixture's run for one architecture, and how many types bindgen wrote with a repr."""

    arch: str
    run: Run
    types: int


@pytest.fixture(
    scope="module",
    params=TARGETS,
    ids=lambda target: target.name,
)
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The fixture's run on freshly written bindings."""
    target: Target = request.param
    folder = tmp_path_factory.mktemp("bindgen")
    write_bindings(folder, target)
    written = (folder / SOURCE).read_text(encoding="utf-8")
    return Checked(
        arch=target.name,
        run=Pipeline(
            read_manifest(folder / MANIFEST), Options(kernel_arch=(target.name,))
        ).verify(),
        types=len(REPR.findall(written)),
    )


def test_hundreds_of_records_agree(checked: Checked) -> None:
    """More than 1,200 compared, and all but the waived agree."""
    counts = checked.run.count()
    assert counts[Status.AGREES] > 1200
    assert counts[Status.DIFFERS] == counts[Status.INDETERMINATE] == 0
    assert not checked.run.problems
    assert checked.run.passed


def test_what_differs_is_a_defect_of_bindgen(checked: Checked) -> None:
    """Exactly the records that docs/findings.md proves to be wrong, and clang's own."""
    waived = {v.rust_path for v in checked.run.verdicts if v.status is Status.WAIVED}
    assert waived == {f"bindings::{name}" for name in DEFECTS.get(checked.arch, PAGES)}


def test_every_type_is_accounted_for(checked: Checked) -> None:
    """What bindgen wrote with a repr is a verdict or set aside, each once."""
    paths = [v.rust_path for v in checked.run.verdicts]
    paths += [a.rust_path for a in checked.run.set_aside]
    assert len(paths) == len(set(paths)) == checked.types
    whys = {aside.why for aside in checked.run.set_aside}
    assert whys == {"opaque", "generic"}
