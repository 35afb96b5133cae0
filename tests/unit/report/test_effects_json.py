"""effects_json.py: everything that was found, for programs."""

from __future__ import annotations

import json

from layoutcheck.report.effects_json import render_effects_json
from tests.option_effects import sensitivity


def test_everything_is_there() -> None:
    """Types have bytes, members have bits, and a missing one is null."""
    text = render_effects_json(sensitivity())
    assert text.endswith("}\n")
    found = json.loads(text)
    assert found["format"] == "layoutcheck-sensitivity/1"
    assert found["kernel"]["conf"] == "GENERIC"
    assert found["types"][2] == {"name": "late", "declared_at": None, "byte_size": None}
    options = {option["name"]: option for option in found["options"]}
    assert list(options) == ["LATE", "LOUD", "MAXCPU", "SMP", "STATS"]
    assert options["MAXCPU"] == {
        "name": "MAXCPU",
        "header": "opt_global.h",
        "is_set": False,
        "value": "2048",
        "default": "1024",
        "changes": [],
        "failures": [],
        "not_compared": [],
    }
    assert options["LOUD"]["failures"][0]["header"] == "sys/gadget.h"
    assert options["LOUD"]["not_compared"] == ["struct gadget"]
    drawer, gadget = options["STATS"]["changes"]
    assert (drawer["direct"], drawer["because_of"]) == (False, ["struct gadget"])
    assert (gadget["without"], gadget["with"], gadget["direct"]) == (16, 24, True)
    kinds = ["comes", "moves", "moves", "moves", "changes", "goes"]
    assert [member["kind"] for member in gadget["members"]] == kinds
    assert gadget["members"][0]["without"] is None
    assert gadget["members"][0]["with"] == {
        "bit_offset": 32,
        "bit_size": 64,
        "type": "unsigned long",
        "declared_at": {"path": "sys/gadget.h", "line": 12},
    }
    assert found["left_out"] == [{"header": "sys/odd.h", "reason": "sys/odd.h:1: what is this"}]
