"""The text of Rust probes."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.probes.rust import FIRST_LINE, render_rust_probe, render_type
from layoutcheck.model.probe_key import ProbeKey
from tests.dwarf_objects import read_rust


def test_each_subject_has_its_line() -> None:
    """Each item has its own line from `FIRST_LINE` on, and its path from the root of all crates."""
    asked = [(ProbeKey("type", 0), "kernel::mtx"), (ProbeKey("type", 7), "kernel::r#type")]
    lines = render_rust_probe([(key, render_type(key, path)) for key, path in asked]).splitlines()
    assert len(lines) == FIRST_LINE + 1
    assert "layoutcheck_subject_type_0: Layoutcheck<::kernel::mtx> =" in lines[FIRST_LINE - 1]
    assert "layoutcheck_subject_type_7: Layoutcheck<::kernel::r#type> =" in lines[FIRST_LINE]


@pytest.mark.needs_rustc
def test_what_a_subject_may_be(tmp_path: Path) -> None:
    """An item may lack Sync and a default, or be a raw name: the probe needs no value of it."""
    text = """
    #[repr(C)] pub struct cell(core::cell::UnsafeCell<*mut u8>);
    #[repr(C)] pub struct r#type { pub r#ref: u16 }
    #[repr(C)] pub union either { pub a: u8, pub b: u32 }
    pub type alias = r#type;
    """
    records = read_rust(text, ["cell", "r#type", "either", "alias"], tmp_path).records
    assert [record.name for record in records.values()] == [
        *("sample::cell", "sample::type", "sample::either", "sample::type"),
    ]
    assert records[ProbeKey("type", 1)].members[0].name == "ref"
