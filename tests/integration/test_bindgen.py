"""What the real bindgen writes of 15.0 headers: no false mismatch in 1,200 records of each arch.

bindgen and the headers of 15.0 are installed once, beside the checkout's other generated folders.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from layoutcheck.c_side import open_kernel, write_headers
from layoutcheck.kernel.tree import open_tree
from layoutcheck.manifest import read_manifest
from layoutcheck.pipeline import Pipeline
from layoutcheck.planning import Options
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import Target, find_target
from layoutcheck.toolchain.find import find_cargo
from layoutcheck.toolchain.process import run
from layoutcheck.toolchain.rustc import NO_AUTO_INSTALL, list_rustcs
from layoutcheck.tools import Tools
from layoutcheck.verdict import Run, Status, Verdict
from tests.headers_of_15 import CACHE, install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

BINDGEN = "0.72.1"
ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "fixtures" / "crates" / "bindgen" / "layoutcheck.toml"


def install_bindgen() -> Path:
    """The program, built from the crate registry if that was not done before (2 minutes)."""
    root = CACHE / f"bindgen-{BINDGEN}"
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "lock"):
        if not (root / "bin" / "bindgen").exists():
            crate = ("bindgen-cli", "--version", BINDGEN, "--locked", "--root", str(root))
            # Named, so that no rustup proxy in a crate's folder follows the toolchain file there.
            rustc = list_rustcs()[0][0]
            tools = {"RUSTC": rustc.rustc, "RUSTDOC": rustc.rustdoc or "", **NO_AUTO_INSTALL}
            command = (find_cargo(rustc), "install", *crate)
            finished = run(command, env=tools, timeout=900)
            assert finished.succeeded, finished.words
    return root / "bin" / "bindgen"


def folder_of_libclang() -> str:
    """Where the libclang package has its library, for bindgen to load."""
    spec = importlib.util.find_spec("clang")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "native")


# Each takes half a minute and more. powerpc64le and armv7, tried by hand, have no more to show.
ARCHITECTURES = ("amd64", "arm64", "riscv64", "powerpc64", "i386")
REPR = re.compile(r"^ *#\[repr\([^\n]*\n(?: *#[^\n]*\n)* *pub (?:struct|union) ", re.MULTILINE)


PAGES = {"nvme_health_information_page", "nvme_res_notification_page"}
MAX_ALIGN = {"__max_align_t"}
# What differs for bindgen's sake, by architecture; without a row the two pages of finding 9.
DEFECTS = {
    "amd64": PAGES | MAX_ALIGN | {"__va_list_tag"},
    "arm64": PAGES | MAX_ALIGN,
    "riscv64": PAGES | MAX_ALIGN,
    "i386": MAX_ALIGN
    | {"nvme_res_notification_page", "auditinfo_addr", "auditpinfo_addr", "ucred"}
    | {"region_descriptor"},
}
# What bindgen writes for i386 of this page is refused by rustc (finding 9).
FLAGS = {"i386": ("--opaque-type", "nvme_health_information_page")}


GENERATED = "types,vars,functions"
# Constants that bindgen computes as i64 where C has unsigned numbers, or an int (finding 18).
AS_I64 = re.compile(
    r"\w*_MAX|\w*_MASK|PMAP_UCR3_NOMASK|PMAP_NO_CR3|PC_FREEN|LPTE_RPGN|MCG_CTL_ENABLE|PSSCR_PLS_M"
    r"|VM_MAX_ADDRESS"
)
ITEM = re.compile(r"^ *pub (const|fn|static)(?: mut)? (?!_: )\w+ ?[:(]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The fixture's run for one architecture, and how many types bindgen wrote with a repr.

    `written` is the text that it wrote.
    """

    arch: str
    manifest: Path
    run: Run
    types: int
    written: str


@pytest.fixture(
    scope="module",
    params=[find_target(name) for name in ARCHITECTURES],
    ids=lambda target: target.name,
)
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The fixture's run on freshly written bindings."""
    target: Target = request.param
    folder = tmp_path_factory.mktemp("bindgen")
    manifest = folder / "layoutcheck.toml"
    shutil.copyfile(FIXTURE, manifest)
    (folder / "ziglang-15").symlink_to(install_headers())
    kernel = read_manifest(manifest).kernel
    tools = Tools(print, Stopwatch())
    (headers,) = kernel.headers
    tree = open_tree(headers.where, target=target, release=None, work=folder)
    opened = open_kernel(tree, "GENERIC", target, tools, folder=folder)
    flags = write_headers(opened, kernel, target, work=folder)
    text = "".join(f"#include <{name}>\n" for name in kernel.include)
    (folder / "wrapper.h").write_text(text, encoding="utf-8")
    # Not by rustfmt, which a machine with rustc alone lacks: REPR counts lines.
    formatted = ("--formatter", "prettyplease", "--use-core", "--no-layout-tests")
    command = (str(install_bindgen()), "wrapper.h", *formatted)
    types = (*FLAGS.get(target.name, ()), "--generate", GENERATED, "--output", "bindings.rs", "--")
    triple = f"--target={target.clang_triple(opened.tree.release)}"
    finished = run(
        (*command, *types, triple, *flags, "-w"),
        cwd=folder,
        env={"LIBCLANG_PATH": folder_of_libclang()},
    )
    assert finished.succeeded, finished.words
    written = (folder / "bindings.rs").read_text(encoding="utf-8")
    return Checked(
        arch=target.name,
        manifest=manifest,
        run=Pipeline(read_manifest(manifest), Options(kernel_arch=(target.name,))).verify(),
        types=len(REPR.findall(written)),
        written=written,
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
    waived = {v.rust_path for v in checked.run.verdicts if is_waived(v) and v.kind == "record"}
    assert waived == {f"bindings::{name}" for name in DEFECTS.get(checked.arch, PAGES)}


def test_every_type_is_accounted_for(checked: Checked) -> None:
    """What bindgen wrote with a repr is a verdict or set aside, each once."""
    keys = [v.key for v in checked.run.verdicts] + [a.key for a in checked.run.set_aside]
    assert len(keys) == len(set(keys))
    assert Counter(kind for kind, _ in keys)["record"] == checked.types
    whys = {aside.why for aside in checked.run.set_aside if aside.kind == "record"}
    assert whys == {"opaque", "generic"}


def test_without_a_list_of_headers(checked: Checked) -> None:
    """What is found by name is what bindgen was given: of records, all of it."""
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
    """And what is waived of them is what bindgen computes in another type than C."""
    agreeing = Counter(v.kind for v in checked.run.verdicts if v.status is Status.AGREES)
    assert agreeing["constant"] > 7500
    assert agreeing["function"] > 2500
    assert agreeing["static"] > 400
    waived = [v for v in checked.run.verdicts if is_waived(v) and v.kind != "record"]
    differing = {v.rust_path.removeprefix("bindings::") for v in waived if v.mismatches}
    assert 0 < len(differing) < 25
    assert all(AS_I64.fullmatch(name) for name in differing)
    unknown = {v.rust_path for v in waived if not v.mismatches}
    assert unknown == ({"bindings::__ARM_INTR_BITS"} if checked.arch == "armv7" else set())


def test_every_item_is_accounted_for(checked: Checked) -> None:
    """What bindgen wrote is a verdict or set aside; only what C undefines again is not in C."""
    written = Counter(ITEM.findall(checked.written))
    keys = [v.key for v in checked.run.verdicts] + [a.key for a in checked.run.set_aside]
    seen = Counter(kind for kind, _ in keys)
    assert (seen["constant"], seen["static"]) == (written["const"], written["static"])
    assert seen["function"] > 2500
    aside = [a for a in checked.run.set_aside if a.kind != "record"]
    assert {a.why for a in aside} <= {"not in C"}
    assert len(aside) < 10


def is_waived(verdict: Verdict) -> bool:
    """Whether what is wrong with it is known."""
    return verdict.status is Status.WAIVED
