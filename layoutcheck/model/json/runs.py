"""A `Run` as a JSON value and back: the one form of the JSON report and of xdist.

The form is `layoutcheck/1`. Within `/1`, keys may be added, but none is renamed or removed, and
none changes its meaning. `report/layoutcheck-1.schema.json` describes it.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, get_args

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.json.layouts import layout_from_json, layout_to_json
from layoutcheck.model.json.nodes import JsonNode, JsonValue, location_to_json
from layoutcheck.model.layout import RecordLayout, shallow
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

__all__ = ["SCHEMA", "run_from_json", "run_to_json"]

SCHEMA: Final = "layoutcheck/1"


def run_to_json(run: Run) -> dict[str, JsonValue]:
    """Return the run as a JSON object of the form `layoutcheck/1`.

    Named records inside a record are cut to name, kind, size and alignment (`layout.shallow`), so
    that a record that is inside a hundred others is not written a hundred times.
    """
    return {
        "schema": SCHEMA,
        "tool": {"name": "layoutcheck", "version": __version__},
        "bindings": run.bindings,
        "cells": [_cell_to_json(cell) for cell in run.cells],
        "subjects": [_verdict_to_json(verdict) for verdict in run.verdicts],
        "set_aside": [
            {
                "rust_path": item.rust_path,
                "why": item.why,
                "kind": item.kind,
                "location": location_to_json(item.rust_location),
            }
            for item in run.set_aside
        ],
        "problems": list(run.problems),
        "notes": list(run.notes),
        "shard": _shard_to_json(run.shard),
        "summary": _summary_to_json(run),
        "timings": [{"stage": stage, "seconds": seconds} for stage, seconds in run.seconds],
    }


def run_from_json(value: JsonValue) -> Run:
    """Return the run that `run_to_json` wrote.

    Raises `LayoutcheckError`, with the place in the value, for another schema, a missing key, or a
    value of the wrong type. Unknown keys are ignored.
    """
    node = JsonNode(value, "run")
    schema = node["schema"].text()
    if schema != SCHEMA:
        raise LayoutcheckError(
            f"the schema is {schema!r}; this layoutcheck reads {SCHEMA!r}",
            where="run.schema",
            hint="write the report again with this version of layoutcheck",
        )
    return Run(
        bindings=node["bindings"].text(),
        cells=tuple(_cell_from_json(cell) for cell in node["cells"]),
        verdicts=tuple(_verdict_from_json(subject) for subject in node["subjects"]),
        set_aside=tuple(
            SetAside(
                rust_path=item["rust_path"].text(),
                why=_why_from_json(item["why"]),
                kind=_kind_from_json(item["kind"]),
                rust_location=item["location"].location_or_none(),
            )
            for item in node["set_aside"]
        ),
        problems=node["problems"].texts(),
        notes=node["notes"].texts(),
        shard=_shard_from_json(node["shard"]),
        seconds=tuple((item["stage"].text(), item["seconds"].number()) for item in node["timings"]),
    )


def _summary_to_json(run: Run) -> JsonValue:
    count = run.count()
    set_aside = Counter(item.why for item in run.set_aside)
    return {
        "passed": run.passed,
        "total": count.total(),
        **{status.value: count[status] for status in Status},
        "set_aside": {why: set_aside[why] for why in get_args(Aside)},
    }


def _shard_to_json(shard: Shard | None) -> JsonValue:
    if shard is None:
        return None
    return {"number": shard.number, "count": shard.count, "plan": list(shard.plan)}


def _shard_from_json(node: JsonNode) -> Shard | None:
    if node.is_null():
        return None
    number, count = node["number"].integer(), node["count"].integer()
    if not 1 <= number <= count:
        raise node.error(f"there is no shard {number} of {count}")
    return Shard(number=number, count=count, plan=node["plan"].texts())


def _cell_to_json(cell: Cell) -> JsonValue:
    return {
        "id": cell.id,
        "release": cell.release,
        "arch": cell.arch,
        "machine": cell.machine,
        "machine_arch": cell.machine_arch,
        "kernel_conf": cell.kernel_conf,
        "kernel_conf_origin": cell.kernel_conf_origin,
        "headers": cell.headers,
        "clang": cell.clang,
        "rustc": cell.rustc,
        "producer": {"c": cell.c_producer, "rust": cell.rust_producer},
        "notes": list(cell.notes),
    }


def _cell_from_json(node: JsonNode) -> Cell:
    return Cell(
        id=node["id"].text(),
        release=node["release"].text(),
        arch=node["arch"].text(),
        machine=node["machine"].text(),
        machine_arch=node["machine_arch"].text(),
        kernel_conf=node["kernel_conf"].text(),
        kernel_conf_origin=node["kernel_conf_origin"].text(),
        headers=node["headers"].text(),
        clang=node["clang"].text(),
        rustc=node["rustc"].text(),
        c_producer=node["producer"]["c"].text(),
        rust_producer=node["producer"]["rust"].text(),
        notes=node["notes"].texts(),
    )


def _verdict_to_json(verdict: Verdict) -> JsonValue:
    return {
        "cells": list(verdict.cells),
        "kind": verdict.kind,
        "c_name": verdict.c_name,
        "rust_path": verdict.rust_path,
        "status": verdict.status.value,
        "reason": verdict.reason,
        "c": None if verdict.c is None else layout_to_json(shallow(verdict.c)),
        "rust": None if verdict.rust is None else layout_to_json(shallow(verdict.rust)),
        "says": {"c": verdict.c_says, "rust": verdict.rust_says},
        "locations": _locations_to_json(verdict),
        "mismatches": [
            {
                "check": mismatch.check_id,
                "member": mismatch.member_path,
                "c": mismatch.c,
                "rust": mismatch.rust,
                "hint": mismatch.hint,
                "cause": None if mismatch.cause is None else str(mismatch.cause),
                "root": _cause_to_json(mismatch.cause),
                "waived": mismatch.waived,
                "locations": _locations_to_json(mismatch),
            }
            for mismatch in verdict.mismatches
        ],
        "paired": [[c, rust] for c, rust in verdict.paired],
    }


def _verdict_from_json(node: JsonNode) -> Verdict:
    return Verdict(
        cells=node["cells"].texts(),
        kind=_kind_from_json(node["kind"]),
        c_name=node["c_name"].text_or_none(),
        rust_path=node["rust_path"].text(),
        status=_status_from_json(node["status"]),
        reason=node["reason"].text_or_none(),
        c=_layout_or_none(node["c"]),
        rust=_layout_or_none(node["rust"]),
        c_says=node["says"]["c"].text_or_none(),
        rust_says=node["says"]["rust"].text_or_none(),
        c_location=node["locations"]["c"].location_or_none(),
        rust_location=node["locations"]["rust"].location_or_none(),
        mismatches=tuple(_mismatch_from_json(item) for item in node["mismatches"]),
        paired=tuple(_pair_from_json(pair) for pair in node["paired"]),
    )


def _mismatch_from_json(node: JsonNode) -> Mismatch:
    return Mismatch(
        check_id=node["check"].text(),
        member_path=node["member"].text_or_none(),
        c=node["c"].text(),
        rust=node["rust"].text(),
        hint=node["hint"].text_or_none(),
        cause=_cause_from_json(node),
        waived=node["waived"].text_or_none(),
        c_location=node["locations"]["c"].location_or_none(),
        rust_location=node["locations"]["rust"].location_or_none(),
    )


def _cause_to_json(cause: Cause | None) -> JsonValue:
    if cause is None:
        return None
    return {"item": cause.item, "check": cause.check, "member": cause.member}


def _cause_from_json(node: JsonNode) -> Cause | None:
    """Return the cause; for a report without roots, only its text for a reader."""
    said = node["cause"].text_or_none()
    if said is None:
        return None
    if not node.has("root"):
        return Cause(item=said)
    root = node["root"]
    return Cause(
        check=root["check"].text_or_none(),
        member=root["member"].text_or_none(),
        item=root["item"].text_or_none(),
    )


def _locations_to_json(of: Verdict | Mismatch) -> JsonValue:
    return {"c": location_to_json(of.c_location), "rust": location_to_json(of.rust_location)}


def _layout_or_none(node: JsonNode) -> RecordLayout | None:
    return None if node.is_null() else layout_from_json(node)


def _pair_from_json(node: JsonNode) -> tuple[str | None, str | None]:
    match [item.text_or_none() for item in node]:
        case [c, rust]:
            return c, rust
        case _:
            raise node.error("a pair of member names is expected here")


def _status_from_json(node: JsonNode) -> Status:
    try:
        return Status(node.text())
    except ValueError:
        raise node.error(f"there is no status {node.value!r}") from None


def _why_from_json(node: JsonNode) -> Aside:
    for why in get_args(Aside):
        if why == node.text():
            known: Aside = why
            return known
    raise node.error(f"there is no reason {node.value!r} to skip an item")


def _kind_from_json(node: JsonNode) -> Kind:
    for kind in get_args(Kind):
        if kind == node.text():
            known: Kind = kind
            return known
    raise node.error(f"there is no kind of subject {node.value!r}")
