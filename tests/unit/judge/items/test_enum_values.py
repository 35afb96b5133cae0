"""enum_values.py: the crate's enums and newtypes, and wrong values that verdicts report."""

from __future__ import annotations

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.items.enum_values import ItemValues, owner_of
from layoutcheck.judge.walk import Difference, Place
from layoutcheck.model.layout import EnumType, RecordLayout
from layoutcheck.model.layout_set import ConstantValue
from layoutcheck.model.verdict import Mismatch, SetAside, Status, Verdict
from tests.item_sides import comparer, item, side_of_rust
from tests.layouts import CHAR, U32, array, record

ON = item("constant", "Mode::ON", is_associated=True, type="::k::Mode", alias="Mode")
ALL = item("constant", "Mode::ALL", is_associated=True, type="::k::Mode", alias="Mode")
NAME = item("constant", "Mode::NAME", is_associated=True, type="::k::Mode", alias="Mode")
BITS = item("constant", "Mode::BITS", is_associated=True, type="u32")
ITEMS = [item("constant", "ON"), ON, item("enum", "Op"), ALL, item("function", "f"), BITS, NAME]
C_MODE = EnumType(name="mode", byte_size=4, signed=False, enumerators=(("ON", 1), ("OFF", 0)))
C_OP = EnumType(name="op", byte_size=4, signed=False, enumerators=(("GET", 0), ("PUT", 1)))
MODE = record("k::Mode", ("__0", U32))
OP = EnumType(name="k::Op", byte_size=4, signed=False, enumerators=(("Get", 5), ("Put", 1)))


def values(on: int = 2) -> ItemValues:
    """The items' values, as rustc has them."""
    known = {
        "Mode::ON": ConstantValue(type=U32, value=on),
        "Mode::ALL": ConstantValue(type=U32, value=7),
        "Mode::BITS": ConstantValue(type=U32, value=9),
        "Mode::NAME": ConstantValue(type=array(CHAR, 1), value=b"x"),
    }
    return ItemValues(ITEMS, side_of_rust(ITEMS, known))


def told(asked: SurfaceItem, member: str | None, c: str) -> Verdict:
    """A verdict with one wrong value."""
    wrong = Mismatch(check_id="enum-value", member_path=member, c=c, rust="5")
    return Verdict(
        cells=("amd64",),
        kind=asked.subject,
        c_name="c",
        rust_path=asked.rust_path,
        status=Status.DIFFERS,
        mismatches=(wrong,),
    )


def difference(types: Comparer, c: EnumType, rust: EnumType | RecordLayout) -> Difference | None:
    """The difference of two enums, or an enum and a newtype, as members."""
    return types.walk.enums.difference(c, rust, Place.MEMBER)


def test_items_with_values() -> None:
    """Enums, and constants that are of the type in whose `impl` they are."""
    assert values().numbers == {1, 2, 3, 6}
    assert owner_of(ON) == "k::Mode"


def test_values_of_a_newtype() -> None:
    """A constant is compared with its namesake if the newtype matches C's enum."""
    types = comparer()
    values(on=1).teach(types, {})
    assert difference(types, C_MODE, MODE) is None
    values(on=2).teach(types, {})
    found = difference(types, C_MODE, MODE)
    assert found is not None
    assert (found.c, found.rust) == ("ON = 1", "ON = 2")


def test_values_that_verdicts_tell() -> None:
    """A wrong value is reported once: on the constant, or on the enum's variant."""
    types = comparer()
    values().teach(types, {1: told(ON, None, "1 (enum mode)")})
    assert difference(types, C_MODE, MODE) is None
    untold = difference(types, C_OP, OP)
    assert untold is not None
    assert untold.cause is None
    values().teach(types, {2: told(ITEMS[2], "Get", "GET = 0")})
    follows = difference(types, C_OP, OP)
    assert follows is not None
    assert follows.cause is not None
    assert (follows.cause.item, follows.cause.check) == ("k::Op", None)


def test_items_that_tell_nothing() -> None:
    """A size belongs to no variant, and a skipped item has no verdict."""
    types = comparer()
    aside = SetAside(rust_path="k::Mode::ON", why="not in C")
    values().teach(types, {1: aside, 2: told(ITEMS[2], None, "4 bytes")})
    assert difference(types, C_MODE, MODE) is not None
    untold = difference(types, C_OP, OP)
    assert untold is not None
    assert untold.cause is None
