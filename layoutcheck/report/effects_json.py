"""The effects of kernel options on types -> JSON text of the form `layoutcheck-sensitivity/1`."""

from __future__ import annotations

import json

from layoutcheck.model.effects import (
    Failure,
    MemberChange,
    OptionEffect,
    Place,
    RecordChange,
    Sensitivity,
)
from layoutcheck.model.json.nodes import JsonValue, location_to_json

__all__ = ["render_effects_json"]


def render_effects_json(found: Sensitivity) -> str:
    """Return all effects, with every record and member, as JSON text with a final line break.

    Sizes of types are in bytes, those of members and their offsets in bits. `without` is the state
    if the option is not defined, `with` if it is; null if the type or member does not exist.
    """
    value: JsonValue = {
        "format": "layoutcheck-sensitivity/1",
        "kernel": {
            "release": found.release,
            "arch": found.arch,
            "conf": found.kernel_conf,
            "conf_origin": found.kernel_conf_origin,
            "headers": found.headers,
            "clang": found.clang,
        },
        "types": [
            {
                "name": type_.c_name,
                "declared_at": location_to_json(type_.declared_at),
                "byte_size": type_.byte_size,
            }
            for type_ in found.types
        ],
        "options": [_option(effect) for effect in found.effects],
        "left_out": [_failure(failure) for failure in found.left_out],
    }
    return json.dumps(value, indent=1) + "\n"


def _option(effect: OptionEffect) -> JsonValue:
    return {
        "name": effect.option,
        "header": effect.header,
        "is_set": effect.is_set,
        "value": effect.value,
        "default": effect.default,
        "changes": [_record(change) for change in effect.changes],
        "failures": [_failure(failure) for failure in effect.failures],
        "not_compared": list(effect.not_compared),
    }


def _record(change: RecordChange) -> JsonValue:
    return {
        "name": change.c_name,
        "declared_at": location_to_json(change.declared_at),
        "without": change.without,
        "with": change.with_option,
        "direct": change.direct,
        "because_of": list(change.because_of),
        "members": [_member(member) for member in change.members],
    }


def _member(member: MemberChange) -> JsonValue:
    return {
        "path": member.path,
        "kind": member.kind,
        "without": _place(member.without),
        "with": _place(member.with_option),
    }


def _place(place: Place | None) -> JsonValue:
    if place is None:
        return None
    return {
        "bit_offset": place.bit_offset,
        "bit_size": place.bit_size,
        "type": place.type,
        "declared_at": location_to_json(place.declared_at),
    }


def _failure(failure: Failure) -> JsonValue:
    return {"header": failure.header, "reason": failure.reason}
