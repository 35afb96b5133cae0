"""Hypothesis strategies for the model: types, records, verdicts and runs of any shape."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import (
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
    TypedefType,
)
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import (
    Aside,
    Cause,
    Cell,
    Kind,
    Mismatch,
    Run,
    SetAside,
    Status,
    Verdict,
)

__all__ = ["cells", "locations", "mismatches", "records", "runs", "texts", "types", "verdicts"]

texts = st.text(max_size=12)
"""Any text: names come from untrusted sources, so no character is excluded."""

_sizes = st.integers(min_value=0, max_value=4096)
_kinds = st.sampled_from(("struct", "union"))

locations = st.builds(SourceLocation, path=texts, line=st.integers(min_value=0, max_value=99999))

_base_types = st.builds(
    BaseType, name=texts, byte_size=_sizes, encoding=st.sampled_from(list(Encoding))
)
_enum_types = st.builds(
    EnumType,
    name=st.none() | texts,
    byte_size=_sizes,
    signed=st.booleans(),
    enumerators=st.lists(st.tuples(texts, st.integers()), max_size=3).map(tuple),
)
_declarations = st.builds(
    RecordLayout,
    name=st.none() | texts,
    kind=_kinds,
    byte_size=_sizes,
    alignment=st.none() | _sizes,
    members=st.just(()),
    declared_at=st.none() | locations,
    is_declaration=st.just(value=True),
)


def _wrap(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    maybe = st.none() | inner
    return (
        st.builds(PointerType, byte_size=_sizes, pointee=maybe)
        | st.builds(
            ArrayType,
            element=inner,
            counts=st.lists(st.none() | _sizes, min_size=1, max_size=3).map(tuple),
        )
        | st.builds(
            FunctionType,
            result=maybe,
            parameters=st.lists(inner, max_size=3).map(tuple),
            variadic=st.booleans(),
        )
        | st.builds(TypedefType, name=texts, target=maybe)
        | st.builds(QualifiedType, qualifier=texts, target=maybe)
        | _records_of(inner)
    )


def _records_of(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[RecordLayout]:
    members = st.builds(
        Member,
        name=st.none() | texts,
        bit_offset=_sizes,
        bit_size=_sizes,
        type=inner,
        is_bit_field=st.booleans(),
        declared_at=st.none() | locations,
    )
    return st.builds(
        RecordLayout,
        name=st.none() | texts,
        kind=_kinds,
        byte_size=_sizes,
        alignment=st.none() | _sizes,
        members=st.lists(members, max_size=4).map(tuple),
        declared_at=st.none() | locations,
        type_parameters=st.lists(inner, max_size=2).map(tuple),
    )


types: st.SearchStrategy[Type] = st.recursive(
    _base_types | _enum_types | _declarations, _wrap, max_leaves=6
)
"""Types of every kind, nested."""

records = _records_of(types)
"""Records of any shape, also ones that no compiler lays out: overlaps, members past the end."""

causes = st.builds(Cause, check=st.none() | texts, member=st.none() | texts, item=st.none() | texts)

mismatches = st.builds(
    Mismatch,
    check_id=texts,
    member_path=st.none() | texts,
    c=texts,
    rust=texts,
    hint=st.none() | texts,
    cause=st.none() | causes,
    waived=st.none() | texts,
    c_location=st.none() | locations,
    rust_location=st.none() | locations,
)

cells = st.builds(
    Cell,
    id=texts,
    release=texts,
    arch=texts,
    machine=texts,
    machine_arch=texts,
    kernel_conf=texts,
    kernel_conf_origin=texts,
    headers=texts,
    clang=texts,
    rustc=texts,
    c_producer=texts,
    rust_producer=texts,
    notes=st.lists(texts, max_size=2).map(tuple),
)

verdicts = st.builds(
    Verdict,
    cells=st.lists(texts, min_size=1, max_size=3).map(tuple),
    kind=st.sampled_from(get_args(Kind)),
    c_name=st.none() | texts,
    rust_path=texts,
    status=st.sampled_from(list(Status)),
    reason=st.none() | texts,
    c=st.none() | records,
    rust=st.none() | records,
    c_says=st.none() | texts,
    rust_says=st.none() | texts,
    c_location=st.none() | locations,
    rust_location=st.none() | locations,
    mismatches=st.lists(mismatches, max_size=3).map(tuple),
    paired=st.lists(st.tuples(st.none() | texts, st.none() | texts), max_size=3).map(tuple),
)

shards = st.integers(min_value=1, max_value=9).flatmap(
    lambda count: st.builds(
        Shard,
        number=st.integers(min_value=1, max_value=count),
        count=st.just(count),
        plan=st.lists(texts, max_size=2).map(tuple),
    )
)

runs = st.builds(
    Run,
    bindings=texts,
    cells=st.lists(cells, max_size=2).map(tuple),
    verdicts=st.lists(verdicts, max_size=3).map(tuple),
    set_aside=st.lists(
        st.builds(
            SetAside,
            rust_path=texts,
            why=st.sampled_from(get_args(Aside)),
            kind=st.sampled_from(get_args(Kind)),
            rust_location=st.none() | locations,
        ),
        max_size=2,
    ).map(tuple),
    problems=st.lists(texts, max_size=2).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    shard=st.none() | shards,
    seconds=st.lists(st.tuples(texts, st.floats(min_value=0, max_value=1e6)), max_size=3).map(
        tuple
    ),
)
