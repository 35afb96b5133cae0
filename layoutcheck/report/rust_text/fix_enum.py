"""A Rust enum that differs from C's -> its source with C's size and values."""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.model.verdict import Verdict
from layoutcheck.report.rust_text.item_source import ItemSource
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["fix_enum"]

_VALUES: Final = re.compile(r"(\w+) = (-?\d+)")
_BYTES: Final = re.compile(r"(\d+) bytes?\b")


def fix_enum(verdict: Verdict, source: ItemSource) -> str:
    """Return the enum with C's size and values, and the author's variants.

    Raises `Inexpressible` with the reason if a variant holds data, or has no counterpart in C.
    """
    fields = source.fields()
    values = {name: int(value) for name, value in _VALUES.findall(verdict.rust_says or "")}
    size, new = None, dict[str, int]()
    for one in verdict.mismatches:
        said, width = _VALUES.search(one.c), _BYTES.search(one.c)
        if one.check_id == "enum-size" and width is not None:
            size = int(width[1])
        elif one.check_id == "enum-value" and said is not None and one.member_path is not None:
            new[one.member_path] = int(said[2])
        else:
            raise Inexpressible(f"C has {one.c}, Rust {one.rust}: write it by hand")
    lines = list[str]()
    is_shifted = False
    for field in fields:
        name = field.name.removeprefix("r#")
        if name not in values:
            raise Inexpressible(f"the value of {name} is not known")
        is_shifted = (is_shifted or name in new) and (name in new or not field.type)
        value = f"{new.get(name, values[name])}" if is_shifted else field.type
        lines += [f"    {line.strip()}" for line in field.before.splitlines()]
        after = f" {field.after}" if field.after else ""
        lines.append(f"    {field.name}{f' = {value}' if value else ''},{after}")
    representation = source.representation
    if size is not None:
        is_signed = any(value < 0 for value in (values | new).values())
        representation = f"{'i' if is_signed else 'u'}{8 * size}"
    text = [f"{source.public}enum {source.name} {{", *lines, "}"]
    return source.head(representation or "C") + f"\n{source.indent}".join(text)
