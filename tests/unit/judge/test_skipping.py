"""skipping.py: types of the crate that are skipped, and the reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.accessors import Method
from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.judge.skipping import aside_of_type, is_declaration, member_names
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings, Manifest, Rename
from layoutcheck.model.layout import RecordLayout, Type
from tests.layouts import U8, U32, Bits, array, record

HERE = SourceLocation(path="src/lib.rs", line=7)
PLAIN = SurfaceType(
    rust_path="k::s",
    kind="struct",
    repr=("C",),
    generic=False,
    public_path="k::s",
    location=HERE,
    opaque=False,
    fields=("x",),
)
C = record("s", ("x", U32), ("y", U32))
SIZED, SIZELESS = record("k::s", ("x", U32)), record("k::s", ("x", array(U8, 0)))
NO_REPR = replace(PLAIN, repr=())


def manifest(**renames: str) -> Manifest:
    """A manifest that renames members of `s`."""
    told = tuple(Rename(rust="s", member=member, c=c) for member, c in renames.items())
    return Manifest(path=Path("layoutcheck.toml"), bindings=Bindings(path=Path()), renames=told)


def why(
    type_: SurfaceType,
    rust: RecordLayout | None = None,
    c: RecordLayout | None = None,
    **renames: str,
) -> str | None:
    """Return the reason why a type is skipped; None if it is judged."""
    known = {} if rust is None else {"k::s": rust}
    named = {} if c is None else {"k::s": ("struct s", c)}
    aside = aside_of_type(manifest(**renames), type_, known, named)
    return None if aside is None else aside.why


@pytest.mark.parametrize(
    ("type_", "rust", "c", "reason"),
    [
        (PLAIN, SIZED, C, None),
        (PLAIN, SIZED, None, None),  # it is unknown everywhere: that is a verdict
        (PLAIN, None, C, None),
        (PLAIN, SIZELESS, C, None),  # it is not called opaque
        (replace(PLAIN, generic=True), SIZED, C, "generic"),
        (replace(PLAIN, generic=True, opaque=True), SIZELESS, None, "generic"),
        (replace(PLAIN, opaque=True, fields=("_data",)), SIZELESS, C, "opaque"),
        (replace(PLAIN, opaque=True, fields=("_data",)), None, None, "opaque"),
        (replace(PLAIN, opaque=True, fields=("_data",)), SIZED, C, None),
        (replace(PLAIN, opaque=True), SIZELESS, C, None),  # C's x has a size
        (replace(PLAIN, opaque=True), SIZELESS, record("s", ("x", array(U32, 0))), "opaque"),
        (replace(PLAIN, is_foreign=True), SIZELESS, record("s", ("z", U32)), "opaque"),
        (replace(PLAIN, is_foreign=True), None, C, None),
        (replace(PLAIN, of="k::t"), SIZED, None, "another name"),
        (replace(PLAIN, of="k::t", is_alias=True), SIZED, None, "not in C"),
        (replace(PLAIN, of="k::t"), SIZED, C, None),
        (NO_REPR, SIZED, None, "not in C"),
        (replace(NO_REPR, generic=True), SIZED, None, "not in C"),
    ],
)
def test_reasons(
    type_: SurfaceType, rust: RecordLayout | None, c: RecordLayout | None, reason: str | None
) -> None:
    """The reasons are generics, opaque types, other names, and types that are not C's."""
    assert why(type_, rust, c) == reason


def test_the_item_that_is_set_aside() -> None:
    """A skipped item has the type's path, place and kind."""
    type_ = replace(PLAIN, generic=True, is_alias=True)
    aside = aside_of_type(manifest(), type_, {}, {})
    assert aside is not None
    assert (aside.rust_path, aside.rust_location, aside.kind) == ("k::s", HERE, "alias")


@pytest.mark.parametrize(
    ("field", "type_", "reason"),
    [("_address", U8, "opaque"), ("_address", U32, None), ("address", U8, None)],
)
def test_a_type_that_c_only_declares(field: str, type_: Type, reason: str | None) -> None:
    """A type of bindgen's one byte is a declaration, unless C has a record of the name."""
    rust, surface = record("k::s", (field, type_)), replace(PLAIN, fields=(field,))
    assert is_declaration(surface, rust) is (reason is not None)
    assert why(surface, rust) == reason
    assert why(surface, rust, C) is None
    assert not is_declaration(surface, None)


GETTER = Method(name="flag")
ANONYMOUS = record("s", ("x", U32), (None, record(None, ("in", U32), ("flag", Bits(U32, 1)))))


@pytest.mark.parametrize(
    ("fields", "methods", "reason"),
    [
        (("x",), (), None),
        (("x_", "in"), (), None),
        (("x", "z"), (), "not in C"),  # as many are unlike as alike
        (("x", "z", "in"), (), None),
        (("x", "_private"), (), None),
        (("_private",), (), "not in C"),
        (("__bindgen_anon_1", "z", "_bitfield_1"), (), None),
        (("z",), (GETTER, Method(name="in")), None),
        (("z",), (GETTER, replace(GETTER, name="own")), "not in C"),
        (("z",), (GETTER, replace(GETTER, name="in", verb="writes")), "not in C"),
        (("z",), (GETTER, replace(GETTER, name="in", why_not="it is unsafe")), "not in C"),
    ],
)
def test_names_of_fields(
    fields: tuple[str, ...], methods: tuple[Method, ...], reason: str | None
) -> None:
    """Without a `repr`, most fields and getters must have the names of C's members."""
    assert why(replace(NO_REPR, fields=fields, methods=methods), SIZED, ANONYMOUS) == reason


def test_renamed_fields() -> None:
    """A name that the manifest gives in C counts as C's."""
    type_ = replace(NO_REPR, fields=("first",))
    assert why(type_, SIZED, C) == "not in C"
    assert why(type_, SIZED, C, first="x") is None


def test_a_foreign_type() -> None:
    """A foreign type needs half its fields' names in C, since its own name is C's."""
    foreign = replace(NO_REPR, is_foreign=True, fields=())
    assert why(foreign, record("k::s", ("x", U32), ("z", U32)), C) is None
    assert why(foreign, record("k::s", ("x", U32), ("z", U32), ("w", U32)), C) == "not in C"
    assert why(foreign, None, C) is None


def test_names_of_members() -> None:
    """Names of members are the manifest's for one type, without entries of whole types."""
    renames = (
        Rename(rust="k::s", member="a", c="b"),
        Rename(rust="t", member="c", c="d"),
        Rename(rust="s", member=None, c="struct t"),
    )
    says = replace(manifest(), renames=renames)
    assert member_names(says, "k::s") == {"a": "b"}
    assert member_names(says, "k::t") == {"c": "d"}
    assert member_names(says, "k::other") == {}
