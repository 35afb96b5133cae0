"""Small C beside small Rust, with the right verdicts: `tests/cases/*.json`, and their run.

A case has `id`, `machine`, `c` and `rust` (text), `expect` (the right verdicts: "agrees",
"differs", "indeterminate", "aside", "nothing"), `why`, and where it matters `headers` ("auto":
without a list of headers), `manifest` (further TOML), `attributes` (of the Rust file), `more`
(further headers, by name) and `batch`: cases of one batch share a file, each in its own module. The
verdict on a case is the worst of its items.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

__all__ = ["CASES", "Case", "verdict_on"]

FOLDER: Final = Path(__file__).parent / "cases"
WORST: Final = ("differs", "indeterminate", "agrees", "aside")
ALLOWED: Final = (
    "#![allow(dead_code, improper_ctypes, non_camel_case_types, non_upper_case_globals, "
    "non_snake_case, unused_imports, unused_variables)]\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case, as its file has it."""

    id: str
    c: str
    rust: str
    expect: tuple[str, ...]
    why: str = ""
    machine: str = "amd64"
    headers: str = ""
    manifest: str = ""
    attributes: str = ""
    batch: str = ""
    alone: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def together(self) -> tuple[str, ...]:
        """The properties that cases of one run have in common."""
        is_alone = self.headers == "auto" or self.alone or (self.manifest and not self.batch)
        mates = self.id if is_alone else self.batch
        return self.machine, self.headers, self.manifest, mates


def _read(path: Path) -> list[Case]:
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [Case(**{**one, "expect": tuple(one["expect"])}) for one in listed]


CASES: Final = [case for path in sorted(FOLDER.glob("*.json")) for case in _read(path)]


def verdict_on(case: Case) -> str:
    """Return the worst of the verdicts on a case's items, "nothing" if it has none."""
    seen = _judged(case.together)[case.id]
    return next((word for word in WORST if word in seen), "nothing")


@functools.cache
def _judged(together: tuple[str, ...]) -> Mapping[str, set[str]]:
    """Return the reported verdicts of each case of one run."""
    cases = [case for case in CASES if case.together == together]
    with tempfile.TemporaryDirectory(prefix="cases-") as folder:
        _write(cases, Path(folder))
        manifest = read_manifest(Path(folder) / "layoutcheck.toml")
        run = Pipeline(manifest, Options()).verify()
    return _by_case(run)


def _by_case(run: Run) -> Mapping[str, set[str]]:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    said = [(verdict.rust_path, verdict.status.value) for verdict in run.verdicts]
    said += [(item.rust_path, "aside") for item in run.set_aside]
    for path, word in said:
        for part in path.split("::"):
            if part.startswith("m_"):
                seen[part.removeprefix("m_")].add(word)
                break
    return seen


def _write(cases: list[Case], root: Path) -> None:
    machine, headers, manifest, _ = cases[0].together
    include = "" if headers == "auto" else 'include = ["case.h"]\n'
    texts = {
        "inc/sys/param.h": "#pragma once\n#define __FreeBSD_version 1402000\n",
        "inc/machine/param.h": f'#define MACHINE "{find_target(machine).machine}"\n',
        "inc/case.h": "#pragma once\n#include <sys/param.h>\n"
        + "".join(f"{case.c}\n" for case in cases),
        **{f"inc/{name}": text for case in cases for name, text in case.more.items()},
        "lib.rs": "".join(sorted({case.attributes for case in cases}))
        + ALLOWED
        + "".join(f"pub mod m_{case.id} {{ use core::ffi::*;\n{case.rust}\n}}\n" for case in cases),
        "layoutcheck.toml": '[bindings]\nsource = "lib.rs"\nedition = "2024"\n[kernel]\n'
        f'headers = "inc"\nview = "userland"\narch = "{machine}"\nconf = "GENERIC"\n'
        f"{include}{manifest}",
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
