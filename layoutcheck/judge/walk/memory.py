"""Compare two types in memory and behind pointers, and emit the pairs of records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from layoutcheck.judge.idioms import (
    is_cores,
    out_of_core,
    see_through,
)
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk.crate_enums import CrateEnums
from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.differences import (
    Difference,
    Edge,
    Place,
    RustFacts,
    type_difference,
)
from layoutcheck.judge.walk.handles import handle_words
from layoutcheck.judge.walk.parts import (
    Emit,
    as_newtype,
    call_words,
    ignore,
    in_parts,
    is_anything,
    is_base,
    is_data,
    is_declared_only,
    pointed_function,
    stands_for,
)
from layoutcheck.judge.walk.scalars import (
    dimensions,
    element_of,
    have_one_shape,
    innermost,
    kind_of,
    scalar_words,
)
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.model.target import Target
from layoutcheck.model.verdict import Cause
from layoutcheck.model.words import counted

__all__ = ["MemoryWalk"]

NO_REPR: Final = "repr-missing"
"""Check that reports a type without a fixed layout."""


class MemoryWalk(ABC):
    """Part of a walk in which types are bits in memory, also behind pointers.

    `target` is the machine, whose registers values are passed in.
    """

    def __init__(
        self, definitions: Definitions, facts: RustFacts, *, target: Target | None = None
    ) -> None:
        self.definitions, self._facts, self._target = definitions, facts, target
        self._reprs, self.enums = facts.reprs or Reprs(), CrateEnums()

    def of_size(self, c: Type | None, rust: Type | None, *words: str) -> Difference:
        """Return the difference of two types of different sizes.

        If they hold as many of a record, or of an enum, of another size, that type has the cause.
        """
        found, one = type_difference(*words), element_of(c)
        other = self.definitions.out_of_core(element_of(rust))
        if not have_one_shape(c, rust, byte_size_of(one), byte_size_of(other)):
            return found
        if isinstance(one, RecordLayout) and isinstance(other, RecordLayout):
            of_c, of_rust = self.definitions.of_c(one), self.definitions.of_rust(other)
            return replace(found, holds=Edge(c=of_c, rust=of_rust, place=Place.OBJECT))
        return replace(found, cause=self.enums.size_cause(one, other))

    @abstractmethod
    def functions(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the differences of each parameter that both sides have, and of the result."""

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
            if is_declared_only(element) or stands_for(c_type, rust):
                return
            variant = self._variant(c, rust) if isinstance(c, RecordLayout) else None
            if variant is not None:
                yield from variant
                return
        c, inner = see_through(in_parts(c, rust)), see_through(rust)
        if isinstance(c, ArrayType) and isinstance(inner, ArrayType):
            yield from self._arrays(c, inner, emit)
        elif isinstance(c, ArrayType) and byte_size_of(c) == byte_size_of(c.element):
            yield from self._memory(c.element, rust, emit)
        elif isinstance(inner, ArrayType) and byte_size_of(inner) == byte_size_of(inner.element):
            yield from self._memory(c_type, inner.element, emit)
        elif isinstance(c, PointerType) and isinstance(inner, PointerType):
            yield from self._pointers(c, rust, inner, emit)
        else:
            yield from self._scalars(c_type, rust, inner, place=Place.OBJECT, emit=emit)

    @staticmethod
    def _records(c: Type | None, rust: Type | None, edge: Edge, emit: Emit) -> Iterator[Difference]:
        """Compare the dimensions of two arrays of records, and emit the pair of records."""
        words = dimensions(c, rust, edge.c.byte_size)
        if words is not None:
            yield type_difference(*words)
        elif is_data(edge.rust) is None:  # otherwise it has been reported
            emit(edge)

    def _variant(self, c: RecordLayout, rust: Type | None) -> list[Difference] | None:
        """Return the unknowns and consequences of the variant that Rust has for a whole union.

        Return None if Rust has no such variant. For a Rust function pointer, only variants that
        are function pointers count, if there are any.
        """
        if c.kind != "union":
            return None
        whole = [m for m in c.members if m.bit_size == c.byte_size * 8]
        if pointed_function(rust) is not None:
            whole = [m for m in whole if pointed_function(m.type) is not None] or whole
        found = (list(self._memory(variant.type, rust, ignore)) for variant in whole)
        fitting = (each for each in found if all(map(_is_no_misfit, each)))
        return min(fitting, key=len, default=None)

    def _arrays(self, c: ArrayType, rust: ArrayType, emit: Emit) -> Iterator[Difference]:
        inner = element_of(c), innermost(rust)
        sizes = byte_size_of(inner[0]), byte_size_of(inner[1])
        words = dimensions(c, rust, sizes[0])
        if sizes[0] != sizes[1]:
            yield self.of_size(
                c,
                rust,
                f"elements of {counted(sizes[0], 'byte')}",
                f"elements of {counted(sizes[1], 'byte')}",
            )
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
        """Compare C's type with Rust's, which is `inner` without its wrappers."""
        c = see_through(c_type)
        words = scalar_words(c, inner, by_value=place.is_passed)
        has_x87 = self._target is not None and self._target.machine == "amd64"
        if has_x87 and is_base(c, "long double") and is_base(inner, "f128"):
            words = "80 bits", "128 bits"
        newtype = self._newtype(rust)
        found = None if words is None else type_difference(*words)
        if words is None and isinstance(c, EnumType):
            held = inner if isinstance(inner, EnumType) else newtype
            found = self.enums.difference(c, held, place)
        if found is not None:
            yield found
        elif newtype is not None and c_type is not None:
            emit(Edge(c=as_newtype(c_type, newtype), rust=newtype, place=place))

    # -- behind a pointer --------------------------------------------------------------------------

    def _newtype(self, rust: Type | None) -> RecordLayout | None:
        """Return the record in a type without core's wrappers; None if it is no record."""
        inner = self.definitions.out_of_core(rust)
        return inner if isinstance(inner, RecordLayout) and not is_cores(inner) else None

    def _pointers(
        self, c: PointerType, rust: Type | None, inner: PointerType, emit: Emit
    ) -> Iterator[Difference]:
        """Compare two pointers; Rust's may be in a newtype."""
        found = list(self._pointee(c.pointee, inner.pointee, emit))
        newtype = self._newtype(rust)
        if not found and newtype is not None:
            emit(Edge(c=as_newtype(c, newtype), rust=newtype, place=Place.OBJECT))
        yield from found

    def _pointee(
        self, c: Type | None, rust: Type | None, emit: Emit, *, is_deep: bool = False
    ) -> Iterator[Difference]:
        """Compare two types that are pointed to.

        `void` and a Rust record without a fixed layout agree with any type. Bytes do, too, unless
        a pointer leads to the pointer: `char **` is an array of texts. A type without a size does
        not agree with a pointer. An enum without a fixed layout is a difference: it has variants,
        and so is no handle.
        """
        inner = self._out_of_newtypes(rust, byte_size_of(element_of(c)))
        c = in_parts(c, inner)
        c_inner = element_of(c)
        words = _pointed_rows(c, inner, byte_size_of(c_inner))
        while isinstance(inner, ArrayType):
            inner = self._out_of_newtypes(inner.element, byte_size_of(c_inner))
        if words is not None and byte_size_of(c_inner) == byte_size_of(inner):
            yield type_difference(*words)
            return
        if isinstance(c_inner, RecordLayout):
            c_inner = self.definitions.of_c(c_inner)
        words = handle_words(c, c_inner, inner, self.definitions)
        if words is not None:
            yield type_difference(*words)
            return
        if is_anything(c_inner, is_deep) or is_anything(inner, is_deep):
            return
        data = is_data(inner)
        if isinstance(inner, EnumType) and self._is_free(inner):
            yield self._no_repr(c_inner, inner)
        elif isinstance(inner, RecordLayout) and self._is_free(inner):
            return
        elif data is not None:
            yield replace(data, c=f"a pointer to {data.c}")
        else:
            yield from self._pointed(c_inner, inner, emit)

    def _pointed(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Compare two types behind pointers, neither of which stands for any type."""
        pointer = see_through(rust)
        if isinstance(c, FunctionType) and isinstance(rust, FunctionType):
            yield from self._signature(c, rust, emit)
        elif isinstance(c, FunctionType) or isinstance(rust, FunctionType):
            are = (isinstance(one, FunctionType) for one in (c, rust))
            yield type_difference(*("to a function" if is_one else "to data" for is_one in are))
        elif isinstance(c, RecordLayout) and isinstance(rust, RecordLayout):
            emit(Edge(c=c, rust=rust, place=Place.POINTEE))
        elif isinstance(c, PointerType) and isinstance(pointer, PointerType):
            yield from self._pointee(c.pointee, pointer.pointee, emit, is_deep=True)
        else:
            yield from self._pointed_data(c, rust, emit)

    def _out_of_newtypes(self, rust: Type | None, byte_size: int) -> Type | None:
        """Return a type out of core's wrappers, and out of newtypes of arrays of such elements."""
        inner = self.definitions.out_of_core(rust)
        array = see_through(inner)
        is_array = isinstance(array, ArrayType) and byte_size_of(inner) != byte_size
        return array if is_array and byte_size_of(element_of(array)) == byte_size else inner

    def _is_free(self, rust: RecordLayout | EnumType) -> bool:
        return self._reprs.of(rust) == "free"

    def _no_repr(self, c: Type | None, rust: RecordLayout | EnumType) -> Difference:
        is_told = rust.name in self._facts.told
        return Difference(
            kind="repr",
            c=spell(c),
            rust=f"{spell(rust)}, which has no `repr(C)`",
            cause=Cause(check=NO_REPR, item=rust.name) if is_told else None,
        )

    def _pointed_data(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        sizes = byte_size_of(c), byte_size_of(rust)
        inner = see_through(rust)
        if sizes[0] != sizes[1]:
            yield self.of_size(
                c, rust, f"to {counted(sizes[0], 'byte')}", f"to {counted(sizes[1], 'byte')}"
            )
        elif isinstance(c, RecordLayout):
            if isinstance(inner, PointerType):
                yield type_difference(f"to {c.kind}", "to a pointer")
        elif isinstance(inner, RecordLayout):
            yield type_difference(f"to {kind_of(c)}", f"to {inner.kind}")
        else:
            for one in self._scalars(c, rust, inner, place=Place.POINTEE, emit=emit):
                yield replace(one, c=f"to {one.c}", rust=f"to {one.rust}")

    def _signature(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the unknowns of two functions behind pointers, and their first difference.

        If each difference has a cause, the first one of each cause is yielded. Parameters are not
        compared with C's old `f()`.
        """
        words, found = call_words(c, rust), list[Difference]()
        if words is not None:
            found.append(Difference(kind="signature", c=words[0], rust=words[1]))
        for one in self.functions(c, rust, lambda edge: emit(replace(edge, in_call=edge.path))):
            is_ = f"{'the ' if one.path == 'result' else ''}{one.path} is"
            if one.kind == "unknown":
                yield replace(one, c=f"a function of which {is_} {one.c}", path=None)
            else:
                said = f"{is_} {one.c}", f"{is_} {one.rust}"
                found.append(replace(one, kind="signature", c=said[0], rust=said[1], path=None))
        for one in _one_of_each_cause(found):
            yield replace(one, c=f"{spell(c)}: {one.c}", rust=f"{spell(rust)}: {one.rust}")


def _one_of_each_cause(found: list[Difference]) -> list[Difference]:
    """Return the first difference without a cause, or else the first one of each cause."""
    own = [one for one in found if one.cause is None and one.holds is None]
    if own:
        return own[:1]
    first: dict[object, Difference] = {}
    for one in found:
        first.setdefault((one.cause, one.holds and (one.holds.c.ref, one.holds.rust.name)), one)
    return list(first.values())


def _is_no_misfit(one: Difference) -> bool:
    """Return whether two types may fit despite a difference: it is unknown or a consequence."""
    return one.kind == "unknown" or one.cause is not None


def _pointed_rows(c: Type | None, rust: Type | None, byte_size: int) -> tuple[str, str] | None:
    """Return words for the strides of pointers to arrays, if neither has all of the other's.

    The stride of a pointer to an array is the size of the whole array.
    """
    arrays = strip(c), strip(rust)
    if not all(isinstance(array, ArrayType) and byte_size_of(array) for array in arrays):
        return None
    c_around, rust_around = (
        ArrayType(element=array, counts=(1,)) for array in arrays if array is not None
    )
    return dimensions(c_around, rust_around, byte_size)
