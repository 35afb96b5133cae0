"""model/json: a run survives JSON, and invalid JSON is an error with its place."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from importlib.resources import files
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given, settings

from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.model.json.objects import JsonValue
from layoutcheck.model.json.runs import FORM, layout_to_json, run_from_json, run_to_json
from layoutcheck.model.layout import (
    Encoding,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    shallow,
)
from layoutcheck.model.verdict import Run
from tests.kernel_runs import mtx, sample_run
from tests.layouts import U8, U32, Bits, array
from tests.layouts import record as record_of
from tests.strategies import records, runs, types


def cut(record: RecordLayout | None) -> RecordLayout | None:
    """Return the record with the members that JSON holds."""
    return None if record is None else shallow(record)


def cut_run(run: Run) -> Run:
    """Return the run with its layouts as JSON holds them."""
    return replace(
        run, verdicts=tuple(replace(v, c=cut(v.c), rust=cut(v.rust)) for v in run.verdicts)
    )


def strict_schema() -> dict[str, Any]:
    """The shipped schema, changed to refuse keys that it does not describe."""
    text = files("layoutcheck.report").joinpath("layoutcheck-1.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)

    def close(node: object) -> None:
        if isinstance(node, dict):
            if "properties" in node:
                node["additionalProperties"] = False
            for value in node.values():
                close(value)
        elif isinstance(node, list):
            for value in node:
                close(value)

    close(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


VALIDATOR = jsonschema.Draft202012Validator(strict_schema())


@settings(deadline=None)
@given(run=runs)
def test_a_run_survives_json(run: Run) -> None:
    """A run survives JSON with its timings. Only members of nested named records are cut."""
    back = run_from_json(json.loads(json.dumps(run_to_json(run))))
    assert back == cut_run(run)
    assert back.seconds == run.seconds
    assert run_to_json(back) == run_to_json(run)  # the locations, too, which == leaves out


@settings(deadline=None, max_examples=40)
@given(run=runs)
def test_the_shipped_schema_describes_every_key(run: Run) -> None:
    """JSON of a run is valid by the schema, which describes every key."""
    VALIDATOR.validate(run_to_json(run))


def test_the_keys_of_a_real_run() -> None:
    """The keys, on which other programs rely, are those spelled out for one record."""
    value: Any = run_to_json(sample_run())
    assert value["schema"] == "layoutcheck/1"
    assert value["tool"]["name"] == "layoutcheck"
    assert value["cells"][0]["producer"].keys() == {"c", "rust"}
    assert value["summary"] == {
        "passed": False,
        "total": 7,
        "agrees": 2,
        "differs": 3,
        "waived": 1,
        "indeterminate": 1,
        "set_aside": {
            "opaque": 2,
            "generic": 1,
            "not in C": 0,
            "no plain value": 0,
            "associated": 0,
            "another name": 0,
            "foreign": 0,
        },
    }
    subject = next(s for s in value["subjects"] if s["c_name"] == "struct mtx")
    assert subject["status"] == "agrees"
    assert subject["locations"]["c"] == {"path": "sys/_mutex.h", "line": 45}
    assert subject["c"]["byte_size"] == mtx().byte_size == 32
    held = subject["c"]["members"][0]["type"]
    assert held["name"] == "lock_object"
    assert held["members"] == []
    assert held["is_declaration"] is True


def test_another_schema_is_refused() -> None:
    """A later schema version is refused."""
    value = run_to_json(sample_run()) | {"schema": "layoutcheck/2"}
    with pytest.raises(LayoutcheckError, match="reads 'layoutcheck/1'"):
        run_from_json(value)


def test_unknown_keys_are_ignored() -> None:
    """Unknown keys are ignored, since keys may be added within a version."""
    value = run_to_json(sample_run()) | {"added_later": 1}
    assert run_from_json(value) == cut_run(sample_run())


@pytest.mark.parametrize(
    ("path", "wrong", "where"),
    [
        (("subjects", 0, "status"), "green", "run.subjects[0].status"),
        (("subjects", 0, "status"), 7, "run.subjects[0].status"),
        (("subjects", 0, "kind"), "macro", "run.subjects[0].kind"),
        (("subjects", 0, "paired", 0), ["a"], "run.subjects[0].paired[0]"),
        (("subjects", 0, "c", "kind"), "class", "run.subjects[0].c.kind"),
        (("subjects", 0, "c", "byte_size"), True, "run.subjects[0].c.byte_size"),
        (("subjects", 0, "c", "is_declaration"), 0, "run.subjects[0].c.is_declaration"),
        (("subjects", 0, "c", "members"), {}, "run.subjects[0].c.members"),
        (("subjects", 0, "locations"), [], "run.subjects[0].locations"),
        (("subjects", 0, "c", "members", 0, "type", "is"), "x", ".members[0].type.is"),
        (("subjects", 1, "c", "members", 1, "type", "target"), {"is": "base"}, ".type.target"),
        (("set_aside", 0, "why"), "boring", "run.set_aside[0].why"),
        (("timings", 0, "seconds"), "1", "run.timings[0].seconds"),
        (("problems", 0), None, "run.problems[0]"),
        (("cells", 0, "producer"), {"c": "x"}, "run.cells[0].producer"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(
    path: tuple[str | int, ...], wrong: object, where: str
) -> None:
    """A damaged value is one error with the place and a hint, and never a traceback of ours."""
    value: Any = copy.deepcopy(run_to_json(sample_run()))
    node = value
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = wrong
    with pytest.raises(LayoutcheckError) as caught:
        run_from_json(value)
    assert caught.value.where is not None
    assert where in caught.value.where
    assert caught.value.hint is not None


@pytest.mark.parametrize(
    ("path", "wrong", "what"),
    [
        (("status",), "green", "'green' is none of 'agrees', 'differs', 'waived', 'indeterminate'"),
        (("c", "kind"), 7, "a string is expected here"),
        (("c", "members", 0, "type", "is"), [], "a string is expected here"),
        (("c", "members", 0, "bit_size"), 1.0, "a whole number is expected here"),
        (("c", "is_declaration"), None, "true or false is expected here"),
        (("paired", 0), ["a", "b", "c"], "an array of 2 is expected here"),
        (("says",), {"c": None}, "the key 'rust' is missing"),
        (("locations", "c"), "sys/mutex.h", "an object is expected here"),
    ],
)
def test_what_is_wrong_is_said(path: tuple[str | int, ...], wrong: object, what: str) -> None:
    """A value of a wrong type is an error at the place of that value."""
    value: Any = copy.deepcopy(run_to_json(sample_run()))
    node = value["subjects"][0]
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = wrong
    with pytest.raises(LayoutcheckError) as caught:
        run_from_json(value)
    steps = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in path)
    assert (caught.value.what, caught.value.where) == (what, f"run.subjects[0]{steps}")


def test_types_that_are_nested_too_deeply() -> None:
    """A type of 5000 nested pointers is refused: JSON may nest deeper than values can be read."""
    value: Any = run_to_json(sample_run())
    pointer: Any = None
    for _ in range(5000):
        pointer = {"is": "pointer", "byte_size": 8, "pointee": pointer}
    value["subjects"][0]["c"]["members"][0]["type"] = pointer
    with pytest.raises(LayoutcheckError, match="too many values stand inside each other"):
        run_from_json(value)


@pytest.mark.parametrize("value", [None, [], "run", {}, {"schema": None}])
def test_what_is_no_run_at_all_is_refused(value: JsonValue) -> None:
    """Any invalid file is a `LayoutcheckError`."""
    with pytest.raises(LayoutcheckError, match=r"expected|missing"):
        run_from_json(value)


def test_a_report_from_before_roots_can_be_read() -> None:
    """A report from before `root` can be read. It has the same causes."""
    value: Any = run_to_json(sample_run())
    for subject in value["subjects"]:
        for mismatch in subject["mismatches"]:
            del mismatch["root"]
    told = [str(m.cause) for v in run_from_json(value).verdicts for m in v.mismatches]
    assert told == [str(m.cause) for v in sample_run().verdicts for m in v.mismatches]


ENCODINGS = ", ".join(repr(one.value) for one in Encoding)
KINDS = "'base', 'pointer', 'array', 'enum', 'function', 'typedef', 'qualified', 'record'"


def read_type(value: JsonValue) -> Type | None:
    """Return the type, or `void`, of a value of a run."""
    found: Type | None = FORM.from_json(value, cast("Any", Type | None), "run")
    return found


@settings(deadline=None)
@given(layout=records)
def test_a_record_survives(layout: RecordLayout) -> None:
    """A record survives JSON with all members, and with the lines that == ignores."""
    written = layout_to_json(layout)
    back = FORM.from_json(json.loads(json.dumps(written)), RecordLayout, "run.c")
    assert back == layout
    assert layout_to_json(back) == written


@settings(deadline=None)
@given(type_=types)
def test_a_type_survives(type_: Type) -> None:
    """Every kind of type survives JSON."""
    written = json.loads(json.dumps(FORM.to_json(type_)))
    assert read_type(written) == type_


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
    """The form of types is fixed, because other programs read it; `void` is `null`."""
    assert FORM.to_json(type_) == written
    assert read_type(written) == type_


def test_the_form_of_a_record() -> None:
    """A record has these keys, in this order."""
    layout = record_of("s", ("f", Bits(U8, 3)))
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
        ({"is": "bool"}, "run.is", f"'bool' is none of {KINDS}"),
        ({"is": 7}, "run.is", "a string is expected here"),
        ({}, "run", "the key 'is' is missing"),
        ({**BASE, "encoding": "decimal"}, "run.encoding", f"'decimal' is none of {ENCODINGS}"),
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
        (RECORD | {"kind": "class"}, "run.kind", "'class' is none of 'struct', 'union'"),
    ],
)  # fmt: skip
def test_values_that_are_no_type(value: JsonValue, where: str, words: str) -> None:
    """Invalid types are errors with their places. Only certain types may be of `void`."""
    with pytest.raises(LayoutcheckError) as caught:
        read_type(value)
    assert (caught.value.where, caught.value.what) == (where, words)
