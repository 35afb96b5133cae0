"""enum_variants.py: variants with a wrong value, for any names of the two enums."""

from __future__ import annotations

import pytest

from layoutcheck.judge.enum_variants import EnumDifference, enum_differences, lacking, namesakes
from layoutcheck.model.layout import EnumType


def enum(text: str, name: str | None = None) -> EnumType:
    """Return an enum of four bytes from `A B=5 C`, counted as C does."""
    enumerators: list[tuple[str, int]] = []
    for word in text.split():
        item, _, value = word.partition("=")
        counted = enumerators[-1][1] + 1 if enumerators else 0
        enumerators.append((item, int(value) if value else counted))
    return EnumType(name=name, byte_size=4, signed=False, enumerators=tuple(enumerators))


def wrong(c: str, rust: str, *, tag: str | None = None, path: str | None = None) -> list[str]:
    """Return the variants that differ."""
    return [found.name for found in enum_differences(enum(c, tag), enum(rust, path))]


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        ("MOD_LOAD MOD_UNLOAD", "MOD_LOAD MOD_UNLOAD"),
        ("MOD_LOAD MOD_UNLOAD", "Load Unload"),
        ("MOD_LOAD MOD_UNLOAD MOD_QUIESCE", "Unload=1 Load=0"),
        ("A_SOME_NAME A_OTHER", "SomeName Other"),
        ("VNON VREG VDIR", "Non Reg Dir"),
        ("FOO_A FOO_B NUM_FOO", "A B"),
        ("P_A_X P_A_Y P_MAX", "X Y"),
        ("RED GREEN", "ColorRed ColorGreen"),
        ("X_NOT_READY X_READY", "NotReady Ready"),
        ("NOT_READY NOT_FOUND OK", "NotReady NotFound Ready=2"),
        ("X_RED X_GREEN", "Red Other"),
        ("R G B", "Red Green Blue"),
        ("FIRST=1 LAST=9", "Foo=1 Bar=9"),
        ("PRI_MIN PRI_LOW PRI_MAX", "Lowest Medium Highest"),
        ("A B FIRST=0", "A Other=1"),
        ("A_1=1 A1", "A1=2 A_1=1"),
    ],
)
def test_right(c: str, rust: str) -> None:
    """Variants pair by name, without prefix, underscores and case; or by value."""
    assert wrong(c, rust) == []


@pytest.mark.parametrize(
    ("c", "rust", "variants"),
    [
        ("ST_INACTIVE ST_ACTIVE", "Active Inactive", "Active Inactive"),
        ("ST_INACTIVE ST_ACTIVE", "Active", "Active"),
        ("S_START S_RESTART S_STOP", "Start=1 Stop=2", "Start"),
        ("E_RED_DOWN E_DOWN", "Down", "Down"),
        ("VNON VREG VDIR", "Non Dir Reg", "Dir Reg"),
        ("FOO_A FOO_B NUM_FOO", "B A", "B A"),
        ("P_A_X P_A_Y P_MAX", "Y X", "Y X"),
        ("t10_A t10_B t10_C", "A=2 B=1 C=0", "A C"),
        ("RED GREEN", "ColorGreen ColorRed", "ColorGreen ColorRed"),
        ("R G", "A B=5", "B"),
        ("R G B", "Blue Green Red", "Blue Red"),
        ("X_RED X_GREEN", "Red Other=5", "Other"),
        ("START RESTART STOP", "Start=1 Other=0", "Start Other"),
        ("DIR_UP DIR_DOWN", "Dwn=0 Up=1", "Dwn Up"),
    ],
)
def test_wrong(c: str, rust: str, variants: str) -> None:
    """A value that is another variant's, no variant's, or exchanged by name is wrong."""
    assert wrong(c, rust) == variants.split()


def test_the_enums_own_name_is_a_prefix() -> None:
    """The enum's own name is a prefix, by C's tag or by Rust's name."""
    assert wrong("colorRed=3", "Red=2", tag="color") == ["Red"]
    assert wrong("OnlyOne=3 NONE=0", "ThingNone=3", path="sample::Thing") == ["ThingNone"]
    assert wrong("X_ONLY=3", "Only=2") == ["Only"]


def test_in_words() -> None:
    """The words name every possible partner of a variant."""
    (found,) = enum_differences(enum("RED_UP RED_DOWN BLUE_UP BLUE_DOWN=7"), enum("Down"))
    assert found == EnumDifference(
        name="Down", value=0, expected=(("RED_DOWN", 1), ("BLUE_DOWN", 7))
    )
    assert found.c == "RED_DOWN = 1 or BLUE_DOWN = 7"
    (alien,) = enum_differences(enum("R G"), enum("Foo=9"))
    assert alien.c == "no enumerator Foo, and none of that value"


def test_what_rust_lacks() -> None:
    """A missing enumerator is found by value, because a value may have several names."""
    assert lacking(enum("A B LAST=1 C"), enum("A B")) == (("C", 2),)
    assert lacking(enum("A"), enum("Other=0")) == ()


def test_namesakes() -> None:
    """Namesakes are found by name alone; a name like no enumerator has none."""
    c = enum("EN_READ=1 EN_WRITE EN_MAX", "en")
    found = namesakes(c, "sample::en", ["READ", "en_write", "NONE", "READ_WRITE"])
    assert found == {"READ": (("EN_READ", 1),), "en_write": (("EN_WRITE", 2),)}
