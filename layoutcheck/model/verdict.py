"""What was found: mismatches, and the verdict on each subject of each cell. Never errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final, Literal, TypeAlias

from layoutcheck.location import SourceLocation
from layoutcheck.model.deferred import Late
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
"""What a subject is: an "alias" is a `pub type`, a "definition" a function or static that Rust has
and exports to C, "foreign" a re-export of all of another crate's items, which are not known."""
Aside: TypeAlias = Literal[
    "opaque", "generic", "not in C", "no plain value", "associated", "another name", "foreign"
]
"""Why a subject is set aside."""


def plural(kind: Kind) -> str:
    """Return what several subjects of a kind are called."""
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
    """The mismatch from which another one follows: which check found it, and at which member.

    `item` is the Rust path of the item that has it, None for the one that has the consequence; the
    member is None for what concerns the whole item. Without `check` it is all that is wrong there.
    """

    item: str | None = None
    check: str | None = None
    member: str | None = None

    def __str__(self) -> str:
        """The item, or the member, or a word for what is wrong with the whole, for a reader."""
        check = self.check or ""
        return self.item or self.member or _OF_WHOLE.get(check, check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that C and Rust do not say alike.

    `c` and `rust` are what each side says, for a reader ("offset 24", "24 bytes", "absent").
    `member_path` is None for what concerns the whole record; nested members are joined by dots.
    `cause` is the mismatch of which this one is but a consequence. `waived` is the reason of the
    waiver that accepts it.
    """

    check_id: str
    member_path: str | None
    c: str
    rust: str
    hint: str | None = None
    cause: Cause | None = None
    waived: str | None = None
    c_location: SourceLocation | None = field(default=None, compare=False)
    rust_location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One combination of release, architecture and kernel conf, and what it was compiled with.

    `id` is `<arch>-<conf>`, or `<release>-<arch>-<conf>` where a run has several releases, as in
    the names of pytest items. `arch` is what users call the architecture, `kernel_conf` the conf's
    name; `kernel_conf_origin` says where its text came from, `headers` where the headers came
    from; `notes` are things a reader must know (stubs that were used).
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
class Verdict(Late):
    """What is known of one subject in one cell, or in several in which it is the same.

    `cells` are the cells' ids; C's locations are those in the first of them. `reason` says why for
    WAIVED and INDETERMINATE, and what a reader should know of one that AGREES. `paired` are the
    names of members that stand for each other, C's first, as dotted paths; None where one side has
    none. What is no record, nor an alias of one, has no layouts `c` and `rust`: `c_says` and
    `rust_says` are its value or its type on each side, for a reader.
    """

    cells: tuple[str, ...]
    kind: Kind = "record"
    c_name: str | None
    rust_path: str
    status: Status
    reason: str | None = None
    c: RecordLayout | None = None
    rust: RecordLayout | None = None
    c_says: str | None = None
    rust_says: str | None = None
    c_location: SourceLocation | None = field(default=None, compare=False)
    rust_location: SourceLocation | None = None
    mismatches: tuple[Mismatch, ...] = ()
    paired: tuple[tuple[str | None, str | None], ...] = ()

    LATE: ClassVar = ("c", "rust")

    @property
    def may_be_late(self) -> bool:
        """Of what agrees nobody but a report reads the layouts."""
        return self.status is Status.AGREES

    @property
    def key(self) -> tuple[Kind, str]:
        """The subject: a type, a constant and a function may have one path."""
        return self.kind, self.rust_path

    @property
    def is_of_record(self) -> bool:
        """Return whether it is judged by a layout: a record is, or an alias of one."""
        return self.kind == "record" or self.c is not None or self.rust is not None

    @property
    def is_compared(self) -> bool:
        """Return whether both sides are known."""
        both_records = self.c is not None and self.rust is not None
        return both_records or (self.c_says is not None and self.rust_says is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A subject of which there is nothing to compare.

    `why` is "opaque" (a type that has no size and stands only for something behind a pointer),
    "generic" (it has type parameters: a record made of it is compared where another holds it),
    "not in C" (no header defines its name: it is the crate's own, or the compiler's), "no plain
    value" (a constant that is a record), "associated" (a constant in an `impl` that is no value of
    its type), "another name" (of what is judged under its own, or under one that C has) or
    "foreign" (another crate's, and no item of C's as far as is known).
    """

    rust_path: str
    why: Aside
    kind: Kind = "record"
    rust_location: SourceLocation | None = None

    @property
    def key(self) -> tuple[Kind, str]:
        """The subject, as `Verdict.key`."""
        return self.kind, self.rust_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything one invocation found.

    `seconds` holds how long each stage took; `problems` are messages about input that was left out
    (a header that does not compile): a run with problems does not pass. `notes` are what a reader
    should know besides (a waiver that waives nothing, a conf that an architecture does not have);
    each is true of all cells together, so what the shards of a plan all say is true of the plan.
    `shard` says which part of its plan the run is; None for the whole.
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
        """How many verdicts have each status; one that holds in several cells counts in each."""
        count: Counter[Status] = Counter()
        for verdict in self.verdicts:
            count[verdict.status] += len(verdict.cells)
        return count

    @property
    def passed(self) -> bool:
        """Return whether there was something to check and all of it agrees or is waived.

        A shard without a cell passes: what there is to check is in the others.
        """
        bad = (Status.DIFFERS, Status.INDETERMINATE)
        return (
            (bool(self.verdicts) or self.is_empty_shard)
            and not self.problems
            and not any(verdict.status in bad for verdict in self.verdicts)
        )

    @property
    def is_empty_shard(self) -> bool:
        """Return whether this is a part of a plan that has fewer cells than parts."""
        return self.shard is not None and bool(self.shard.plan) and not self.cells
