"""c_answers.py: C's declaration of a symbol that Rust links to."""

from __future__ import annotations

import pytest

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.judge.items.c_answers import Linked, SideOfC, find_linked
from layoutcheck.judge.items.names import item_candidates
from layoutcheck.model.layout import FunctionType, PointerType, Type
from layoutcheck.model.layout_set import Linkage
from tests.item_sides import item, manifest, side_of_c
from tests.layouts import I32
from tests.passed import function

F = item("function", "f")
CALL, OTHER = function(I32), function(result=I32)


def linked(asked: SurfaceItem, of_c: SideOfC) -> Linked:
    """Return C's side of an item, by the symbol and the names that it is asked for."""
    keys = [(one.key, one.name) for one in item_candidates(manifest(), [asked])]
    return find_linked(of_c, asked, keys)


def test_a_plain_function() -> None:
    """A plain function has its type, and no reason against linking."""
    assert linked(F, side_of_c([F], {"f": CALL})) == Linked(name="f", c=CALL)


def test_a_name_that_c_lacks() -> None:
    """A name that C lacks has no type and no reason."""
    assert linked(F, side_of_c([F])) == Linked(name="f", c=None)


@pytest.mark.parametrize(
    ("macros", "known", "reason"),
    [
        ({"f": "g"}, {"f": CALL}, "a macro for g"),
        ({"f": "f"}, {"f": CALL}, None),  # `#define f f` is the function
        ({"f": "f"}, {}, "a macro with arguments"),
        ({"f": "(1 + 2)"}, {}, "a macro for (1 + 2)"),
        ({"g": "f"}, {"f": CALL}, None),
    ],
)
def test_macros(macros: dict[str, str], known: dict[str, Type], reason: str | None) -> None:
    """A macro has no symbol, unless it expands to the function's own name."""
    assert linked(F, side_of_c([F], known, macros=macros)).no_symbol == reason


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("function", "a `static` function, of which each unit has its own"),
        ("static", "a `static` static, of which each unit has its own"),
    ],
)
def test_local_names(kind: str, words: str) -> None:
    """A local name has no symbol: each unit that includes the header has its own."""
    asked = item("function" if kind == "function" else "static", "f")
    type_ = CALL if kind == "function" else I32
    of_c = side_of_c([asked], {"f": type_}, linkage=Linkage(local=frozenset({"f"})))
    assert linked(asked, of_c).no_symbol == words


def test_bindgens_wrapper() -> None:
    """Bindgen's wrapper of a `static inline` function is linked."""
    asked = item("function", "imax", link_name="imax__extern")
    local = Linkage(local=frozenset({"imax"}))
    found = linked(asked, side_of_c([asked], {"imax": CALL}, linkage=local))
    assert (found.name, found.c, found.no_symbol, found.label) == ("imax", CALL, None, None)
    other = linked(asked, side_of_c([asked], {"imax": CALL}))
    assert (other.name, other.c, other.other) == ("imax__extern", None, "imax")


def test_another_label() -> None:
    """C's `__asm__` gives a name another symbol; the symbol itself is no label."""
    found = linked(F, side_of_c([F], {"f": CALL}, symbols={"f": "f2"}))
    assert (found.name, found.label, found.other) == ("f", "f2", None)
    asked = item("function", "f", link_name="f2")
    found = linked(asked, side_of_c([asked], {"f": CALL}, symbols={"f": "f2"}))
    assert (found.name, found.c, found.label, found.other) == ("f", CALL, None, None)


def test_another_function_of_the_name() -> None:
    """C has both the symbol that Rust links to, and a function of Rust's name."""
    asked = item("function", "f", link_name="g")
    found = linked(asked, side_of_c([asked], {"f": OTHER, "g": CALL}))
    assert (found.name, found.c, found.other) == ("g", CALL, "f")


@pytest.mark.parametrize(
    ("known", "macros", "local"),
    [
        ({"g": CALL, "f": I32}, {}, ()),  # a variable
        ({"g": CALL, "f": OTHER}, {"f": "h"}, ()),
        ({"g": CALL, "f": OTHER}, {}, ("f",)),
    ],
)
def test_no_other_function_of_the_name(
    known: dict[str, Type], macros: dict[str, str], local: tuple[str, ...]
) -> None:
    """Only a function with a symbol of its own can be the one of Rust's name."""
    asked = item("function", "f", link_name="g")
    of_c = side_of_c([asked], known, macros=macros, linkage=Linkage(local=frozenset(local)))
    assert linked(asked, of_c).other is None


def test_a_variable_of_each_thread() -> None:
    """A variable of each thread is known by its linkage."""
    asked = item("static", "errno")
    each = Linkage(of_thread=frozenset({"errno"}))
    assert linked(asked, side_of_c([asked], {"errno": I32}, linkage=each)).of_thread
    assert not linked(asked, side_of_c([asked], {"errno": I32})).of_thread


def test_parameters_in_registers() -> None:
    """A function with parameters in registers has another convention. A variable has none."""
    registers = Linkage(regparm=frozenset({"f"}))
    c = linked(F, side_of_c([F], {"f": CALL}, linkage=registers)).c
    assert isinstance(c, FunctionType)
    assert c.convention == "regparm"
    pointer = PointerType(byte_size=4, pointee=CALL)
    asked = item("static", "f")
    assert linked(asked, side_of_c([asked], {"f": pointer}, linkage=registers)).c == pointer


def test_keys_that_are_known() -> None:
    """A side knows a name by the kind that was asked for; an empty side knows none."""
    of_c = side_of_c([F], {"f": CALL})
    ((key, _),) = [(one.key, one.name) for one in item_candidates(manifest(), [F])]
    assert of_c.knows(key)
    assert not SideOfC.empty().knows(key)
