"""The examples of docs/checks.md: clang and rustc compile them, and layoutcheck judges them.

An example is four fenced blocks of a section: C, wrong Rust, the text that layoutcheck prints for
it, right Rust. All headers are in one header unit. All wrong Rust is in one crate, and all right
Rust in another one. `LAYOUTCHECK_BLESS=1` writes the texts.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import pytest

from layoutcheck.judge.checks import CHECKS
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Mismatch, Run, Status, Verdict
from layoutcheck.report.terminal import render_difference
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

Side: TypeAlias = Literal["wrong", "right"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "checks.md"
WIDTH: Final = 100
SECTION: Final = re.compile(
    r"^## `(?P<id>[a-z-]+)`\n(?P<text>.*?)(?=^# |^## |\Z)", re.MULTILINE | re.DOTALL
)
BLOCK: Final = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES: Final = ["c", "rust", "text", "rust"]

PARAM_H: Final = """\
#pragma once
#define __FreeBSD_version 1402000
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long int64_t;
typedef unsigned long uint64_t;
#define __packed __attribute__((__packed__))
#define __aligned(n) __attribute__((__aligned__(n)))
"""
LIB_RS: Final = """\
#![allow(dead_code, improper_ctypes, improper_ctypes_definitions, non_camel_case_types)]
#![allow(non_upper_case_globals, non_snake_case, unused_imports, unused_variables)]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An example of the page: the `name` of its files and its four blocks."""

    check: str
    name: str
    c: str
    wrong: str
    text: str
    right: str


def _sections() -> Iterator[tuple[str, list[re.Match[str]]]]:
    page = PAGE.read_text(encoding="utf-8")
    for section in SECTION.finditer(page):
        yield section["id"], list(BLOCK.finditer(page, section.start(), section.end()))


def _examples() -> Iterator[Example]:
    for check, blocks in _sections():
        for number, at in enumerate(range(0, len(blocks), len(LANGUAGES)), 1):
            four = blocks[at : at + len(LANGUAGES)]
            found = [block["language"] for block in four]
            assert found == LANGUAGES, f"{check}: the blocks are {found}, not {LANGUAGES}"
            name = check.replace("-", "_") + (f"_{number}" if number > 1 else "")
            c, wrong, text, right = (block["text"] for block in four)
            yield Example(check=check, name=name, c=c, wrong=wrong, text=text, right=right)


EXAMPLES: Final = tuple(_examples())


@functools.cache
def _run(side: Side) -> Run:
    """Return the run on the crate of all wrong, or of all right Rust."""
    with tempfile.TemporaryDirectory(prefix="examples-") as folder:
        root = Path(folder)
        _write(root, side)
        return Pipeline(read_manifest(root / "layoutcheck.toml"), Options()).verify()


def _write(root: Path, side: Side) -> None:
    """Write the headers, a crate and a manifest. Lines of a block keep their numbers."""
    headers = "".join(f'"{example.name}.h", ' for example in EXAMPLES)
    modules = "".join(f"pub mod {example.name};\n" for example in EXAMPLES)
    texts = {
        "inc/sys/param.h": PARAM_H,
        "inc/machine/param.h": '#define MACHINE "amd64"\n',
        "Cargo.toml": f'[package]\nname = "{side}"\nversion = "0.1.0"\nedition = "2021"\n',
        "src/lib.rs": LIB_RS + modules,
        "layoutcheck.toml": '[bindings]\npath = "."\n[kernel]\nheaders = "inc"\nconf = "GENERIC"\n'
        f'view = "userland"\ninclude = ["sys/param.h", {headers}]\n',
    }
    for example in EXAMPLES:
        rust = example.wrong if side == "wrong" else example.right
        texts[f"inc/{example.name}.h"] = example.c
        texts[f"src/{example.name}.rs"] = f"{rust}use core::ffi::*;\n"
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _verdicts(side: Side, example: Example) -> list[Verdict]:
    """Return the verdicts on the items of an example."""
    return [one for one in _run(side).verdicts if one.rust_path.split("::")[1] == example.name]


def _printed(example: Example) -> str:
    """Return the mismatches as layoutcheck prints them, with a blank line between two items."""
    texts = [
        render_difference(_in_crate(verdict), width=WIDTH)
        for verdict in _verdicts("wrong", example)
        if verdict.mismatches
    ]
    return "\n".join(text[text.rindex("\n\n! ") + 2 :] for text in texts)


def _in_crate(verdict: Verdict) -> Verdict:
    """Return the verdict with places that do not depend on the crate's folder."""

    def placed(mismatch: Mismatch) -> Mismatch:
        at = mismatch.rust_location
        name = "" if at is None else f"src/{Path(at.path).name}"
        return mismatch if at is None else replace(mismatch, rust_location=replace(at, path=name))

    return replace(verdict, mismatches=tuple(map(placed, verdict.mismatches)))


def _bless() -> None:
    """Write the printed text of each example into the page."""
    page = PAGE.read_text(encoding="utf-8")
    blocks = [block for _, listed in _sections() for block in listed if block["language"] == "text"]
    for block, example in reversed(list(zip(blocks, EXAMPLES, strict=True))):
        page = page[: block.start("text")] + _printed(example) + page[block.end("text") :]
    PAGE.write_text(page, encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _blessed() -> None:
    """Write the texts if LAYOUTCHECK_BLESS=1, and skip; the next run compares them."""
    if os.environ.get("LAYOUTCHECK_BLESS") == "1":
        _bless()
        pytest.skip(f"{PAGE} was written")


def test_every_check_has_an_example() -> None:
    """Every check has an example in which it finds something."""
    assert {example.check for example in EXAMPLES} == {check.id for check in CHECKS}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_wrong(example: Example) -> None:
    """The page shows what is printed, and the root cause is the section's check."""
    verdicts = _verdicts("wrong", example)
    assert {one.status for one in verdicts} <= {Status.AGREES, Status.DIFFERS}
    assert _printed(example) == example.text
    mismatches = [mismatch for verdict in verdicts for mismatch in verdict.mismatches]
    assert example.check in {one.check_id for one in mismatches if one.cause is None}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_right(example: Example) -> None:
    """Every item of the right Rust agrees."""
    assert {one.status for one in _verdicts("right", example)} == {Status.AGREES}


@pytest.mark.parametrize("side", ["wrong", "right"])
def test_everything_compiles(side: Side) -> None:
    """No header is left out."""
    assert not _run(side).problems
