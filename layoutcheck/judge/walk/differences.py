"""Results of a walk over two types: differences, and pairs of records."""

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
    """Place at which two types meet. It decides which properties are compared.

    In memory (MEMBER: of a record, OBJECT: a variable), a type is its bits: any wrapper is
    unwrapped, and bytes may stand for a record. For a VALUE (parameter) or a RESULT, registers
    count: a wrapper is unwrapped only if it is passed like its content, and a record needs a
    record. A POINTEE is reached by a pointer.
    """

    MEMBER = "member"
    OBJECT = "object"
    VALUE = "value"
    RESULT = "result"
    POINTEE = "pointee"

    @property
    def is_passed(self) -> bool:
        """Return whether the type is passed or returned, so that registers count."""
        return self in {Place.VALUE, Place.RESULT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference of two types; `c` and `rust` are each side's words.

    `kind` decides which check reports it: `type`, `signature` (of a function that a pointer leads
    to), or `repr` (a Rust type without a fixed layout). `unknown` means that the types could not be
    compared, and `c` says why. `path` is the member, parameter or result, None for the whole.
    `cause` is the mismatch of the type itself. `holds` are the records of different sizes that make
    the sizes here differ: the verdict on that Rust record has the cause.
    """

    kind: Kind
    c: str
    rust: str
    path: str | None = None
    cause: Cause | None = None
    holds: Edge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Pair of records that meet at a place, both with their members.

    `path` is the member, parameter or result at which the walk began. `in_call` is the parameter or
    result of a function that a pointer leads to: "parameter 2".
    """

    c: RecordLayout
    rust: RecordLayout
    place: Place
    path: str | None = None
    in_call: str | None = None


@dataclass(frozen=True, slots=True)
class RustFacts:
    """Facts of Rust types that debug information lacks.

    `reprs` is None if only layouts are compared. `told` are the paths of types without a fixed
    layout that have a verdict of their own to report it.
    """

    reprs: Reprs | None = None
    told: Collection[str] = frozenset()


def type_difference(c: str, rust: str) -> Difference:
    """Return the difference of two types, in each side's words."""
    return Difference(kind="type", c=c, rust=rust)


def unknown(reason: str) -> Difference:
    """Return the difference of kind `unknown` for a reason."""
    return Difference(kind="unknown", c=reason, rust="")
