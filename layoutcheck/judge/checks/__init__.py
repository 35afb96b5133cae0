"""Registry of the checks: one file and one entry in `_MODULES` each, by the kind of item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Final

from layoutcheck.judge.checks import (
    alias_type,
    constant_kind,
    constant_sign,
    constant_value,
    constant_width,
    enum_size,
    enum_value,
    function_convention,
    function_symbol,
    function_variadic,
    member_bits,
    member_extra,
    member_missing,
    member_offset,
    member_signature,
    member_size,
    member_type,
    opaque_by_value,
    parameter_count,
    parameter_type,
    record_alignment,
    record_kind,
    record_size,
    repr_missing,
    result_type,
    static_symbol,
    static_type,
)
from layoutcheck.model.checks import SUMMARIES
from layoutcheck.model.verdict import Cause, Kind, Mismatch

__all__ = ["CHECKS", "Check", "run_checks"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its `id`, its `summary` in a sentence, and the function that runs it.

    `kind` is the kind of item that it judges: the function takes the pair of that kind.
    """

    id: str
    summary: str
    kind: Kind
    check: Callable[[Any], Iterator[Mismatch]]


_MODULES: Final[Mapping[Kind, tuple[ModuleType, ...]]] = {
    "record": (
        record_kind,
        record_size,
        record_alignment,
        member_missing,
        member_extra,
        member_size,
        member_offset,
        member_type,
        member_signature,
        member_bits,
        opaque_by_value,
        repr_missing,
    ),
    "enum": (enum_size, enum_value),
    "alias": (alias_type, repr_missing),
    "constant": (
        constant_kind,
        constant_width,
        constant_sign,
        constant_value,
    ),
    "function": (
        function_symbol,
        function_convention,
        function_variadic,
        parameter_count,
        parameter_type,
        result_type,
        repr_missing,
        opaque_by_value,
    ),
    "static": (static_symbol, static_type, repr_missing, opaque_by_value),
}
CHECKS: Final = tuple(
    Check(module.ID, SUMMARIES[module.ID], kind, module.check)
    for kind, modules in _MODULES.items()
    for module in modules
)

OF_VALUES: Final = (parameter_type.ID, result_type.ID, static_type.ID)
"""Checks of values that are passed, or that a variable holds."""


def run_checks(kind: Kind, pair: object) -> Iterator[Mismatch]:
    """Yield the mismatches that all checks of a kind find in its pair.

    If an opaque type is passed by value, a mismatch of that value's type is a consequence of it.
    """
    found = [one for check in CHECKS if check.kind == kind for one in check.check(pair)]
    opaque = {one.member_path for one in found if one.check_id == opaque_by_value.ID}
    for one in found:
        follows = one.check_id in OF_VALUES and one.member_path in opaque
        cause = Cause(check=opaque_by_value.ID, member=one.member_path)
        yield replace(one, cause=cause) if follows else one
