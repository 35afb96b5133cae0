"""A foreign function or static that differs from C's -> its declaration with C's types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.model.layout import FunctionType, strip
from layoutcheck.model.verdict import Mismatch, Verdict
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.item_source import SignatureSource
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["fix_foreign"]

_NOT_HERE: Final = ("function-symbol", "function-convention", "static-symbol")
"""Checks of what is not in the declaration itself."""


def fix_foreign(verdict: Verdict, source: SignatureSource, writer: CrateTypes) -> str:
    """Return the declaration with C's types. The author's names and right types stay.

    The writer's types have C's, under C's name. Raises `Inexpressible` with the reason.
    """
    own = tuple(m for m in verdict.mismatches if m.cause is None or m.cause.item is None)
    _refuse(verdict, own)
    c = writer.types.objects.get(verdict.c_name or "")
    if c is None:
        raise Inexpressible(f"C's type is not known: {verdict.c_says}")
    if isinstance(c, FunctionType) != (source.parameters is not None):
        raise Inexpressible("it is a function on one side only")
    if isinstance(c, FunctionType):
        text = source.head + _signature(c, source, writer, own)
    else:
        text = f"{source.head}: {writer.shape(c, source.name).text}"
    if writer.texts:
        raise Inexpressible("it has a record without a name")
    return f"{text};"


def _refuse(verdict: Verdict, own: tuple[Mismatch, ...]) -> None:
    """Raise `Inexpressible` if the declaration alone cannot be corrected."""
    if not own:
        causes = dict.fromkeys(str(m.cause.item) for m in verdict.mismatches if m.cause)
        raise Inexpressible(f"nothing in it is wrong: it follows from {', '.join(causes)}")
    for one in own:
        if one.check_id in _NOT_HERE:
            raise Inexpressible(f"C has {one.c}, Rust {one.rust}: write it by hand")


def _signature(
    c: FunctionType, source: SignatureSource, writer: CrateTypes, own: tuple[Mismatch, ...]
) -> str:
    if c.is_unprototyped:
        raise Inexpressible("C declares it without parameters")
    wrong = frozenset(one.member_path for one in own if one.member_path)
    parameters = list(_parameters(c, source, writer, wrong, is_count=_counts(own)))
    parameters += ["..."] * c.variadic
    result = source.result
    if "result" in wrong:
        is_void = c.result is None or strip(c.result) is None
        result = "" if is_void or c.result is None else writer.shape(c.result, source.name).text
    return f"({', '.join(parameters)})" + (f" -> {result}" if result else "")


def _counts(own: tuple[Mismatch, ...]) -> bool:
    return any(one.check_id == "parameter-count" for one in own)


def _parameters(
    c: FunctionType,
    source: SignatureSource,
    writer: CrateTypes,
    wrong: frozenset[str],
    *,
    is_count: bool,
) -> Iterator[str]:
    """Yield the parameters.

    If their number is wrong and the type of one of them, it is not known which one is missing:
    none keeps its name.
    """
    are_moved = is_count and any(path.startswith("parameter") for path in wrong)
    known = () if are_moved else source.parameters or ()
    for number, type_ in enumerate(c.parameters, 1):
        name, text = known[number - 1] if number <= len(known) else (f"arg{number}", "")
        if not text or f"parameter {number}" in wrong:
            text = writer.shape(type_, source.name).text
        yield f"{name}: {text}"
