"""open_members.py: the state of a pairing, from its first step to its last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.pairing import pair_records
from layoutcheck.judge.pairing.open_members import PairingState
from layoutcheck.location import SourceLocation
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import Member, RecordLayout
from tests.layouts import F32, U8, U32, U64, Bits, array, record, union

TIME = record("timespec", ("sec", U64), ("nsec", U64))
EITHER = union(None, ("b", U64), ("c", record("pair", ("x", U32), ("y", U32))))
C = record("s", ("a", U64), (None, EITHER), ("t", TIME))
RUST = record("k::s", ("a", U64), ("b", U64), ("t_sec", U64), ("t_nsec", U64))


def state(
    c: RecordLayout = C,
    rust: RecordLayout = RUST,
    *,
    renames: dict[str, str] | None = None,
    accessors: tuple[BitAccess, ...] = (),
    namesake: RecordLayout | None = None,
) -> PairingState:
    """A pairing at its beginning."""
    return PairingState(c, rust, renames or {}, accessors, namesake)


def free(pairing: PairingState) -> list[str]:
    """Return the paths of C's members that nothing accounts for."""
    return [pairing.path_of(way) for way, _, _ in pairing.free()]


def rust_member(pairing: PairingState, name: str) -> Member:
    """Return Rust's member of a name."""
    return next(member for member in pairing.rust.members if member.name == name)


def test_a_pair_is_taken() -> None:
    """A pair removes both members and has both offsets."""
    pairing = state()
    pairing.take((0,), rust_member(pairing, "a"))
    (pair,) = pairing.pairs
    assert (pair.path, pair.c_bit_offset, pair.rust_bit_offset, pair.is_covered) == (
        *("a", 0, 0),
        False,
    )
    assert [member.name for member in pairing.left] == ["b", "t_sec", "t_nsec"]
    assert free(pairing) == ["(anonymous union)", "b", "c", "t"]


def test_one_variant_accounts_for_a_union() -> None:
    """One variant accounts for the union and its other variants."""
    pairing = state()
    pairing.take((1, 0), rust_member(pairing, "b"))
    assert free(pairing) == ["a", "t"]
    assert pairing.paired == {(1, 0)}


def test_a_whole_accounts_for_its_parts() -> None:
    """A Rust record in place of an anonymous one accounts for all its members."""
    pairing = state()
    pairing.take((1,), rust_member(pairing, "b"))
    assert free(pairing) == ["a", "t"]


def test_a_struct_is_no_union() -> None:
    """One member of an anonymous struct does not account for the others."""
    c = record("s", (None, record(None, ("a", U32), ("b", U32))))
    pairing = state(c, record("k::s", ("a", U32), ("b", U32)))
    pairing.take((0, 0), rust_member(pairing, "a"))
    assert free(pairing) == ["b"]


def test_a_member_at_the_same_place_opens_a_record() -> None:
    """A record is opened by a member at its offset. Its members' paths begin with its name."""
    pairing = state()
    pairing.open((2,), rust_member(pairing, "t_sec"))
    assert free(pairing) == ["a", "(anonymous union)", "b", "c", "t.sec", "t.nsec"]
    assert pairing.opened == {(2,)}


@pytest.mark.parametrize(
    ("way", "rust"),
    [
        ((2,), Member(name="x", bit_offset=128, bit_size=32, type=U32)),
        ((2,), Member(name="x", bit_offset=160, bit_size=64, type=U64)),
        ((0,), Member(name="x", bit_offset=0, bit_size=64, type=U64)),
        ((1,), Member(name="x", bit_offset=64, bit_size=64, type=U64)),
    ],
)
def test_records_that_stay_closed(way: tuple[int, ...], rust: Member) -> None:
    """A record of another size or place, a non-record and an opened one are not opened."""
    pairing = state()
    pairing.open(way, rust)
    assert not pairing.opened
    assert free(pairing) == ["a", "(anonymous union)", "b", "c", "t"]


def test_pairs_are_moved() -> None:
    """Two Rust members are exchanged. One that leaves an opened record has no partner."""
    pairing = state()
    sec, nsec = rust_member(pairing, "t_sec"), rust_member(pairing, "t_nsec")
    pairing.open((2,), sec)
    pairing.take((2, 0), sec)
    pairing.take((2, 1), nsec)
    pairing.move([((2, 0), sec, (2, 1)), ((2, 1), nsec, (2, 0))])
    assert {(pair.path, pair.rust and pair.rust.name) for pair in pairing.pairs} == {
        ("t.nsec", "t_sec"),
        ("t.sec", "t_nsec"),
    }
    pairing.move([((2, 1), sec, (0,)), ((2, 0), nsec, (2, 0))])
    assert [pair.path for pair in pairing.pairs] == ["t.sec"]
    assert sec in pairing.left
    assert (2, 1) not in pairing.accounted


@pytest.mark.parametrize(
    ("path", "way"),
    [("a", (0,)), ("b", (1, 0)), ("c.y", (1, 1, 1)), ("t.nsec", (2, 1)), ("t", (2,))],
)
def test_paths_of_the_manifest(path: str, way: tuple[int, ...]) -> None:
    """A dotted path leads into records, also in anonymous ones."""
    pairing = state()
    assert pairing.way_of(path) == way
    assert pairing.path_of(way) == path


@pytest.mark.parametrize("path", ["z", "t.z", "a.x", "", None, "t.sec.x"])
def test_paths_that_lead_nowhere(path: str | None) -> None:
    """An unknown path is None."""
    assert state().way_of(path) is None


def test_paths_of_anonymous_members() -> None:
    """An anonymous member's path has its kind, and the line if that is known."""
    placed = replace(C.members[1], declared_at=SourceLocation(path="s.h", line=12))
    pairing = state(replace(C, members=(C.members[0], placed)))
    assert pairing.path_of((1,)) == "(anonymous union at line 12)"
    assert state().path_of((1,)) == "(anonymous union)"


def test_names_of_another_record() -> None:
    """A Rust member with the name of a namesake's member is known to be that."""
    namesake = record("other", ("a", U64), (None, record(None, ("f", Bits(U32, 1)))))
    pairing = state(namesake=namesake)
    assert pairing.is_named(rust_member(pairing, "a"))
    assert not pairing.is_named(rust_member(pairing, "b"))
    assert not state().is_named(rust_member(state(), "a"))
    flag = Member(name="f", bit_offset=0, bit_size=1, type=U32, is_bit_field=True)
    assert pairing.may_hold(flag)
    assert not pairing.may_hold(replace(flag, name="g"))
    assert state().may_hold(flag)


FLAGS = record("s", ("f", Bits(U32, 1)), ("type", Bits(U32, 3)), ("x", U32))


@pytest.mark.parametrize(
    ("access", "renames", "told"),
    [
        (BitAccess(name="f", verb="reads"), {}, ("f", 0, True)),
        (BitAccess(name="set_f", verb="writes"), {}, ("f", 0, True)),
        (BitAccess(name="get_f", verb="reads"), {}, ("f", 0, False)),
        (BitAccess(name="type_", verb="reads"), {}, ("type", 1, True)),
        (BitAccess(name="kind", verb="reads"), {"kind": "type"}, ("type", 1, True)),
        (BitAccess(name="get_kind", verb="reads"), {"kind": "type"}, ("type", 1, True)),
        (BitAccess(name="kind", verb="reads"), {}, None),
        (BitAccess(name="x", verb="reads"), {}, None),  # no bit-field
    ],
)
def test_accessors(
    access: BitAccess, renames: dict[str, str], told: tuple[str, int, bool] | None
) -> None:
    """A method pairs with the bit-field of its name; a rename is certain."""
    pairing = state(FLAGS, record("k::s", ("bits", U32)), renames=renames, accessors=(access,))
    found = [(one.field.path, one.field.bit_offset, one.is_sure) for one in pairing.accesses()]
    assert found == ([] if told is None else [told])


def test_order_of_pairs() -> None:
    """Pairs are in C's order; an extra member follows its predecessor in Rust."""
    c = record("s", ("a", U32), ("b", U32))
    rust = record("k::s", ("e1", F32), ("b", U32), ("e2", F32), ("a", U32), ("e3", F32))
    pairs = pair_records(c, rust).members
    assert [pair.path for pair in pairs] == ["e1", "a", "b", "e2", "e3"]


def test_an_aligned_newtype_stands_for_an_aligned_member() -> None:
    """An aligned newtype pairs with an aligned member, if C has no member in its padding."""
    lock = record("lock", ("a", U32))
    line = record("sample::Line", ("__0", record("sample::lock", ("a", U32))), alignment=64)
    rust = record("sample::s", ("lock", line), ("x", U64))
    apart = record("s", ("lock", lock), ("hole", array(U8, 60)), ("x", U64))
    members = tuple(member for member in apart.members if member.name != "hole")
    aligned = RecordLayout(name="s", kind="struct", byte_size=128, alignment=64, members=members)
    (first, second) = pair_records(aligned, rust).members
    assert first.c is not None
    assert (first.c.bit_size, first.c_bit_offset) == (64 * 8, 0)
    assert (second.c_bit_offset, second.rust_bit_offset) == (64 * 8, 64 * 8)
    (nested,) = pair_records(aligned, rust).nested
    assert (nested.c.byte_size, nested.rust.byte_size) == (64, 64)
    close = record("s", ("lock", lock), ("y", U32), ("x", U64))
    unlike = pair_records(close, rust).members[0]
    assert unlike.c == close.members[0]


def test_padding_behind_the_end() -> None:
    """A newtype that ends behind C's record is no such pair."""
    lock = record("lock", ("a", U32))
    line = record("sample::Line", ("__0", record("sample::lock", ("a", U32))), alignment=64)
    c = record("s", ("x", U64), ("lock", lock))
    rust = record("sample::s", ("x", U64), ("lock", line))
    (_, second) = pair_records(c, rust).members
    assert second.c == c.members[1]
    flexible = record("s", ("lock", lock), ("tail", array(U8)), alignment=64)
    (first, *_) = pair_records(flexible, record("sample::s", ("lock", line))).members
    assert first.c == flexible.members[0]
