"""Declarations of functions as values; and the mistakes in them, with equivalent changes.

The same mistakes are made in functions (`of_functions`) and in pointers to them (`of_pointers`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeAlias

from tests.mutation.declarations import Bindings, Field, Scalar

__all__ = ["ALIKE", "WRONG", "Mutated", "Signature", "parse_pointer", "parse_signature"]

OPTION: Final = "::core::option::Option<"
VOID: Final = "::core::ffi::c_void"
_POINTED: Final = re.compile(r'(?:unsafe )?extern "([\w-]+)" fn(\(.*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A function's parameters, its result (None: nothing), and its calling convention."""

    parameters: tuple[Field, ...]
    result: str | None = None
    is_variadic: bool = False
    convention: str = "C"

    def render(self) -> str:
        """Return the text after `fn` and the name."""
        written = [f"{parameter.name}: {parameter.type}" for parameter in self.parameters]
        written += ["..."] * self.is_variadic
        return f"({', '.join(written)})" + (f" -> {self.result}" if self.result else "")

    def render_pointer(self) -> str:
        """Return the type of a pointer to such a function, which may be null."""
        return f'{OPTION}unsafe extern "{self.convention}" fn{self.render()}>'

    def with_type(self, place: int, type_: str) -> Signature:
        """Return it with another type of a parameter, or at -1 of the result."""
        if place < 0:
            return replace(self, result=type_)
        changed = replace(self.parameters[place], type=type_)
        before, after = self.parameters[:place], self.parameters[place + 1 :]
        return replace(self, parameters=(*before, changed, *after))

    def without(self, place: int) -> Signature:
        """Return it with one parameter less."""
        return replace(self, parameters=self.parameters[:place] + self.parameters[place + 1 :])


Mutated: TypeAlias = tuple[Signature, tuple[str, ...]]
"""A changed signature, and its place: "parameter 1", "result", "count", "variadic", ..."""
_Maker: TypeAlias = Callable[[Bindings, Signature], Iterator[Mutated]]


def parse_signature(text: str, *, convention: str = "C") -> Signature:
    """Return the signature from the bracket before the parameters to the end of the result."""
    *parts, end = _split(text)
    parameters = []
    for part in parts:
        name, colon, type_ = part.partition(":")
        if colon and not name.startswith(":"):
            parameters.append(Field(name=name.strip(), type=type_.strip()))
        elif part != "...":
            parameters.append(Field(name=f"arg{len(parameters) + 1}", type=part))
    return Signature(
        parameters=tuple(parameters),
        result=end.removeprefix("->").strip() or None,
        is_variadic="..." in parts,
        convention=convention,
    )


def parse_pointer(type_: str) -> Signature | None:
    """Return the signature of a pointer to a function; None for another type."""
    inner = type_.removeprefix(OPTION).removesuffix(">").strip().removesuffix(",")
    found = _POINTED.fullmatch(inner) if type_.startswith(OPTION) else None
    return None if found is None else parse_signature(found[2], convention=found[1])


def _split(text: str) -> list[str]:
    """Return the text in the outermost brackets, split at commas; and the text after them."""
    parts, depth, start = [], 0, 1
    for place, letter in enumerate(text):
        opened = letter in "([<" or text[place : place + 2] == "{{"
        closed = letter in ")]" or (letter == ">" and text[place - 1] != "-")
        depth += opened - closed
        if (letter == "," and depth == 1) or (closed and depth == 0):
            parts.append(" ".join(text[start:place].split()))
            start = place + 1
        if closed and depth == 0:
            break
    return [*filter(None, parts), " ".join(text[start:].split())]


def _places(signature: Signature) -> Iterator[tuple[int, str, str]]:
    """Yield the parameters and the result: place, type, and their names in mismatches."""
    for place, parameter in enumerate(signature.parameters):
        yield place, parameter.type, f"parameter {place + 1}"
    if signature.result not in (None, "!"):
        yield -1, signature.result or "", "result"


def _scalars(
    bindings: Bindings, signature: Signature
) -> Iterator[tuple[int, Scalar, tuple[str, ...]]]:
    for place, type_, where in _places(signature):
        scalar = bindings.scalar(type_)
        if scalar is not None:
            yield place, scalar, (where,)


def _pointers(
    bindings: Bindings, signature: Signature
) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    """Yield the pointers: place, `*mut` or `*const`, the pointed-to type, and its name."""
    for place, type_, where in _places(signature):
        found = re.fullmatch(r"(\*mut|\*const) (.*)", bindings.resolve(type_))
        if found is not None:
            yield place, found[1], found[2], (where,)


def drop_first(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Drop the first parameter, so that all others move."""
    if signature.parameters:
        yield signature.without(0), ("count",)


def drop_last(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Drop the last parameter; the others stay."""
    if len(signature.parameters) > 1:
        yield signature.without(len(signature.parameters) - 1), ("count",)


def add_parameter(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Add a parameter at the end."""
    added = Field(name="mutant_added", type="u32")
    yield replace(signature, parameters=(*signature.parameters, added)), ("count",)


def swap_parameters(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Swap two neighbours that are passed differently."""
    for (one, first), (two, second) in pairwise(enumerate(signature.parameters)):
        sizes = [bindings.scalar(each.type) for each in (first, second)]
        shapes = [
            ("*", 0)
            if bindings.resolve(each.type).startswith("*")
            else (scalar.signed, scalar.byte_size)
            if scalar is not None and not scalar.enumerators and not scalar.is_char
            else None
            for each, scalar in zip((first, second), sizes, strict=True)
        ]
        if None not in shapes and shapes[0] != shapes[1]:
            swapped = signature.with_type(one, second.type).with_type(two, first.type)
            yield swapped, (f"parameter {one + 1}", f"parameter {two + 1}")


def widen(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Widen to the next width."""
    for place, scalar, where in _scalars(bindings, signature):
        wider = replace(scalar, byte_size=2 * scalar.byte_size)
        yield signature.with_type(place, wider.spell()), where


def narrow(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Narrow to half the width."""
    for place, scalar, where in _scalars(bindings, signature):
        if scalar.byte_size > 1:
            narrower = replace(scalar, byte_size=scalar.byte_size // 2)
            yield signature.with_type(place, narrower.spell()), where


def change_sign(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Change the sign of an integer that is neither a plain char nor an enum."""
    for place, scalar, where in _scalars(bindings, signature):
        if not scalar.is_char and not scalar.enumerators:
            other = replace(scalar, signed=not scalar.signed)
            yield signature.with_type(place, other.spell()), where


def integer_for_pointer(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use an integer as wide as the pointer."""
    for place, _, _, where in _pointers(bindings, signature):
        yield signature.with_type(place, "usize"), where


def pointer_for_integer(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use a pointer for an integer of any width."""
    for place, _, where in _scalars(bindings, signature):
        yield signature.with_type(place, f"*mut {VOID}"), where


def float_for_integer(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use a float, which is passed in another register."""
    for place, scalar, where in _scalars(bindings, signature):
        if scalar.byte_size in {4, 8}:
            yield signature.with_type(place, f"f{8 * scalar.byte_size}"), where


def other_pointee(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Point to an integer of another width or sign."""
    for place, star, pointee, where in _pointers(bindings, signature):
        scalar = bindings.scalar(pointee)
        if scalar is None or scalar.byte_size == 1 or scalar.enumerators:
            continue
        for other in (
            replace(scalar, byte_size=2 * scalar.byte_size),
            replace(scalar, signed=not scalar.signed),
        ):
            yield signature.with_type(place, f"{star} {other.spell()}"), where


def integer_pointee(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Point to an integer, although the record is larger."""
    for place, star, pointee, where in _pointers(bindings, signature):
        record = bindings.record(pointee)
        if record is not None and sum(f.type.startswith("*") for f in record.fields) > 1:
            yield signature.with_type(place, f"{star} u16"), where


def lose_result(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Remove the result."""
    if signature.result not in (None, "!"):
        yield replace(signature, result=None), ("result",)


def add_result(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Add a result, so that the register's content is used as one."""
    if signature.result is None:
        yield replace(signature, result="i32"), ("result",)


def lose_variadic(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Remove further arguments."""
    if signature.is_variadic:
        yield replace(signature, is_variadic=False), ("variadic",)


def add_variadic(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Allow further arguments, which C does not."""
    if signature.parameters and not signature.is_variadic:
        yield replace(signature, is_variadic=True), ("variadic",)


def lose_convention(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use Rust's own convention, which is not fixed."""
    if not signature.is_variadic:
        yield replace(signature, convention="Rust"), ("convention",)


def other_convention(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use another operating system's convention."""
    if not signature.is_variadic:
        yield replace(signature, convention="win64"), ("convention",)


def rename_parameters(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Rename the parameters, whose names are irrelevant."""
    renamed = (
        replace(parameter, name=f"mutant_{place}")
        for place, parameter in enumerate(signature.parameters)
    )
    if signature.parameters:
        yield replace(signature, parameters=tuple(renamed)), ()


def other_mutability(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use `*mut` for `*const`, or the reverse."""
    for place, star, pointee, _ in _pointers(bindings, signature):
        other = "*const" if star == "*mut" else "*mut"
        yield signature.with_type(place, f"{other} {pointee}"), ()


def other_name(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use `i32` for `c_int`, and for its aliases."""
    for place, scalar, _ in _scalars(bindings, signature):
        yield signature.with_type(place, scalar.spell()), ()


def pointer_to_anything(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Point to `c_void`, which leaves the pointed-to type open."""
    for place, star, _, _ in _pointers(bindings, signature):
        yield signature.with_type(place, f"{star} {VOID}"), ()


def pointer_with_a_niche(bindings: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use a pointer that is never null, except as `None`."""
    for place, _, pointee, _ in _pointers(bindings, signature):
        yield signature.with_type(place, f"{OPTION}::core::ptr::NonNull<{pointee}>>"), ()


def same_convention(_: Bindings, signature: Signature) -> Iterator[Mutated]:
    """Use other names of the convention on this target."""
    for convention in ("system", "C-unwind"):
        if not signature.is_variadic:
            yield replace(signature, convention=convention), ()


WRONG: Final[dict[str, _Maker]] = {
    "first parameter dropped": drop_first,
    "last parameter dropped": drop_last,
    "parameter added": add_parameter,
    "two parameters swapped": swap_parameters,
    "integer widened": widen,
    "integer narrowed": narrow,
    "sign of an integer changed": change_sign,
    "pointer to integer": integer_for_pointer,
    "integer to pointer": pointer_for_integer,
    "float for an integer": float_for_integer,
    "pointer to another integer": other_pointee,
    "pointer to an integer for one to a record": integer_pointee,
    "result lost": lose_result,
    "result added": add_result,
    "variadic lost": lose_variadic,
    "variadic added": add_variadic,
    'extern "C" lost': lose_convention,
    "another calling convention": other_convention,
}
ALIKE: Final[dict[str, _Maker]] = {
    "parameters renamed": rename_parameters,
    "*const for *mut": other_mutability,
    "another name for the same integer": other_name,
    "pointer to c_void": pointer_to_anything,
    "NonNull for a pointer": pointer_with_a_niche,
    "the same convention by another name": same_convention,
}
