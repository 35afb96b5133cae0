"""A Rust alias that differs from C's typedef -> its source with C's type."""

from __future__ import annotations

from layoutcheck.model.verdict import Verdict
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.item_source import ItemSource
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["fix_alias"]


def fix_alias(verdict: Verdict, source: ItemSource, writer: CrateTypes) -> str:
    """Return the alias of C's type. The writer's types have the typedef under C's name.

    Raises `Inexpressible` with the reason if Rust has no such type, or if it is a record.
    """
    if verdict.c is not None:
        raise Inexpressible("it stands for a record, which is fixed where it is")
    said = dict(writer.types.records).get(verdict.c_name or "")
    if said is None or said.ref is not None or len(said.members) != 1:
        raise Inexpressible(f"C's type is not known: {verdict.c_says}")
    text = writer.shape(said.members[0].type, source.name).text
    return f"{source.before}{source.public}type {source.name} = {text};"
