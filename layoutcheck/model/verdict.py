"""Results: mismatches, and the verdict on each item in each cell. They are never errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, TypeAlias

from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.sharding import Shard

__all__ = [
    "Aside",
    "Cause",
    "Cell",
    "Kind",
    "Mismatch",
    "Run",
    "SetAside",
    "Status",
    "Verdict",
    "plural",
]

Kind: TypeAlias = Literal[
    "record", "enum", "alias", "constant", "function", "static", "definition", "foreign"
]
"""Kind of an item. An "alias" is a `pub type`, a "definition" a function or static that Rust
exports to C. "foreign" is a re-export of all of another crate's items, which are not known."""
Aside: TypeAlias = Literal[
    "opaque", "generic", "not in C", "no plain value", "associated", "another name", "foreign"
]
"""Reason why an item is skipped."""


def plural(kind: Kind) -> str:
    """Return the plural of a kind."""
    return "aliases" if kind == "alias" else f"{kind}s"


class Status(Enum):
    """AGREES and WAIVED pass; DIFFERS and INDETERMINATE (could not be checked) fail the run."""

    AGREES = "agrees"
    DIFFERS = "differs"
    WAIVED = "waived"
    INDETERMINATE = "indeterminate"


_OF_WHOLE: Final = {
    "record-alignment": "alignment",
    "record-kind": "kind",
    "repr-missing": "repr",
    "parameter-count": "the number of parameters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The root cause of a mismatch: the check that found it, and its member.

    `item` is the Rust path of the item that has the root cause, None for the same item. `member` is
    None if the whole item has it. Without `check`, everything wrong with the item is the cause.
    """

    item: str | None = None
    check: str | None = None
    member: str | None = None

    def __str__(self) -> str:
        """Return the item, or the member, or a word for the whole item, for a reader."""
        check = self.check or ""
        return self.item or self.member or _OF_WHOLE.get(check, check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One difference between the two sides of a pair.

    `c` and `rust` describe each side for a reader ("offset 24", "24 bytes", "absent").
    `member_path` is None for the whole record; nested members are joined by dots. `cause` is the
    mismatch that this one follows from. `waived` is the reason of the waiver that accepts it, and
    `waiver` the waiver's place in the manifest.
    """

    check_id: str
    member_path: str | None
    c: str
    rust: str
    hint: str | None = None
    cause: Cause | None = None
    waived: str | None = None
    waiver: SourceLocation | None = None
    c_location: SourceLocation | None = field(default=None, compare=False)
    rust_location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One release, architecture and kernel conf, and its compilers and headers.

    - `id`: `<arch>-<conf>`, or `<release>-<arch>-<conf>` in a run of several releases, as in the
      names of pytest items.
    - `arch`: the user's name of the architecture.
    - `kernel_conf`: the conf's name; `kernel_conf_origin` is the source of its text.
    - `headers`: source of the headers.
    - `notes`: facts for the reader, such as the stubs that were used.
    """

    id: str
    release: str
    arch: str
    machine: str
    machine_arch: str
    kernel_conf: str
    kernel_conf_origin: str
    headers: str
    clang: str
    rustc: str
    c_producer: str
    rust_producer: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result for one item in one cell, or in several with equal results.

    - `cells`: ids of the cells. C's locations are those in the first of them.
    - `reason`: of WAIVED and INDETERMINATE; or a note on an item that AGREES.
    - `waiver`: place of the waiver of an unchecked item; None if its mismatches are waived.
    - `paired`: names of paired members, C's first, as dotted paths; None on a side without one.
    - `c`, `rust`: layouts of a record or an alias of one; None for other items.
    - `c_says`, `rust_says`: value or type of another item on each side, for a reader.
    """

    cells: tuple[str, ...]
    kind: Kind = "record"
    c_name: str | None
    rust_path: str
    status: Status
    reason: str | None = None
    waiver: SourceLocation | None = None
    c: RecordLayout | None = None
    rust: RecordLayout | None = None
    c_says: str | None = None
    rust_says: str | None = None
    c_location: SourceLocation | None = field(default=None, compare=False)
    rust_location: SourceLocation | None = None
    mismatches: tuple[Mismatch, ...] = ()
    paired: tuple[tuple[str | None, str | None], ...] = ()

    @property
    def key(self) -> tuple[Kind, str]:
        """Return the item's key: a type, a constant and a function may have the same path."""
        return self.kind, self.rust_path

    @property
    def is_of_record(self) -> bool:
        """Return whether layouts are compared: for a record, or an alias of one."""
        return self.kind == "record" or self.c is not None or self.rust is not None

    @property
    def is_compared(self) -> bool:
        """Return whether both sides are known."""
        both_records = self.c is not None and self.rust is not None
        return both_records or (self.c_says is not None and self.rust_says is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An item that is skipped, since there is nothing to compare.

    `why` is one of:

    - "opaque": a type without a size, which only stands for a type behind a pointer.
    - "generic": a type with parameters; its instances are compared in the records that hold them.
    - "not in C": no header defines its name. It is the crate's own, or the compiler's.
    - "no plain value": a constant that is a record.
    - "associated": a constant in an `impl` that is not a value of its type.
    - "another name": the item is compared under its own name, or under one that C has.
    - "foreign": an item of another crate, and none of C's as far as is known.
    """

    rust_path: str
    why: Aside
    kind: Kind = "record"
    rust_location: SourceLocation | None = None

    @property
    def key(self) -> tuple[Kind, str]:
        """Return the item's key, as `Verdict.key`."""
        return self.kind, self.rust_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that one invocation found.

    - `seconds`: time of each stage.
    - `problems`: messages about input that was left out (a header that does not compile). A run
      with problems fails.
    - `notes`: further facts for the reader (a waiver that applies to nothing, a conf that an
      architecture does not have). Each is true of all cells together, so that a note of all shards
      of a plan is true of the plan.
    - `shard`: the part of its plan that the run is; None for a whole run.
    """

    bindings: str
    cells: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]
    set_aside: tuple[SetAside, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shard: Shard | None = None
    seconds: tuple[tuple[str, float], ...] = field(default=(), compare=False)

    def count(self) -> Counter[Status]:
        """Return the number of verdicts for each status, counted once for each cell."""
        count: Counter[Status] = Counter()
        for verdict in self.verdicts:
            count[verdict.status] += len(verdict.cells)
        return count

    @property
    def passed(self) -> bool:
        """Return whether there was something to check and all of it agrees or is waived.

        A shard without a cell passes: the other shards have the cells.
        """
        bad = (Status.DIFFERS, Status.INDETERMINATE)
        return (
            (bool(self.verdicts) or self.is_empty_shard)
            and not self.problems
            and not any(verdict.status in bad for verdict in self.verdicts)
        )

    @property
    def is_empty_shard(self) -> bool:
        """Return whether this is a part of a plan with fewer cells than parts."""
        return self.shard is not None and bool(self.shard.plan) and not self.cells
