"""Each architecture of `TARGETS`, from a kernel conf to verdicts, on the small source tree.

The tree has the conf, and another `MAXCPU` for each architecture: a binding of another one differs.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import TARGETS, Target
from layoutcheck.model.verdict import Run, Status
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

TREE = Path(__file__).resolve().parents[2] / "fixtures" / "kernel" / "source_tree"
CPUS = {
    "amd64": 4,
    "arm64": 8,
    "riscv64": 10,
    "powerpc64": 14,
    "powerpc64le": 12,
    "i386": 3,
    "armv7": 5,
}
"""MAXCPU in the tree's machine/param.h, by architecture."""
WORDS = {"i386": 4, "armv7": 4}
"""Sizes of a pointer and of a long, other than 8."""

RUST = """
pub type GadgetPoke = unsafe extern "C" fn(*mut core::ffi::c_void) -> core::ffi::c_int;

#[repr(C)]
pub struct gadget {{
    pub link: *mut gadget,
    pub poke: Option<GadgetPoke>,
    pub cpus: [u32; {cpus}],
    pub pokes: core::ffi::c_ulong,
    pub last_cpu: i32,
    pub operations: *mut core::ffi::c_void,
}}
"""
MANIFEST = """
[bindings]
source = "gadget.rs"

[kernel]
release = "14.9"
arch = "{arch}"
conf = "GADGET"
headers = "src"
include = ["sys/gadget.h"]
"""


def check(target: Target, work: Path, *, cpus: int, options: str) -> Run:
    """Return the verdict on a binding with this number of CPUs, under a conf with these options."""
    sys = work / "src" / "sys"
    shutil.copytree(TREE, work / "src")
    (sys / "conf" / "options").write_text(
        "MAXUSERS opt_param.h\nGADGET_STATS opt_gadget.h\nSMP opt_global.h\n"
    )
    (sys / "conf" / f"options.{target.machine}").write_text("CHIP opt_global.h\n")
    (sys / target.machine / "conf").mkdir(exist_ok=True)
    (sys / target.machine / "conf" / "GADGET").write_text(
        f"machine {target.machine} {target.machine_arch}\ncpu CHIP\nident GADGET\n{options}"
    )
    (work / "gadget.rs").write_text(RUST.format(cpus=cpus))
    (work / "layoutcheck.toml").write_text(MANIFEST.format(arch=target.name))
    manifest = read_manifest(work / "layoutcheck.toml")
    return Pipeline(manifest, Options(kernel_src=(str(work / "src"),))).verify()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_it_agrees(target: Target, tmp_path: Path) -> None:
    """A binding agrees under its options and on its machine."""
    cpus, word = CPUS[target.name], WORDS.get(target.name, 8)
    run = check(target, tmp_path, cpus=cpus, options="options SMP\noptions GADGET_STATS\n")
    (cell,) = run.cells
    assert (cell.id, cell.machine_arch) == (f"{target.name}-GADGET", target.machine_arch)
    (verdict,) = run.verdicts
    assert verdict.status is Status.AGREES, verdict
    assert verdict.c is not None
    assert verdict.rust is not None
    pokes = -(-(2 * word + 4 * cpus) // word) * word  # the alignment of a long
    assert verdict.c.byte_size == verdict.rust.byte_size == pokes + 3 * word
    assert run.passed


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_it_differs(target: Target, tmp_path: Path) -> None:
    """A binding differs with another number of CPUs, and without one of its options."""
    run = check(target, tmp_path, cpus=6, options="options SMP\n")
    (verdict,) = run.verdicts
    assert verdict.status is Status.DIFFERS
    causes = {(m.check_id, m.member_path) for m in verdict.mismatches if m.cause is None}
    assert causes == {("member-size", "cpus"), ("member-extra", "pokes")}
    assert not run.passed
