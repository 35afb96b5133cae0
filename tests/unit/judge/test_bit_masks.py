"""bit_masks.py: the bits of a record that a mask covers, and the reason if they are unknown."""

from __future__ import annotations

import pytest

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import Surface, SurfaceType
from layoutcheck.judge.bit_masks import with_masks
from layoutcheck.judge.judge_types import Side
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Mask
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout_set import ConstantValue, LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.layouts import F32, I32, U8, U16, U32, record

PLACE = SourceLocation(path="src/lib.rs", line=1)
HEADER = record(
    "kpi::header",
    ("flags", U16),
    ("inner", record("kpi::inner", ("a", U8), ("b", U8))),
    ("wrapped", record("kpi::word", ("__0", U32))),
    ("float", F32),
)


def type_named(path: str) -> SurfaceType:
    """A `repr(C)` struct."""
    return SurfaceType(
        rust_path=path,
        kind="struct",
        repr=("C",),
        generic=False,
        public_path=path,
        location=PLACE,
        opaque=False,
        fields=("flags",),
    )


def constant(path: str) -> SurfaceItem:
    """A constant of an integer type."""
    return SurfaceItem(
        kind="constant",
        rust_path=path,
        public_path=path,
        location=PLACE,
        type="u32",
    )


SURFACE = Surface(
    crate="kpi",
    format_version=57,
    types=(type_named("kpi::header"), type_named("kpi::other")),
    items=(
        constant("kpi::MASK"),
        constant("kpi::NEGATIVE"),
        constant("kpi::REFUSED"),
        constant("kpi::a::TWICE"),
        constant("kpi::b::TWICE"),
    ),
)
SIDE = Side(
    layouts=LayoutSet(
        producer="rustc",
        records={ProbeKey("type", 0): HEADER},
        constants={
            ProbeKey("item", 0): ConstantValue(type=U32, value=6),
            ProbeKey("item", 1): ConstantValue(type=I32, value=-1),
        },
    ),
    refused={},
    accessors={"kpi::header": (BitAccess(name="x", verb="reads", bits=(0,)),)},
)


def mask_of(member: str, mask: int | str, shift: int | str = 0) -> Mask:
    """A mask for the bit-field `field`."""
    return Mask(record="header", field="field", member=member, mask=mask, shift=shift)


def ask(mask: Mask, arch: str = "amd64") -> BitAccess:
    """Return the access of one mask. The access known before must remain."""
    found = with_masks(SIDE, [mask], SURFACE, find_target(arch)).accessors
    before, access = found["kpi::header"]
    assert before.verb == "reads"
    assert found["kpi::other"] == ()
    return access


@pytest.mark.parametrize(
    ("mask", "little", "big"),
    [
        (mask_of("flags", 0b11), (0, 1), (14, 15)),
        (mask_of("flags", 0b11, 4), (4, 5), (10, 11)),
        (mask_of("flags", 0x8001), (0, 15), (0, 15)),
        (mask_of("flags", "MASK"), (1, 2), (13, 14)),
        (mask_of("flags", "kpi::MASK", "MASK"), (7, 8), (7, 8)),
        (mask_of("inner.b", 0b1), (24,), (31,)),
        (mask_of("wrapped", 0x8000_0000), (63,), (32,)),
    ],
)
def test_bits(mask: Mask, little: tuple[int, ...], big: tuple[int, ...]) -> None:
    """A mask's bits count from the value's lowest bit, which depends on the byte order."""
    assert ask(mask) == BitAccess(name="field", verb="masks", bits=little)
    assert ask(mask, "powerpc64") == BitAccess(name="field", verb="masks", bits=big)


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (mask_of("none", 1), "has no member none"),
        (mask_of("inner.none", 1), "has no member inner.none"),
        (mask_of("flags.none", 1), "has no member flags.none"),
        (mask_of("inner", 1), "inner is no integer"),
        (mask_of("float", 1), "float is no integer"),
        (mask_of("flags", 0x10000), "0x10000 << 0 is no mask of 16 bits"),
        (mask_of("flags", 1, 16), "0x1 << 16 is no mask of 16 bits"),
        (mask_of("flags", "ABSENT"), "no constant ABSENT"),
        (mask_of("flags", "TWICE"), "several constants TWICE"),
        (mask_of("flags", "REFUSED"), "REFUSED is no number"),
        (mask_of("flags", "NEGATIVE"), "NEGATIVE is no number"),
        (mask_of("flags", 1, "NEGATIVE"), "NEGATIVE is no number"),
    ],
)
def test_what_is_not_known(mask: Mask, reason: str) -> None:
    """An unknown mask has no bits, and a reason."""
    access = ask(mask)
    assert access.bits == ()
    assert reason in (access.unknown or "")


def test_a_shift_may_be_a_huge_number() -> None:
    """A huge shift is refused before it is computed."""
    assert "is no mask of 16 bits" in (ask(mask_of("flags", 1, 10**12)).unknown or "")
