"""accessors.py: methods that may be accessors of bit-fields, and their verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.bindings.rustdoc.accessors import Method
from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.location import SourceLocation
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from layoutcheck.run.accessors import (
    Accessor,
    CompiledAccessors,
    compile_accessors,
    find_accessors,
    tell_accessors,
)
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.layouts import U32, record

GETTER, SETTER = Method(name="flag"), Method(name="set_flag", verb="writes", form="&mut self")
MAKER = Method(name="new", verb="makes", form="Self", parameters=("flag", "mode"))
TYPE = SurfaceType(
    rust_path="k::inner::s",
    kind="struct",
    repr=("C",),
    generic=False,
    public_path="k::s",
    location=SourceLocation(path="lib.rs", line=1),
    opaque=False,
    fields=("bits",),
    methods=(GETTER, SETTER),
)
RECORDS = {ProbeKey("type", 0): record("k::inner::s", ("bits", U32))}


def names(*types: SurfaceType, known: set[ProbeKey] | None = None) -> list[tuple[str, str]]:
    """The types and methods of accessors."""
    return [(one.type.rust_path, one.method.name) for one in find_accessors(types, known)]


def test_methods_that_may_be_accessors() -> None:
    """All methods of a type with a `repr` have a key."""
    other = replace(TYPE, rust_path="k::t", methods=(GETTER,))
    assert names(TYPE, other) == [
        ("k::inner::s", "flag"),
        ("k::inner::s", "set_flag"),
        ("k::t", "flag"),
    ]
    assert len({one.key for one in find_accessors([TYPE, other])}) == 3
    assert names(replace(TYPE, repr=()), replace(TYPE, generic=True)) == []


def test_types_that_rustc_refuses() -> None:
    """A type that rustc refuses has no accessors. A private one stays, with its reason."""
    private = replace(TYPE, rust_path="k::p", public_path=None)
    assert names(TYPE, TYPE, known={ProbeKey("type", 1)}) == names(TYPE)
    assert names(private, known=set()) == [("k::p", "flag"), ("k::p", "set_flag")]


def accessor(method: Method, type_: SurfaceType = TYPE) -> Accessor:
    """The only accessor of a type."""
    (found,) = find_accessors([replace(type_, methods=(method,))])
    return found


@pytest.mark.parametrize(
    ("method", "called"),
    [
        (GETTER, "<::k::s>::flag"),
        (replace(GETTER, name="type"), "<::k::s>::r#type"),
        (replace(SETTER, trait="k::Bits"), "<::k::s as ::k::Bits>::set_flag"),
        (MAKER, "<::k::s>::new"),
    ],
)
def test_calls(method: Method, called: str) -> None:
    """A method is called by the path that another crate can write."""
    _, line = accessor(method).question
    assert called in line


def told(
    *methods: Method, type_: SurfaceType = TYPE, refused: str | None = None
) -> list[BitAccess]:
    """Return the accesses of methods that were not compiled."""
    accessors = find_accessors([replace(type_, methods=methods)])
    words = {} if refused is None else {one.key: refused for one in accessors}
    compiled = CompiledAccessors(accessors=accessors, refused=words)
    found = tell_accessors(compiled, RECORDS)
    assert found.keys() <= {"k::inner::s"}
    return list(found.get("k::inner::s", ()))


def test_methods_that_cannot_be_called() -> None:
    """The reason is rustdoc's or rustc's message."""
    (unsafe,) = told(replace(GETTER, why_not="it takes two values"))
    assert (unsafe.name, unsafe.verb, unsafe.unknown) == ("flag", "reads", "it takes two values")
    assert not unsafe.is_plain
    (refused,) = told(SETTER, refused="it is unsafe")
    assert (refused.unknown, refused.is_plain) == ("rustc: it is unsafe", True)
    (private,) = told(GETTER, type_=replace(TYPE, public_path=None))
    assert private.unknown == "no other crate can name its type"


def test_constructors_that_cannot_be_called() -> None:
    """Each parameter, and the constructor's own name, may be a bit-field."""
    found = told(MAKER, refused="it is unsafe")
    assert [(one.name, one.verb, one.maker, one.unknown) for one in found] == [
        ("flag", "makes", "new", "rustc: it is unsafe"),
        ("mode", "makes", "new", "rustc: it is unsafe"),
        ("new", "reads", None, "it does not take the record"),
    ]
    assert not any(one.is_plain for one in found)
    own = told(replace(MAKER, name="flag"), refused="it is unsafe")
    assert [one.name for one in own] == ["flag", "mode"]


def test_values_with_rules() -> None:
    """Values of a type with rules may be only those that fit."""
    (enum,) = told(replace(SETTER, is_of_value=False), refused="x")
    assert not enum.is_of_value


def test_nothing_to_compile() -> None:
    """Without accessors no tool is searched for."""
    tools, target = Tools(pytest.fail, Stopwatch()), find_target("amd64")
    lost = find_accessors([replace(TYPE, methods=(replace(GETTER, why_not="x"),))])
    for accessors in ((), lost):
        compiled = compile_accessors(accessors, target, tools, crate_flags=())
        assert compiled == CompiledAccessors(accessors=accessors)
    assert tools.watch.seconds() == ()
