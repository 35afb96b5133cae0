"""Mistakes in functions and variables, and in pointers to functions that records hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tests.mutation.declarations import Bindings
from tests.mutation.items import Function, Static
from tests.mutation.judge import Facts
from tests.mutation.kinds import Change, ItemChange, Root, Site, kind
from tests.mutation.signatures import (
    ALIKE,
    WRONG,
    Mutated,
    Signature,
    parse_pointer,
)

__all__ = ["CHECKS", "STATIC", "FunctionSite", "StaticSite", "declared", "variable"]

CHECKS: Final = {
    "count": Root(check="parameter-count", member=None),
    "variadic": Root(check="function-variadic", member=None),
    "convention": Root(check="function-convention", member=None),
    "result": Root(check="result-type", member="result"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSite:
    """A function that is right; `others` are functions of as many parameters and more.

    `records` has rustc's facts of all records; `named` are those that are right and that C has
    names for.
    """

    bindings: Bindings
    records: Mapping[str, Facts]
    named: tuple[str, ...]
    function: Function
    others: tuple[Function, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticSite:
    """A variable that is right, and another one; records as of a function."""

    bindings: Bindings
    records: Mapping[str, Facts]
    named: tuple[str, ...]
    static: Static
    other: Static


def declared(function: Function, signature: Signature, *, attribute: str = "") -> str:
    """Return a function with a signature, as bindgen writes it; `attribute` replaces its own."""
    linked = f'#[link_name = "{function.symbol}"]\n' if function.symbol else ""
    return (
        f'unsafe extern "{signature.convention}" {{\n{attribute or linked}'
        f"pub fn {function.name}{signature.render()};\n}}\n"
    )


def _in_functions(site: FunctionSite, mutated: Iterator[Mutated]) -> Iterator[ItemChange]:
    for signature, places in mutated:
        roots = tuple(
            CHECKS.get(place, Root(check="parameter-type", member=place)) for place in places
        )
        text = declared(site.function, signature)
        yield ItemChange(subject=site.function.name, text=text, roots=roots)


def _in_members(site: Site, name: str) -> Iterator[Change]:
    make = (WRONG | ALIKE)[name]
    for index, field, c_name in site.fields():
        signature = parse_pointer(site.bindings.resolve(field.type))
        for changed, _ in make(site.bindings, signature) if signature is not None else ():
            record = site.record.with_type(index, changed.render_pointer())
            yield Change(record=record, roots=(Root(check="member-signature", member=c_name),))


def _add(name: str, *, is_wrong: bool) -> None:
    make = (WRONG | ALIKE)[name]

    @kind(f"function: {name}", of="function", is_wrong=is_wrong)
    def of_function(site: FunctionSite) -> Iterator[ItemChange]:
        return _in_functions(site, make(site.bindings, site.function.signature))

    @kind(f"pointer to a function: {name}", is_wrong=is_wrong)
    def of_member(site: Site) -> Iterator[Change]:
        return _in_members(site, name)


for _name in WRONG:
    _add(_name, is_wrong=True)
for _name in ALIKE:
    _add(_name, is_wrong=False)


@kind("function: linked as one of another type", of="function", is_wrong=True)
def link_unlike(site: FunctionSite) -> Iterator[ItemChange]:
    """Link the right declaration to a wrong symbol, which takes more parameters."""
    for other in site.others:
        if len(other.signature.parameters) != len(site.function.signature.parameters):
            yield _linked(site, other.symbol or other.name, CHECKS["count"], "*")


@kind("function: linked as one of the same type", of="function", is_wrong=True)
def link_alike(site: FunctionSite) -> Iterator[ItemChange]:
    """Link to another function of the same type; only the name is different."""
    for other in site.others:
        types = [p.type for p in other.signature.parameters]
        same = types == [p.type for p in site.function.signature.parameters]
        if same and other.signature.result == site.function.signature.result:
            yield _linked(site, other.symbol or other.name)


@kind("function: linked as what C does not have", of="function", is_wrong=True)
def link_nowhere(site: FunctionSite) -> Iterator[ItemChange]:
    """Link to a symbol that no header declares, so that the function is unchecked."""
    yield _linked(site, f"mutant_{site.function.name}", Root(check="indeterminate", member="*"))


def _linked(site: FunctionSite, symbol: str, *roots: Root | str) -> ItemChange:
    attribute = f'#[link_name = "{symbol}"]\n'
    text = declared(site.function, site.function.signature, attribute=attribute)
    expected = [Root(check="function-symbol", member=None)]
    expected = [root for root in roots if isinstance(root, Root)] or expected
    if "*" in roots:
        expected += [Root(check="*", member=None), Root(check="*", member="*")]
    return ItemChange(
        subject=site.function.name, text=text, roots=tuple(expected), every="*" not in roots
    )


@kind("function: link_name spelt out", of="function", is_wrong=False)
def link_same(site: FunctionSite) -> Iterator[ItemChange]:
    """Write the default link name, plain and in bindgen's form."""
    for mark in ("", r"\u{1}"):
        attribute = f'#[link_name = "{mark}{site.function.symbol or site.function.name}"]\n'
        text = declared(site.function, site.function.signature, attribute=attribute)
        yield ItemChange(subject=site.function.name, text=text)


@kind("function: safe to call", of="function", is_wrong=False)
def safe(site: FunctionSite) -> Iterator[ItemChange]:
    """Declare the function as safe to call, which is the crate's choice."""
    text = declared(site.function, site.function.signature).replace("pub fn", "pub safe fn")
    if not site.function.signature.is_variadic:
        yield ItemChange(subject=site.function.name, text=text)


STATIC: Final = (Root(check="static-type", member=None),)


def variable(static: Static, type_: str, *, attribute: str = "") -> str:
    """Return a variable of a type, as bindgen writes it."""
    mutable = "mut " * static.is_mutable
    declared = f"pub static {mutable}{static.name}: {type_};"
    return f'unsafe extern "C" {{\n{attribute}{declared}\n}}\n'


def _retyped(static: Static, type_: str) -> ItemChange:
    return ItemChange(subject=static.name, text=variable(static, type_), roots=STATIC)


@kind("variable: integer widened", of="static", is_wrong=True)
def wider_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Widen the integer, so that the bytes beside the variable are read, too."""
    scalar = site.bindings.scalar(site.static.type)
    if scalar is not None:
        wider = replace(scalar, byte_size=2 * scalar.byte_size)
        yield _retyped(site.static, wider.spell())


@kind("variable: integer narrowed", of="static", is_wrong=True)
def narrower_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Narrow the integer to half its width."""
    scalar = site.bindings.scalar(site.static.type)
    if scalar is not None and scalar.byte_size > 1:
        narrower = replace(scalar, byte_size=scalar.byte_size // 2)
        yield _retyped(site.static, narrower.spell())


@kind("variable: sign of an integer changed", of="static", is_wrong=True)
def signed_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Change the sign of an integer that is neither a plain char nor an enum."""
    scalar = site.bindings.scalar(site.static.type)
    if scalar is not None and not scalar.is_char and not scalar.enumerators:
        other = replace(scalar, signed=not scalar.signed)
        yield _retyped(site.static, other.spell())


@kind("variable: pointer for a value", of="static", is_wrong=True)
def pointer_for_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Use a pointer to the type, as if the variable held an address."""
    resolved = site.bindings.resolve(site.static.type)
    if not resolved.startswith(("*", "[", "::core::option")) and site.static.type != "*":
        yield _retyped(site.static, f"*mut {site.static.type}")


@kind("variable: integer for a pointer", of="static", is_wrong=True)
def integer_for_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Use an integer as wide as the pointer."""
    if site.bindings.resolve(site.static.type).startswith("*"):
        yield _retyped(site.static, "usize")


@kind("variable: array longer by one", of="static", is_wrong=True)
def longer_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Lengthen an array whose length is known in C."""
    array = site.bindings.array(site.static.type)
    if array is not None and array[1]:
        yield _retyped(site.static, f"[{array[0]}; {array[1] + 1}]")


@kind("variable: linked as another one", of="static", is_wrong=True)
def linked_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Link to another variable of the same type; C's of Rust's name is not compared."""
    attribute = f'#[link_name = "{site.other.name}"]\n'
    text = variable(site.static, site.other.type, attribute=attribute)
    roots = (Root(check="indeterminate", member="*"),)
    yield ItemChange(subject=site.static.name, text=text, roots=roots)


@kind("variable: mutable, or not", of="static", is_wrong=False)
def other_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Change the mutability, which is the crate's choice."""
    other = replace(site.static, is_mutable=not site.static.is_mutable)
    yield ItemChange(subject=site.static.name, text=variable(other, site.static.type))


@kind("variable: another name for the same integer", of="static", is_wrong=False)
def renamed_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Use another name of the type: `i32` for `c_int`."""
    scalar = site.bindings.scalar(site.static.type)
    if scalar is not None:
        text = variable(site.static, scalar.spell())
        yield ItemChange(subject=site.static.name, text=text)
