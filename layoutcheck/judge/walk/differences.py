"""Values that a walk over two types yields: differences, and pairs of records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Cause

__all__ = ["Difference", "Edge", "Kind", "Place", "RustFacts", "type_difference", "unknown"]

Kind: TypeAlias = Literal["type", "signature", "repr", "unknown"]


class Place(Enum):
    """Where two types meet.

    At each place other things count. In memory (MEMBER of a record, OBJECT: a variable) a type is
    its bits: any wrapper is seen through, and bytes may stand for a record. As a VALUE (parameter)
    or RESULT registers count: only wrappers that are passed as what they wrap are that, and a
    record needs a record. A POINTEE is reached by pointer.
    """

    MEMBER = "member"
    OBJECT = "object"
    VALUE = "value"
    RESULT = "result"
    POINTEE = "pointee"

    @property
    def is_passed(self) -> bool:
        """Return whether registers count."""
        return self in {Place.VALUE, Place.RESULT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference of two types; `c` and `rust` are each side's words.

    `kind` decides which check reports it: `type` and `signature` (of a function that a pointer
    leads to), `repr` (a Rust type of no fixed layout), or `unknown`: it could not be compared, and
    `c` says why. `path` is the member, parameter or result, None for the whole. `cause` is what is
    wrong with the type itself.
    """

    kind: Kind
    c: str
    rust: str
    path: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two records that meet at a place; `path` is where the walk began. Both are whole.

    `in_call` is where they stand in a function that a pointer leads to: "parameter 2".
    """

    c: RecordLayout
    rust: RecordLayout
    place: Place
    path: str | None = None
    in_call: str | None = None


@dataclass(frozen=True, slots=True)
class RustFacts:
    """Facts of Rust types that debug information lacks.

    `reprs` is None where layouts alone are compared. Of the types of no fixed layout whose paths
    are `told`, a verdict of their own says so.
    """

    reprs: Reprs | None = None
    told: Collection[str] = frozenset()


def type_difference(c: str, rust: str) -> Difference:
    """Return the difference of two types, in each side's words."""
    return Difference(kind="type", c=c, rust=rust)


def unknown(reason: str) -> Difference:
    """Return what could not be compared, and why."""
    return Difference(kind="unknown", c=reason, rust="")
