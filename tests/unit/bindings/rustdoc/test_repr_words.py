"""repr_words.py: the words of a type's `repr` (the Rust Reference, "Representations")."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.bindings.rustdoc.repr_words import (
    Kind,
    fixes_layout,
    is_generic,
    may_be_of_c,
    repr_words,
    words_on_layout,
)
from layoutcheck.bindings.rustdoc.surface import Surface, SurfaceType, read_surface

needs_rustc = pytest.mark.needs_rustc
SurfaceOf = Callable[[str], Surface]
Describe = Callable[[str], Path]


def only(surface: Surface) -> SurfaceType:
    """The surface's single type."""
    (type_,) = surface.types
    return type_


def structured(
    kind: str, int_: str | None = None, packed: int | None = None, align: int | None = None
) -> dict[str, Any]:
    """A `repr` as rustdoc writes it since format version 54."""
    return {"repr": {"kind": kind, "int": int_, "packed": packed, "align": align}}


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ([], ()),
        ([structured("c")], ("C",)),
        ([structured("rust")], ()),
        ([structured("transparent")], ("transparent",)),
        ([structured("c", packed=1)], ("C", "packed")),
        ([structured("c", packed=4)], ("C", "packed(4)")),
        ([structured("rust", align=16)], ("align(16)",)),
        ([structured("c", "u8", align=2)], ("C", "u8", "align(2)")),
        ([structured("rust", "isize")], ("isize",)),
        (["non_exhaustive", {"must_use": {"reason": None}}, structured("c")], ("C",)),
        ([{"other": "#[doc(hidden)]"}], ()),
        (["#[repr(C)]"], ("C",)),
        (["#[repr(C, packed(2))]"], ("C", "packed(2)")),
        (["#[repr( C , align( 8 ) )]"], ("C", "align(8)")),
        (["#[repr(packed(1))]"], ("packed",)),
        (["#[repr(C)]", "#[repr(u8)]"], ("C", "u8")),
        (["#[repr(\n    C,\n    align(4),\n)]"], ("C", "align(4)")),
        (["#[derive(Clone)]", '#[doc = "#[repr(C)]"]'], ()),
    ],
)
def test_the_words_of_attributes(attributes: list[Any], words: tuple[str, ...]) -> None:
    """Attributes are read in either form. `packed(1)` is `packed`."""
    assert repr_words(attributes) == words


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("struct", ("C",), True),
        ("struct", ("C", "packed"), True),
        ("union", ("C",), True),
        ("struct", ("transparent",), True),
        ("struct", ("packed",), False),
        ("struct", ("align(8)",), False),
        ("union", (), False),
        ("enum", ("u8",), True),
        ("enum", ("C",), True),
        ("enum", ("align(4)",), False),
        ("enum", ("u8", "align(4)"), True),
        ("enum", (), False),
    ],
)
def test_a_layout_that_is_fixed(kind: Kind, words: tuple[str, ...], *, expected: bool) -> None:
    """A layout is not fixed by `packed` and `align`: rustc orders the members ("Type layout")."""
    assert fixes_layout(kind, words) is expected


def test_words_that_say_something_of_a_layout() -> None:
    """`packed` and `align` change a layout without fixing it."""
    assert words_on_layout(("C", "packed(2)", "u8", "align(8)", "packed")) == (
        "packed(2)",
        "align(8)",
        "packed",
    )


LIFETIME = {"name": "'a", "kind": {"lifetime": {"outlives": []}}}
TYPE = {"name": "T", "kind": {"type": {"bounds": []}}}
CONST = {"name": "N", "kind": {"const": {"type": {"primitive": "usize"}}}}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [([], False), ([LIFETIME], False), ([TYPE], True), ([CONST], True), ([LIFETIME, TYPE], True)],
)
def test_a_type_with_parameters(parameters: list[Any], *, expected: bool) -> None:
    """A type with type or const parameters is generic. One with lifetimes is not."""
    assert is_generic({"generics": {"params": parameters}}) is expected


@pytest.mark.parametrize(
    ("kind", "fields", "parameters", "expected"),
    [
        ("struct", {"plain": {"fields": []}}, [], True),
        ("struct", {"plain": {"fields": []}}, [TYPE], False),
        ("struct", {"tuple": [1]}, [], False),
        ("struct", "unit", [], False),
        ("enum", {"plain": {}}, [], False),
    ],
)
def test_a_type_without_a_repr_that_may_be_of_c(
    kind: Kind, fields: object, parameters: list[Any], *, expected: bool
) -> None:
    """A struct without a `repr` may be C's if its fields have names."""
    body = {"kind": fields, "generics": {"params": parameters}}
    assert may_be_of_c(kind, body) is expected


def test_a_union_without_a_repr_may_be_of_c() -> None:
    """A union without a `repr` may be C's: its fields always have names."""
    assert may_be_of_c("union", {"generics": {"params": []}})
    assert not may_be_of_c("union", {"generics": {"params": [TYPE]}})


@needs_rustc
@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ("repr(C)", ("C",)),
        ("repr(transparent)", ("transparent",)),
        ("repr(packed)", ("packed",)),
        ("repr(C, packed)", ("C", "packed")),
        ("repr(C, packed(4))", ("C", "packed(4)")),
        ("repr(align(16))", ("align(16)",)),
        ("repr(C, align(8))", ("C", "align(8)")),
        ("repr(C)] #[repr(align(32))", ("C", "align(32)")),
        ("cfg_attr(all(), repr(C))", ("C",)),
    ],
)
def test_repr(surface_of: SurfaceOf, attribute: str, words: tuple[str, ...]) -> None:
    """Each way to fix a layout is found, and its words are kept."""
    type_ = only(surface_of(f"#[{attribute}] pub struct A {{ pub a: u8 }} pub struct Not(u8);"))
    assert (type_.rust_path, type_.kind, type_.repr) == ("sample::A", "struct", words)


@needs_rustc
def test_older_attributes(describe: Describe, tmp_path: Path) -> None:
    """A `repr` string of format 53 or older gives the same types."""
    path = describe(
        "#[repr(C, packed(2))] pub struct A { a: u32 } #[repr(transparent)] pub struct B(u8);"
        "#[repr(C, align(8))] pub struct C(u8); #[repr(u8)] pub enum D { X }"
    )
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    written = {
        "A": ["#[repr(C, packed(2))]"],
        "B": ["#[repr(transparent)]"],
        "C": ["#[attr = Cold]", "#[repr(C, align(8))]"],
        "D": ["#[repr(u8)]"],
    }
    for item in document["index"].values():
        item["attrs"] = written.get(item["name"], []) if item["crate_id"] == 0 else []
    older = tmp_path / "older.json"
    older.write_text(json.dumps({**document, "format_version": 53}), encoding="utf-8")
    new, old = read_surface(path), read_surface(older)
    assert [type_.repr for type_ in old.types] == [
        ("C", "packed(2)"),
        ("transparent",),
        ("C", "align(8)"),
    ]
    assert (old.types, old.enums) == (new.types, new.enums)
    assert old.format_version == 53


@needs_rustc
def test_generic(surface_of: SurfaceOf) -> None:
    """Type and const parameters make a type generic, lifetimes do not."""
    surface = surface_of(
        "#[repr(C)] pub struct T<X> { a: X } #[repr(C)] pub struct N<const M: usize>([u8; M]);"
        "#[repr(C)] pub struct L<'a> { a: &'a u8 }"
    )
    assert [t.generic for t in surface.types] == [True, True, False]
