"""What a compiler complains about: its output -> `Diagnostic`s."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.location import SourceLocation

__all__ = ["Diagnostic", "parse_clang", "parse_rustc"]

CLANG_ERROR: Final = re.compile(r"(.+?):(\d+):\d+: (?:fatal )?error: (.*)")
CLANG_FROM: Final = re.compile(r"In file included from (.+?):(\d+):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One error. `included_at` is the line of the unit itself whose `#include` led to it."""

    message: str
    location: SourceLocation
    included_at: int | None = None

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


def parse_clang(text: str, *, unit: str) -> Iterator[Diagnostic]:
    """The errors in clang's output, each with the line of the file `unit` that led to it.

    None did to errors in what the command line includes. clang prints the chain of includes once
    for all that follows from the same place; for notes only with
    `-fdiagnostics-show-note-include-stack`, without which an error after a note may have none.
    """
    chain: list[tuple[str, int]] = []
    fresh = True
    for line in text.splitlines():
        included = CLANG_FROM.match(line)
        if included is not None:
            chain = [] if fresh else chain
            chain.append((included[1], int(included[2])))
            fresh = False
            continue
        error = CLANG_ERROR.match(line)
        fresh = True
        if error is not None:
            led_here = (line for path, line in chain if path == unit != error[1])
            yield Diagnostic(
                message=error[3],
                location=SourceLocation(path=error[1], line=int(error[2])),
                included_at=next(led_here, None),
            )


def parse_rustc(text: str) -> Iterator[Diagnostic]:
    """The errors in what rustc writes with `--error-format=json`, one JSON object a line."""
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            message = json.loads(line)
        except ValueError:  # the compiler's own panic, or what a linker printed
            continue
        if message.get("level") != "error" or not message.get("spans"):
            continue
        spans = message["spans"]
        primary = next((span for span in spans if span["is_primary"]), spans[0])
        code = (message.get("code") or {}).get("code")
        yield Diagnostic(
            message=message["message"] + (f" [{code}]" if code else ""),
            location=SourceLocation(path=primary["file_name"], line=primary["line_start"]),
        )
