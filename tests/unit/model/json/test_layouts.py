"""layouts.py: records and types survive JSON, and what is no type is refused with its place."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.model.json.layouts import (
    layout_from_json,
    layout_to_json,
    type_from_json,
    type_to_json,
)
from layoutcheck.model.json.nodes import JsonNode, JsonValue
from layoutcheck.model.layout import (
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
)
from tests.layouts import U8, U32, Bits, array, record
from tests.strategies import records, types


@settings(deadline=None)
@given(layout=records)
def test_a_record_survives(layout: RecordLayout) -> None:
    """With all that it holds, and with the lines that == leaves out."""
    written = layout_to_json(layout)
    back = layout_from_json(JsonNode(json.loads(json.dumps(written)), "run.c"))
    assert back == layout
    assert layout_to_json(back) == written


@settings(deadline=None)
@given(type_=types)
def test_a_type_survives(type_: Type) -> None:
    """Every kind of type does."""
    written = json.loads(json.dumps(type_to_json(type_)))
    assert type_from_json(JsonNode(written, "run.c")) == type_


BASE = {"is": "base", "name": "u32", "byte_size": 4, "encoding": "unsigned"}


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (None, None),
        (U32, BASE),
        (
            PointerType(byte_size=8, pointee=None),
            {"is": "pointer", "byte_size": 8, "pointee": None},
        ),
        (array(U32, 2, None), {"is": "array", "element": BASE, "counts": [2, None]}),
        (
            EnumType(name=None, byte_size=4, signed=True, enumerators=(("A", -1),)),
            {
                "is": "enum",
                "name": None,
                "byte_size": 4,
                "signed": True,
                "enumerators": [{"name": "A", "value": -1}],
            },
        ),
        (
            FunctionType(result=None, parameters=(U32,), variadic=True, convention="win64"),
            {
                "is": "function",
                "result": None,
                "parameters": [BASE],
                "variadic": True,
                "convention": "win64",
            },
        ),
        (
            TypedefType(name="uint", target=U32),
            {"is": "typedef", "name": "uint", "target": BASE},
        ),
        (
            QualifiedType(qualifier="const", target=None),
            {"is": "qualified", "qualifier": "const", "target": None},
        ),
    ],
)
def test_the_form_of_types(type_: Type | None, written: JsonValue) -> None:
    """Other programs read it; `void` is `null`."""
    assert type_to_json(type_) == written
    assert type_from_json(JsonNode(written, "run")) == type_


def test_the_form_of_a_record() -> None:
    """Each key, in the order in which it is written."""
    layout = record("s", ("f", Bits(U8, 3)))
    at = SourceLocation(path="s.h", line=3)
    member = replace(layout.members[0], declared_at=at)
    written = layout_to_json(replace(layout, members=(member,)))
    assert json.dumps(written) == json.dumps(
        {
            "is": "record",
            "name": "s",
            "kind": "struct",
            "byte_size": 1,
            "alignment": 1,
            "members": [
                {
                    "name": "f",
                    "bit_offset": 0,
                    "bit_size": 3,
                    "is_bit_field": True,
                    "type": {"is": "base", "name": "u8", "byte_size": 1, "encoding": "unsigned"},
                    "declared_at": {"path": "s.h", "line": 3},
                }
            ],
            "declared_at": None,
            "is_declaration": False,
            "type_parameters": [],
        }
    )


RECORD: dict[str, JsonValue] = {
    "is": "record",
    "name": "s",
    "byte_size": 4,
    "alignment": 4,
    "members": [],
}


@pytest.mark.parametrize(
    ("value", "where", "words"),
    [
        ({"is": "bool"}, "run.is", "there is no kind of type 'bool'"),
        ({"is": 7}, "run.is", "a string is expected here"),
        ({}, "run", "the key 'is' is missing"),
        ({**BASE, "encoding": "decimal"}, "run.encoding", "there is no encoding 'decimal'"),
        (
            {"is": "array", "element": None, "counts": [1]},
            "run.element",
            "an object is expected here",
        ),
        (
            {"is": "array", "element": BASE, "counts": ["1"]},
            "run.counts[0]",
            "a whole number is expected here",
        ),
        (
            {"is": "function", "result": None, "parameters": [None]},
            "run.parameters[0]",
            "an object is expected here",
        ),
        (RECORD | {"kind": "class"}, "run.kind", "'class' is neither struct nor union"),
    ],
)  # fmt: skip
def test_values_that_are_no_type(value: JsonValue, where: str, words: str) -> None:
    """Only a pointer, a result, a typedef and a qualifier may be of `void`."""
    with pytest.raises(LayoutcheckError) as caught:
        type_from_json(JsonNode(value, "run"))
    assert (caught.value.where, caught.value.what) == (where, words)
