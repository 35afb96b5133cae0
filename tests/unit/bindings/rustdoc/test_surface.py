"""surface.py against the real rustdoc, and against JSON that rustdoc did not write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.surface import FORMAT_VERSIONS, Surface, SurfaceType, read_surface
from layoutcheck.errors import BindingsError
from layoutcheck.model.rust_versions import MINIMUM_RUST, dotted

SHELL = b'{"format_version": 57, "includes_private": true, "index": {}, "paths": {}, "root": 0}'
needs_rustc = pytest.mark.needs_rustc
SurfaceOf = Callable[[str], Surface]
Describe = Callable[[str], Path]


def only(surface: Surface) -> SurfaceType:
    """The surface's single type."""
    (type_,) = surface.types
    return type_


@needs_rustc
def test_unions_and_enums(surface_of: SurfaceOf) -> None:
    """A union is a type of the surface; enums with a `repr` stand apart, with their variants."""
    surface = surface_of(
        "#[repr(C)] pub union U { pub a: u8, b: u32 } #[repr(C)] pub enum E { X, Y }"
        " #[repr(u8)] pub enum E8 { Z } pub enum Plain { P }"
    )
    assert [(t.kind, t.fields) for t in surface.types] == [("union", ("a", "b"))]
    assert [(t.rust_path, t.repr, t.fields) for t in surface.enums] == [
        ("sample::E", ("C",), ("X", "Y")),
        ("sample::E8", ("u8",), ("Z",)),
    ]


@needs_rustc
def test_fields(surface_of: SurfaceOf) -> None:
    """Names in order of declaration, private ones too; digits for a tuple; none for a unit."""
    surface = surface_of(
        "#[repr(C)] pub struct A { pub z: u8, a: u8, pub r#type: u8 }"
        "#[repr(C)] pub struct T(pub u8, u16); #[repr(C)] pub struct N;"
    )
    assert [t.fields for t in surface.types] == [("z", "a", "type"), ("0", "1"), ()]


@needs_rustc
def test_without_repr(surface_of: SurfaceOf) -> None:
    """Public types with named fields may match C's, and have no fixed layout."""
    surface = surface_of(
        "pub struct A { pub a: u8 } pub union U { pub a: u8 } pub struct T(u8); pub struct N;"
        " struct P { a: u8 } pub struct G<X> { a: X } pub struct L<'a> { pub a: &'a u8 }"
        " #[repr(packed)] pub struct K(u8); #[repr(Rust)] pub struct R { pub a: u8 }"
    )
    assert [(t.name, t.repr) for t in surface.types] == [
        ("A", ()),
        ("U", ()),
        ("L", ()),
        ("K", ("packed",)),
        ("R", ()),
    ]
    assert surface.without_repr == {f"sample::{name}" for name in "AUTNPGLKR"}


@needs_rustc
@pytest.mark.parametrize(
    ("fields", "opaque"),
    [
        ("{ _data: [u8; 0], _m: core::marker::PhantomData<*mut u8> }", True),
        ("{ _data: [u8; 0], _m: PhantomData<(*mut u8, PhantomPinned)>, _p: PhantomPinned }", True),
        ("{ _data: [u8; NOTHING] }", False),
        ("{ _data: () }", True),
        ("{}", True),
        ("{ _data: [u8; 1] }", False),
        ("{ a: u8, _data: [u8; 0] }", False),
    ],
)
def test_opaque(surface_of: SurfaceOf, fields: str, *, opaque: bool) -> None:
    """A type is opaque if no field has a size for certain."""
    text = "use core::marker::{PhantomData, PhantomPinned}; const NOTHING: usize = 1;"
    assert only(surface_of(f"{text} #[repr(C)] pub struct O {fields}")).opaque is opaque


@needs_rustc
def test_places(describe: Describe, tmp_path: Path) -> None:
    """Types come in order of path and line; a macro's type stands where the macro is called."""
    path = describe(
        "\nmacro_rules! mk { ($n:ident) => {\n#[repr(C)] pub struct $n { a: u16 }\n} }\n"
        "#[repr(C)]\npub struct Later(u8);\npub mod m {\n#[repr(C)] pub struct Last(u8); }\nmk!(M);"
    )
    surface = read_surface(path, root=tmp_path)
    assert [(t.name, t.location.line) for t in surface.types] == [
        ("Later", 6),
        ("Last", 8),
        ("M", 9),
    ]
    assert {t.location.path for t in surface.types} == {str(tmp_path / "sample.rs")}
    for copy, shown in ((tmp_path / "sample.rs", "user.rs"), (tmp_path, "user")):
        renamed = read_surface(path, root=tmp_path, renamed={str(copy): shown})
        assert renamed.types[0].location.path == str(
            shown / (tmp_path / "sample.rs").relative_to(copy)
        )


@needs_rustc
def test_every_module_and_cfg(surface_of: SurfaceOf) -> None:
    """Private and hidden items are listed; items that `cfg` removes or functions hold are not."""
    surface = surface_of(
        "mod p { #[repr(C)] struct A(u8); } #[doc(hidden)] #[repr(C)] pub struct B(u8);"
        '#[cfg(feature = "no")] #[repr(C)] pub struct C(u8);'
        'pub fn f() { #[repr(C)] struct D(u8); } extern "C" { pub static E: u8; }'
    )
    assert [t.rust_path for t in surface.types] == ["sample::p::A", "sample::B"]


@needs_rustc
def test_many(surface_of: SurfaceOf) -> None:
    """A thousand structs with derived traits are each found once."""
    text = "\n".join(
        f"#[repr(C)] #[derive(Clone, Copy)] pub struct S{n} {{ pub a: u32 }}" for n in range(1000)
    )
    surface = surface_of(text)
    assert [t.name for t in surface.types] == [f"S{n}" for n in range(1000)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b'{"format_version": 57, "index": {', "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[1, 2]", "not what rustdoc writes"),
        (b'{"reason": "build-finished"}', "not what rustdoc writes"),
        (b'{"format_version": "57", "index": {}, "paths": {}, "root": 0}', "not what rustdoc"),
        (SHELL.replace(b"true", b"false"), "holds no private items"),
        (SHELL, "is not the rustdoc JSON that its format version 57 promises"),
        (SHELL.replace(b"{}", b"[]", 1), "is not the rustdoc JSON that its format version 57"),
    ],
)
def test_not_rustdoc(tmp_path: Path, content: bytes, message: str) -> None:
    """Another file than rustdoc's JSON is refused by name, with a hint."""
    path = tmp_path / "crate.json"
    path.write_bytes(content)
    with pytest.raises(BindingsError, match=message) as caught:
        read_surface(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is an error of ours."""
    with pytest.raises(BindingsError, match="No such file"):
        read_surface(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        (FORMAT_VERSIONS[0] - 1, f"Rust {dotted(MINIMUM_RUST)} or newer"),
        (FORMAT_VERSIONS[-1] + 1, "newer layoutcheck"),
    ],
)
def test_other_versions(tmp_path: Path, version: int, advice: str) -> None:
    """An unknown format is refused, because it may have another form."""
    path = tmp_path / "crate.json"
    document = {"format_version": version, "index": {}, "paths": {}, "root": 0}
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(
        BindingsError, match=rf"version {version}; layoutcheck reads 46 to {FORMAT_VERSIONS[-1]}\b"
    ) as caught:
        read_surface(path)
    assert advice in str(caught.value.hint)
