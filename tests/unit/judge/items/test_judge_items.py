"""judge_items.py: every item of the crate has a verdict, or is skipped with the reason."""

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
    """Return a finding that is a verdict, not a skipped item."""
    assert isinstance(found, Verdict)
    return found


def aside(found: Verdict | SetAside) -> str:
    """Return the reason why an item is skipped."""
    assert isinstance(found, SetAside)
    return found.why


class TestConstants:
    """Numbers and texts."""

    def test_agrees(self) -> None:
        """A verdict has both values, and C's name."""
        found = verdict(
            only(item("constant", "HZ"), {"HZ": constant(100)}, {"HZ": constant(100, U32)})
        )
        assert (found.status, found.c_name, found.rust_path) == (Status.AGREES, "HZ", "k::HZ")
        assert (found.c_says, found.rust_says) == ("100 (i32)", "100 (u32)")
        assert (found.cells, found.kind, found.reason) == (("amd64-GENERIC",), "constant", None)

    def test_differs(self) -> None:
        """The mismatch names the check."""
        found = verdict(only(item("constant", "HZ"), {"HZ": constant(100)}, {"HZ": constant(99)}))
        assert found.status is Status.DIFFERS
        assert [m.check_id for m in found.mismatches] == ["constant-value"]

    def test_a_text(self) -> None:
        """A `str` needs no NUL, but bytes do."""
        c, rust = constant(b"a\0", array(CHAR, 2)), constant(b"a", array(U8, 1))
        for type_, status in (("&str", Status.AGREES), ("&[u8]", Status.DIFFERS)):
            found = only(item("constant", "NAME", type=type_), {"NAME": c}, {"NAME": rust})
            assert verdict(found).status is status

    def test_another_spelling(self) -> None:
        """The first of the names that C has is taken."""
        asked, rust = item("constant", "type_"), {"type_": constant(1)}
        assert verdict(only(asked, {"type": constant(1)}, rust)).c_name == "type"
        both = {"type": constant(1), "type_": constant(2)}
        found = verdict(only(asked, both, rust))
        assert (found.c_name, found.status) == ("type_", Status.DIFFERS)

    def test_not_in_c(self) -> None:
        """A constant that C lacks is skipped. It is unchecked if a header defines it unread."""
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
        """A constant without a value is unchecked, with the side that lacks it in the reason."""
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
        """The reason is rustc's message."""
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
        """The enumerator of the constant's name is its namesake."""
        found = verdict(only(OWN, {"enum Mode": C_MODE}, {"Mode::READ": constant(value)}))
        assert (found.c_name, found.c_says, found.status) == (
            "M_READ",
            "1 (enum Mode)",
            status,
        )

    def test_another_constant(self) -> None:
        """A constant of another type is compared only with the enumerator of its exact name."""
        c, rust = {"enum Mode": C_MODE}, {"Mode::M_READ": constant(1)}
        assert verdict(only(PLAIN, c, rust)).status is Status.AGREES
        assert aside(only(PLAIN, {"enum Mode": enum("Mode", READ=1)}, rust)) == "associated"
        assert aside(only(PLAIN, {"M_READ": constant(1)}, rust)) == "associated"

    def test_a_value_that_c_lacks(self) -> None:
        """A value that C's enum lacks is the crate's own, unless C has a constant of its name."""
        rust = {"Mode::READ": constant(1)}
        assert aside(only(OWN, {"enum Mode": enum("Mode", OTHER=5)}, rust)) == "not in C"
        found = verdict(only(OWN, {"READ": constant(3)}, rust))
        assert (found.c_name, found.status) == ("READ", Status.DIFFERS)

    def test_an_enum_without_a_size(self) -> None:
        """An enum without a size is only declared, so its values are not compared."""
        c = {"enum Mode": enum("Mode", 0, M_READ=1)}
        assert aside(only(OWN, c, {"Mode::READ": constant(1)})) == "not in C"

    def test_no_plain_value(self) -> None:
        """A pointer, or a record, matches no enumerator, unless C has one of its name."""
        assert aside(only(OWN, {}, {"Mode::READ": constant(8, PTR)})) == "no plain value"
        found = verdict(only(OWN, {"enum Mode": C_MODE}, {"Mode::READ": constant(None, PTR)}))
        assert found.reason is not None
        assert found.reason.startswith("Rust's value of type void * is no number or text")

    def test_two_values_of_one_name(self) -> None:
        """The value of one of several namesakes is enough."""
        c = {"enum Mode": enum("Mode", A_READ=1, A_X=7, B_READ=2, B_X=8)}
        for value, status in ((1, Status.AGREES), (2, Status.AGREES), (3, Status.DIFFERS)):
            found = verdict(only(OWN, c, {"Mode::READ": constant(value)}))
            assert found.status is status


OP = item("enum", "op", variants=("Get", "Put"))
RUST_OP = enum("k::op", Get=0, Put=1)


class TestEnums:
    """Enums, and integers in place of them."""

    def test_agrees_and_differs(self) -> None:
        """Enums are compared by size and values. The verdict spells out both sides."""
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
        """The reason warns of a missing variant, unless a mismatch is found."""
        c = enum("op", OP_GET=0, OP_PUT=1, OP_END=2)
        found = verdict(only(OP, {"enum op": c}, {"op": RUST_OP}))
        assert found.status is Status.AGREES
        assert found.reason == "no variant for C's OP_END = 2: Rust must not meet it"
        wrong = verdict(only(OP, {"enum op": c}, {"op": enum("k::op", Get=5)}))
        assert (wrong.status, wrong.reason) == (Status.DIFFERS, None)

    def test_an_enum_with_data(self) -> None:
        """An enum with data has a reason: C's enums carry none."""
        data = record("k::op", ("tag", U32), ("value", U32))
        found = verdict(only(OP, {"enum op": enum("op", OP_GET=0)}, {"op": data}))
        assert found.reason == "in Rust it carries data, which C's enums do not"

    def test_an_enum_that_c_only_declares(self) -> None:
        """An enum that C only declares is skipped, because it has no size."""
        assert aside(only(OP, {"enum op": enum("op", 0)}, {"op": RUST_OP})) == "not in C"

    def test_constants_of_cs(self) -> None:
        """An enum that C lacks is compared with constants, if most variants have their names."""
        both = {"Get": constant(0), "Put": constant(1)}
        found = verdict(only(OP, both, {"op": RUST_OP}))
        assert (found.status, found.c_name) == (Status.AGREES, "Get and 1 more constants")
        assert found.c_says == "constants: Get = 0, Put = 1"
        wrong = verdict(only(OP, {**both, "Put": constant(2)}, {"op": RUST_OP}))
        assert [(m.check_id, m.member_path) for m in wrong.mismatches] == [("enum-value", "Put")]
        assert aside(only(OP, {"Get": constant(0)}, {"op": RUST_OP})) == "not in C"

    def test_variants_with_names_outside(self) -> None:
        """Variants named by `pub use` are compared with constants: one such name is enough."""
        outside = item("enum", "op", variants=("Get", "Put"), outside=("Get",))
        found = verdict(only(outside, {"Get": constant(5)}, {"op": RUST_OP}))
        assert (found.c_name, found.status) == ("Get", Status.DIFFERS)

    def test_a_negative_constant(self) -> None:
        """A negative constant agrees with an unsigned enum of the same bits."""
        rust = enum("k::op", Get=0xFFFF_FFFF, Put=1)
        found = verdict(only(OP, {"Get": constant(-1), "Put": constant(1)}, {"op": rust}))
        assert found.status is Status.AGREES

    def test_another_name(self) -> None:
        """A `pub use` of an enum under C's name is judged; under another name it is skipped."""
        items = [item("enum", "Op"), item("enum", "op", of="k::Op")]
        c = {"enum op": enum("op", OP_GET=0)}
        rust = {"Op": enum("k::Op", Get=0), "op": enum("k::Op", Get=0)}
        first, second = judged(items, c, rust)
        assert (aside(first), verdict(second).c_name) == ("not in C", "enum op")
        assert aside(only(item("enum", "other", of="k::Op"), c, rust and {})) == "another name"


class TestAliases:
    """Type aliases, by the types that they name."""

    PID = item("alias", "pid_t")

    def test_agrees_and_differs(self) -> None:
        """C's typedef is resolved once."""
        c = {"pid_t": TypedefType(name="pid_t", target=TypedefType(name="__pid_t", target=I32))}
        found = verdict(only(self.PID, c, {"pid_t": I32}))
        assert (found.status, found.c_says, found.rust_says) == (Status.AGREES, "__pid_t", "i32")
        wrong = verdict(only(self.PID, c, {"pid_t": I64}))
        assert [m.check_id for m in wrong.mismatches] == ["alias-type"]

    def test_a_function(self) -> None:
        """C's function type agrees with Rust's pointer to such a function."""
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
        """An alias of a type without a size is skipped as opaque."""
        assert aside(only(item("alias", "mtx"), {"struct mtx": c}, {"mtx": rust})) == "opaque"

    def test_unknown(self) -> None:
        """An alias that C lacks is skipped, unless a header defines it and it has a size."""
        assert aside(only(self.PID, {}, {"pid_t": I32})) == "not in C"
        lacking = {"pid_t": "<a.h> defines it"}
        found = verdict(only(self.PID, {}, {"pid_t": I32}, lacking=lacking))
        assert found.reason == "<a.h> defines it"
        assert aside(only(self.PID, {}, {"pid_t": behind("k::p", 0)}, lacking=lacking)) == "opaque"

    def test_no_type_in_rust(self) -> None:
        """The reason says which side lacks the type."""
        found = verdict(only(self.PID, {"pid_t": I32}, {}))
        assert (found.reason, found.c_name) == ("rustc gave no debug information for it", "pid_t")


class TestFunctionsAndStatics:
    """Functions and statics, which have symbols."""

    F, X = item("function", "f"), item("static", "x")

    def test_a_function(self) -> None:
        """The verdict spells both types."""
        found = verdict(only(self.F, {"f": function(I32)}, {"f": function(I32)}))
        assert (found.status, found.c_says, found.rust_says) == (
            Status.AGREES,
            "void (i32)",
            "void (i32)",
        )
        wrong = verdict(only(self.F, {"f": function(I32)}, {"f": function(I64)}))
        assert [m.check_id for m in wrong.mismatches] == ["parameter-type"]

    def test_a_static(self) -> None:
        """A static's type is compared as a variable's."""
        found = verdict(only(self.X, {"x": I32}, {"x": I32}))
        assert (found.status, found.kind, found.c_says) == (Status.AGREES, "static", "i32")
        wrong = verdict(only(self.X, {"x": I32}, {"x": I64}))
        assert [m.check_id for m in wrong.mismatches] == ["static-type"]

    def test_a_variable_for_a_function(self) -> None:
        """A variable for a function is a mismatch. An array has a reason: it may be code."""
        found = verdict(only(self.F, {"f": I32}, {"f": function()}))
        assert [(m.check_id, m.c) for m in found.mismatches] == [
            ("function-symbol", "a variable: i32")
        ]
        array_ = verdict(only(self.F, {"f": array(CHAR, None)}, {"f": function()}))
        assert array_.reason == "C's f is an array, which may be of code: char[]"

    @pytest.mark.parametrize("kind", ["function", "static"])
    def test_a_name_that_no_header_declares(self, kind: ItemKind) -> None:
        """A function or static that no header declares has a reason, and does not agree."""
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
        """A function that Rust or another crate defines is skipped if C lacks it."""
        assert aside(only(asked, {}, {"f": rust})) == "not in C"

    def test_another_crates_function_of_rusts(self) -> None:
        """A function of Rust's own convention is none of C's, even with C's name."""
        asked = item("function", "f", is_foreign=True)
        assert (
            aside(only(asked, {"f": function()}, {"f": function(convention="Rust")})) == "foreign"
        )

    def test_a_definition_without_a_symbol_in_c(self) -> None:
        """A definition without a symbol in C has a reason: C does not link to it."""
        asked = item("function", "f", is_defined=True)
        of_c = side_of_c([asked], {"f": function()}, macros={"f": "g"})
        (found,) = judged([asked], of_c, {"f": function()})
        assert verdict(found).reason == "C has a macro for g: it does not link to what Rust defines"
        assert verdict(found).kind == "definition"

    def test_a_static_without_a_symbol(self) -> None:
        """A static without a symbol is unchecked with C's reason. A function is a mismatch."""
        for asked, type_ in ((self.X, I32), (item("function", "x"), function())):
            c = side_of_c([asked], {"x": type_}, linkage=Linkage(local=frozenset({"x"})))
            found = verdict(judged([asked], c, {"x": type_})[0])
            words = f"a `static` {asked.kind}, of which each unit has its own"
            if asked is self.X:
                assert (found.status, found.reason) == (Status.INDETERMINATE, words)
            else:
                assert [m.c for m in found.mismatches] == [words]

    def test_another_symbol(self) -> None:
        """C has the name, but no header declares the symbol that Rust links to."""
        asked = item("function", "f", link_name="g")
        found = verdict(only(asked, {"f": function()}, {"f": function()}))
        assert (found.reason, found.c_name) == ("C has f, and no header declares g", "g")

    def test_no_type_in_rust(self) -> None:
        """The reason says which side lacks the type."""
        found = verdict(only(self.F, {"f": function()}, {}))
        assert found.reason == "rustc gave no debug information for it"


class TestAllKinds:
    """Items that rustc cannot describe, and other names."""

    @pytest.mark.parametrize("kind", ["alias", "function", "static", "enum"])
    def test_nameless(self, kind: ItemKind) -> None:
        """An item that no probe can name has a reason. An alias that C lacks is skipped."""
        asked = item(kind, "f", is_nameless=True)
        found = only(asked, {}, {})
        if kind == "alias":
            assert aside(found) == "not in C"
        else:
            assert verdict(found).reason == NAMELESS
        assert verdict(only(asked, {"f": I32}, {})).reason == NAMELESS

    def test_refused_by_rustc(self) -> None:
        """The reason is rustc's message, if the item may be C's."""
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
        """A `pub use` under a name that C lacks is skipped as another name."""
        assert aside(only(item(kind, "f", of="k::g"), {}, {})) == "another name"

    def test_another_name_of_a_symbol(self) -> None:
        """Another name of a symbol is skipped, unless C has that name."""
        asked = item("function", "f", of="k::g", link_name="g")
        assert aside(only(asked, {"g": function()}, {"f": function()})) == "another name"
        found = only(asked, {"g": function(), "f": function()}, {"f": function()})
        assert isinstance(found, Verdict)

    def test_renamed_by_the_manifest(self) -> None:
        """The manifest's name is the only C name of an item."""
        asked, c = item("constant", "RATE"), {"HZ": constant(100), "RATE": constant(1)}
        (found,) = judged([asked], c, {"RATE": constant(100)}, says=manifest(("k::RATE", "HZ")))
        assert (verdict(found).c_name, verdict(found).status) == ("HZ", Status.AGREES)

    def test_each_item_once(self) -> None:
        """Each item has one result, in the order of the items."""
        items = [item("constant", "A"), item("foreign", "*"), item("function", "f")]
        found = judged(items, {"A": constant(1)}, {"A": constant(1)})
        assert [isinstance(one, Verdict) for one in found] == [True, False, True]
        assert aside(found[1]) == "foreign"
