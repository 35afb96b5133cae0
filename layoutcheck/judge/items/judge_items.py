"""Judge a crate's constants, aliases and functions: both compilers' answers -> verdicts. Pure.

Each item of the crate gets exactly one result: a verdict, or the reason why it is skipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.bindings.rustdoc.items import INFERRED, SurfaceItem
from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.enum_variants import is_called, namesakes
from layoutcheck.judge.idioms import is_sizeless, see_through
from layoutcheck.judge.item_pairs import (
    AliasPair,
    ConstantPair,
    EnumPair,
    FunctionPair,
    StaticPair,
    spell_enum,
    spell_function,
    spell_value,
)
from layoutcheck.judge.items.c_answers import SideOfC, find_linked
from layoutcheck.judge.items.enum_values import owner_of
from layoutcheck.judge.items.names import (
    aside_of,
    names_in_c,
    owner_names,
    set_aside,
)
from layoutcheck.judge.items.verdicts import ItemVerdicts, Missing
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.walk import Edge
from layoutcheck.judge.walk.calls import is_rusts
from layoutcheck.manifest.reader import Manifest
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    TypedefType,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.model.layout_set import ConstantValue
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import SetAside, Verdict

__all__ = ["Missing", "judge_items"]

NAMELESS: Final = (
    "no other code can name what a function or constant declares, or an `impl` that is not of a "
    "type of the crate: declare it in a module"
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
    edges: dict[int, list[Edge]] | None = None,
) -> dict[int, Verdict | SetAside]:
    """Return the results for the `items` at the places `among`, by place.

    `types` knows the crate's records. `edges` receives the pairs of records that items lead to.
    """
    layouts = c.side.layouts
    types.walk.definitions.learn(layouts.definitions, layouts.objects.values())
    judge = _Judge(manifest, cell, c, rust, types=types, missing=missing)
    judge.learn_owners(items)
    found = {}
    for number in among:
        judge.edges = []
        found[number] = judge.judge(number, items[number])
        if edges is not None and judge.edges:
            edges[number] = judge.edges
    return found


class _Judge(ItemVerdicts):
    """Judge of the items of one cell."""

    def judge(self, number: int, item: SurfaceItem) -> Verdict | SetAside:
        aside = aside_of(item)
        if aside is not None:
            return aside
        names = names_in_c(self._manifest, item)
        keys = [(ProbeKey("item", number, rank), name) for rank, name in enumerate(names)]
        knows = [name for key, name in keys if self._c.knows(key)]
        # With a `link_name`, only the item's own name counts, not its symbol.
        has_name = bool(knows) if item.link_name is None else item.name in knows
        if item.is_renamed and not has_name:
            return set_aside(item, "another name")
        if item.kind == "constant":
            return self._constant(number, item, keys)
        if item.is_nameless or ProbeKey("item", number) in self._rust.refused:
            # An alias, an item of another crate or a definition need not be in C.
            if not knows and (item.kind == "alias" or item.is_foreign or item.is_defined):
                return self._undefined(item, keys)
            return self._unchecked(item, NAMELESS if item.is_nameless else self._refusal(number))
        if item.kind == "alias":
            return self._alias(number, item, keys)
        if item.kind == "enum":
            return self._enum(number, item, keys)
        return self._object(number, item, keys)

    def _constant(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]]
    ) -> Verdict | SetAside:
        constants = self._c.side.layouts.constants
        rust = self._rust.layouts.constants.get(ProbeKey("item", number))
        is_plain = rust is not None and _is_number(rust)
        found = self._enumerator(number, item)
        if found is None and item.is_own_value and not is_plain:
            return set_aside(item, "no plain value")
        known = ((constants[key], name) for key, name in keys if key in constants)
        found = found or next(known, None)
        if found is None and item.is_associated:
            # A name in an `impl` is local to it: C's constant of that name is something else.
            return set_aside(item, "not in C" if item.is_own_value else "associated")
        if found is None:
            unknown = self._without_c(item, keys)
            may_be_plain = is_plain or item.type != INFERRED or rust is None
            is_aside = isinstance(unknown, SetAside) and not may_be_plain
            return set_aside(item, "no plain value") if is_aside else unknown
        c, name = found
        if name in self._c.compilers:
            return set_aside(item, "not in C")  # another compiler defines it in another way
        if ProbeKey("item", number) in self._rust.refused:
            return self._unchecked(item, self._refusal(number), name)
        for side, constant in (("C", c), ("Rust", rust)):
            if constant is None:
                return self._unchecked(item, f"{side}'s compiler gave no value for it", name)
            if constant.value is None:
                reason = f"{side}'s value of type {spell(constant.type)} is no number or text: "
                reason += 'compare it by hand, or waive it (check = "indeterminate")'
                return self._unchecked(item, reason, name)
        assert rust is not None  # noqa: S101 - the loop has seen it
        pair = ConstantPair(c=c, rust=rust, is_text=item.type == "&str")
        said = spell_value(c), spell_value(rust)
        return self._compared(item, name, said, run_checks("constant", pair))

    def learn_owners(self, items: Sequence[SurfaceItem]) -> None:
        """Record the names of constants that are values of the type in whose `impl` they are."""
        self._values: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            if item.is_own_value:
                self._values[owner_of(item)].append(item.name)

    def _enumerator(self, number: int, item: SurfaceItem) -> tuple[ConstantValue, str] | None:
        """Return the enumerator that a constant in an `impl` stands for, if C has such an enum.

        The enumerator has the name of the constant. For a value of the type it is the namesake, as
        for a variant of an enum.
        """
        names = owner_names(self._manifest, item)
        keys = (ProbeKey("owner", number, rank) for rank in range(len(names)))
        types = (strip(self._c.side.layouts.objects.get(key)) for key in keys)
        c = next((one for one in types if isinstance(one, EnumType) and one.byte_size), None)
        if c is None:
            return None
        if item.is_own_value:
            meant = namesakes(c, item.alias, self._values[owner_of(item)]).get(item.name, ())
        else:
            meant = tuple(one for one in c.enumerators if one[0] == item.name)
        rust = self._rust.layouts.constants.get(ProbeKey("item", number))
        alike = (one for one in meant if rust is not None and one[1] == rust.value)
        name, value = next(alike, next(iter(meant), (None, 0)))
        return None if name is None else (ConstantValue(type=c, value=value), name)

    def _refusal(self, number: int) -> str:
        return f"rustc: {self._rust.refused[ProbeKey('item', number)]}"

    def _enum(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]]
    ) -> Verdict | SetAside:
        objects = self._c.side.layouts.objects
        # clang takes an undefined enum for a forward declaration, which has no size.
        known = ((objects[key], name) for key, name in keys if key in objects)
        c, name = next((pair for pair in known if byte_size_of(pair[0])), (None, ""))
        rust = strip(self._rust.layouts.objects.get(ProbeKey("item", number)))
        if c is None and isinstance(rust, EnumType):
            return self._variants(number, item, rust) or self._without_c(item, keys)
        if c is None:
            return self._without_c(item, keys)
        if item.is_renamed and is_called(strip(c), item.of):
            return set_aside(item, "another name")
        if not isinstance(rust, EnumType) and isinstance(see_through(rust), RecordLayout):
            return self._unchecked(item, "in Rust it carries data, which C's enums do not", name)
        if not isinstance(rust, EnumType):  # a newtype of a scalar
            return self._alias(number, item, keys)
        said, pair = (spell_enum(c), spell_enum(rust)), EnumPair(c=c, rust=rust)
        verdict = self._compared(item, name, said, run_checks("enum", pair))
        lacking = ", ".join(f"{name} = {value}" for name, value in pair.lacking())
        if not lacking or verdict.mismatches:
            return verdict
        return replace(verdict, reason=f"no variant for C's {lacking}: Rust must not meet it")

    def _variants(self, number: int, item: SurfaceItem, rust: EnumType) -> Verdict | None:
        """Return the verdict on an enum that C does not have, by C's constants of its variants.

        It is compared if more than half of its variants are constants in C. Otherwise only those
        variants are compared that are also names outside the enum, as C's constants are. Return
        None if there are none.
        """
        constants, known = self._c.side.layouts.constants, dict[str, int]()
        for rank, name in enumerate(item.variants):
            constant = constants.get(ProbeKey("variant", number, rank))
            if constant is not None and isinstance(constant.value, int):
                is_open = constant.value < 0 and not rust.signed
                known[name] = constant.value + (is_open << 8 * rust.byte_size)
        if 2 * len(known) <= len(item.variants):
            known = {name: value for name, value in known.items() if name in item.outside}
        if not known:
            return None
        c = replace(rust, name=None, enumerators=tuple(known.items()))
        named = replace(rust, enumerators=tuple(e for e in rust.enumerators if e[0] in known))
        listed = ", ".join(f"{name} = {value}" for name, value in known.items())
        first, *others = known
        name = f"{first} and {len(others)} more constants" if others else first
        said = f"constants: {listed}", spell_enum(rust)
        return self._compared(item, name, said, run_checks("enum", EnumPair(c=c, rust=named)))

    def _alias(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]]
    ) -> Verdict | SetAside:
        """Judge an alias by its type; an opaque one stands only behind pointers and is skipped."""
        objects = self._c.side.layouts.objects
        key, name = next(((key, name) for key, name in keys if key in objects), (None, ""))
        rust = self._rust.layouts.objects.get(ProbeKey("item", number))
        if key is None:
            unknown = self._undefined(item, keys)
            is_opaque = is_sizeless(rust) and isinstance(unknown, Verdict)
            return set_aside(item, "opaque") if is_opaque else unknown
        if rust is None:
            return self._unchecked(item, "rustc gave no debug information for it", name)
        c = objects[key]
        if is_sizeless(c) or (is_sizeless(rust) and isinstance(strip(c), RecordLayout)):
            return set_aside(item, "opaque")
        if isinstance(c, TypedefType) and c.target is not None:
            c = c.target  # the type that the typedef stands for
        if isinstance(strip(c), FunctionType):
            c = PointerType(byte_size=byte_size_of(rust), pointee=c)
        pair = AliasPair(c=c, rust=rust, differences=self._differences(c, rust))
        return self._known(item, name, (spell(c), spell(rust)), pair)

    def _object(
        self, number: int, item: SurfaceItem, keys: Sequence[tuple[ProbeKey, str]]
    ) -> Verdict | SetAside:
        """Judge a function or a static by the symbol that it links to, and by its name."""
        symbol, rust = keys[0][1], self._rust.layouts.objects.get(ProbeKey("item", number))
        if rust is None:
            return self._unchecked(item, "rustc gave no debug information for it", symbol)
        linked = find_linked(self._c, item, keys)
        name, c, no_symbol, other = linked.name, linked.c, linked.no_symbol, linked.other
        if c is None and no_symbol is None and other is not None:
            return self._unchecked(item, f"C has {other}, and no header declares {name}", name)
        if c is None and no_symbol is None:
            # A function of Rust's own convention may belong to another Rust crate.
            is_own = item.is_defined or item.is_foreign or is_rusts(rust)
            return self._without_c(item, keys[:1], is_of_c=not is_own)
        if item.is_foreign and is_rusts(rust):
            return set_aside(item, "foreign")
        if item.is_defined and no_symbol is not None:
            reason = f"C has {no_symbol}: it does not link to what Rust defines"
            return self._unchecked(item, reason, name)
        function = c if isinstance(c, FunctionType) else None
        if item.kind == "function" and isinstance(rust, FunctionType):
            variable = c if function is None and no_symbol is None else None
            if isinstance(strip(variable), ArrayType):
                reason = f"C's {name} is an array, which may be of code: {spell(variable)}"
                return self._unchecked(item, reason, name)
            pair = FunctionPair(
                symbol=symbol,
                c=function,
                rust=rust,
                variable=None if variable is None else spell(variable),
                no_symbol=no_symbol,
                label=linked.label,
                other=other,
                differences=self._differences(function, rust),
            )
            of_c = spell_function(function) if function else pair.variable or no_symbol or ""
            said = of_c, spell_function(rust)
            return self._known(item, name, said, pair)
        if c is None or no_symbol is not None:
            return self._unchecked(item, no_symbol or "", name)
        static = StaticPair(
            c=c,
            rust=rust,
            symbol=symbol,
            label=linked.label,
            other=other,
            of_thread=(linked.of_thread, item.of_thread),
            differences=self._differences(c, rust),
        )
        said = spell(c), spell(rust)
        return self._known(item, name, said, static)


def _is_number(constant: ConstantValue) -> bool:
    return constant.value is not None and not isinstance(strip(constant.type), PointerType)
