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


def parse_clang(text: str) -> Iterator[Diagnostic]:
    """The errors in clang's output, each with the outermost `#include` that led to it.

    clang prints the chain of includes once for all the errors that follow from the same place.
    """
    chain: list[int] = []
    fresh = True
    for line in text.splitlines():
        included = CLANG_FROM.match(line)
        if included is not None:
            chain = [] if fresh else chain
            chain.append(int(included[2]))
            fresh = False
            continue
        error = CLANG_ERROR.match(line)
        fresh = True
        if error is not None:
            yield Diagnostic(
                message=error[3],
                location=SourceLocation(path=error[1], line=int(error[2])),
                included_at=chain[0] if chain else None,
            )


def parse_rustc(text: str) -> Iterator[Diagnostic]:
    """The errors in what rustc writes with `--error-format=json`, one JSON object a line."""
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        message = json.loads(line)
        if message.get("level") != "error" or not message.get("spans"):
            continue
        spans = message["spans"]
        primary = next((span for span in spans if span["is_primary"]), spans[0])
        code = (message.get("code") or {}).get("code")
        yield Diagnostic(
            message=message["message"] + (f" [{code}]" if code else ""),
            location=SourceLocation(path=primary["file_name"], line=primary["line_start"]),
        )
