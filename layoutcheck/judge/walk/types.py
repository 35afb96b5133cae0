"""Two types at a place -> their differences, and the pairs of records that meet there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from layoutcheck.judge.enum_names import enum_differences
from layoutcheck.judge.idioms import (
    CORE,
    has_fixed_layout,
    is_bindgens_opaque,
    is_opaque,
    name_and_type,
    out_of_core,
    see_through,
    spellings,
    unwrapped,
)
from layoutcheck.judge.walk.calls import is_called_alike
from layoutcheck.judge.walk.differences import Difference, Edge, Kind, Place, RustFacts
from layoutcheck.judge.walk.scalars import (
    element_of,
    innermost,
    is_room,
    kind_of,
    scalar_words,
    strides,
)
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
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

__all__ = ["TypeWalk", "pointed_function"]

ANYTHING: Final = ("core::ffi::c_void", "std::ffi::c_void")
VA_LIST: Final = "__va_list"
VECTORS: Final = ("core::core_arch::", "core::core_simd::", "core::arch::")
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

    `c` and `rust` are each side's records by `ref`: behind a pointer a type has no members of its
    own.
    """

    def __init__(
        self,
        c: Mapping[int, RecordLayout],
        rust: Mapping[int, RecordLayout],
        facts: RustFacts,
    ) -> None:
        self._c, self._rust, self._facts = dict(c), rust, facts

    def rust_by_name(self) -> dict[str, RecordLayout]:
        """Return the Rust records that pointers lead to, by path."""
        return {record.name: record for record in self._rust.values() if record.name}

    def learn(self, c: Mapping[int, RecordLayout]) -> None:
        """Know further records of C's by `ref`."""
        self._c |= c

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
            cause = unfixed.name if unfixed.name in self._facts.told else None
            text = f"{spell(unfixed)}, which has no `repr(C)`"
            yield Difference(kind="repr", c=spell(c), rust=text, cause=cause)
        found = self._value if place is Place.VALUE else self._memory
        for one in found(c, rust, emit):
            if one.kind == "type":
                yield replace(one, c=f"{spell(c)} ({one.c})", rust=f"{spell(rust)} ({one.rust})")
            else:
                yield one

    def _object(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Compare two variables; C's `x[]` says nothing of its length."""
        c_inner, inner = strip(c), strip(rust)
        sizes = byte_size_of(c), byte_size_of(rust)
        is_open = isinstance(c_inner, ArrayType) and not sizes[0]
        if isinstance(c_inner, ArrayType) and is_open and not isinstance(inner, ArrayType):
            yield from self._object(c_inner.element, rust, emit)
        elif isinstance(c_inner, RecordLayout) and _is_declared_only(c_inner):
            if not is_bindgens_opaque(inner):
                yield _unknown(f"{spell(c)}, which the headers only declare")
        elif _is_undefined(c_inner):
            yield _unknown(f"{spell(c)}, which the headers only declare")
        elif sizes[0] != sizes[1] and not is_open:
            words = f"{spell(c)} ({sizes[0]} bytes)", f"{spell(rust)} ({sizes[1]} bytes)"
            yield _type(*words)
        else:
            yield from self.compare(c, rust, Place.MEMBER, emit)

    def unfixed(self, c: Type | None, rust: Type | None) -> Difference | None:
        """Return the difference of layout alone, for two records that are compared elsewhere."""
        return next(
            (d for d in self.compare(c, rust, Place.MEMBER, _nowhere) if d.kind == "repr"), None
        )

    def functions(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the differences of each parameter, and of the result."""
        both = zip(c.parameters, rust.parameters, strict=False)
        pairs = [(f"parameter {n}", *pair) for n, pair in enumerate(both, 1)]
        for where, c_type, rust_type in (*pairs, ("result", c.result, rust.result)):
            here = partial(_at, where, emit)
            for one in self.compare(c_type, rust_type, Place.VALUE, here):
                yield replace(one, path=where)

    # -- a value: what registers hold -------------------------------------------------------------

    def _value(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        c_inner, inner = strip(c), self._held(rust)
        sizes = byte_size_of(c), byte_size_of(rust)
        if _is_undefined(c_inner):
            yield _unknown(f"{spell(c)}, which the headers only declare")
        elif _is_nothing(c_inner) or _is_nothing(inner):
            if not (_is_nothing(c_inner) and _is_nothing(inner)):
                yield _type(_presence(c_inner), _presence(inner))
        elif isinstance(c_inner, PointerType) and isinstance(inner, PointerType):
            yield from self._pointee(c_inner.pointee, inner.pointee, emit)
        elif isinstance(c_inner, RecordLayout):
            yield from self._record_value(self._of_c(c_inner), inner, rust, emit)
        elif sizes[0] != sizes[1]:
            yield _type(f"{sizes[0]} bytes", f"{sizes[1]} bytes")
        elif isinstance(c_inner, ArrayType):
            if isinstance(inner, RecordLayout) and (inner.name or "").startswith(VECTORS):
                yield _unknown(
                    f"{spell(c)} is passed in vector registers, or not, by the target's features"
                )
            else:
                yield _type("a vector", kind_of(inner))
        elif isinstance(c_inner, BaseType) and c_inner.encoding in _COMPLEX:
            yield _unknown(f"how {spell(c)} is passed, which Rust has no type for")
        elif isinstance(inner, RecordLayout):
            yield _type(kind_of(c_inner), f"a {inner.kind}, which is passed as one")
        else:
            yield from self._scalars(c, c_inner, rust, inner, Place.VALUE, emit)

    def _record_value(
        self, c: RecordLayout, inner: Type | None, rust: Type | None, emit: Emit
    ) -> Iterator[Difference]:
        sizes = c.byte_size, byte_size_of(rust)
        if c.is_declaration and sizes[0] != sizes[1]:
            yield _unknown(f"{spell(c)}, which the headers only declare")
        elif c.is_declaration:
            return
        elif sizes[0] != sizes[1]:
            yield _type(f"{sizes[0]} bytes", f"{sizes[1]} bytes")
        elif isinstance(inner, RecordLayout):
            emit(Edge(c=c, rust=self._of_rust(inner), place=Place.VALUE))
        elif not ((c.name or "").endswith(VA_LIST) and is_opaque(rust)):
            yield _type(
                f"{c.kind} of {sizes[0]} bytes", f"{kind_of(inner)}, which is passed otherwise"
            )

    def _held(self, rust: Type | None) -> Type | None:
        """Return the type out of wrappers that are passed as what they wrap."""
        inner = strip(rust)
        while isinstance(inner, RecordLayout):
            name = (inner.name or "").partition("<")[0]
            content = unwrapped(inner)
            if content is None or not (name.startswith(CORE) or name in self._facts.transparent):
                break
            inner = strip(content.type)
        return inner

    # -- memory: bits -----------------------------------------------------------------------------

    def _memory(
        self, c_type: Type | None, rust_type: Type | None, emit: Emit
    ) -> Iterator[Difference]:
        c, rust = strip(c_type), strip(rust_type)
        element = element_of(c)
        if isinstance(element, RecordLayout):
            if _is_declared_only(element) or _stands_for(c_type, rust):
                return
            held = innermost(rust, element.byte_size)
            if isinstance(held, RecordLayout) and held.byte_size == element.byte_size:
                words = _dimensions(c, rust, element.byte_size)
                if words is not None:
                    yield _type(*words)
                else:
                    emit(Edge(c=element, rust=held, place=Place.OBJECT))
                return
            if (
                isinstance(c, RecordLayout)
                and c.kind == "union"
                and self._is_a_variant(c, rust_type)
            ):
                return
            c = see_through(c)
        rust = see_through(rust)
        if isinstance(c, ArrayType) and isinstance(rust, ArrayType):
            yield from self._arrays(c, rust, emit)
        elif isinstance(c, ArrayType) and byte_size_of(c) == byte_size_of(c.element):
            yield from self._memory(c.element, rust_type, emit)
        elif isinstance(rust, ArrayType) and byte_size_of(rust) == byte_size_of(rust.element):
            yield from self._memory(c_type, rust.element, emit)
        elif isinstance(c, PointerType) and isinstance(rust, PointerType):
            yield from self._pointee(c.pointee, rust.pointee, emit)
        else:
            yield from self._scalars(c_type, c, rust_type, rust, Place.OBJECT, emit)

    def _is_a_variant(self, c: RecordLayout, rust: Type | None) -> bool:
        """Whether Rust has one variant for the whole union; a function for one of a function."""
        whole = [m for m in c.members if m.bit_size == c.byte_size * 8]
        if pointed_function(rust) is not None:
            whole = [m for m in whole if pointed_function(m.type) is not None] or whole
        return any(not list(self._memory(variant.type, rust, _nowhere)) for variant in whole)

    def _arrays(self, c: ArrayType, rust: ArrayType, emit: Emit) -> Iterator[Difference]:
        inner = innermost(c), innermost(rust)
        sizes = byte_size_of(inner[0]), byte_size_of(inner[1])
        if sizes[0] != sizes[1]:
            yield _type(f"elements of {sizes[0]} bytes", f"elements of {sizes[1]} bytes")
            return
        words = _dimensions(c, rust, sizes[0])
        if words is not None:
            yield _type(*words)
            return
        yield from self._memory(inner[0], inner[1], emit)

    def _scalars(
        self,
        c_type: Type | None,
        c: Type | None,
        rust_type: Type | None,
        rust: Type | None,
        place: Place,
        emit: Emit,
    ) -> Iterator[Difference]:
        words = scalar_words(c, rust, by_value=place is Place.VALUE)
        if words is None and isinstance(c, EnumType) and isinstance(rust, EnumType):
            words = self._enums(c_type, c, rust)
        newtype = out_of_core(strip(rust_type))
        if words is not None:
            yield _type(*words)
        elif isinstance(newtype, RecordLayout) and c_type is not None:
            emit(Edge(c=_alone(c_type), rust=newtype, place=place))

    def _enums(self, c_type: Type | None, c: EnumType, rust: EnumType) -> tuple[str, str] | None:
        """Two enums by their members, unless the Rust one is compared under C's name."""
        name = (rust.name or "").rpartition("::")[2]
        known = {c.name, name_and_type(c_type)[1] if c_type is not None else None} - {None}
        if not c.enumerators or not known.isdisjoint(spellings(name)):
            return None
        first = next(iter(enum_differences(c, rust)), None)
        if first is None:
            return None
        return first.c, f"{first.name} = {first.rust}"

    # -- behind a pointer --------------------------------------------------------------------------

    def _pointee(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Yield the difference of two types that are pointed to.

        `void`, bytes and a type without a size say nothing.
        """
        c_inner, inner = element_of(c), element_of(out_of_core(element_of(rust)))
        if isinstance(c_inner, RecordLayout):
            c_inner = self._of_c(c_inner)
        if isinstance(inner, RecordLayout):
            inner = self._of_rust(inner)
        if _is_anything(c_inner) or _is_anything(inner):
            return
        functions = isinstance(c_inner, FunctionType), isinstance(inner, FunctionType)
        if isinstance(c_inner, FunctionType) and isinstance(inner, FunctionType):
            yield from self._signature(c_inner, inner, emit)
        elif any(functions):
            words = ["to a function" if function else "to data" for function in functions]
            yield _type(words[0], words[1])
        elif isinstance(c_inner, RecordLayout) and isinstance(inner, RecordLayout):
            emit(Edge(c=c_inner, rust=inner, place=Place.POINTEE))
        elif isinstance(c_inner, PointerType) and isinstance(see_through(inner), PointerType):
            pointer = see_through(inner)
            assert isinstance(pointer, PointerType)  # noqa: S101 - seen above
            yield from self._pointee(c_inner.pointee, pointer.pointee, emit)
        else:
            yield from self._pointed_data(c_inner, inner, emit)

    def _pointed_data(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        sizes = byte_size_of(c), byte_size_of(rust)
        inner = see_through(rust)
        if sizes[0] != sizes[1]:
            yield _type(f"to {sizes[0]} bytes", f"to {sizes[1]} bytes")
        elif isinstance(c, RecordLayout):
            if isinstance(inner, PointerType):
                yield _type(f"to {c.kind}", "to a pointer")
        elif isinstance(inner, RecordLayout):
            yield _type(f"to {kind_of(c)}", f"to {inner.kind}")
        else:
            for one in self._scalars(c, c, rust, inner, Place.POINTEE, emit):
                yield replace(one, c=f"to {one.c}", rust=f"to {one.rust}")

    def _signature(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the first difference of two functions behind pointers, and what is unknown.

        C's old `f()` says nothing of its parameters.
        """
        words: tuple[str, str] | None = None
        if not is_called_alike(c, rust):
            words = f'extern "{c.convention}"', f'extern "{rust.convention}"'
        elif not c.is_unprototyped and len(c.parameters) != len(rust.parameters):
            words = f"{len(c.parameters)} parameters", f"{len(rust.parameters)} parameters"
        elif not c.is_unprototyped and c.variadic != rust.variadic:
            words = ("variadic", "not variadic") if c.variadic else ("not variadic", "variadic")
        for one in self.functions(c, rust, lambda edge: emit(replace(edge, in_call=True))):
            where = one.path
            is_ = f"the {where} is" if where == "result" else f"{where} is"
            if one.kind == "unknown":
                yield replace(one, c=f"{is_} {one.c}", path=None)
            elif words is None:
                words = f"{is_} {one.c}", f"{is_} {one.rust}"
        if words is not None:
            c_says, rust_says = f"{spell(c)}: {words[0]}", f"{spell(rust)}: {words[1]}"
            yield Difference(kind="signature", c=c_says, rust=rust_says)

    # -- what has no fixed layout -------------------------------------------------------------------

    def _unfixed(self, c: Type | None, rust: Type | None) -> RecordLayout | EnumType | None:
        """Return the type of no fixed layout by which a Rust type stands for C's, if it does.

        Held by value, also in arrays and in what wraps it; or behind a pointer, if it has the name
        of the record that C's points to. What has no size takes no part.
        """
        inner = strip(rust)
        while inner is not None:
            if isinstance(inner, RecordLayout | EnumType) and self.is_unfixed(inner):
                return inner if byte_size_of(inner) else None
            if isinstance(inner, ArrayType):
                inner = strip(inner.element)
            elif isinstance(inner, RecordLayout):
                content = unwrapped(inner)
                inner = None if content is None else strip(content.type)
            elif isinstance(inner, PointerType):
                return self._unfixed_pointee(strip(c), strip(inner.pointee))
            else:
                return None
        return None

    def _unfixed_pointee(self, c: Type | None, rust: Type | None) -> RecordLayout | EnumType | None:
        if not isinstance(c, PointerType) or c.pointee is None:
            return None
        if not isinstance(rust, RecordLayout | EnumType) or not self.is_unfixed(rust):
            return None
        _, tag = name_and_type(c.pointee)
        is_cs = tag is not None and tag in spellings(_base(rust).rpartition("::")[2])
        size = byte_size_of(self._of_rust(rust) if isinstance(rust, RecordLayout) else rust)
        return rust if is_cs and size else None

    def is_unfixed(self, rust: RecordLayout | EnumType) -> bool:
        """Whether rustc may lay a type out as it likes."""
        name = _base(rust)
        return name in self._facts.without_repr or not has_fixed_layout(name)

    def _of_c(self, record: RecordLayout) -> RecordLayout:
        return self._c.get(record.ref or 0, record) if record.is_declaration else record

    def _of_rust(self, record: RecordLayout) -> RecordLayout:
        return self._rust.get(record.ref or 0, record) if record.is_declaration else record


_COMPLEX: Final = (Encoding.COMPLEX, Encoding.COMPLEX_INTEGER)


def _base(type_: RecordLayout | EnumType) -> str:
    """Return a Rust type's path without the arguments of a generic."""
    name = type_.name or ""
    return name if name.startswith(("(", "&", "*")) else name.partition("<")[0]


def _at(path: str, emit: Emit, edge: Edge) -> None:
    emit(replace(edge, path=path))


def _nowhere(edge: Edge) -> None:
    """Take a pair of records, and do nothing with it."""


def _type(c: str, rust: str, kind: Kind = "type") -> Difference:
    return Difference(kind=kind, c=c, rust=rust)


def _unknown(reason: str) -> Difference:
    return Difference(kind="unknown", c=reason, rust="")


def _alone(type_: Type) -> RecordLayout:
    """Return the record that a newtype of a type is."""
    size = byte_size_of(type_)
    member = Member(name="__0", bit_offset=0, bit_size=size * 8, type=type_)
    return RecordLayout(name=None, kind="struct", byte_size=size, alignment=None, members=(member,))


def _is_undefined(type_: Type | None) -> bool:
    return isinstance(type_, EnumType) and not type_.byte_size


def _is_declared_only(record: RecordLayout) -> bool:
    return record.is_declaration and not record.byte_size


def _stands_for(c_type: Type | None, rust: Type | None) -> bool:
    """Whether Rust has bytes for a C record; an integer for one that is `_Atomic`."""
    if is_room(rust):
        return True
    is_atomic = isinstance(c_type, QualifiedType) and c_type.qualifier == "_Atomic"
    return is_atomic and is_opaque(rust)


def _dimensions(c: Type | None, rust: Type | None, byte_size: int) -> tuple[str, str] | None:
    """Return the strides of two arrays of the same elements, if neither has all of the other's."""
    both = strides(c, byte_size), strides(rust, byte_size)
    if both[0] <= both[1] or both[1] <= both[0]:
        return None
    return _rows(both[0]), _rows(both[1])


def _rows(found: frozenset[int]) -> str:
    return "rows of " + ", ".join(f"{size} bytes" for size in sorted(found, reverse=True))


def _is_nothing(type_: Type | None) -> bool:
    """`void`, and Rust's `()` and `!`."""
    return type_ is None or (isinstance(type_, BaseType) and not type_.byte_size)


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
