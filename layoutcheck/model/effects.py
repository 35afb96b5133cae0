"""The effects of kernel options on layouts, as values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from layoutcheck.location import SourceLocation

__all__ = [
    "AskedType",
    "Failure",
    "MemberChange",
    "OptionEffect",
    "Place",
    "RecordChange",
    "Sensitivity",
    "merge_effects",
]

MemberKind: TypeAlias = Literal["comes", "goes", "changes", "moves"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Offset, size and type of a member; `type` as C writes it."""

    bit_offset: int
    bit_size: int
    type: str
    declared_at: SourceLocation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A member that the option changes; None on the side where the member does not exist.

    `path` is its name, or `outer.inner` in a record without a tag. An inner member's offset counts
    from the outer one.
    """

    path: str
    without: Place | None
    with_option: Place | None

    @property
    def kind(self) -> MemberKind:
        """Return the kind of change; a new size or type is "changes", even with a new offset."""
        if self.without is None or self.with_option is None:
            return "comes" if self.without is None else "goes"
        was, is_now = self.without, self.with_option
        if (was.bit_size, was.type) != (is_now.bit_size, is_now.type):
            return "changes"
        return "moves" if was.bit_offset != is_now.bit_offset else "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A record that the option changes; `without` or `with_option` is None if it does not exist.

    `direct`: the record's own declaration changes. Otherwise only records that it contains change,
    which are `because_of`; a direct change may have some as well.
    """

    c_name: str
    declared_at: SourceLocation | None
    without: int | None
    with_option: int | None
    direct: bool
    because_of: tuple[str, ...]
    members: tuple[MemberChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A header that does not compile, and clang's first error."""

    header: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEffect:
    """The effect of one option.

    - `is_set`: whether the conf sets it.
    - `value`: its value where it is set: the conf's own, or the one that was tried.
    - `default`: the headers' definition if it is not set.
    - `failures`: headers that do not compile with the option toggled.
    - `not_compared`: types that the headers still define then, but that do not compile, for that
      reason or another.
    """

    option: str
    header: str
    is_set: bool
    value: str
    default: str | None
    changes: tuple[RecordChange, ...]
    failures: tuple[Failure, ...]
    not_compared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedType:
    """A type that was requested, and its size in bytes under the conf; None if it does not exist.

    It may exist with an option toggled.
    """

    c_name: str
    declared_at: SourceLocation | None
    byte_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The effects of all options on some types of one kernel, or on all of them (`everything`).

    `headers` and `kernel_conf_origin` describe the kernel as in a run's cell. `left_out` are
    headers that do not compile under the conf, whatever the options.
    """

    release: str
    arch: str
    kernel_conf: str
    kernel_conf_origin: str
    headers: str
    clang: str
    everything: bool
    types: tuple[AskedType, ...]
    effects: tuple[OptionEffect, ...]
    left_out: tuple[Failure, ...]


def merge_effects(found: Iterable[OptionEffect]) -> tuple[OptionEffect, ...]:
    """Merge the effects from several units: each option once, and each change once."""
    merged: dict[str, OptionEffect] = {}
    for effect in found:
        first = merged.setdefault(effect.option, effect)
        if first is effect:
            continue
        changes = {(change.c_name, change.declared_at): change for change in effect.changes}
        changes |= {(change.c_name, change.declared_at): change for change in first.changes}
        failures: dict[str, Failure] = {}
        for failure in (*first.failures, *effect.failures):
            failures.setdefault(failure.header, failure)
        merged[effect.option] = replace(
            first,
            changes=tuple(sorted(changes.values(), key=lambda change: change.c_name)),
            failures=tuple(failures.values()),
            not_compared=tuple(sorted({*first.not_compared, *effect.not_compared})),
        )
    return tuple(merged[option] for option in sorted(merged))
