"""names.py: C names of items, and items that are skipped in any case."""

from __future__ import annotations

import pytest

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.judge.items.names import (
    aside_of,
    item_candidates,
    names_in_c,
    owner_names,
    set_aside,
)
from tests.item_sides import HERE, item, manifest

OWN = item("constant", "Mode::READ", is_associated=True, type="::k::Mode", alias="Mode")
PLAIN = item("constant", "Mode::BITS", is_associated=True, type="u32")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (item("constant", "MAXCPU"), ("MAXCPU",)),
        (item("constant", "r#type"), ("type",)),
        (item("constant", "type_"), ("type_", "type")),
        (item("constant", "vtype_VDIR", alias="vtype"), ("vtype_VDIR", "VDIR")),
        (item("constant", "proc_NEW", alias="proc__bindgen_ty_1"), ("proc_NEW", "NEW")),
        (item("constant", "_bindgen_ty_1_X", alias="_bindgen_ty_1"), ("_bindgen_ty_1_X", "X")),
        (item("constant", "_HZ"), ("_HZ",)),
        (item("constant", "_"), ("_",)),
        (OWN, ("READ",)),
        (PLAIN, ()),
        (item("enum", "uio_rw"), ("enum uio_rw", "uio_rw", "enum enum_uio_rw_uint8")),
        (
            item("alias", "pid_t"),
            ("pid_t", "struct pid_t", "union pid_t", "enum pid_t"),
        ),
        (
            item("alias", "struct_mtx"),
            (
                *("struct_mtx", "struct struct_mtx", "union struct_mtx", "enum struct_mtx"),
                "struct mtx",
            ),
        ),
        (
            item("alias", "proc_"),
            (
                *("proc_", "struct proc_", "union proc_", "enum proc_"),
                *("proc", "struct proc", "union proc", "enum proc"),
            ),
        ),
        (item("function", "panic"), ("panic",)),
        (item("function", "stat", link_name="stat@FBSD_1.0"), ("stat",)),
        (item("function", "r#yield", link_name="sched_yield"), ("sched_yield", "yield")),
        (item("function", "imax", link_name="imax__extern"), ("imax__extern", "imax")),
        (item("static", "hz"), ("hz",)),
        (item("static", "ticks_", link_name="ticks"), ("ticks", "ticks_")),
        (item("function", "handler", is_defined=True), ("handler",)),
        (
            item("function", "handler", is_defined=True, link_name="my_handler"),
            ("my_handler",),
        ),
    ],
)
def test_names(asked: SurfaceItem, names: tuple[str, ...]) -> None:
    """The likeliest name comes first: with its tag, without bindgen's marks, and by its symbol."""
    assert names_in_c(manifest(), asked) == names


def test_renamed_items() -> None:
    """The manifest's name is the only one. It may be that of a tag."""
    says = manifest(("RATE", "HZ"), ("k::Rw", "uio_rw"), ("k::Op", "enum op"))
    assert names_in_c(says, item("constant", "RATE")) == ("HZ",)
    assert names_in_c(says, item("enum", "Rw")) == ("uio_rw", "enum uio_rw")
    assert names_in_c(says, item("enum", "Op")) == ("enum op",)
    assert names_in_c(says, item("alias", "Rw")) == ("uio_rw",)


def test_the_type_around_a_constant() -> None:
    """The enum around a constant has the name of the `impl`'s type, or the manifest's."""
    assert owner_names(manifest(), OWN) == ("enum Mode", "Mode", "enum enum_Mode_uint8")
    assert owner_names(manifest(), PLAIN) == owner_names(manifest(), OWN)
    assert owner_names(manifest(("Mode", "uio_mode")), OWN) == ("uio_mode", "enum uio_mode")
    assert owner_names(manifest(), item("constant", "MAXCPU")) == ()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (item("constant", "MAXCPU"), None),
        (item("foreign", "*"), "foreign"),
        (item("alias", "List", generic=True, public_path=None), "generic"),
        (item("constant", "Mode::NEW", is_associated=True), "associated"),
        (OWN, None),
        (PLAIN, None),
        (item("alias", "hidden", public_path=None), "generic"),
        (item("foreign", "*", generic=True), "foreign"),
    ],
)
def test_items_that_are_set_aside(asked: SurfaceItem, why: str | None) -> None:
    """Items of other crates, generic items and items of no plain type are skipped unasked."""
    found = aside_of(asked)
    assert (None if found is None else found.why) == why
    assert bool(item_candidates(manifest(), [asked])) is (why is None)


def test_the_item_that_is_set_aside() -> None:
    """A skipped item has its path, place and kind. A definition has a kind of its own."""
    found = set_aside(item("function", "f", is_defined=True), "not in C")
    assert (found.rust_path, found.why, found.rust_location, found.kind) == (
        "k::f",
        "not in C",
        HERE,
        "definition",
    )


def test_candidates() -> None:
    """The enum of an `impl` comes before the constant, and variants after their enum."""
    items = [OWN, item("enum", "op", variants=("GET", "PUT")), item("foreign", "*")]
    found = item_candidates(manifest(), items)
    assert [(one.kind, one.item, one.name) for one in found] == [
        ("enum", 0, "enum Mode"),
        ("enum", 0, "Mode"),
        ("enum", 0, "enum enum_Mode_uint8"),
        ("constant", 0, "READ"),
        ("enum", 1, "enum op"),
        ("enum", 1, "op"),
        ("enum", 1, "enum enum_op_uint8"),
        ("constant", 1, "GET"),
        ("constant", 1, "PUT"),
    ]
    assert len({one.key for one in found}) == len(found)
