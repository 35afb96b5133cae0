"""A JSON report -> the number of compared facts: `python -m benchmarks.facts REPORT`.

A fact is a value that both sides have and that was compared:

- of a record its size and its alignment; of each member that both have its place, its size and
  its type (including the sign);
- of an enum its size, and the value of each enumerator;
- of a constant its value and its type (width and sign are one);
- of a function its result and each parameter's type;
- of a static its type.

Each counts once in each cell. Other compared values (kind, calling convention, `variadic`, bits of
accessors) are not counted, and neither is an unchecked value.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["count_facts", "main"]

Json = Mapping[str, Any]


def count_facts(report: Json) -> Counter[str]:
    """Return the facts by the kind of the item, of a report of the form `layoutcheck/1`.

    The number of compared records is under "records".
    """
    facts: Counter[str] = Counter()
    for subject in report["subjects"]:
        found = _facts_of(subject)
        facts[subject["kind"]] += found * len(subject["cells"])
        if subject["kind"] == "record" and found:
            facts["records"] += len(subject["cells"])
    return facts


def _facts_of(subject: Json) -> int:
    if subject["kind"] == "record":
        if subject["c"] is None or subject["rust"] is None:
            return 0
        both = [pair for pair in subject["paired"] if None not in pair]
        return 2 + 3 * len(both)
    said: str | None = subject["says"]["c"]
    if said is None or subject["says"]["rust"] is None:
        return 0
    match subject["kind"]:
        case "enum":
            return 1 + said.count(" = ")
        case "constant":
            return 2
        case "function":
            return 1 + _parameters(said)
        case _:
            return 1


def _parameters(said: str) -> int:
    """Return the number of parameters of a function type in C: those of the last parentheses."""
    depth, start = 0, len(said)
    for place in range(len(said) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(said[place], 0)
        if said[place] == "(" and depth == 0:
            start = place + 1
            break
    depth, commas = 0, 0
    inside = said[start : said.rfind(")")]
    for character in inside:
        depth += {"(": 1, ")": -1}.get(character, 0)
        commas += character == "," and depth == 0
    names = 0 if inside.strip() in {"", "void"} else commas + 1
    return names - inside.strip().endswith("...")


def main() -> None:
    """Print the facts of the report that the command line names, and its timings, as JSON."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    stages = {timing["stage"]: timing["seconds"] for timing in report["timings"]}
    found = {"facts": count_facts(report), "stages": stages, "cells": len(report["cells"])}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
