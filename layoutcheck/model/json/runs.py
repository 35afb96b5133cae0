"""A `Run` as a JSON value and back: the one form of the JSON report and of xdist.

The form is `layoutcheck/1`. Within `/1`, keys may be added, but none is renamed or removed, and
none changes its meaning. `report/layoutcheck-1.schema.json` describes it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, get_args

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.json.objects import JsonValue, Objects
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    TypedefType,
    shallow,
)
from layoutcheck.model.verdict import Aside, Cell, Mismatch, Run, SetAside, Status, Verdict

__all__ = ["FORM", "SCHEMA", "layout_to_json", "run_from_json", "run_to_json", "version_of"]

SCHEMA: Final = "layoutcheck/1"


@dataclass(frozen=True, slots=True)
class _Schema:
    schema: str


@dataclass(frozen=True, slots=True)
class _Tool:
    version: str


def _with_waiver(value: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict or mismatch with the place of its waiver, which older reports lack."""
    return {"waiver": None, **value}


def _with_root(mismatch: dict[str, Any]) -> dict[str, Any]:
    """Return the mismatch with its root; older reports have only a text for a reader."""
    mismatch = _with_waiver(mismatch)
    if "root" in mismatch:
        return mismatch
    said = mismatch.get("cause")
    root = None if said is None else {"item": said, "check": None, "member": None}
    return {**mismatch, "root": root}


def _summary_to_json(run: Run) -> JsonValue:
    count = run.count()
    set_aside = Counter(item.why for item in run.set_aside)
    return {
        "passed": run.passed,
        "total": count.total(),
        **{status.value: count[status] for status in Status},
        "set_aside": {why: set_aside[why] for why in get_args(Aside)},
    }


_LOCATIONS: Final = {"c_location": "locations.c", "rust_location": "locations.rust"}
FORM: Final = Objects(
    keys={
        Run: {"verdicts": "subjects", "seconds": "timings"},
        Cell: {"c_producer": "producer.c", "rust_producer": "producer.rust"},
        Verdict: {"c_says": "says.c", "rust_says": "says.rust", **_LOCATIONS},
        Mismatch: {"check_id": "check", "member_path": "member", "cause": "root", **_LOCATIONS},
        SetAside: {"rust_location": "location"},
        _Tool: {"version": "tool.version"},
    },
    pairs={(EnumType, "enumerators"): ("name", "value"), (Run, "seconds"): ("stage", "seconds")},
    left_out={(RecordLayout, "ref"), (RecordLayout, "is_tagged"), (ArrayType, "is_vector")},
    cut={(Verdict, "c"): shallow, (Verdict, "rust"): shallow},
    derived={
        (Run, "seconds"): ("summary", _summary_to_json),
        (Mismatch, "cause"): ("cause", lambda it: it.cause and str(it.cause)),
    },
    tags={
        BaseType: "base",
        PointerType: "pointer",
        ArrayType: "array",
        EnumType: "enum",
        FunctionType: "function",
        TypedefType: "typedef",
        QualifiedType: "qualified",
        RecordLayout: "record",
    },
    older={Mismatch: _with_root, Verdict: _with_waiver},
)
"""Form in which the values of a run are written and read."""


def layout_to_json(record: RecordLayout) -> JsonValue:
    """Return the record, with everything inside, as a JSON object."""
    value: JsonValue = FORM.to_json(record)
    return value


def run_to_json(run: Run) -> dict[str, JsonValue]:
    """Return the run as a JSON object of the form `layoutcheck/1`.

    Named records inside a record are cut to name, kind, size and alignment (`layout.shallow`), so
    that a record inside a hundred others is not written a hundred times.
    """
    value = FORM.to_json(run)
    tool = {"name": "layoutcheck", "version": __version__}
    return {"schema": SCHEMA, "tool": tool, **value}


def run_from_json(value: JsonValue) -> Run:
    """Return the run that `run_to_json` wrote.

    Raises `LayoutcheckError`, with the place in the value, for another schema, a missing key, or a
    value of the wrong type. Unknown keys are ignored.
    """
    schema = FORM.from_json(value, _Schema, "run").schema
    if schema != SCHEMA:
        raise LayoutcheckError(
            f"the schema is {schema!r}; this layoutcheck reads {SCHEMA!r}",
            where="run.schema",
            hint="write the report again with this version of layoutcheck",
        )
    run = FORM.from_json(value, Run, "run")
    if run.shard is not None and not 1 <= run.shard.number <= run.shard.count:
        raise LayoutcheckError(
            f"there is no {run.shard}",
            where="run.shard",
            hint="the value was not written by layoutcheck, or was changed afterwards",
        )
    return run


def version_of(value: JsonValue) -> str:
    """Return the version of layoutcheck that wrote the run. Raises as `run_from_json` does."""
    return FORM.from_json(value, _Tool, "run").version
