"""judge_items.py: every item of the crate has a verdict, or is set aside with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

from layoutcheck.bindings.rustdoc.items import INFERRED, ItemKind, SurfaceItem
from layoutcheck.judge.items.judge_items import NAMELESS
from layoutcheck.model.layout import EnumType, FunctionType, Type, TypedefType
from layoutcheck.model.layout_set import ConstantValue, Linkage, Number
from layoutcheck.model.verdict import SetAside, Status, Verdict
from tests.item_sides import Known, item, judged, manifest, side_of_c, side_of_rust
from tests.layouts import CHAR, F32, I32, I64, PTR, U8, U32, array, record
from tests.passed import behind, function, to


def constant(value: Number | bytes | None, type_: Type = I32) -> ConstantValue:
    """A constant of some value."""
    return ConstantValue(type=type_, value=value)


def enum(name: str, byte_size: int = 4, **values: int) -> EnumType:
    """An enum of these enumerators."""
    return EnumType(name=name, byte_size=byte_size, signed=False, enumerators=tuple(values.items()))


NONE: Final[Mapping[str, str]] = MappingProxyType({})
BY_HAND: Final = 'compare it by hand, or waive it (check = "indeterminate")'


def only(
    asked: SurfaceItem, c: Known, rust: Known, *, lacking: Mapping[str, str] = NONE
) -> Verdict | SetAside:
    """Return the finding on one item."""
    (found,) = judged([asked], c, rust, lacking=lacking)
    return found


def verdict(found: Verdict | SetAside) -> Verdict:
    """It, which is no item that is set aside."""
    assert isinstance(found, Verdict)
    return found


def aside(found: Verdict | SetAside) -> str:
    """The reason why an item is set aside."""
    assert isinstance(found, SetAside)
    return found.why


class TestConstants:
    """Numbers and texts."""

    def test_agrees(self) -> None:
        """Both values are told, under C's name."""
        found = verdict(
            only(item("constant", "HZ"), {"HZ": constant(100)}, {"HZ": constant(100, U32)})
        )
        assert (found.status, found.c_name, found.rust_path) == (Status.AGREES, "HZ", "k::HZ")
        assert (found.c_says, found.rust_says) == ("100 (i32)", "100 (u32)")
        assert (found.cells, found.kind, found.reason) == (("amd64-GENERIC",), "constant", None)

    def test_differs(self) -> None:
        """The checks say in what."""
        found = verdict(only(item("constant", "HZ"), {"HZ": constant(100)}, {"HZ": constant(99)}))
        assert found.status is Status.DIFFERS
        assert [m.check_id for m in found.mismatches] == ["constant-value"]

    def test_a_text(self) -> None:
        """A `str` needs no NUL, as its type says."""
        c, rust = constant(b"a\0", array(CHAR, 2)), constant(b"a", array(U8, 1))
        for type_, status in (("&str", Status.AGREES), ("&[u8]", Status.DIFFERS)):
            found = only(item("constant", "NAME", type=type_), {"NAME": c}, {"NAME": rust})
            assert verdict(found).status is status

    def test_another_spelling(self) -> None:
        """The first name that C has is meant."""
        asked, rust = item("constant", "type_"), {"type_": constant(1)}
        assert verdict(only(asked, {"type": constant(1)}, rust)).c_name == "type"
        both = {"type": constant(1), "type_": constant(2)}
        found = verdict(only(asked, both, rust))
        assert (found.c_name, found.status) == ("type_", Status.DIFFERS)

    def test_not_in_c(self) -> None:
        """It is the crate's own, unless a header defines it where clang did not look."""
        asked, rust = item("constant", "OWN"), {"OWN": constant(1)}
        assert aside(only(asked, {}, rust)) == "not in C"
        found = verdict(only(asked, {}, rust, lacking={"OWN": "<a.h> defines it"}))
        assert (found.status, found.reason) == (Status.INDETERMINATE, "<a.h> defines it")
        assert found.c_name is None

    def test_a_macro_of_the_compiler(self) -> None:
        """Another compiler defines it in another way."""
        asked = item("constant", "__clang__")
        of_c = side_of_c([asked], {"__clang__": constant(1)}, compilers={"__clang__"})
        (found,) = judged([asked], of_c, {"__clang__": constant(1)})
        assert aside(found) == "not in C"

    @pytest.mark.parametrize(
        ("c", "rust", "reason"),
        [
            (
                constant(None, PTR),
                constant(1),
                f"C's value of type void * is no number or text: {BY_HAND}",
            ),
            (
                constant(1),
                constant(None, record("k::s", ("x", U32))),
                f"Rust's value of type k::s is no number or text: {BY_HAND}",
            ),
            (constant(1), None, "Rust's compiler gave no value for it"),
        ],
    )
    def test_no_value(self, c: ConstantValue, rust: ConstantValue | None, reason: str) -> None:
        """It cannot be checked, and the reason says whose value is missing."""
        known = {} if rust is None else {"K": rust}
        found = verdict(only(item("constant", "K"), {"K": c}, known))
        assert (found.status, found.reason, found.c_name) == (Status.INDETERMINATE, reason, "K")

    @pytest.mark.parametrize(
        ("type_", "value", "why"),
        [
            (INFERRED, constant(None, record("k::s", ("x", U32))), "no plain value"),
            (INFERRED, constant(8, PTR), "no plain value"),
            (INFERRED, constant(8), "not in C"),
            ("u32", constant(None), "not in C"),
        ],
    )
    def test_a_record(self, type_: str, value: ConstantValue, why: str) -> None:
        """A constant of no plain type that C lacks is no number that may have been meant."""
        assert aside(only(item("constant", "K", type=type_), {}, {"K": value})) == why

    def test_refused_by_rustc(self) -> None:
        """Its words are the reason."""
        asked = item("constant", "K")
        rust = side_of_rust([asked], {}, {"K": "attempt to divide by zero"})
        (found,) = judged([asked], {"K": constant(1)}, rust)
        assert verdict(found).reason == "rustc: attempt to divide by zero"


OWN = item("constant", "Mode::READ", is_associated=True, type="::k::Mode", alias="Mode")
PLAIN = item("constant", "Mode::M_READ", is_associated=True, type="u32")
C_MODE = enum("Mode", M_READ=1, M_WRITE=2)


class TestConstantsInAnImpl:
    """Values of a newtype, and others."""

    @pytest.mark.parametrize(("value", "status"), [(1, Status.AGREES), (2, Status.DIFFERS)])
    def test_a_value_of_the_type(self, value: int, status: Status) -> None:
        """The enumerator that is called like it counts."""
        found = verdict(only(OWN, {"enum Mode": C_MODE}, {"Mode::READ": constant(value)}))
        assert (found.c_name, found.c_says, found.status) == (
            "M_READ",
            "1 (enum Mode)",
            status,
        )

    def test_another_constant(self) -> None:
        """Only an enumerator of its very name is meant."""
        c, rust = {"enum Mode": C_MODE}, {"Mode::M_READ": constant(1)}
        assert verdict(only(PLAIN, c, rust)).status is Status.AGREES
        assert aside(only(PLAIN, {"enum Mode": enum("Mode", READ=1)}, rust)) == "associated"
        assert aside(only(PLAIN, {"M_READ": constant(1)}, rust)) == "associated"

    def test_a_value_that_c_lacks(self) -> None:
        """It is the crate's own; a global name of C's is meant all the same."""
        rust = {"Mode::READ": constant(1)}
        assert aside(only(OWN, {"enum Mode": enum("Mode", OTHER=5)}, rust)) == "not in C"
        found = verdict(only(OWN, {"READ": constant(3)}, rust))
        assert (found.c_name, found.status) == ("READ", Status.DIFFERS)

    def test_an_enum_without_a_size(self) -> None:
        """To clang it is one that is yet to be defined."""
        c = {"enum Mode": enum("Mode", 0, M_READ=1)}
        assert aside(only(OWN, c, {"Mode::READ": constant(1)})) == "not in C"

    def test_no_plain_value(self) -> None:
        """A pointer, or a record, stands for no enumerator, unless C has one of its name."""
        assert aside(only(OWN, {}, {"Mode::READ": constant(8, PTR)})) == "no plain value"
        found = verdict(only(OWN, {"enum Mode": C_MODE}, {"Mode::READ": constant(None, PTR)}))
        assert found.reason is not None
        assert found.reason.startswith("Rust's value of type void * is no number or text")

    def test_two_values_of_one_name(self) -> None:
        """One of several namesakes will do."""
        c = {"enum Mode": enum("Mode", A_READ=1, A_X=7, B_READ=2, B_X=8)}
        for value, status in ((1, Status.AGREES), (2, Status.AGREES), (3, Status.DIFFERS)):
            found = verdict(only(OWN, c, {"Mode::READ": constant(value)}))
            assert found.status is status


OP = item("enum", "op", variants=("Get", "Put"))
RUST_OP = enum("k::op", Get=0, Put=1)


class TestEnums:
    """Enums, and integers for them."""

    def test_agrees_and_differs(self) -> None:
        """By size and values; both sides are spelled out."""
        found = verdict(only(OP, {"enum op": enum("op", OP_GET=0, OP_PUT=1)}, {"op": RUST_OP}))
        assert (found.status, found.c_name) == (Status.AGREES, "enum op")
        assert found.c_says == "enum op, 4 bytes: OP_GET = 0, OP_PUT = 1"
        assert found.rust_says == "k::op, 4 bytes: Get = 0, Put = 1"
        wrong = verdict(only(OP, {"enum op": enum("op", 1, OP_GET=1, OP_PUT=0)}, {"op": RUST_OP}))
        assert [(m.check_id, m.member_path) for m in wrong.mismatches] == [
            *(("enum-size", None), ("enum-value", "Get")),
            ("enum-value", "Put"),
        ]

    def test_a_variant_that_rust_lacks(self) -> None:
        """The reason warns of it; where something differs it does not matter."""
        c = enum("op", OP_GET=0, OP_PUT=1, OP_END=2)
        found = verdict(only(OP, {"enum op": c}, {"op": RUST_OP}))
        assert found.status is Status.AGREES
        assert found.reason == "no variant for C's OP_END = 2: Rust must not meet it"
        wrong = verdict(only(OP, {"enum op": c}, {"op": enum("k::op", Get=5)}))
        assert (wrong.status, wrong.reason) == (Status.DIFFERS, None)

    def test_an_enum_with_data(self) -> None:
        """C's enums have none."""
        data = record("k::op", ("tag", U32), ("value", U32))
        found = verdict(only(OP, {"enum op": enum("op", OP_GET=0)}, {"op": data}))
        assert found.reason == "in Rust it carries data, which C's enums do not"

    def test_an_enum_that_c_only_declares(self) -> None:
        """It has no size, and nothing to compare."""
        assert aside(only(OP, {"enum op": enum("op", 0)}, {"op": RUST_OP})) == "not in C"

    def test_constants_of_cs(self) -> None:
        """An enum that C lacks stands for constants, if most of its variants are called so."""
        both = {"Get": constant(0), "Put": constant(1)}
        found = verdict(only(OP, both, {"op": RUST_OP}))
        assert (found.status, found.c_name) == (Status.AGREES, "Get and 1 more constants")
        assert found.c_says == "constants: Get = 0, Put = 1"
        wrong = verdict(only(OP, {**both, "Put": constant(2)}, {"op": RUST_OP}))
        assert [(m.check_id, m.member_path) for m in wrong.mismatches] == [("enum-value", "Put")]
        assert aside(only(OP, {"Get": constant(0)}, {"op": RUST_OP})) == "not in C"

    def test_variants_with_names_outside(self) -> None:
        """`pub use` makes them names as C's are: one is enough."""
        outside = item("enum", "op", variants=("Get", "Put"), outside=("Get",))
        found = verdict(only(outside, {"Get": constant(5)}, {"op": RUST_OP}))
        assert (found.c_name, found.status) == ("Get", Status.DIFFERS)

    def test_a_negative_constant(self) -> None:
        """An enum without a sign has its bits."""
        rust = enum("k::op", Get=0xFFFF_FFFF, Put=1)
        found = verdict(only(OP, {"Get": constant(-1), "Put": constant(1)}, {"op": rust}))
        assert found.status is Status.AGREES

    def test_another_name(self) -> None:
        """`pub use` of an enum under C's own name for it needs no second verdict."""
        items = [item("enum", "Op"), item("enum", "op", of="k::Op")]
        c = {"enum op": enum("op", OP_GET=0)}
        rust = {"Op": enum("k::Op", Get=0), "op": enum("k::Op", Get=0)}
        first, second = judged(items, c, rust)
        assert (aside(first), verdict(second).c_name) == ("not in C", "enum op")
        assert aside(only(item("enum", "other", of="k::Op"), c, rust and {})) == "another name"


class TestAliases:
    """Type aliases, by what they stand for."""

    PID = item("alias", "pid_t")

    def test_agrees_and_differs(self) -> None:
        """C's typedef is looked through once."""
        c = {"pid_t": TypedefType(name="pid_t", target=TypedefType(name="__pid_t", target=I32))}
        found = verdict(only(self.PID, c, {"pid_t": I32}))
        assert (found.status, found.c_says, found.rust_says) == (Status.AGREES, "__pid_t", "i32")
        wrong = verdict(only(self.PID, c, {"pid_t": I64}))
        assert [m.check_id for m in wrong.mismatches] == ["alias-type"]

    def test_a_function(self) -> None:
        """Rust has only pointers to functions."""
        c = {"pid_t": TypedefType(name="pid_t", target=function(I32))}
        assert verdict(only(self.PID, c, {"pid_t": to(function(I32))})).status is Status.AGREES
        found = verdict(only(self.PID, c, {"pid_t": to(function(F32))}))
        assert found.status is Status.DIFFERS

    @pytest.mark.parametrize(
        ("c", "rust"),
        [
            (behind("mtx", 0), behind("k::mtx", 0)),
            (record("mtx", ("x", U32)), behind("k::mtx", 0)),
            (behind("mtx", 0), U32),
        ],
    )
    def test_opaque(self, c: Type, rust: Type) -> None:
        """Nobody has a value of a type without a size."""
        assert aside(only(item("alias", "mtx"), {"struct mtx": c}, {"mtx": rust})) == "opaque"

    def test_unknown(self) -> None:
        """Not in C; or opaque, where a header only names it."""
        assert aside(only(self.PID, {}, {"pid_t": I32})) == "not in C"
        lacking = {"pid_t": "<a.h> defines it"}
        found = verdict(only(self.PID, {}, {"pid_t": I32}, lacking=lacking))
        assert found.reason == "<a.h> defines it"
        assert aside(only(self.PID, {}, {"pid_t": behind("k::p", 0)}, lacking=lacking)) == "opaque"

    def test_no_type_in_rust(self) -> None:
        """The reason says whose word is missing."""
        found = verdict(only(self.PID, {"pid_t": I32}, {}))
        assert (found.reason, found.c_name) == ("rustc gave no debug information for it", "pid_t")


class TestFunctionsAndStatics:
    """Names with symbols."""

    F, X = item("function", "f"), item("static", "x")

    def test_a_function(self) -> None:
        """Both types are spelled."""
        found = verdict(only(self.F, {"f": function(I32)}, {"f": function(I32)}))
        assert (found.status, found.c_says, found.rust_says) == (
            Status.AGREES,
            "void (i32)",
            "void (i32)",
        )
        wrong = verdict(only(self.F, {"f": function(I32)}, {"f": function(I64)}))
        assert [m.check_id for m in wrong.mismatches] == ["parameter-type"]

    def test_a_static(self) -> None:
        """Its type is compared as a variable's."""
        found = verdict(only(self.X, {"x": I32}, {"x": I32}))
        assert (found.status, found.kind, found.c_says) == (Status.AGREES, "static", "i32")
        wrong = verdict(only(self.X, {"x": I32}, {"x": I64}))
        assert [m.check_id for m in wrong.mismatches] == ["static-type"]

    def test_a_variable_for_a_function(self) -> None:
        """It is a mismatch; an array may be code that somebody calls."""
        found = verdict(only(self.F, {"f": I32}, {"f": function()}))
        assert [(m.check_id, m.c) for m in found.mismatches] == [
            ("function-symbol", "a variable: i32")
        ]
        array_ = verdict(only(self.F, {"f": array(CHAR, None)}, {"f": function()}))
        assert array_.reason == "C's f is an array, which may be of code: char[]"

    @pytest.mark.parametrize("kind", ["function", "static"])
    def test_a_name_that_no_header_declares(self, kind: ItemKind) -> None:
        """Rust says that C has it: that is no agreement."""
        rust: Type = function() if kind == "function" else I32
        found = verdict(only(item(kind, "f"), {}, {"f": rust}))
        assert found.reason == (
            "no header of this tree declares f: correct its name, or waive it "
            '(check = "indeterminate")'
        )

    @pytest.mark.parametrize(
        ("asked", "rust"),
        [
            (item("function", "f", is_defined=True), function()),
            (item("function", "f", is_foreign=True), function()),
            (item("function", "f"), function(convention="Rust")),
        ],
    )
    def test_functions_that_need_no_c(self, asked: SurfaceItem, rust: FunctionType) -> None:
        """Rust defines them, or another crate has them."""
        assert aside(only(asked, {}, {"f": rust})) == "not in C"

    def test_another_crates_function_of_rusts(self) -> None:
        """A function of Rust's own convention is no function of C's, whatever its name."""
        asked = item("function", "f", is_foreign=True)
        assert (
            aside(only(asked, {"f": function()}, {"f": function(convention="Rust")})) == "foreign"
        )

    def test_a_definition_without_a_symbol_in_c(self) -> None:
        """C never calls what Rust defines."""
        asked = item("function", "f", is_defined=True)
        of_c = side_of_c([asked], {"f": function()}, macros={"f": "g"})
        (found,) = judged([asked], of_c, {"f": function()})
        assert verdict(found).reason == "C has a macro for g: it does not link to what Rust defines"
        assert verdict(found).kind == "definition"

    def test_a_static_without_a_symbol(self) -> None:
        """C's reason is the verdict's; of a function it is a mismatch."""
        for asked, type_ in ((self.X, I32), (item("function", "x"), function())):
            c = side_of_c([asked], {"x": type_}, linkage=Linkage(local=frozenset({"x"})))
            found = verdict(judged([asked], c, {"x": type_})[0])
            words = f"a `static` {asked.kind}, of which each unit has its own"
            if asked is self.X:
                assert (found.status, found.reason) == (Status.INDETERMINATE, words)
            else:
                assert [m.c for m in found.mismatches] == [words]

    def test_another_symbol(self) -> None:
        """C has the name, and no header declares the symbol that Rust links to."""
        asked = item("function", "f", link_name="g")
        found = verdict(only(asked, {"f": function()}, {"f": function()}))
        assert (found.reason, found.c_name) == ("C has f, and no header declares g", "g")

    def test_no_type_in_rust(self) -> None:
        """The reason says whose word is missing."""
        found = verdict(only(self.F, {"f": function()}, {}))
        assert found.reason == "rustc gave no debug information for it"


class TestAllKinds:
    """Items of which rustc can say nothing, and other names."""

    @pytest.mark.parametrize("kind", ["alias", "function", "static", "enum"])
    def test_nameless(self, kind: ItemKind) -> None:
        """No probe can name it; an alias that C lacks may be of anything."""
        asked = item(kind, "f", is_nameless=True)
        found = only(asked, {}, {})
        if kind == "alias":
            assert aside(found) == "not in C"
        else:
            assert verdict(found).reason == NAMELESS
        assert verdict(only(asked, {"f": I32}, {})).reason == NAMELESS

    def test_refused_by_rustc(self) -> None:
        """Its words are the reason, if the item may be C's."""
        asked, foreign = item("function", "f"), item("function", "f", is_foreign=True)
        for one in (asked, foreign):
            rust = side_of_rust([one], {}, {"f": "it is private"})
            (found,) = judged([one], {"f": function()}, rust)
            assert verdict(found).reason == "rustc: it is private"
        assert (
            aside(judged([foreign], {}, side_of_rust([foreign], {}, {"f": "no"}))[0]) == "not in C"
        )

    @pytest.mark.parametrize("kind", ["constant", "function", "static", "enum", "alias"])
    def test_other_names(self, kind: ItemKind) -> None:
        """A `pub use` under a name that C lacks is judged under its own."""
        assert aside(only(item(kind, "f", of="k::g"), {}, {})) == "another name"

    def test_another_name_of_a_symbol(self) -> None:
        """C has the symbol; its name is another one's."""
        asked = item("function", "f", of="k::g", link_name="g")
        assert aside(only(asked, {"g": function()}, {"f": function()})) == "another name"
        found = only(asked, {"g": function(), "f": function()}, {"f": function()})
        assert isinstance(found, Verdict)

    def test_renamed_by_the_manifest(self) -> None:
        """Its name is C's only one."""
        asked, c = item("constant", "RATE"), {"HZ": constant(100), "RATE": constant(1)}
        (found,) = judged([asked], c, {"RATE": constant(100)}, says=manifest(("k::RATE", "HZ")))
        assert (verdict(found).c_name, verdict(found).status) == ("HZ", Status.AGREES)

    def test_each_item_once(self) -> None:
        """All of them, by their places."""
        items = [item("constant", "A"), item("foreign", "*"), item("function", "f")]
        found = judged(items, {"A": constant(1)}, {"A": constant(1)})
        assert [isinstance(one, Verdict) for one in found] == [True, False, True]
        assert aside(found[1]) == "foreign"
