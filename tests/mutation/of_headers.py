"""Functions and variables that no header declares, that are static in C, or hidden in Rust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.mutation.kinds import ItemChange, Root, kind
from tests.mutation.of_functions import CHECKS, FunctionSite, StaticSite, declared, variable
from tests.mutation.signatures import Mutated, Signature, change_sign, drop_last, widen

__all__: list[str] = []

UNKNOWN = (Root(check="indeterminate", member="*"),)


@kind("function: of a name that no header declares", of="function", is_wrong=True)
def unknown_function(site: FunctionSite) -> Iterator[ItemChange]:
    """Rename to a function that no header declares, which is unchecked."""
    function = replace(site.function, name=f"mutant_{site.function.name}", symbol=None)
    text = declared(function, site.function.signature)
    yield ItemChange(subject=function.name, text=text, roots=UNKNOWN)


@kind("variable: of a name that no header declares", of="static", is_wrong=True)
def unknown_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Rename to a variable that no header declares, which is unchecked."""
    static = replace(site.static, name=f"mutant_{site.static.name}")
    yield ItemChange(subject=static.name, text=variable(static, static.type), roots=UNKNOWN)


# -- bindgen --wrap-static-fns ---------------------------------------------------------------------


def _wrapped(site: FunctionSite, signature: Signature, *roots: Root) -> ItemChange:
    attribute = f'#[link_name = "{site.function.name}__extern"]\n'
    text = declared(site.function, signature, attribute=attribute)
    return ItemChange(subject=site.function.name, text=text, roots=roots)


@kind("wrapper of a static function", of="inline", is_wrong=False)
def wrapped(site: FunctionSite) -> Iterator[ItemChange]:
    """Link a wrapper as `bindgen --wrap-static-fns` does."""
    yield _wrapped(site, site.function.signature)


@kind("wrapper of a static function, of another type", of="inline", is_wrong=True)
def wrongly_wrapped(site: FunctionSite) -> Iterator[ItemChange]:
    """Link a wrapper of a function that is static in C, with a wrong signature."""
    for make in (change_sign, widen, drop_last):
        for changed, places in make(site.bindings, site.function.signature):
            yield _wrapped(site, changed, *_roots(places))


# -- private items ---------------------------------------------------------------------------------


def _roots(places: tuple[str, ...]) -> Iterator[Root]:
    for place in places:
        yield CHECKS.get(place, Root(check="parameter-type", member=place))


def _hidden(site: FunctionSite, signature: Signature, *roots: Root) -> Iterator[ItemChange]:
    """Yield the function in a private module and in a private block, behind a safe wrapper."""
    name = site.function.name
    if signature.is_variadic or signature.result == "!":
        return
    passed = ", ".join(parameter.name for parameter in signature.parameters)
    inside = declared(site.function, signature)
    head = f"pub fn mutant_wrapper{signature.render()}"
    for block, path in (
        (f"mod mutant_private {{\nuse super::*;\n{inside}}}\n", f"mutant_private::{name}"),
        (inside.replace("pub fn", "fn"), name),
    ):
        text = f"{block}{head} {{ unsafe {{ {path}({passed}) }} }}\n"
        yield ItemChange(subject=name, text=text, roots=roots)


@kind("private function behind a wrapper", of="function", is_wrong=False)
def hidden(site: FunctionSite) -> Iterator[ItemChange]:
    """Hide a right function behind a safe wrapper, as hand-written crates do."""
    yield from _hidden(site, site.function.signature)


_MAKERS: tuple[Callable[..., Iterator[Mutated]], ...] = (change_sign, widen, drop_last)


@kind("private function behind a wrapper, of another type", of="function", is_wrong=True)
def wrongly_hidden(site: FunctionSite) -> Iterator[ItemChange]:
    """Hide a wrong function, which only the wrapper can call."""
    for make in _MAKERS:
        for changed, places in make(site.bindings, site.function.signature):
            yield from _hidden(site, changed, *_roots(places))


def _hidden_variable(site: StaticSite, type_: str, *roots: Root) -> ItemChange:
    text = f"mod mutant_private {{\nuse super::*;\n{variable(site.static, type_)}}}\n"
    path = f"&raw const mutant_private::{site.static.name}"
    text += f"pub fn mutant_wrapper() -> *const {type_} {{ unsafe {{ {path} }} }}\n"
    return ItemChange(subject=site.static.name, text=text, roots=roots)


@kind("private variable behind a wrapper", of="static", is_wrong=False)
def hidden_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Hide a right variable, whose address a function returns."""
    yield _hidden_variable(site, site.static.type)


@kind("private variable behind a wrapper, of another sign", of="static", is_wrong=True)
def wrongly_hidden_variable(site: StaticSite) -> Iterator[ItemChange]:
    """Hide a variable of the wrong sign; plain chars and enums are left out."""
    scalar = site.bindings.scalar(site.static.type)
    if scalar is not None and not scalar.is_char and not scalar.enumerators:
        other = replace(scalar, signed=not scalar.signed)
        root = Root(check="static-type", member=None)
        yield _hidden_variable(site, other.spell(), root)
