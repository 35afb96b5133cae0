"""A run, and the sources of its crate -> the corrected source of each item that differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from layoutcheck.location import SourceLocation
from layoutcheck.model.c_types import CTypes
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.fix_alias import fix_alias
from layoutcheck.report.rust_text.fix_constant import fix_constant
from layoutcheck.report.rust_text.fix_enum import fix_enum
from layoutcheck.report.rust_text.fix_foreign import fix_foreign
from layoutcheck.report.rust_text.fix_record import fix_record
from layoutcheck.report.rust_text.item_source import (
    ItemSource,
    SignatureSource,
    find_item,
    find_signature,
)
from layoutcheck.report.rust_text.shapes import Inexpressible
from layoutcheck.report.rust_text.types import last_name

__all__ = ["Fix", "apply_fixes", "fix_items"]

_FOREIGN: Final = ("function", "static")
_FIXED: Final = (*_FOREIGN, "record", "enum", "alias", "constant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The new text of an item, from `start` to `end` of its source; or `why_not`."""

    rust_path: str
    location: SourceLocation | None
    text: str = ""
    start: int = 0
    end: int = 0
    why_not: str | None = None


def fix_items(
    run: Run,
    verdicts: Iterable[Verdict],
    types: CTypes,
    read: Callable[[SourceLocation], str | None],
) -> tuple[Fix, ...]:
    """Return the fixes of these verdicts of a run. `read` returns a source, None if it cannot."""
    return tuple(_fix(run, verdict, types, read) for verdict in verdicts)


def _fix(
    run: Run, verdict: Verdict, types: CTypes, read: Callable[[SourceLocation], str | None]
) -> Fix:
    place = verdict.rust_location
    try:
        if verdict.kind not in _FIXED:
            raise Inexpressible(f"a {verdict.kind} is not fixed: {_words(verdict)}")  # noqa: TRY301
        text = None if place is None else read(place)
        if text is None or place is None:
            raise Inexpressible("its source is not there")  # noqa: TRY301 - the same way out
        name = verdict.rust_path.rpartition("::")[2]
        source: ItemSource | SignatureSource
        if verdict.kind in _FOREIGN:
            source = find_signature(text, place.line, name)
            new = fix_foreign(verdict, source, CrateTypes(types, *_paths(run, verdict)))
        else:
            source = find_item(text, place.line, name)
            new = _text(run, verdict, types, source)
            if source.word in {"struct", "union"}:
                _refuse_lost_fields(text, source, new)
    except Inexpressible as why:
        return Fix(rust_path=verdict.rust_path, location=place, why_not=str(why))
    return Fix(
        rust_path=verdict.rust_path,
        location=place,
        text=new,
        start=source.start,
        end=source.end,
    )


def _text(run: Run, verdict: Verdict, types: CTypes, source: ItemSource) -> str:
    writer = CrateTypes(types, *_paths(run, verdict))
    match verdict.kind:
        case "constant":
            return fix_constant(verdict, source)
        case "enum":
            return fix_enum(verdict, source)
        case "alias":
            return fix_alias(verdict, source, writer)
        case _:
            return fix_record(verdict, source, writer)


def _refuse_lost_fields(text: str, source: ItemSource, new: str) -> None:
    """Raise `Inexpressible` if code of the same file uses a field that is gone."""
    for field in source.fields():
        name = re.escape(field.name)
        if not re.search(rf"\b{name}\b", new) and re.search(rf"\.\s*{name}\b", text):
            raise Inexpressible(f"other code uses its field {field.name}, which C does not have")


def _words(verdict: Verdict) -> str:
    return "; ".join(f"C has {one.c}, Rust {one.rust}" for one in verdict.mismatches)


def _paths(run: Run, verdict: Verdict) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the crate's types for C's records by C's name, as the item's module writes them.

    The module's own types come first. The others have to agree, or are fixed. The second mapping
    has types that only stand behind pointers.
    """
    module = verdict.rust_path.rpartition("::")[0]
    found: dict[str, str] = {}
    known = [v for v in run.verdicts if v.kind == "record" and v.c is not None]
    own = [v for v in known if v.rust_path.rpartition("::")[0] == module]
    others = [v for v in known if v.status is Status.AGREES]
    for one in (*own, *others):
        name = last_name(one.c_name) or ""
        if " in " not in (one.c_name or "") and one.rust is not None and one.rust.byte_size:
            found.setdefault(name, _spell(one.rust_path, module))
    opaque = {
        item.rust_path.rpartition("::")[2]: _spell(item.rust_path, module)
        for item in run.set_aside
        if item.why == "opaque" and item.rust_path.rpartition("::")[0] == module
    }
    return found, opaque


def _spell(rust_path: str, module: str) -> str:
    inside, _, name = rust_path.rpartition("::")
    return name if inside == module else f"crate::{rust_path.partition('::')[2]}"


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """Return a source with the new text of each of its items."""
    for fix in sorted(fixes, key=lambda one: one.start, reverse=True):
        text = text[: fix.start] + fix.text + text[fix.end :]
    return text
