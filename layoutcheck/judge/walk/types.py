"""Two types at a place -> their differences, and the pairs of records that meet there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from layoutcheck.judge.enum_names import enum_differences
from layoutcheck.judge.idioms import (
    ANYTHING,
    is_bindgens_opaque,
    is_opaque,
    name_and_type,
    out_of_core,
    see_through,
    spellings,
    unwrapped,
)
from layoutcheck.judge.reprs import Reprs, path_of
from layoutcheck.judge.walk.calls import is_called_alike
from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.differences import (
    Difference,
    Edge,
    Place,
    RustFacts,
    type_difference,
    unknown,
)
from layoutcheck.judge.walk.registers import in_registers, is_plain
from layoutcheck.judge.walk.scalars import (
    dimensions,
    element_of,
    innermost,
    is_room,
    kind_of,
    scalar_words,
)
from layoutcheck.judge.walk.unfixed import find_unfixed
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.verdict import Cause

__all__ = ["TypeWalk", "pointed_function"]

NO_REPR: Final = "repr-missing"
"""The check that reports a type of no fixed layout."""
VA_LIST: Final = "va_list"
Emit: TypeAlias = Callable[[Edge], None]
"""Takes the pairs of records that a walk meets."""


def pointed_function(type_: Type | None) -> FunctionType | None:
    """Return the function that a pointer, or each of an array of pointers, points to."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    pointee = strip(inner.pointee) if isinstance(inner, PointerType) else None
    return pointee if isinstance(pointee, FunctionType) else None


class TypeWalk:
    """The walk over two types side by side, from wherever they meet.

    `has_x87`: a `long double` has 80 bits, whatever room it takes.
    """

    def __init__(
        self, definitions: Definitions, facts: RustFacts, *, has_x87: bool = False
    ) -> None:
        self.definitions, self._facts, self._has_x87 = definitions, facts, has_x87
        self._reprs = facts.reprs or Reprs()

    def compare(
        self, c: Type | None, rust: Type | None, place: Place, emit: Emit
    ) -> Iterator[Difference]:
        """Yield the first difference in type, one in layout that is not fixed, what is unknown.

        Members of different sizes are not compared: that is said elsewhere.
        """
        if place is Place.OBJECT:
            yield from self._object(c, rust, emit)
            return
        unfixed = self._unfixed(c, rust)
        if unfixed is not None:
            yield unfixed
            if place is Place.VALUE:
                return
        found = self._value if place is Place.VALUE else self._memory
        for one in found(c, rust, emit):
            if one.kind == "type":
                yield replace(one, c=f"{spell(c)} ({one.c})", rust=f"{spell(rust)} ({one.rust})")
            else:
                yield one

    def unfixed(self, c: RecordLayout, rust: RecordLayout) -> Difference | None:
        """Return the difference of layout alone, for two records that are compared elsewhere."""
        if rust.name in self._facts.told:
            return replace(self._no_repr(c, rust), cause=None)
        return self._unfixed(c, rust)

    def _unfixed(self, c: Type | None, rust: Type | None) -> Difference | None:
        """Return the difference that a type of no fixed layout makes, or that it may be one."""
        if self._facts.reprs is None:
            return None
        found = find_unfixed(c, rust, self._reprs, self.definitions)
        if found is None:
            return None
        if self._reprs.of(found) is None:
            return unknown(f"{spell(found)}, of which it is not known whether its layout is fixed")
        is_declared = path_of(found) in self._reprs.free
        if is_declared or byte_size_of(c) == byte_size_of(rust):
            return self._no_repr(c, found)
        return None

    def _no_repr(self, c: Type | None, rust: RecordLayout | EnumType) -> Difference:
        is_told = rust.name in self._facts.told
        return Difference(
            kind="repr",
            c=spell(c),
            rust=f"{spell(rust)}, which has no `repr(C)`",
            cause=Cause(check=NO_REPR, item=rust.name) if is_told else None,
        )

    def functions(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the differences of each parameter that both have, and of the result."""
        both = zip(c.parameters, rust.parameters, strict=False)
        pairs = [(f"parameter {n}", *pair) for n, pair in enumerate(both, 1)]
        for where, c_type, rust_type in (*pairs, ("result", c.result, rust.result)):
            here = partial(_at, where, emit)
            for one in self.compare(c_type, rust_type, Place.VALUE, here):
                yield replace(one, path=where)

    # -- a variable --------------------------------------------------------------------------------

    def _object(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Compare two variables; C's `x[]` says nothing of its length."""
        c_inner, inner = strip(c), strip(rust)
        sizes = byte_size_of(c), byte_size_of(rust)
        is_open = isinstance(c_inner, ArrayType) and not sizes[0]
        if isinstance(c_inner, ArrayType) and is_open and not isinstance(inner, ArrayType):
            yield from self._object(c_inner.element, rust, emit)
        elif _is_declared_only(c_inner):
            if not is_bindgens_opaque(inner):
                yield unknown(f"{spell(c)}, which the headers only declare")
        elif sizes[0] != sizes[1] and not is_open:
            words = f"{spell(c)} ({sizes[0]} bytes)", f"{spell(rust)} ({sizes[1]} bytes)"
            yield type_difference(*words)
        else:
            yield from self.compare(c, rust, Place.MEMBER, emit)

    # -- a value: what registers hold --------------------------------------------------------------

    def _value(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        c_inner, inner = strip(c), self._held(rust)
        if isinstance(c_inner, RecordLayout):
            yield from self._record_value(self.definitions.of_c(c_inner), inner, rust, emit)
        elif _is_declared_only(c_inner):
            yield unknown(f"{spell(c)}, which the headers only declare")
        elif _is_nothing(c_inner) or _is_nothing(inner):
            if not (_is_nothing(c_inner) and _is_nothing(inner)):
                yield type_difference(_presence(c_inner), _presence(inner))
        elif isinstance(c_inner, PointerType) and isinstance(inner, PointerType):
            yield from self._pointee(c_inner.pointee, inner.pointee, emit)
        elif byte_size_of(c) != byte_size_of(rust):
            yield type_difference(f"{byte_size_of(c)} bytes", f"{byte_size_of(rust)} bytes")
        elif not is_plain(c_inner, inner):
            yield in_registers(c, c_inner, inner)
        else:
            yield from self._scalars(c, rust, inner, place=Place.VALUE, emit=emit)

    def _record_value(
        self, c: RecordLayout, inner: Type | None, rust: Type | None, emit: Emit
    ) -> Iterator[Difference]:
        sizes = c.byte_size, byte_size_of(rust)
        if _is_declared_only(c):
            if not is_bindgens_opaque(inner):
                yield unknown(f"{spell(c)}, which the headers only declare")
        elif sizes[0] != sizes[1]:
            yield type_difference(f"{sizes[0]} bytes", f"{sizes[1]} bytes")
        elif isinstance(inner, RecordLayout):
            emit(Edge(c=c, rust=self.definitions.of_rust(inner), place=Place.VALUE))
        elif not ((c.name or "").endswith(VA_LIST) and is_opaque(rust)):
            yield type_difference(
                f"{c.kind} of {sizes[0]} bytes", f"{kind_of(inner)}, which is passed otherwise"
            )

    def _held(self, rust: Type | None) -> Type | None:
        """Return the type out of wrappers that are passed as what they wrap."""
        inner = strip(rust)
        while isinstance(inner, RecordLayout):
            whole = self.definitions.of_rust(inner)
            content = unwrapped(whole)
            if content is None or self._reprs.of(whole) != "transparent":
                break
            inner = strip(content.type)
        return inner

    # -- memory: bits ------------------------------------------------------------------------------

    def _memory(self, c_type: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        c = strip(c_type)
        element = element_of(c)
        if isinstance(element, RecordLayout):
            held = out_of_core(innermost(rust, element.byte_size))
            if isinstance(held, RecordLayout) and held.byte_size == element.byte_size:
                yield from self._records(
                    c, rust, Edge(c=element, rust=held, place=Place.OBJECT), emit
                )
                return
            if _is_declared_only(element) or _stands_for(c_type, rust):
                return
            if isinstance(c, RecordLayout) and self._is_a_variant(c, rust):
                return
        c, inner = see_through(c), see_through(rust)
        if isinstance(c, ArrayType) and isinstance(inner, ArrayType):
            yield from self._arrays(c, inner, emit)
        elif isinstance(c, ArrayType) and byte_size_of(c) == byte_size_of(c.element):
            yield from self._memory(c.element, rust, emit)
        elif isinstance(inner, ArrayType) and byte_size_of(inner) == byte_size_of(inner.element):
            yield from self._memory(c_type, inner.element, emit)
        elif isinstance(c, PointerType) and isinstance(inner, PointerType):
            yield from self._pointee(c.pointee, inner.pointee, emit)
        else:
            yield from self._scalars(c_type, rust, inner, place=Place.OBJECT, emit=emit)

    @staticmethod
    def _records(c: Type | None, rust: Type | None, edge: Edge, emit: Emit) -> Iterator[Difference]:
        """Compare two records, or arrays of them, by their dimensions alone."""
        words = dimensions(c, rust, edge.c.byte_size)
        if words is None:
            emit(edge)
        else:
            yield type_difference(*words)

    def _is_a_variant(self, c: RecordLayout, rust: Type | None) -> bool:
        """Whether Rust has one variant for a whole union; a function for one of a function."""
        if c.kind != "union":
            return False
        whole = [m for m in c.members if m.bit_size == c.byte_size * 8]
        if pointed_function(rust) is not None:
            whole = [m for m in whole if pointed_function(m.type) is not None] or whole
        return any(not list(self._memory(variant.type, rust, _nowhere)) for variant in whole)

    def _arrays(self, c: ArrayType, rust: ArrayType, emit: Emit) -> Iterator[Difference]:
        inner = element_of(c), innermost(rust)
        sizes = byte_size_of(inner[0]), byte_size_of(inner[1])
        words = dimensions(c, rust, sizes[0])
        if sizes[0] != sizes[1]:
            yield type_difference(f"elements of {sizes[0]} bytes", f"elements of {sizes[1]} bytes")
        elif words is not None:
            yield type_difference(*words)
        else:
            yield from self._memory(inner[0], inner[1], emit)

    def _scalars(
        self,
        c_type: Type | None,
        rust: Type | None,
        inner: Type | None,
        *,
        place: Place,
        emit: Emit,
    ) -> Iterator[Difference]:
        """Compare C's type with Rust's, which out of its wrappers is `inner`."""
        c = see_through(c_type)
        words = scalar_words(c, inner, by_value=place is Place.VALUE)
        if self._has_x87 and _is(c, "long double") and _is(inner, "f128"):
            words = "80 bits", "128 bits"
        if words is None and isinstance(c, EnumType) and isinstance(inner, EnumType):
            words = _enum_words(c_type, c, inner)
        newtype = out_of_core(strip(rust))
        if words is not None:
            yield type_difference(*words)
        elif isinstance(newtype, RecordLayout) and c_type is not None:
            emit(Edge(c=_alone(c_type), rust=newtype, place=place))

    # -- behind a pointer --------------------------------------------------------------------------

    def _pointee(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Compare two types that are pointed to.

        `void`, bytes, what has no size, and a Rust type of no fixed layout say nothing.
        """
        c_inner, inner = element_of(c), element_of(out_of_core(element_of(rust)))
        if isinstance(c_inner, RecordLayout):
            c_inner = self.definitions.of_c(c_inner)
        if isinstance(inner, RecordLayout):
            inner = self.definitions.of_rust(inner)
        pointer = see_through(inner)
        is_free = isinstance(inner, RecordLayout | EnumType) and self._is_free(inner)
        if _is_anything(c_inner) or _is_anything(inner) or is_free:
            return
        if isinstance(c_inner, FunctionType) and isinstance(inner, FunctionType):
            yield from self._signature(c_inner, inner, emit)
        elif isinstance(c_inner, FunctionType) or isinstance(inner, FunctionType):
            are = (isinstance(one, FunctionType) for one in (c_inner, inner))
            yield type_difference(*("to a function" if is_one else "to data" for is_one in are))
        elif isinstance(c_inner, RecordLayout) and isinstance(inner, RecordLayout):
            emit(Edge(c=c_inner, rust=inner, place=Place.POINTEE))
        elif isinstance(c_inner, PointerType) and isinstance(pointer, PointerType):
            yield from self._pointee(c_inner.pointee, pointer.pointee, emit)
        else:
            yield from self._pointed_data(c_inner, inner, emit)

    def _is_free(self, rust: RecordLayout | EnumType) -> bool:
        return self._reprs.of(rust) == "free"

    def _pointed_data(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        sizes = byte_size_of(c), byte_size_of(rust)
        inner = see_through(rust)
        if sizes[0] != sizes[1]:
            yield type_difference(f"to {sizes[0]} bytes", f"to {sizes[1]} bytes")
        elif isinstance(c, RecordLayout):
            if isinstance(inner, PointerType):
                yield type_difference(f"to {c.kind}", "to a pointer")
        elif isinstance(inner, RecordLayout):
            yield type_difference(f"to {kind_of(c)}", f"to {inner.kind}")
        else:
            for one in self._scalars(c, rust, inner, place=Place.POINTEE, emit=emit):
                yield replace(one, c=f"to {one.c}", rust=f"to {one.rust}")

    def _signature(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the first difference of two functions behind pointers, and what is unknown.

        C's old `f()` says nothing of its parameters.
        """
        words = _call_words(c, rust)
        for one in self.functions(c, rust, lambda edge: emit(replace(edge, in_call=True))):
            is_ = f"{'the ' if one.path == 'result' else ''}{one.path} is"
            if one.kind == "unknown":
                yield replace(one, c=f"a function of which {is_} {one.c}", path=None)
            elif words is None:
                words = f"{is_} {one.c}", f"{is_} {one.rust}"
        if words is not None:
            c_says, rust_says = f"{spell(c)}: {words[0]}", f"{spell(rust)}: {words[1]}"
            yield Difference(kind="signature", c=c_says, rust=rust_says)


def _call_words(c: FunctionType, rust: FunctionType) -> tuple[str, str] | None:
    """Return in what two functions differ but in types."""
    if not is_called_alike(c, rust):
        return f'extern "{c.convention}"', f'extern "{rust.convention}"'
    if c.is_unprototyped:
        return None
    counts = len(c.parameters), len(rust.parameters)
    if counts[0] != counts[1]:
        return f"{counts[0]} parameters", f"{counts[1]} parameters"
    if c.variadic != rust.variadic:
        return ("variadic", "not variadic") if c.variadic else ("not variadic", "variadic")
    return None


def _enum_words(c_type: Type | None, c: EnumType, rust: EnumType) -> tuple[str, str] | None:
    """Return the first difference of two enums, unless Rust's is compared under C's name."""
    name = (rust.name or "").rpartition("::")[2]
    known = {c.name, None if c_type is None else name_and_type(c_type)[1]} - {None}
    if not c.enumerators or not known.isdisjoint(spellings(name)):
        return None
    first = next(iter(enum_differences(c, rust)), None)
    return None if first is None else (first.c, f"{first.name} = {first.rust}")


def _at(path: str, emit: Emit, edge: Edge) -> None:
    emit(replace(edge, path=path))


def _nowhere(edge: Edge) -> None:
    """Take a pair of records, and do nothing with it."""


def _alone(type_: Type) -> RecordLayout:
    """Return the record that a newtype of a type is."""
    size = byte_size_of(type_)
    member = Member(name="__0", bit_offset=0, bit_size=size * 8, type=type_)
    return RecordLayout(name=None, kind="struct", byte_size=size, alignment=None, members=(member,))


def _is_declared_only(type_: Type | None) -> bool:
    """Whether it is a record or an enum that the headers do not define."""
    if isinstance(type_, RecordLayout):
        return type_.is_declaration and not type_.byte_size
    return isinstance(type_, EnumType) and not type_.byte_size


def _stands_for(c_type: Type | None, rust: Type | None) -> bool:
    """Whether Rust has bytes for a C record; an integer for one that is `_Atomic`."""
    is_atomic = isinstance(c_type, QualifiedType) and c_type.qualifier == "_Atomic"
    return is_room(rust) or (is_atomic and is_opaque(rust))


def _is_nothing(type_: Type | None) -> bool:
    """`void`, and Rust's `()` and `!`."""
    return type_ is None or (isinstance(type_, BaseType) and not type_.byte_size)


def _is(type_: Type | None, name: str) -> bool:
    return isinstance(type_, BaseType) and type_.name == name


def _presence(type_: Type | None) -> str:
    return "nothing" if _is_nothing(type_) else f"{byte_size_of(type_)} bytes"


def _is_anything(type_: Type | None) -> bool:
    """Whether a pointer to this says nothing of what is there."""
    match type_:
        case None:
            return True
        case EnumType(name=name, byte_size=size):
            return name in ANYTHING or not size
        case BaseType(byte_size=size):
            return size <= 1
        case RecordLayout(byte_size=size):
            return not size
        case _:
            return False
