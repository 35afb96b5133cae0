"""What accessors do, beside C's bit-fields."""

from __future__ import annotations

import pytest

from layoutcheck.bit_access import BitAccess
from layoutcheck.judge.checks import member_bits
from layoutcheck.judge.pairing import pair_records
from layoutcheck.layout import BaseType, EnumType, Member, RecordLayout
from layoutcheck.verdict import Mismatch
from tests.layouts import CHAR, I32, U8, U16, U32, Bits, array, record

C = record("s", ("x", U16), ("a", Bits(U16, 4)), ("b", Bits(U16, 12)))
RUST = record("k::s", ("x", U16), ("_bitfield_1", array(U8, 2)))


def _reads(name: str, *bits: int | None, signed: bool = False) -> BitAccess:
    return BitAccess(name=name, verb="reads", bits=bits, signed=signed)


def _check(
    *accessors: BitAccess, c: RecordLayout = C, renames: dict[str, str] | None = None
) -> list[Mismatch]:
    pair = pair_records(c, RUST, renames=renames, accessors=accessors)
    return list(member_bits.check(pair))


def test_the_bits_of_c() -> None:
    """Read and written in C's order; a method of another name is none of C's."""
    writes = BitAccess(name="b", verb="writes", bits=tuple(range(20, 32)))
    assert _check(_reads("a", 16, 17, 18, 19), _reads("b", *range(20, 32)), writes) == []
    assert _check(_reads("is_set", 3)) == []
    assert _check() == []


def test_other_bits() -> None:
    """What is read and what is written are one mismatch, in runs of bits."""
    writes = BitAccess(name="a", verb="writes", bits=(16, 17, 18, 19), lost=(20, 21))
    (found,) = _check(_reads("a", 19, 18, None, 17, 16), writes)
    assert (found.check_id, found.member_path) == ("member-bits", "a")
    assert found.c == "bits 16-19, unsigned"
    assert found.rust == (
        "reads bits 19, 18, none, 17, 16, unsigned, writes bits 16-19 and clears bits 20-21"
    )
    (found,) = _check(_reads("b"))
    assert found.rust == "reads nothing"


def test_what_is_unknown_is_no_mismatch() -> None:
    """It is for the verdict to say."""
    assert _check(BitAccess(name="a", verb="reads", unknown="it calls abort")) == []


def test_a_mask_has_no_sign() -> None:
    """What is done with the bits below it is not known; which bits they are is."""
    c = record("s", ("a", Bits(I32, 4)), ("b", Bits(U32, 4)))
    right = BitAccess(name="a", verb="masks", bits=(0, 1, 2, 3))
    assert _check(right, c=c) == []
    (found,) = _check(BitAccess(name="b", verb="masks", bits=(0, 1, 2, 3)), c=c)
    assert (found.c, found.rust) == ("bits 4-7, unsigned", "masks bits 0-3")


def test_a_mask_of_what_is_no_bit_field() -> None:
    """It is not lost: the verdict has to say it."""
    mask = BitAccess(name="x", verb="masks", bits=(0,))
    pair = pair_records(C, RUST, accessors=[mask, _reads("x", 0)])
    assert (pair.accesses, pair.astray) == ((), (mask,))


def test_names() -> None:
    """Keywords and what the manifest says, as members have them."""
    c = record("s", ("x", U16), ("type", Bits(U16, 4)), ("b", Bits(U16, 12)))
    for name in ("type_", "r#type"):
        (found,) = _check(_reads(name, 0), c=c)
        assert found.member_path == "type"
    (found,) = _check(_reads("kind", 0), renames={"kind": "type"}, c=c)
    assert found.member_path == "type"


@pytest.mark.parametrize(
    ("type_", "size", "signed", "agrees"),
    [
        (U32, 4, True, False),
        (I32, 4, False, False),
        (I32, 4, True, True),
        (I32, 8, False, True),  # an i8 has nothing above it
        (U32, 8, True, False),
        (U32, 8, False, True),
        (CHAR, 4, False, True),
        (CHAR, 4, True, True),
    ],
)
def test_sign(type_: BaseType, size: int, *, signed: bool, agrees: bool) -> None:
    """The bits above repeat the highest where C's do."""
    c = record("s", ("a", Bits(type_, size)))
    found = _check(_reads("a", *range(size), signed=signed), c=c)
    assert (not found) is agrees


def test_the_sign_of_an_enum() -> None:
    """An enum has that of its values."""
    kind = EnumType(name="e", byte_size=4, signed=False, enumerators=(("A", 0), ("B", 3)))
    bits = Member(name="a", bit_offset=0, bit_size=2, type=kind, is_bit_field=True)
    c = RecordLayout(name="s", kind="struct", byte_size=4, alignment=4, members=(bits,))
    assert _check(_reads("a", 0, 1), c=c) == []
    assert len(_check(_reads("a", 0, 1, signed=True), c=c)) == 1


def test_of_a_record_of_another_kind_nothing_is_compared() -> None:
    """It is `record-kind`'s."""
    pair = pair_records(C, record("k::s", ("x", U16), kind="union"), accessors=[_reads("a", 0)])
    assert list(member_bits.check(pair)) == []
