"""What both compilers said of a crate's constants and `extern` items -> verdicts. Pure.

Each item of the crate ends up in exactly one place: a verdict, or set aside with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from layoutcheck.bindings.items import ItemKind, SurfaceItem
from layoutcheck.judge.c_items import SideOfC, find_linked
from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.comparer import Comparer
from layoutcheck.judge.item_names import aside_of, item_key, names_in_c, set_aside, variant_key
from layoutcheck.judge.item_pairs import (
    ConstantPair,
    EnumPair,
    FunctionPair,
    StaticPair,
    spell_enum,
    spell_function,
    spell_value,
)
from layoutcheck.judge.judging import Side
from layoutcheck.judge.walk import Difference, Edge, Place
from layoutcheck.layout import (
    EnumType,
    FunctionType,
    PointerType,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.layout_set import ConstantValue
from layoutcheck.manifest import Manifest
from layoutcheck.verdict import Kind, Mismatch, SetAside, Status, Verdict

__all__ = ["Missing", "judge_items"]

Missing: TypeAlias = Callable[[ItemKind, str], str | None]
"""Why clang does not know a name that a header defines; None if none does."""
_UNDECLARED: Final = "use of undeclared identifier "
_UNDECLARED_BY_ALL: Final = (
    'no header of this tree declares {}: correct its name, or waive it (check = "indeterminate")'
)


def judge_items(
    manifest: Manifest,
    cell: str,
    items: Sequence[SurfaceItem],
    *,
    c: SideOfC,
    rust: Side,
    types: Comparer,
    among: Iterable[int],
    missing: Missing,
    edges: list[Edge] | None = None,
) -> dict[int, Verdict | SetAside]:
    """What is found of the `items` at the places `among`, by place.

    `types` knows the crate's records; the pairs of records to which items lead go to `edges`.
    """
    types.walk.definitions.learn(c.side.layouts.definitions)
    judge = _Judge(manifest, cell, c, rust, types=types, missing=missing)
    judge.edges = edges if edges is not None else []
    return {number: judge.judge(number, items[number]) for number in among}


class _Judge:
    """One cell's judge."""

    def __init__(
        self,
        manifest: Manifest,
        cell: str,
        c: SideOfC,
        rust: Side,
        *,
        types: Comparer,
        missing: Missing,
    ) -> None:
        self._manifest, self._cell, self._c, self._rust = manifest, cell, c, rust
        self._types, self._missing = types, missing
        self.edges: list[Edge] = []

    def judge(self, number: int, item: SurfaceItem) -> Verdict | SetAside:
        aside = aside_of(item)
        if aside is not None:
            return aside
        names = names_in_c(self._manifest, item)
        keys = [(f"{number}_{rank}", name) for rank, name in enumerate(names)]
        if item.kind == "constant":
            return self._constant(number, item, keys)
        if item_key(number) in self._rust.refused:
            return self._unchecked(item, self._refusal(number))
        if item.kind == "enum":
            return self._enum(number, item, keys)
        return self._object(number, item, keys)

    def _constant(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[str, str]]
    ) -> Verdict | SetAside:
        constants = self._c.side.layouts.constants
        found = next(((key, name) for key, name in keys if key in constants), None)
        rust = self._rust.layouts.constants.get(str(number))
        if item.is_associated and (rust is None or not _is_number(rust)):
            return set_aside(item, "no plain value")
        if found is None:
            # A name in an `impl` is its own: what else has it in C is not meant.
            is_own = item.is_associated
            return set_aside(item, "not in C") if is_own else self._without_c(item, keys)
        key, name = found
        if name in self._c.compilers:
            return set_aside(item, "not in C")  # another compiler defines it in another way
        if item_key(number) in self._rust.refused:
            return self._unchecked(item, self._refusal(number), name)
        c = constants[key]
        for side, constant in (("C", c), ("Rust", rust)):
            if constant is None:
                return self._unchecked(item, f"{side}'s compiler gave no value for it", name)
            if constant.value is None:
                reason = f"{side}'s value of type {spell(constant.type)} is no number or text"
                return self._unchecked(item, reason, name)
        assert rust is not None  # noqa: S101 - the loop has seen it
        pair = ConstantPair(c=c, rust=rust, is_text=item.type == "&str")
        said = spell_value(c), spell_value(rust)
        return self._compared(item, name, said, run_checks("constant", pair))

    def _refusal(self, number: int) -> str:
        return f"rustc: {self._rust.refused[item_key(number)]}"

    def _enum(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[str, str]]
    ) -> Verdict | SetAside:
        objects = self._c.side.layouts.objects
        # To clang, an enum that nobody has defined is one that is yet to be.
        known = ((objects[key], name) for key, name in keys if key in objects)
        c, name = next((pair for pair in known if byte_size_of(pair[0])), (None, ""))
        rust = strip(self._rust.layouts.objects.get(str(number)))
        if c is None and isinstance(rust, EnumType):
            return self._variants(number, item, rust) or self._without_c(item, keys)
        if c is None:
            return self._without_c(item, keys)
        if not isinstance(rust, EnumType):
            return self._unchecked(item, "in Rust it carries data, which C's enums do not", name)
        said, pair = (spell_enum(c), spell_enum(rust)), EnumPair(c=c, rust=rust)
        verdict = self._compared(item, name, said, run_checks("enum", pair))
        lacking = ", ".join(f"{name} = {value}" for name, value in pair.lacking())
        if not lacking or verdict.mismatches:
            return verdict
        return replace(verdict, reason=f"no variant for C's {lacking}: Rust must not meet it")

    def _variants(self, number: int, item: SurfaceItem, rust: EnumType) -> Verdict | None:
        """An enum of which C has none: most of its variants are constants of C's, or it is none."""
        constants, known = self._c.side.layouts.constants, dict[str, int]()
        for rank, name in enumerate(item.variants):
            constant = constants.get(variant_key(number, rank))
            if constant is not None and isinstance(constant.value, int):
                is_open = constant.value < 0 and not rust.signed
                known[name] = constant.value + (is_open << 8 * rust.byte_size)
        if 2 * len(known) <= len(item.variants):
            return None
        c = replace(rust, name=None, enumerators=tuple(known.items()))
        named = replace(rust, enumerators=tuple(e for e in rust.enumerators if e[0] in known))
        listed = ", ".join(f"{name} = {value}" for name, value in known.items())
        first, *others = known
        name = f"{first} and {len(others)} more constants" if others else first
        said = f"constants: {listed}", spell_enum(rust)
        return self._compared(item, name, said, run_checks("enum", EnumPair(c=c, rust=named)))

    def _object(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[str, str]]
    ) -> Verdict | SetAside:
        """A function or a static, by the symbol that it links to and by the name that it has."""
        symbol, rust = keys[0][1], self._rust.layouts.objects.get(str(number))
        if rust is None:
            return self._unchecked(item, "rustc gave no debug information for it", symbol)
        linked = find_linked(self._c, item, keys)
        name, c, no_symbol, other = linked.name, linked.c, linked.no_symbol, linked.other
        if c is None and no_symbol is None and other is not None:
            return self._unchecked(item, f"C has {other}, and no header declares {name}", name)
        if c is None and no_symbol is None:
            # Of Rust's own convention it may be another Rust crate's.
            is_rusts = isinstance(rust, FunctionType) and rust.convention == "Rust"
            return self._without_c(item, keys[:1], is_of_c=not is_rusts)
        function = c if isinstance(c, FunctionType) else None
        if item.kind == "function" and isinstance(rust, FunctionType):
            if c is not None and function is None and no_symbol is None:
                return self._unchecked(item, f"C's {name} is no function: {spell(c)}", name)
            pair = FunctionPair(
                symbol=symbol,
                c=function,
                rust=rust,
                no_symbol=no_symbol,
                label=linked.label,
                other=other,
                differences=self._differences(function, rust),
            )
            said = spell_function(function) if function else no_symbol or "", spell_function(rust)
            return self._known(item, name, said, pair)
        if c is None or no_symbol is not None:
            return self._unchecked(item, no_symbol or "", name)
        if other is not None:
            return self._unchecked(item, f"C has {other} beside {name}, to which it links", name)
        variable = StaticPair(
            c=c,
            rust=rust,
            symbol=symbol,
            label=linked.label,
            of_thread=(linked.of_thread, item.of_thread),
            differences=self._differences(c, rust),
        )
        said = spell(c), spell(rust)
        return self._known(item, name, said, variable)

    def _differences(self, c: Type | None, rust: Type) -> tuple[Difference, ...]:
        """The differences of two functions, or variables, and of the records they lead to."""
        edges: list[Edge] = []
        if isinstance(c, FunctionType) and isinstance(rust, FunctionType):
            found = list(self._types.walk.functions(c, rust, edges.append))
        elif c is not None:
            found = list(self._types.walk.compare(c, rust, Place.OBJECT, edges.append))
        else:
            found = []
        self.edges += edges
        seen = {one.path for one in found if one.kind != "unknown"}
        for one in filter(None, map(self._types.outcome, edges)):
            if one.path not in seen:
                seen.add(one.path)
                found.append(one)
        return tuple(found)

    def _known(
        self, item: SurfaceItem, name: str, said: tuple[str, str], pair: FunctionPair | StaticPair
    ) -> Verdict:
        """As `_compared`, but where all that is known agrees, not if something is not known."""
        kind: Kind = "function" if isinstance(pair, FunctionPair) else "static"
        compared = self._compared(item, name, said, run_checks(kind, pair))
        unknown = "; ".join(_unknown(one) for one in pair.differences if one.kind == "unknown")
        if not unknown or compared.mismatches:
            return compared
        return self._unchecked(item, unknown, name)

    def _without_c(
        self, item: SurfaceItem, keys: Sequence[tuple[str, str]], *, is_of_c: bool = False
    ) -> Verdict | SetAside:
        """An item that clang did not accept: because of what it is in C, or it is nothing there.

        If it `is_of_c`, Rust says that C has it: that it is not found leaves it unchecked.
        """
        for key, name in keys:
            words = self._c.side.refused.get(key, "")
            expansion = self._c.macros.get(name)
            if expansion is not None:
                what = "an empty macro" if not expansion else f"the macro `{expansion}`"
                if expansion == name:
                    what = "a macro with arguments"
                return self._unchecked(item, f"C has {what}: {words}", name)
            if words and not words.startswith(f"{_UNDECLARED}'{name}'") and item.kind != "enum":
                return self._unchecked(item, f"clang: {words}", name)
        reasons = (self._missing(item.kind, name) for _, name in keys)
        reason = next(filter(None, reasons), None)
        if reason is not None:
            return self._unchecked(item, reason)
        if is_of_c:
            return self._unchecked(item, _UNDECLARED_BY_ALL.format(keys[0][1]))
        return set_aside(item, "not in C")

    def _compared(
        self, item: SurfaceItem, name: str, said: tuple[str, str], found: Iterator[Mismatch]
    ) -> Verdict:
        mismatches = tuple(found)
        return Verdict(
            cells=(self._cell,),
            kind=item.kind,
            c_name=name,
            rust_path=item.rust_path,
            status=Status.DIFFERS if mismatches else Status.AGREES,
            c_says=said[0],
            rust_says=said[1],
            rust_location=item.location,
            mismatches=mismatches,
        )

    def _unchecked(self, item: SurfaceItem, reason: str, name: str | None = None) -> Verdict:
        return Verdict(
            cells=(self._cell,),
            kind=item.kind,
            c_name=name,
            rust_path=item.rust_path,
            status=Status.INDETERMINATE,
            reason=reason,
            rust_location=item.location,
        )


def _is_number(constant: ConstantValue) -> bool:
    return constant.value is not None and not isinstance(strip(constant.type), PointerType)


def _unknown(one: Difference) -> str:
    if one.path is None:
        return one.c
    return f"{'the ' if one.path == 'result' else ''}{one.path} is {one.c}"
