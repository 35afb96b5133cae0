"""added_items.py: a crate's surface with the items that functions declare for themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.added_items import add_local_items
from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.location import SourceLocation


def surface_of(folder: Path, *listed: SurfaceItem, **files: str) -> Surface:
    """The surface of a crate `sample` with files in text, by the names of their modules."""
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.rs"
        path.write_text(text, encoding="utf-8")
        paths.append((path, "" if name == "lib" else f"sample::{name}"))
    return Surface(
        crate="sample",
        format_version=57,
        types=(),
        enums=(),
        items=listed,
        files=tuple(paths),
    )


def not_expanded() -> str:
    """Fail, because rustc would take seconds."""
    pytest.fail("nobody needs the expanded text")


def test_items_of_functions(tmp_path: Path) -> None:
    """Items of functions are found by the paths of the module, the function and the item."""
    surface = surface_of(
        tmp_path,
        lib='fn f() {\n extern "C" { fn a(); }\n}\n',
        m='fn g() { extern "C" {\n #[link_name = "other"]\n static B: u8; } }\n',
    )
    items = add_local_items(surface, {}, not_expanded).items
    assert [(item.kind, item.rust_path, item.public_path) for item in items] == [
        ("function", "sample::f::a", "sample::f::a"),
        ("static", "sample::m::g::B", "sample::m::g::B"),
    ]
    assert [str(item.location) for item in items] == [
        f"{tmp_path}/lib.rs:2",
        f"{tmp_path}/m.rs:3",
    ]
    assert [item.link_name for item in items] == [None, "other"]
    assert all(item.is_nameless and not item.is_defined for item in items)


def test_items_that_a_function_exports(tmp_path: Path) -> None:
    """Items that a function exports are definitions."""
    surface = surface_of(tmp_path, lib='const _: () = { #[no_mangle] extern "C" fn a() {} };')
    (item,) = add_local_items(surface, {}, not_expanded).items
    assert (item.rust_path, item.is_defined) == ("sample::a", True)


def test_they_stand_among_the_others_in_order(tmp_path: Path) -> None:
    """The order is that of file and line."""
    place = SourceLocation(path=f"{tmp_path}/lib.rs", line=2)
    listed = SurfaceItem(
        kind="constant", rust_path="sample::K", public_path="sample::K", location=place
    )
    one, other = (f'fn {f}() {{ extern "C" {{ fn {a}(); }} }}\n' for f, a in ("fa", "gb"))
    text = f"{one}pub const K: u8 = 1;\n{other}"
    items = add_local_items(surface_of(tmp_path, listed, lib=text), {}, not_expanded).items
    assert [item.rust_path for item in items] == ["sample::f::a", "sample::K", "sample::g::b"]


def test_a_surface_without_them_is_the_same(tmp_path: Path) -> None:
    """A surface without local items, or whose file cannot be read, is unchanged."""
    surface = surface_of(tmp_path, lib="pub fn f() {}")
    assert add_local_items(surface, {}, not_expanded) is surface
    (tmp_path / "lib.rs").write_bytes(b"\xff")
    assert add_local_items(surface, {}, not_expanded) is surface
    (tmp_path / "lib.rs").unlink()
    assert add_local_items(surface, {}, not_expanded) is surface


MACRO = 'macro_rules! m { ($n:ident) => { fn w() { extern "C" { fn $n(); } } } }\n'


def test_items_that_a_macro_makes(tmp_path: Path) -> None:
    """The expanded text has them; the line is the first with the name in their module."""
    surface = surface_of(tmp_path, lib=MACRO, m="// b is for\nm!(b);\n")
    expanded = 'mod m { fn w() { extern "C" { fn b(); } } } fn w() { extern "C" { fn c(); } }'
    items = add_local_items(surface, {}, lambda: expanded).items
    assert {item.rust_path: str(item.location) for item in items} == {
        "sample::m::w::b": f"{tmp_path}/m.rs:1",
        "sample::w::c": f"{tmp_path}/lib.rs",
    }


def test_an_item_that_the_text_shows_is_not_added_twice(tmp_path: Path) -> None:
    """An item in the text and in the expanded text is added once, with the line in the text."""
    surface = surface_of(tmp_path, lib=f'{MACRO}fn f() {{ extern "C" {{ fn a(); }} }}\n')
    items = add_local_items(surface, {}, lambda: 'fn f() { extern "C" { fn a(); } }').items
    assert [str(item.location) for item in items] == [f"{tmp_path}/lib.rs:2"]


def test_a_file_of_a_copy_is_shown_as_the_users(tmp_path: Path) -> None:
    """An item in a copied file is shown in the user's file."""
    surface = surface_of(tmp_path, lib='fn f() { extern "C" { fn a(); } }')
    (item,) = add_local_items(surface, {str(tmp_path): "/user"}, not_expanded).items
    assert str(item.location) == "/user/lib.rs:1"
