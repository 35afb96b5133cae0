"""Every type of the crate is in exactly one place, with the reason if it was not compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import Surface, SurfaceType
from layoutcheck.judge.judge_types import Side, TypeJudge, candidates_of, stale_names
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings, Manifest, Mask, Rename
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import SetAside, Status, Verdict
from tests.layouts import F32, I32, U8, U32, U64, array, record

HERE = SourceLocation(path="src/lib.rs", line=7)


def surface_type(
    name: str,
    *,
    generic: bool = False,
    opaque: bool = False,
    private: bool = False,
    fields: tuple[str, ...] = ("x",),
    words: tuple[str, ...] = ("C",),
) -> SurfaceType:
    """A type `k::name`."""
    return SurfaceType(
        rust_path=f"k::{name}",
        kind="struct",
        repr=words,
        generic=generic,
        public_path=None if private else f"k::{name}",
        location=HERE,
        opaque=opaque,
        fields=fields,
    )


def manifest(*, renames: tuple[Rename, ...] = (), opaque: tuple[str, ...] = ()) -> Manifest:
    """A manifest with the entries that matter here."""
    path = Path("layoutcheck.toml")
    return Manifest(path=path, bindings=Bindings(path=Path()), renames=renames, opaque=opaque)


def side(records: dict[ProbeKey, RecordLayout], refused: dict[ProbeKey, str] | None = None) -> Side:
    """Return the answers of one compiler."""
    layouts = LayoutSet(producer="test", records=MappingProxyType(records))
    return Side(layouts=layouts, refused=refused or {})


def judged(
    types: list[SurfaceType],
    c: dict[str, RecordLayout],
    rust: dict[str, RecordLayout],
    *,
    says: Manifest | None = None,
    refused: dict[ProbeKey, str] | None = None,
    left_out: tuple[str, ...] = (),
) -> tuple[dict[str, Verdict], dict[str, SetAside]]:
    """Return verdicts and skipped items, by path; `c` by C's spelling, `rust` by name."""
    says = says or manifest()
    keys = {name: key for _, key, name in candidates_of(says, types)}
    places = {type_.name: ProbeKey("type", number) for number, type_ in enumerate(types)}
    verdicts, aside = TypeJudge(
        says,
        "amd64-GENERIC",
        types,
        c=side({keys[name]: found for name, found in c.items()}),
        rust=side({places[name]: found for name, found in rust.items()}, refused),
        left_out=left_out,
        target=find_target("amd64"),
    ).judge()
    return {v.rust_path: v for v in verdicts}, {a.rust_path: a for a in aside}


def test_candidates() -> None:
    """Candidates are C's struct, union, typedef or enum of the name, or the manifest's name."""
    renames = (
        Rename(rust="k::Other", member=None, c="struct mtx"),
        Rename(rust="k::Other", member="x", c="y"),
    )
    types = [surface_type("Other"), surface_type("g", generic=True), surface_type("r#type")]
    found = candidates_of(manifest(renames=renames), types)
    assert found[0] == ("k::Other", ProbeKey("type", 0), "struct mtx")
    assert [(path, name) for path, _, name in found[1:4]] == [
        ("k::r#type", "struct type"),
        ("k::r#type", "union type"),
        ("k::r#type", "type"),
    ]
    assert len({key for _, key, _ in found}) == len(found)


def test_agrees_and_differs() -> None:
    """A type is compared with the first of its candidates that exists in C."""
    s = record("s", ("x", U32))
    verdicts, aside = judged(
        [surface_type("s"), surface_type("t")],
        {"struct s": s, "s": record("s", ("x", F32)), "t": record("t", ("x", U32))},
        {"s": record("k::s", ("x", U32)), "t": record("k::t", ("x", F32))},
    )
    assert (verdicts["k::s"].status, verdicts["k::s"].c_name) == (Status.AGREES, "struct s")
    assert (verdicts["k::t"].status, verdicts["k::t"].c_name) == (Status.DIFFERS, "t")
    assert verdicts["k::s"].rust_location == HERE
    assert verdicts["k::s"].paired == (("x", "x"),)
    assert aside == {}


def test_why_it_could_not_be_checked() -> None:
    """The reason is a missing C type, a missing Rust layout, privacy, or rustc's message."""
    types = [
        surface_type("no_c"),
        surface_type("no_rust"),
        surface_type("hidden", private=True),
        surface_type("refused"),
    ]
    verdicts, _ = judged(
        types,
        {
            "struct no_rust": record("no_rust", ("x", U32)),
            "struct hidden": record("hidden", ("x", U32)),
        },
        {"no_c": record("k::no_c", ("x", U32))},
        refused={ProbeKey("type", 3): "it does not want to"},
        left_out=("sys/gone.h",),
    )
    assert {verdict.status for verdict in verdicts.values()} == {Status.INDETERMINATE}
    reasons = {path.removeprefix("k::"): str(v.reason) for path, v in verdicts.items()}
    assert reasons["no_c"].startswith("the included headers do not define struct no_c")
    assert "<sys/gone.h> does not compile" in reasons["no_c"]
    assert reasons["no_rust"] == "rustc gave no debug information for it"
    assert reasons["hidden"].startswith("it is private")
    assert reasons["refused"] == "rustc: it does not want to"
    assert verdicts["k::no_c"].rust is not None
    assert verdicts["k::no_rust"].c is not None


def test_what_is_set_aside() -> None:
    """Generics and types without a size are skipped, but not opaque types with a size."""
    types = [
        surface_type("g", generic=True),
        surface_type("handle", opaque=True),
        surface_type("forward", fields=("_address",)),
        surface_type("sized", opaque=True),
    ]
    verdicts, aside = judged(
        types,
        {"struct sized": record("sized", ("x", U64))},
        {
            "handle": record("k::handle", ("_data", array(U8, 0))),
            "forward": record("k::forward", ("_address", U8)),
            "sized": record("k::sized", ("_data", array(U8, 8)), alignment=8),
        },
    )
    assert {path: item.why for path, item in aside.items()} == {
        "k::g": "generic",
        "k::handle": "opaque",
        "k::forward": "opaque",
    }
    assert {path: verdict.status for path, verdict in verdicts.items()} == {
        "k::sized": Status.AGREES
    }


def test_a_member_without_its_size_is_not_opaque() -> None:
    """A type is not opaque if C gives a size to its member without one."""
    c = {"struct s": record("s", ("data", U64))}
    rust = {"s": record("k::s", ("data", array(U8, 0)))}
    verdicts, aside = judged([surface_type("s", opaque=True, fields=("data",))], c, rust)
    assert not aside
    assert {m.check_id for m in verdicts["k::s"].mismatches if m.cause is None} == {"member-size"}
    verdicts, aside = judged([surface_type("s", opaque=True, fields=("_data",))], c, rust)
    assert aside["k::s"].why == "opaque"


@pytest.mark.parametrize(
    ("name", "fields", "renames", "is_meant"),
    [
        ("s", ("x", "y"), {}, True),
        ("s", ("x", "_pad"), {}, True),
        ("s", ("x", "y", "z"), {}, True),
        ("s", ("__bindgen_anon_1",), {}, True),
        ("s", ("_data",), {}, False),
        ("s", ("type_", "z", "__bindgen_anon_1"), {}, True),
        ("s", ("inner",), {}, True),
        ("s", ("x", "z"), {}, False),
        ("s", ("x", "z"), {"z": "y"}, True),
        ("s", ("z",), {}, False),
        ("s", (), {}, False),
        ("other", ("x", "y"), {}, False),
    ],
)
def test_a_type_without_repr(
    name: str, fields: tuple[str, ...], renames: dict[str, str], *, is_meant: bool
) -> None:
    """A type without a `repr` pairs with C's record of its name if most fields are C's members."""
    anonymous = record(None, ("inner", U32))
    members = (("x", U32), ("y", U32), ("type", U32), (None, anonymous))
    says = manifest(renames=tuple(Rename(rust="s", member=m, c=c) for m, c in renames.items()))
    type_ = surface_type(name, fields=fields, words=())
    keys = {c_name: key for _, key, c_name in candidates_of(says, [type_])}
    verdicts, aside = TypeJudge(
        says,
        "amd64-GENERIC",
        [type_],
        c=side({keys["struct s"]: record("s", *members)} if name == "s" else {}),
        rust=replace(
            side({ProbeKey("type", 0): record(f"k::{name}")}),
            reprs=Reprs(free=frozenset({f"k::{name}"})),
        ),
        left_out=(),
        target=find_target("amd64"),
    ).judge()
    roots = [m.check_id for v in verdicts for m in v.mismatches if m.cause is None]
    assert (roots == ["repr-missing"]) is is_meant
    assert [item.why for item in aside] == ([] if is_meant else ["not in C"])


def test_a_private_type_is_judged_where_a_public_one_holds_it() -> None:
    """A private type is judged inside a public one, with the C type of its name."""
    inner = record("k::inner", ("x", F32))
    verdicts, _ = judged(
        [surface_type("s"), surface_type("inner", private=True)],
        {
            "struct s": record("s", ("x", record("inner", ("x", I32)))),
            "struct inner": record("inner", ("x", I32)),
        },
        {"s": record("k::s", ("x", inner))},
    )
    assert verdicts["k::inner"].status is Status.DIFFERS
    assert verdicts["k::s"].status is Status.AGREES


def test_what_the_manifest_names_in_vain() -> None:
    """Renames of types and members, and masks, that the crate lacks are reported."""
    renames = [("s", None), ("s.x", "x"), ("s.gone", "gone"), ("ITEM", None), ("none", None)]
    masks = [
        Mask(record=record, field=field, member="x", mask=1, shift=0)
        for record in ("s", "none")
        for field in ("a", "b")
    ]
    told = tuple(
        Rename(rust=rust.partition(".")[0], member=member, c="c") for rust, member in renames
    )
    says = replace(manifest(renames=told, opaque=("s", "absent")), masks=tuple(masks))
    item = SurfaceItem(kind="constant", rust_path="k::ITEM", public_path="k::ITEM", location=HERE)
    surface = Surface(crate="k", format_version=57, types=(surface_type("s"),), items=(item,))
    assert list(stale_names(says, [surface])) == [
        "[rename]: the crate has no s.gone",
        "[rename]: the crate has no none",
        "[bits]: the crate has no none",
        "[opaque]: the crate has no absent",
    ]


def test_opaque_by_the_manifest() -> None:
    """Only size and alignment are compared of a type that the manifest calls opaque."""
    types = [surface_type("s")]
    c, rust = record("s", ("x", I32), ("y", F32)), record("k::s", ("z", array(U32, 2)))
    verdicts, _ = judged(types, {"struct s": c}, {"s": rust}, says=manifest(opaque=("s",)))
    assert verdicts["k::s"].status is Status.AGREES
    verdicts, _ = judged(types, {"struct s": c}, {"s": rust})
    assert verdicts["k::s"].status is Status.DIFFERS


LAYOUTS = st.sampled_from(
    [
        record("a", ("x", U32)),
        record("a", ("x", F32), ("y", U64)),
        record("a", ("x", array(U8, 0))),
        record("a", ("x", record("b", ("y", I32)))),
    ]
)


@st.composite
def crates(
    draw: st.DrawFn,
) -> tuple[list[SurfaceType], dict[str, RecordLayout], dict[str, RecordLayout]]:
    """Types of any kind, known to C, to Rust, to both or to none."""
    types = [
        surface_type(
            name,
            generic=draw(st.booleans()),
            opaque=draw(st.booleans()),
            private=draw(st.booleans()),
            fields=draw(st.sampled_from([("x",), ("_address",), ()])),
        )
        for name in draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
    ]
    c = {
        f"{draw(st.sampled_from(['struct ', 'union ', '']))}{type_.name}": draw(LAYOUTS)
        for type_ in types
        if not type_.generic and draw(st.booleans())
    }
    rust = {type_.name: draw(LAYOUTS) for type_ in types if draw(st.booleans())}
    return types, c, rust


@given(crates())
def test_every_type_is_in_one_place(
    crate: tuple[list[SurfaceType], dict[str, RecordLayout], dict[str, RecordLayout]],
) -> None:
    """Every type has a verdict or is skipped. A type that no compiler knows never agrees."""
    types, c, rust = crate
    verdicts, aside = judged(types, c, rust)
    assert verdicts.keys() | aside.keys() == {type_.rust_path for type_ in types}
    assert not verdicts.keys() & aside.keys()
    for verdict in verdicts.values():
        if verdict.status is Status.INDETERMINATE:
            assert verdict.reason
        else:
            assert verdict.c is not None
            assert verdict.rust is not None
