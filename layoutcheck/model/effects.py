"""What kernel options do to layouts: the values that are found and shown. Pure."""

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
    """Where a member is and what it is; `type` as C writes it."""

    bit_offset: int
    bit_size: int
    type: str
    declared_at: SourceLocation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A member that is not the same without and with the option; None where there is none.

    `path` is its name, or `outer.inner` in a record without a tag. An inner member's place counts
    from the outer one.
    """

    path: str
    without: Place | None
    with_option: Place | None

    @property
    def kind(self) -> MemberKind:
        """It changes if its size or type does, whether it moves as well or not."""
        if self.without is None or self.with_option is None:
            return "comes" if self.without is None else "goes"
        was, is_now = self.without, self.with_option
        if (was.bit_size, was.type) != (is_now.bit_size, is_now.type):
            return "changes"
        return "moves" if was.bit_offset != is_now.bit_offset else "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A record that the option changes; `without` or `with_option` is None where it is not there.

    `direct` says that its own declaration changes. Otherwise only records that it holds do, and
    those are `because_of`; a direct change may have some as well.
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
    """A header that does not compile, and the first reason that clang gives."""

    header: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEffect:
    """What one option does.

    `is_set` is whether the conf sets it. `value` is what it is where it is on: the conf's own
    value, or what was tried; `default` is what headers define it as where it is off. `failures`
    are the headers that do not compile with the option turned over. `not_compared` are types that
    the headers still define then, but that no longer compile, for that reason or another.
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
    """A type that was looked at, and its size in bytes under the conf; None where it is not there.

    It may be there with an option turned over.
    """

    c_name: str
    declared_at: SourceLocation | None
    byte_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What all options do to some types of one kernel, or to all of them (`everything`).

    `headers` and `kernel_conf_origin` describe the kernel as in a run's cell; `left_out` are the
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
    """The effects found in several units, each option once; what is the same is kept once."""
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
