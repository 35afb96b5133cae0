"""Compare two types at a place, and emit the pairs of records that meet there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from layoutcheck.judge.idioms import (
    is_bindgens_opaque,
    is_opaque,
    see_through,
    unwrapped,
)
from layoutcheck.judge.type_reprs import is_part_of_library, path_of
from layoutcheck.judge.walk.differences import (
    Difference,
    Edge,
    Place,
    type_difference,
    unknown,
)
from layoutcheck.judge.walk.memory import MemoryWalk
from layoutcheck.judge.walk.parts import (
    Emit,
    as_newtype,
    at_path,
    is_data,
    is_declared_only,
    is_nothing,
    pointer_depth,
    presence,
)
from layoutcheck.judge.walk.passing import KNOWN, is_passed_apart, passed_in
from layoutcheck.judge.walk.registers import (
    in_registers,
    is_passed_as_content,
    is_passed_as_parts,
    is_plain,
)
from layoutcheck.judge.walk.scalars import (
    kind_of,
)
from layoutcheck.judge.walk.unfixed import find_unfixed
from layoutcheck.model.layout import (
    ArrayType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.model.words import counted

__all__ = ["TypeWalk"]

VA_LIST: Final = "va_list"


class TypeWalk(MemoryWalk):
    """Walk over two types side by side, from the place where they meet."""

    def compare(
        self, c: Type | None, rust: Type | None, place: Place, emit: Emit
    ) -> Iterator[Difference]:
        """Yield the first difference in type, a layout that is not fixed, and the unknowns.

        For members of different sizes, the caller drops differences in type: `member-size` reports
        them.
        """
        if place is Place.OBJECT:
            yield from self._object(c, rust, emit)
            return
        unfixed = self.unfixed_type(c, rust)
        if unfixed is not None:
            yield unfixed
            if place.is_passed:
                return
        found = self._memory(c, rust, emit)
        if place.is_passed:
            found = self._value(c, rust, emit, is_result=place is Place.RESULT)
        for one in found:
            if one.kind == "type":
                yield replace(one, c=f"{spell(c)} ({one.c})", rust=f"{spell(rust)} ({one.rust})")
            else:
                yield one

    def unfixed(
        self, c: RecordLayout, rust: RecordLayout, *, is_newtype: bool
    ) -> Difference | None:
        """Return the difference of a layout that is not fixed, for two records.

        The members are compared elsewhere. For a newtype, the layout of its content counts, too.
        """
        if rust.name in self._facts.told:
            return replace(self._no_repr(c, rust), cause=None)
        return self.unfixed_type(c, rust) if is_newtype or self._is_free(rust) else None

    def passing_words(self, edge: Edge) -> tuple[str, str] | None:
        """Return words for how two records that agree in memory are passed, if that differs."""
        if self._target is None or not edge.place.is_passed:
            return None
        is_result = (edge.in_call or edge.path) == "result"
        c = passed_in(self._target, edge.c, is_result=is_result)
        rust = passed_in(self._target, edge.rust, is_result=is_result)
        return None if c == rust else (c, rust)

    def unfixed_type(self, c: Type | None, rust: Type | None) -> Difference | None:
        """Return the difference of a type without a fixed layout; unknown if it may be one."""
        is_asked = self._facts.reprs is not None
        found = find_unfixed(c, rust, self._reprs, self.definitions) if is_asked else None
        if found is None:
            return is_data(rust)
        if self._reprs.of(found) is None:
            return unknown(f"{spell(found)}, of which it is not known whether its layout is fixed")
        is_declared = path_of(found) in self._reprs.free
        if is_declared or byte_size_of(c) == byte_size_of(rust):
            return self._no_repr(c, found)
        return None

    def functions(self, c: FunctionType, rust: FunctionType, emit: Emit) -> Iterator[Difference]:
        """Yield the differences of each parameter that both sides have, and of the result."""
        both = zip(c.parameters, rust.parameters, strict=False)
        parameters = [(f"parameter {n}", Place.VALUE, *pair) for n, pair in enumerate(both, 1)]
        result = ("result", Place.RESULT, c.result, rust.result)
        for where, place, c_type, rust_type in (*parameters, result):
            here = partial(at_path, where, emit)
            for one in self.compare(c_type, rust_type, place, here):
                yield replace(one, path=where)

    # -- a variable --------------------------------------------------------------------------------

    def _object(self, c: Type | None, rust: Type | None, emit: Emit) -> Iterator[Difference]:
        """Compare two variables; the length of C's `x[]` is not compared."""
        c_inner, inner = strip(c), strip(rust)
        sizes = byte_size_of(c), byte_size_of(rust)
        is_open = isinstance(c_inner, ArrayType) and not sizes[0]
        if isinstance(c_inner, ArrayType) and is_open and not isinstance(inner, ArrayType):
            if pointer_depth(inner) > pointer_depth(c_inner.element):
                yield type_difference(spell(c), spell(rust))  # a pointer, as for a C parameter
                return
            yield from self._object(c_inner.element, rust, emit)
        elif is_declared_only(c_inner):
            if not is_bindgens_opaque(inner):
                yield unknown(f"{spell(c)}, which the headers only declare")
        elif sizes[0] != sizes[1] and not is_open:
            words = (
                f"{spell(c)} ({counted(sizes[0], 'byte')})",
                f"{spell(rust)} ({counted(sizes[1], 'byte')})",
            )
            yield self.of_size(c, rust, *words)
        else:
            yield from self.compare(c, rust, Place.MEMBER, emit)

    # -- a value: what registers hold --------------------------------------------------------------

    def _value(
        self, c: Type | None, rust: Type | None, emit: Emit, *, is_result: bool
    ) -> Iterator[Difference]:
        c_inner, inner = strip(c), self._held(rust)
        is_of_record = isinstance(c_inner, RecordLayout) or isinstance(inner, RecordLayout)
        if is_of_record and self._target is not None and self._target.name not in KNOWN:
            yield unknown(f"{spell(c)}: no rules are known by which {self._target.name} passes it")
            return
        if isinstance(c_inner, RecordLayout) and self._target is not None:
            whole = self.definitions.of_c(c_inner)
            if is_passed_apart(self._target, whole, is_result=is_result):
                yield unknown(f"{spell(c)}, which clang and rustc may pass in different ways")
        if is_passed_as_content(self._target, see_through(c_inner), is_result=is_result):
            inner = see_through(inner)
            if not isinstance(inner, RecordLayout):  # a scalar for C's record of one, too
                c_inner = see_through(c_inner)
        if isinstance(c_inner, RecordLayout):
            yield from self._record_value(self.definitions.of_c(c_inner), inner, rust, emit)
        elif is_declared_only(c_inner):
            yield unknown(f"{spell(c)}, which the headers only declare")
        elif is_nothing(c_inner) or is_nothing(inner):
            if not (is_nothing(c_inner) and is_nothing(inner)):
                yield type_difference(presence(c_inner), presence(inner))
        else:
            yield from self._scalar_value(c, c_inner, rust, inner, emit)

    def _scalar_value(
        self,
        c: Type | None,
        c_inner: Type | None,
        rust: Type | None,
        inner: Type | None,
        emit: Emit,
    ) -> Iterator[Difference]:
        if isinstance(c_inner, PointerType) and isinstance(inner, PointerType):
            yield from self._pointers(c_inner, rust, inner, emit)
        elif byte_size_of(c) != byte_size_of(rust):
            yield self.of_size(
                c, rust, counted(byte_size_of(c), "byte"), counted(byte_size_of(rust), "byte")
            )
        elif is_passed_as_parts(self._target, c_inner, inner):
            if c is not None and isinstance(inner, RecordLayout):
                emit(Edge(c=as_newtype(c, inner), rust=inner, place=Place.VALUE))
        elif not is_plain(c_inner, inner):
            yield in_registers(c, c_inner, inner)
        else:
            yield from self._scalars(c, rust, inner, place=Place.VALUE, emit=emit)

    def _record_value(
        self, c: RecordLayout, inner: Type | None, rust: Type | None, emit: Emit
    ) -> Iterator[Difference]:
        sizes = c.byte_size, byte_size_of(rust)
        if is_declared_only(c):
            if not is_bindgens_opaque(inner):
                yield unknown(f"{spell(c)}, which the headers only declare")
        elif sizes[0] != sizes[1]:
            yield self.of_size(c, rust, counted(sizes[0], "byte"), counted(sizes[1], "byte"))
        elif isinstance(inner, RecordLayout):
            held = self._newtype(rust) or self.definitions.of_rust(inner)
            emit(Edge(c=c, rust=held, place=Place.VALUE))
        elif not ((c.name or "").endswith(VA_LIST) and is_opaque(rust)):
            yield type_difference(
                f"{c.kind} of {counted(sizes[0], 'byte')}",
                f"{kind_of(inner)}, which is passed otherwise",
            )

    def _held(self, rust: Type | None) -> Type | None:
        """Return the type out of the wrappers that are passed like their content."""
        inner, holder = strip(rust), None
        while isinstance(inner, RecordLayout):
            whole = self.definitions.of_rust(inner)
            content = unwrapped(whole)
            if content is None:
                break
            if not is_part_of_library(holder, whole):
                if self._reprs.of(whole) != "transparent":
                    break
                holder = whole
            inner = strip(content.type)
        return inner
