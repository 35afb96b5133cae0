"""A compiler's output -> its errors and warnings, as `Diagnostic`s."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import ToolchainError
from layoutcheck.location import SourceLocation

__all__ = ["Diagnostic", "broken_metadata", "parse_clang", "parse_rustc"]

CLANG_ERROR: Final = re.compile(r"(.+?):(\d+):\d+: (?:fatal )?error: (.*)")
CLANG_FROM: Final = re.compile(r"In file included from (.+?):(\d+):")
# Messages of rustc 1.88 to 1.96 on metadata that is cut off, overwritten or empty.
BROKEN_METADATA: Final = re.compile(
    r"found invalid metadata files for crate `?\w+`?|corrupt metadata encountered in \S+|E0786"
    r"|can't find crate for `core`|panicked at \S*/rmeta/\S+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One error or warning. `notes` are the notes that rustc adds to it.

    `included_at` is the line of the unit itself whose `#include` led to it.
    """

    message: str
    location: SourceLocation
    included_at: int | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


def parse_clang(text: str, *, unit: str) -> Iterator[Diagnostic]:
    """Yield the errors in clang's output, each with the line of the file `unit` that led to it.

    An error in a file that the command line includes has no such line. clang prints the chain of
    includes once for all errors from the same place. For notes, it prints the chain only with
    `-fdiagnostics-show-note-include-stack`. Without that flag, an error after a note may have none.
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


def parse_rustc(text: str, level: str = "error") -> Iterator[Diagnostic]:
    """Yield the errors in rustc's output with `--error-format=json`, one JSON object a line.

    Another `level` gives its warnings instead.
    """
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            message = json.loads(line)
        except ValueError:  # the compiler's own panic, or a linker's output
            continue
        if message.get("level") != level or not message.get("spans"):
            continue
        spans = message["spans"]
        primary = next((span for span in spans if span["is_primary"]), spans[0])
        code = (message.get("code") or {}).get("code")
        yield Diagnostic(
            message=message["message"] + (f" [{code}]" if code else ""),
            location=SourceLocation(path=primary["file_name"], line=primary["line_start"]),
            notes=tuple(child["message"] for child in message.get("children", ())),
        )


def broken_metadata(words: str, folders: Sequence[Path]) -> ToolchainError | None:
    """Return the error to raise if rustc says that compiled metadata is broken; else None.

    `folders` are the folders with metadata that we made. The hint is to delete those that rustc
    names, or all if it names none.
    """
    said = BROKEN_METADATA.search(words)
    if said is None or not folders:
        return None
    named = [folder for folder in folders if str(folder) in words] or folders
    return ToolchainError(
        f"what was compiled earlier is broken: {said[0]}",
        where=str(named[0]),
        hint=f"delete {' and '.join(map(str, named))}: the next run makes it again",
    )
