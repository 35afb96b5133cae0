"""Bits that accessors read and write, beside C's bit-fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from layoutcheck.judge.checks import member_bits
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.bit_access import BitAccess, Spoilt
from layoutcheck.model.layout import BaseType, EnumType, Member, RecordLayout
from layoutcheck.model.verdict import Mismatch
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
    """The bits are read and written in C's order. A method of another name is not compared."""
    writes = BitAccess(name="set_b", verb="writes", bits=tuple(range(20, 32)))
    assert _check(_reads("a", 16, 17, 18, 19), _reads("b", *range(20, 32)), writes) == []
    assert _check(_reads("is_set", 3)) == []
    assert _check() == []


def test_other_bits() -> None:
    """Wrong bits that are read and written are one mismatch, shown as runs of bits."""
    writes = BitAccess(
        name="set_a",
        verb="writes",
        bits=(16, 17, 18, 19),
        spoils=(Spoilt(how="clears", bits=(20, 21)),),
    )
    (found,) = _check(_reads("a", 19, 18, None, 17, 16), writes)
    assert (found.check_id, found.member_path) == ("member-bits", "a")
    assert found.c == "bits 16-19, unsigned"
    assert found.rust == (
        "reads bits 19, 18, none, 17, 16, unsigned, writes bits 16-19 and clears bits 20-21"
    )
    (found,) = _check(_reads("b"))
    assert found.rust == "reads nothing"


def _writes(*bits: int | None, name: str = "set_a", **more: Any) -> BitAccess:  # noqa: ANN401 - of any field
    return BitAccess(name=name, verb="writes", bits=bits, width=32, **more)


def _spoilt(how: str, *bits: int, unless: int = 0) -> tuple[Spoilt, ...]:
    return (Spoilt(how=how, bits=bits, unless=unless),)


@pytest.mark.parametrize(
    ("access", "rust"),
    [
        (_writes(16, 17, 18, 19), None),
        (_writes(16, 17, 18), "writes bits 16-18"),
        (_writes(16, 17, 18, 19, 20), "writes bits 16-20"),
        (_writes(spoils=_spoilt("ors into", 16, 17)), "writes nothing and ors into bits 16-17"),
        (
            _writes(16, 17, 18, 19, spoils=_spoilt("ors into", 20, 21, unless=4)),
            "writes bits 16-19 and ors into bits 20-21 (unless a value has 4 bits or fewer)",
        ),
        (_writes(16, 17, 18, 19, accepts=(4, 0)), None),
        (_writes(16, 17, 18, 19, accepts=(3, 0)), "writes bits 16-19 and refuses values of 4 bits"),
        (_writes(16, 17, 18, 19, accepts=(0, 4)), "writes bits 16-19 and refuses values of 1 bits"),
    ],
)
def test_what_is_written_is_an_assignment(access: BitAccess, rust: str | None) -> None:
    """A setter writes the field's bits for every value that fits, and changes no others."""
    found = _check(access)
    assert [mismatch.rust for mismatch in found] == ([] if rust is None else [rust])


def test_a_narrower_value_is_extended() -> None:
    """A narrower value clears the field's other bits or repeats its sign, on any machine."""
    narrow = replace(_writes(20, 21, name="set_b"), width=2)
    for how in ("clears", "repeats the sign in"):
        assert _check(replace(narrow, spoils=_spoilt(how, *range(22, 32)))) == []
    assert len(_check(narrow)) == 1
    assert len(_check(replace(narrow, spoils=_spoilt("sets", *range(22, 32))))) == 1
    assert len(_check(replace(narrow, spoils=_spoilt("clears", *range(22, 33))))) == 1
    big = replace(narrow, bits=(30, 31), highest_first=True)
    assert _check(replace(big, spoils=_spoilt("clears", *range(20, 30)))) == []
    assert len(_check(replace(big, spoils=_spoilt("clears", *range(22, 32))))) == 1


def _makes(*bits: int | None, name: str = "a", **more: Any) -> BitAccess:  # noqa: ANN401 - of any field
    return BitAccess(name=name, verb="makes", maker="new", bits=bits, **({"width": 32} | more))


@pytest.mark.parametrize(
    ("access", "rust"),
    [
        (_makes(16, 17, 18, 19, spoils=_spoilt("clears", 0, 1, 20)), None),
        (_makes(16, 17, spoils=_spoilt("clears", 18, 19, 20), width=2), None),
        (_makes(16, 17, spoils=_spoilt("clears", 19), width=2), "new writes bits 16-17"),
        (_makes(17, 18, 19, 20), "new writes bits 17-20"),
        (_makes(16, 17, 18, 19, name="x"), None),
        (
            _makes(16, 17, 18, 19, accepts=(3, 0)),
            "new writes bits 16-19 and refuses values of 4 bits",
        ),
        (
            _makes(16, spoils=_spoilt("mixes with another value in", 17)),
            "new writes bit 16 and mixes with another value in bit 17",
        ),
    ],
)
def test_a_constructor(access: BitAccess, rust: str | None) -> None:
    """A parameter pairs with the bit-field of its name. Zeros in other bits are no mismatch."""
    found = _check(access)
    assert [mismatch.rust for mismatch in found] == ([] if rust is None else [rust])


def test_a_constructor_of_a_type_with_rules() -> None:
    """A value that does not fit may be no value of its type."""
    access = _makes(16, 17, 18, 19, 20, is_of_value=False)
    assert _check(access) == []
    assert "and its type may have no values of more bits" in (_doubt(access) or "")


def test_a_value_of_a_type_with_rules() -> None:
    """Bits spoilt only by values that do not fit are a doubt. Other spoilt bits are a mismatch."""
    spilling = _writes(16, 17, 18, 19, spoils=_spoilt("ors into", 20, unless=4), is_of_value=False)
    assert _check(spilling) == []
    assert "and its type may have no values of more bits" in (_doubt(spilling) or "")
    assert len(_check(replace(spilling, spoils=_spoilt("ors into", 20, unless=3)))) == 1


def _doubt(access: BitAccess) -> str | None:
    pair = pair_records(C, RUST, accessors=[access])
    return member_bits.doubt_about(pair.accesses[0])


@pytest.mark.parametrize(
    ("name", "verb", "is_sure"),
    [
        ("a", "reads", True),
        ("a_raw", "reads", True),
        ("get_a", "reads", False),
        ("with_a", "reads", False),
        ("a", "writes", False),
        ("set_a", "writes", True),
        ("set_a_raw", "writes", True),
        ("with_a", "writes", False),
        ("a_raw", "writes", False),
    ],
)
def test_what_a_name_leaves_no_doubt_of(
    name: str, verb: Literal["reads", "writes"], *, is_sure: bool
) -> None:
    """A method of a similar name that accesses other bits is a doubt, and a mismatch if renamed."""
    access = BitAccess(name=name, verb=verb, bits=(16, 17))
    assert bool(_check(access)) is is_sure
    doubt = _doubt(access)
    assert (doubt is None) is is_sure
    sign = ", unsigned" if verb == "reads" else ""
    said = f"it {verb} bits 16-17{sign}, and its name may mean something else"
    assert is_sure or doubt == said
    right = replace(access, bits=(16, 17, 18, 19))
    assert (_check(right), _doubt(right)) == ([], None)
    renamed = _check(replace(access, name="odd"), renames={"odd": "a"})
    assert len(renamed) == 1


def test_a_field_that_is_called_like_a_setter() -> None:
    """A method `set_a` belongs to the field `set_a`, not to the field `a`."""
    c = record("s", ("a", Bits(U16, 4)), ("set_a", Bits(U16, 12)))
    assert _check(_reads("set_a", *range(4, 16)), c=c) == []
    assert len(_check(_reads("set_a", 0, 1, 2, 3), c=c)) == 1


def test_other_methods_have_no_field() -> None:
    """`is_a` has no field. Nor has `with_a` with the parameters of no accessor."""
    odd = BitAccess(name="with_a", verb="writes", unknown="it takes 2 values", is_plain=False)
    for access in (_reads("is_a", 3), odd, _writes(name="clear_a")):
        assert pair_records(C, RUST, accessors=[access]).accesses == ()
    assert len(pair_records(C, RUST, accessors=[replace(odd, name="set_a")]).accesses) == 1


def test_what_is_unknown_is_no_mismatch() -> None:
    """An unknown access is no mismatch; the verdict reports it."""
    assert _check(BitAccess(name="a", verb="reads", unknown="it calls abort")) == []


def test_a_mask_has_no_sign() -> None:
    """A mask has no sign, but its bits are compared."""
    c = record("s", ("a", Bits(I32, 4)), ("b", Bits(U32, 4)))
    right = BitAccess(name="a", verb="masks", bits=(0, 1, 2, 3))
    assert _check(right, c=c) == []
    (found,) = _check(BitAccess(name="b", verb="masks", bits=(0, 1, 2, 3)), c=c)
    assert (found.c, found.rust) == ("bits 4-7, unsigned", "masks bits 0-3")


def test_a_mask_of_what_is_no_bit_field() -> None:
    """A mask of no bit-field is kept, so that the verdict reports it."""
    mask = BitAccess(name="x", verb="masks", bits=(0,))
    pair = pair_records(C, RUST, accessors=[mask, _reads("x", 0)])
    assert (pair.accesses, pair.astray) == ((), (mask,))


def test_names() -> None:
    """Keywords and the manifest's renames apply to accessors as they do to members."""
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
    """The bits above repeat the highest one if C's do."""
    c = record("s", ("a", Bits(type_, size)))
    found = _check(_reads("a", *range(size), signed=signed), c=c)
    assert (not found) is agrees


def test_the_sign_of_an_enum() -> None:
    """An enum has the sign of its values."""
    kind = EnumType(name="e", byte_size=4, signed=False, enumerators=(("A", 0), ("B", 3)))
    bits = Member(name="a", bit_offset=0, bit_size=2, type=kind, is_bit_field=True)
    c = RecordLayout(name="s", kind="struct", byte_size=4, alignment=4, members=(bits,))
    assert _check(_reads("a", 0, 1), c=c) == []
    assert len(_check(_reads("a", 0, 1, signed=True), c=c)) == 1


def test_of_a_record_of_another_kind_nothing_is_compared() -> None:
    """In a record of another kind no bits are compared; `record-kind` reports it."""
    pair = pair_records(C, record("k::s", ("x", U16), kind="union"), accessors=[_reads("a", 0)])
    assert list(member_bits.check(pair)) == []
