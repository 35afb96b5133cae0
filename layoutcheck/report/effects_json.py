"""The effects of kernel options on types -> JSON text of the form `layoutcheck-sensitivity/1`."""

from __future__ import annotations

import json
from typing import Final

from layoutcheck.model.effects import (
    AskedType,
    MemberChange,
    OptionEffect,
    RecordChange,
    Sensitivity,
)
from layoutcheck.model.json.objects import Objects

__all__ = ["render_effects_json"]

_FORM: Final = Objects(
    keys={
        Sensitivity: {
            "release": "kernel.release",
            "arch": "kernel.arch",
            "kernel_conf": "kernel.conf",
            "kernel_conf_origin": "kernel.conf_origin",
            "headers": "kernel.headers",
            "clang": "kernel.clang",
            "effects": "options",
        },
        AskedType: {"c_name": "name"},
        OptionEffect: {"option": "name"},
        RecordChange: {"c_name": "name", "with_option": "with"},
        MemberChange: {"with_option": "with"},
    },
    left_out={(Sensitivity, "everything")},
    derived={
        (Sensitivity, "release"): ("format", lambda _: "layoutcheck-sensitivity/1"),
        (MemberChange, "without"): ("kind", lambda change: change.kind),
    },
)


def render_effects_json(found: Sensitivity) -> str:
    """Return all effects, with every record and member, as JSON text with a final line break.

    Sizes of types are in bytes, those of members and their offsets in bits. `without` is the state
    if the option is not defined, `with` if it is; null if the type or member does not exist.
    """
    return json.dumps(_FORM.to_json(found), indent=1) + "\n"
