"""Headers beside other headers and small Rust, without a list: each verdict is the expected one.

They were written without knowledge of the code, and proved with clang. A case's headers are in a
copy of FreeBSD 15.0's, and its Rust is a module of one crate. `tox run -e validation` runs it in
some minutes, because each case has a folder, and with it a header unit. Known wrong verdicts are
named, and fail when they are right.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.headers_of_15 import install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CASES: Final = {
    name: Path(__file__).with_name(f"{name}.json") for name in ("company", "company_2", "company_3")
}
"""Files of cases by author, each with a tree of its own."""
SAID: Final = {
    "a": "agrees",
    "d": "differs",
    "i": "indeterminate",
    "n": "not in C",
    "o": "opaque",
    "x": "another name",
}
MANIFEST: Final = """
[bindings]
source = "lib.rs"
[kernel]
release = "15.0"
conf = "GENERIC"
arch = "amd64"
headers = "include"
"""


KNOWN: Final[Mapping[str, Mapping[str, str]]] = {
    "company": {
        "b20": "a neighbour's macro counts, though the header does without it",
        "a04": "a #pragma pack that stays open is refused with its header",
        "a15": "a name that a line splice cuts is not found",
        "c22": "a union of the name counts beside a typedef of it",
        "d20": "a macro behind a record has the name of its tag",
        "g03": "a neighbour's macro renames a function",
    },
    "company_3": {
        "leak1": "a #pragma pack that stays open is refused with its header",
        "oth1": "a macro of another folder decides an item or an include",
        "pol1": "a macro of the core renames a member, of which the header knows nothing",
    },
    "company_2": {
        "a12": "a #pragma pack that stays open is refused with its header",
        "a19": "of two headers that say otherwise one agrees",
        "a26": "a symbol is not found by its asm label",
        "a29": "of two headers that say otherwise one agrees",
        "a32": "of two headers that say otherwise one agrees",
        "b36": "what a header hands to one that it includes does not count for its own records",
        "b38": "a keyword is redefined",
        "b41": "a macro renames a tag, of which a function has a pointer",
        "c11": "a condition of a #pragma pack does not count: ACPI's asks what its types settle",
        "d02": "a macro of another folder decides an item or an include",
        "d03": "a macro of another folder decides an item or an include",
        "d05": "macros of a header in the folder above are wanted",
        "d09": "digraphs are not read",
        "d13": "include_next of a header beside is not found",
        "d14": "every option of the conf holds in every header (ADR 15)",
        "e05": "every option of the conf holds in every header (ADR 15)",
        "e06": "every option of the conf holds in every header (ADR 15)",
        "e17": "a macro of another folder decides an item or an include",
        "f15": "Rust may have the members of C's only one",
        "h29": "an alias attribute is refused where code is made",
        "i03": "of two headers that say otherwise one agrees",
        "j01": "a header does not compile without one that no header includes",
        "j04": "a macro of another folder decides an item or an include",
        "j05": "a macro of another folder decides an item or an include",
        "z02": "a header does not compile without one that no header includes",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case: headers by name, Rust, and the right verdicts of each item, by its path."""

    written: str
    id: str
    headers: Mapping[str, str]
    rust: str
    expect: Mapping[str, str]
    why: str


ALL: Final = [
    Case(written=written, **case)
    for written, path in CASES.items()
    for case in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mapping[str, str]]:
    """Return a function: cases of one author -> the result of each item, by its path."""
    return cache(lambda written: _find(written, tmp_path_factory.mktemp(written)))


def _find(written: str, folder: Path) -> Mapping[str, str]:
    cases = [case for case in ALL if case.written == written]
    packages = install_headers() / "lib" / "libc" / "include"
    for package in ("generic-freebsd", "x86-freebsd-none", "x86_64-freebsd-none"):
        shutil.copytree(
            packages / package, folder / "include", copy_function=_linked, dirs_exist_ok=True
        )
    param = folder / "include" / "sys" / "param.h"
    text = param.read_text(encoding="utf-8")
    param.unlink()  # it is the package's, too
    param.write_text(f"#define __FreeBSD_version 1500068\n{text}", encoding="utf-8")
    for case in cases:
        for name, header in case.headers.items():
            path = folder / "include" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(header, encoding="utf-8")
    modules = (f"pub mod {case.id} {{ use core::ffi::*;\n{case.rust}\n}}" for case in cases)
    source = "\n".join(("#![no_std]", "#![allow(warnings)]", *modules))
    (folder / "lib.rs").write_text(source, encoding="utf-8")
    (folder / "layoutcheck.toml").write_text(MANIFEST, encoding="utf-8")
    run = Pipeline(read_manifest(folder / "layoutcheck.toml"), Options()).verify()
    said = {one.rust_path: one.status.value for one in run.verdicts}
    said |= {one.rust_path: one.why for one in run.set_aside}
    return {path.partition("::")[2]: what for path, what in said.items()}


def _linked(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.written} {case.id}: {case.why}")
def test_case(case: Case, found: Callable[[str], Mapping[str, str]]) -> None:
    """Each item's verdict is one of the expected."""
    verdicts = found(case.written)
    said = {item: verdicts[f"{case.id}::{item}"] for item in case.expect}
    wrong = {
        item: (one, case.expect[item])
        for item, one in said.items()
        if one not in {SAID[letter] for letter in case.expect[item].split("|")}
    }
    assert bool(wrong) == (case.id in KNOWN[case.written]), f"{wrong}\n{case.headers}\n{case.rust}"
