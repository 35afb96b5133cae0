"""Compare a C enum with the crate's enum, or newtype with constants, in its place."""

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
from layoutcheck.model.layout import EnumType, RecordLayout, Type
from layoutcheck.model.verdict import Cause
from layoutcheck.model.words import counted

__all__ = ["SIZE", "CrateEnums", "ToldValues"]

VALUE: Final = "enum-value"
"""Check that reports a variant of a wrong value."""

SIZE: Final = "enum-size"
"""Check that reports an enum of a wrong size."""

ToldValues = Mapping[str, Collection[tuple[str, str]]]
"""Wrong values that verdicts report, by the path of an enum or newtype: names and C's words."""


class CrateEnums:
    """The crate's enums and newtypes, by Rust path, with the wrong values that verdicts report.

    The `values` of a newtype are the constants of its type in its `impl`.
    """

    def __init__(self) -> None:
        self._values: Mapping[str, Collection[Enumerator]] = {}
        self._told: ToldValues = {}
        self.c_sizes: Mapping[str, str] = {}
        """C's words for the size of each enum that has another one, as their verdicts report."""

    def learn(
        self,
        values: Mapping[str, Collection[Enumerator]],
        told: ToldValues,
        c_sizes: Mapping[str, str],
    ) -> bool:
        """Store the newtypes' values and all that verdicts report; return whether it is new."""
        is_new = (values, told, c_sizes) != (self._values, self._told, self.c_sizes)
        self._values, self._told, self.c_sizes = values, told, c_sizes
        return is_new

    def size_cause(self, c: Type | None, rust: Type | None) -> Cause | None:
        """Return the cause of the sizes of a C enum and the crate's enum in its place.

        Return None if the verdict on the enum does not report these sizes.
        """
        if not (isinstance(c, EnumType) and isinstance(rust, EnumType)):
            return None
        is_told = self.c_sizes.get(rust.name or "") == counted(c.byte_size, "byte")
        return Cause(item=rust.name) if is_told else None

    def difference(
        self, c: EnumType, rust: EnumType | RecordLayout | None, place: Place
    ) -> Difference | None:
        """Return the first difference of a C enum and the type in its place; None if there is none.

        If the verdict on the enum reports all its wrong values, a difference where it is held is a
        consequence, and a pointer to it has no difference. A newtype of which all wrong constants
        are reported has no difference where it is held: the constants are no part of it.
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
        return replace(_difference(found[0]), cause=Cause(item=path))


def _difference(one: EnumDifference) -> Difference:
    return type_difference(one.c, f"{one.name} = {one.rust}")
