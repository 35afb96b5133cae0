"""A C enum and the crate's enum, or newtype with constants, in its place -> their difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from layoutcheck.judge.enum_variants import (
    EnumDifference,
    Enumerator,
    enum_differences,
    unlike_named,
)
from layoutcheck.judge.walk.differences import Difference, Place, type_difference
from layoutcheck.model.layout import EnumType, RecordLayout
from layoutcheck.model.verdict import Cause

__all__ = ["CrateEnums", "ToldValues"]

VALUE: Final = "enum-value"
"""The check that reports a variant of a wrong value."""

ToldValues = Mapping[str, Collection[tuple[str, str]]]
"""By the path of an enum or newtype: names of wrong values, and what a verdict says of C's."""


class CrateEnums:
    """The crate's enums and newtypes, by Rust path: what the verdicts on them say.

    Of each newtype the constants in its `impl` that are `values` of it are known.
    """

    def __init__(self) -> None:
        self._values: Mapping[str, Collection[Enumerator]] = {}
        self._told: ToldValues = {}

    def learn(self, values: Mapping[str, Collection[Enumerator]], told: ToldValues) -> bool:
        """Know the newtypes' values, and the wrong ones of all; return whether that is new."""
        is_new = (values, told) != (self._values, self._told)
        self._values, self._told = values, told
        return is_new

    def difference(
        self, c: EnumType, rust: EnumType | RecordLayout | None, place: Place
    ) -> Difference | None:
        """Return the first difference of a C enum and what is in its place; None if it is right.

        What holds an enum that is wrong itself, for the same reason, follows from it; what points
        to one is right. What holds a newtype is right, too: its constants are none of its values.
        """
        path = "" if rust is None else rust.name or ""
        told = self._told.get(path, ())
        if not isinstance(rust, EnumType):
            names = {name for name, _ in told}
            values = [one for one in self._values.get(path, ()) if one[0] not in names]
            return next(map(_difference, unlike_named(c, path, values)), None)
        found = enum_differences(c, rust) if c.enumerators else ()
        new = next((one for one in found if (one.name, one.c) not in told), None)
        if new is not None:
            return _difference(new)
        if not found or place is Place.POINTEE:
            return None
        cause = Cause(check=VALUE, member=found[0].name, item=path)
        return replace(_difference(found[0]), cause=cause)


def _difference(one: EnumDifference) -> Difference:
    return type_difference(one.c, f"{one.name} = {one.rust}")
