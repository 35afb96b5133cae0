"""alias_names.py: one Rust type with several names is judged once."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.judge.alias_names import other_names
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import RecordLayout
from tests.layouts import F32, U32, record

HERE = SourceLocation(path="src/lib.rs", line=7)
RUST, C = record("k::s", ("x", U32)), record("s", ("x", U32))


def named(name: str, *, of: str | None = None, is_alias: bool = False) -> SurfaceType:
    """A type `k::name`, which may be another name of the type `of`."""
    return SurfaceType(
        rust_path=f"k::{name}",
        kind="struct",
        repr=("C",),
        generic=False,
        public_path=f"k::{name}",
        location=HERE,
        opaque=False,
        fields=("x",),
        of=of,
        is_alias=is_alias,
    )


DECLARED, USED, ALIAS = named("s"), named("t", of="k::s"), named("u", of="k::s", is_alias=True)


def needless(
    types: list[SurfaceType],
    c: dict[str, RecordLayout],
    known: dict[str, RecordLayout] | None = None,
) -> list[str]:
    """Return the types that need no verdict; all are one Rust record if nothing else is known."""
    rust = known or {type_.rust_path: RUST for type_ in types}
    return list(other_names(types, rust, c))


def test_one_c_record() -> None:
    """The declaration's name is kept, wherever it stands among the types."""
    c = dict.fromkeys(("k::s", "k::t", "k::u"), C)
    assert needless([USED, DECLARED, ALIAS], c) == ["k::t", "k::u"]
    assert needless([USED, ALIAS], c) == ["k::u"]
    assert needless([DECLARED], c) == []


def test_the_item_that_is_set_aside() -> None:
    """A skipped item has the reason, its place and its kind."""
    c = {"k::s": C, "k::u": C}
    found = other_names([DECLARED, ALIAS], {"k::s": RUST, "k::u": RUST}, c)["k::u"]
    assert (found.rust_path, found.why, found.rust_location, found.kind) == (
        "k::u",
        "another name",
        HERE,
        "alias",
    )


def test_several_c_records() -> None:
    """Each name that C has is judged, also a record of the same layout in another header."""
    other = record("t", ("x", F32))
    assert needless([DECLARED, USED], {"k::s": C, "k::t": other}) == []
    a, b = (replace(C, declared_at=SourceLocation(path=name, line=1)) for name in ("a.h", "b.h"))
    assert needless([DECLARED, USED], {"k::s": a, "k::t": b}) == []
    assert needless([DECLARED, USED], {"k::s": a, "k::t": replace(a, ref=9)}) == ["k::t"]


def test_a_typedef_with_an_alignment_of_its_own() -> None:
    """A typedef with an alignment of its own is another record of C's."""
    c = {"k::s": C, "k::t": replace(C, alignment=16)}
    assert needless([DECLARED, USED], c) == []


def test_names_that_c_lacks() -> None:
    """Names that C lacks need no verdict if another name has one. If none has one, all need it."""
    assert needless([DECLARED, USED, ALIAS], {"k::t": C}) == ["k::s", "k::u"]
    assert needless([DECLARED, USED], {}) == []


def test_instances_of_a_generic_type() -> None:
    """One name of debug information for two layouts is no other name."""
    known = {"k::s": RUST, "k::t": record("k::s", ("x", F32))}
    assert needless([DECLARED, USED], {"k::s": C, "k::t": C}, known) == []
    assert needless([DECLARED, USED], {"k::s": C}, known) == []


def test_types_that_rustc_has_not_described() -> None:
    """Types that rustc has not described may be names of anything, and each is judged."""
    assert needless([DECLARED, USED], {"k::s": C, "k::t": C}, {"k::s": RUST}) == []
