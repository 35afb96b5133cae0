"""Right bindings in every idiom of hand-written ones: no mismatch is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "crates" / "sample"
pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """The sample as its manifest describes it."""
    return Pipeline(read_manifest(SAMPLE / "layoutcheck.toml"), Options())


@pytest.fixture(scope="module")
def run(pipeline: Pipeline) -> Run:
    """Run on the sample."""
    return pipeline.verify()


def tell(verdict: Verdict) -> str:
    """Return the mismatches of a type, one a line."""
    lines = [f"{verdict.rust_path}: {verdict.status.value} {verdict.reason or ''}".rstrip()]
    lines += [
        f"  {m.check_id} {m.member_path or ''}: C {m.c}, Rust {m.rust}, because of {m.cause}"
        for m in verdict.mismatches
    ]
    return "\n".join(lines)


def find(run: Run, name: str) -> Verdict:
    """Return the verdict on the one type of that name."""
    (found,) = (v for v in run.verdicts if v.rust_path.rpartition("::")[2] == name)
    return found


def test_everything_agrees(run: Run) -> None:
    """No type differs, and none is left unchecked."""
    unlike = [tell(verdict) for verdict in run.verdicts if verdict.status is not Status.AGREES]
    assert not unlike, "\n" + "\n".join(unlike)
    assert run.problems == ()
    assert run.passed


def test_each_type_is_accounted_for_once(run: Run, pipeline: Pipeline) -> None:
    """Compared and skipped items together are the crate's types and items."""
    (plan,) = pipeline.plans
    surface = pipeline.surface(plan)
    records = (type_ for type_ in surface.types if not type_.is_alias)
    in_crate = Counter(("record", type_.rust_path) for type_ in records)
    in_crate.update((item.subject, item.rust_path) for item in surface.items)
    seen = Counter(verdict.key for verdict in run.verdicts)
    seen.update(item.key for item in run.set_aside)
    assert seen == in_crate
    assert len(run.verdicts) >= 80


def test_only_opaque_and_generic_types_are_set_aside(run: Run) -> None:
    """Only types without a size, and generic ones, are skipped."""
    why = {item.rust_path: item.why for item in run.set_aside if item.kind == "record"}
    assert why["sample::opaque::witness"] == "opaque"
    assert why["sample::queue::TailqEntry"] == "generic"
    folders = {path.split("::")[1] for path, reason in why.items() if reason == "opaque"}
    assert folders == {"opaque"}


@pytest.mark.parametrize(
    ("name", "c_name", "byte_size", "alignment"),
    [
        # Figures of clang 19's -fdump-record-layouts, which shares no code with the DWARF reader.
        ("Mtx", "struct mtx", 32, 8),
        ("mtx_padalign", "struct mtx_padalign", 64, 64),
        ("bio", "struct bio", 376, 8),
        ("mbuf", "struct mbuf", 256, 8),
        ("pkthdr", "struct pkthdr", 64, 8),
        ("cdevsw", "struct cdevsw", 184, 8),
        ("moduledata_t", "moduledata_t", 24, 8),
        ("driver_t", "driver_t", 48, 8),
        ("vnode", "struct vnode", 448, 8),
        ("ucred", "struct ucred", 256, 8),
        ("proc", "struct proc", 1376, 8),
        ("thread", "struct thread", 1776, 16),
        ("region_descriptor", "struct region_descriptor", 10, 1),
        ("kerneldumpkey", "struct kerneldumpkey", 37, 1),
        ("vdso_timekeep", "struct vdso_timekeep", 16, 8),
        ("savefpu", "struct savefpu", 512, 16),
        ("modspecific_t", "modspecific_t", 8, 8),
    ],
)
def test_sizes_are_those_that_clang_dumps(
    run: Run, name: str, c_name: str, byte_size: int, alignment: int
) -> None:
    """Both sides have the size and alignment of clang's own dump."""
    verdict = find(run, name)
    assert verdict.c_name == c_name
    for side in (verdict.c, verdict.rust):
        assert side is not None
        assert (side.byte_size, side.alignment) == (byte_size, alignment)


def test_members_pair_across_idioms(run: Run) -> None:
    """Members pair despite keywords, renames of the manifest, and C's anonymous unions."""
    assert ("type", "type") in find(run, "tls_aead_data").paired
    assert ("type", "type_") in find(run, "ktr_fault").paired
    assert ("lock_object", "object") in find(run, "sx").paired
    assert ("__u6_addr", "s6_addr") in find(run, "in6_addr").paired
    assert ("leaf_rcvif", "leaf_rcvif") in find(run, "pkthdr").paired
    assert ("m_flags", "m_type_and_flags") in find(run, "mbuf").paired


def test_opaque_types_have_only_size_and_alignment_compared(run: Run) -> None:
    """A type that the manifest calls opaque pairs no members."""
    assert find(run, "proc").paired == ()
    assert find(run, "thread").paired == ()


def test_only_the_crates_own_items_are_set_aside(run: Run) -> None:
    """Only items that C lacks, constants of no plain value, and associated ones are skipped."""
    assert {item.rust_path: item.why for item in run.set_aside if item.kind != "record"} == {
        "sample::items::SAMPLE_PAGES": "not in C",
        "sample::items::NO_LINK": "no plain value",
        "sample::net::TH_OFF_MASK": "not in C",
        "sample::net::TH_OFF_SHIFT": "not in C",
        "sample::items::modeventtype::MAXPATHLEN": "associated",
        "sample::items::modeventtype::NONE": "not in C",
        "sample::items::Flags::EV_NOTHING": "not in C",
        "sample::items::Lock::INIT": "no plain value",
        "sample::defined::sample_only": "not in C",
        "sample::defined::hidden::WRITES": "not in C",
        "sample::defined::wake_first": "another name",
        "sample::defined::again": "not in C",
    }


@pytest.mark.parametrize(
    ("name", "c_says", "rust_says"),
    [
        ("MAXPATHLEN", "1024 (int)", "1024 (u32)"),
        ("NOCPU", "-1 (int)", "4294967295 = 0xffffffff (u32)"),
        ("MACHINE", '"amd64\\0" (char[6])', '"amd64\\0" (u8[6])'),
        (
            "KERNELDUMPMAGIC",
            '"FreeBSD Kernel Dump\\0" (char[20])',
            '"FreeBSD Kernel Dump" (u8[19])',
        ),
        ("uio_seg_UIO_SYSSPACE", "1 (int)", "1 (u32)"),
        ("MOD_QUIESCE", "3 (enum modeventtype)", "3 (u32)"),
        ("EV_EOF", "32768 = 0x8000 (int)", "32768 = 0x8000 (u16)"),
        ("panic", "void (const char *, ...)", "! (i8 *, ...)"),
        ("wake_one", "void (const void *)", "void (core::ffi::c_void *)"),
        ("hz", "int", "i32"),
        ("off_t", "__off_t", "i64"),
        ("psratio", "int", "i32"),
    ],
)
def test_items_are_what_both_compilers_say(
    run: Run, name: str, c_says: str, rust_says: str
) -> None:
    """Values and types are shown as each side spells them."""
    verdict = find(run, name)
    assert (verdict.c_says, verdict.rust_says) == (c_says, rust_says)
