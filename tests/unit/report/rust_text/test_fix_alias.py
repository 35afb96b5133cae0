"""report/rust_text/fix_alias.py: C's type in the author's alias."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.model.layout import Type
from layoutcheck.model.verdict import Status, Verdict
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.fix_alias import fix_alias
from layoutcheck.report.rust_text.item_source import find_item
from layoutcheck.report.rust_text.shapes import Inexpressible
from tests.layouts import PTR, U64, base, record
from tests.rust_types import c_types

ALIAS = Verdict(
    cells=("amd64-GENERIC",),
    kind="alias",
    c_name="daddr_t",
    rust_path="crate::daddr_t",
    status=Status.DIFFERS,
    c_says="__daddr_t",
)


def fixed(type_: Type | None, verdict: Verdict = ALIAS) -> str:
    """The new source, where C's typedef is of this type."""
    records = () if type_ is None else (("daddr_t", record("daddr_t", ("__0", type_))),)
    types = replace(c_types(), records=records)
    source = find_item("pub type daddr_t = i32; // blocks\n", 1, "daddr_t")
    return fix_alias(verdict, source, CrateTypes(types, {}, {}))


def test_a_type_is_replaced() -> None:
    """The comment behind it is no part of the item."""
    assert fixed(U64) == "pub type daddr_t = u64;"
    assert fixed(PTR) == "pub type daddr_t = *mut ::core::ffi::c_void;"


def test_other_types_are_refused() -> None:
    """One that was not found, one that Rust lacks, and a record."""
    with pytest.raises(Inexpressible, match="C's type is not known: __daddr_t"):
        fixed(None)
    with pytest.raises(Inexpressible, match="Rust has no `long double`"):
        fixed(base("long double", 16, U64.encoding.FLOAT))
    with pytest.raises(Inexpressible, match="it stands for a record"):
        fixed(U64, replace(ALIAS, c=record("daddr_t", ("x", U64))))
