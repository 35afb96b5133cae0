"""Effects of options on an invented kernel, for the tests of their output."""

from __future__ import annotations

from layoutcheck.location import SourceLocation
from layoutcheck.model.effects import (
    AskedType,
    Failure,
    MemberChange,
    OptionEffect,
    Place,
    RecordChange,
    Sensitivity,
)

__all__ = ["sensitivity"]

GADGET = SourceLocation(path="sys/gadget.h", line=12)


def place(byte_offset: int, byte_size: int, type_: str = "int") -> Place:
    """A place in whole bytes."""
    return Place(bit_offset=8 * byte_offset, bit_size=8 * byte_size, type=type_, declared_at=GADGET)


def move(path: str, was: int, is_now: int) -> MemberChange:
    """An int that moves."""
    return MemberChange(path=path, without=place(was, 4), with_option=place(is_now, 4))


STATS = RecordChange(
    c_name="struct gadget",
    declared_at=GADGET,
    without=16,
    with_option=24,
    direct=True,
    because_of=(),
    members=(
        MemberChange(path="pokes", without=None, with_option=place(4, 8, "unsigned long")),
        move("a", 4, 12),
        move("b", 8, 16),
        move("c", 12, 24),
        MemberChange(path="d", without=place(14, 2, "short"), with_option=place(28, 4, "int")),
        MemberChange(path="e", without=place(16, 2, "short"), with_option=None),
    ),
)
HOLDER = RecordChange(
    c_name="struct drawer",
    declared_at=None,
    without=32,
    with_option=48,
    direct=False,
    because_of=("struct gadget",),
    members=(
        MemberChange(
            path="gadgets",
            without=place(0, 32, "struct gadget[2]"),
            with_option=place(0, 48, "struct gadget[2]"),
        ),
    ),
)


def effect(
    option: str,
    *changes: RecordChange,
    is_set: bool = False,
    value: str = "1",
    default: str | None = None,
    failures: tuple[Failure, ...] = (),
    not_compared: tuple[str, ...] = (),
) -> OptionEffect:
    """An option of opt_global.h."""
    return OptionEffect(
        option=option,
        header="opt_global.h",
        is_set=is_set,
        value=value,
        default=default,
        changes=changes,
        failures=failures,
        not_compared=not_compared,
    )


def sensitivity(*, everything: bool = False) -> Sensitivity:
    """Options: one has an effect, one adds a type, one breaks the build, two have no effect."""
    comes = RecordChange(
        c_name="struct late",
        declared_at=GADGET,
        without=None,
        with_option=8,
        direct=True,
        because_of=(),
        members=(),
    )
    broken = Failure(header="sys/gadget.h", reason='sys/gadget.h:3: "LOUD requires NOISE"')
    return Sensitivity(
        release="15.0",
        arch="amd64",
        kernel_conf="GENERIC",
        kernel_conf_origin="built in",
        headers="headers of a test",
        clang="clang version 19.1.7",
        everything=everything,
        types=(
            AskedType(c_name="struct gadget", declared_at=GADGET, byte_size=16),
            AskedType(c_name="struct drawer", declared_at=None, byte_size=32),
            AskedType(c_name="late", declared_at=None, byte_size=None),
            AskedType(c_name="struct calm", declared_at=GADGET, byte_size=4),
        ),
        effects=(
            effect("LATE", comes, is_set=True, value="3"),
            effect("LOUD", failures=(broken,), not_compared=("struct gadget",)),
            effect("MAXCPU", value="2048", default="1024"),
            effect("SMP", is_set=True),
            effect("STATS", HOLDER, STATS),
        ),
        left_out=(Failure(header="sys/odd.h", reason="sys/odd.h:1: what is this"),),
    )
