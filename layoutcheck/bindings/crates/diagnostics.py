"""Messages of rustc and cargo about a crate that does not build -> one `BindingsError`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from layoutcheck.errors import BindingsError
from layoutcheck.location import SourceLocation

__all__ = ["StdMissingError", "build_error", "read_messages"]

Json = Mapping[str, Any]

# Number of compiler errors that are shown in full, and of lines of cargo's own text.
SHOWN_ERRORS: Final = 3
SHOWN_LINES: Final = 30


class StdMissingError(BindingsError):
    """The crate, or one that it depends on, is not `no_std`, and the target has no std."""


def read_messages(output: str) -> tuple[Json, ...]:
    """Return the JSON objects of a program's output, one a line; other lines are ignored."""
    found = []
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    return tuple(found)


def build_error(
    what: str, messages: Iterable[Json], stderr: str, *, target: str, where: str
) -> BindingsError:
    """Return the error to raise if `what` (a crate's name) did not build for a target triple.

    `messages` are rustc's diagnostics, `stderr` is cargo's text. The first errors are shown as the
    compiler renders them. `where` is the place if the compiler names none. The result is a
    `StdMissingError` if only std is missing.
    """
    errors = _distinct_errors(messages)
    if not errors:
        hint = None
        if "custom build command" in stderr:
            hint = "its build script failed: env in [bindings] sets variables for it"
        return BindingsError(
            f"{what} does not build:\n{_last_words(stderr)}", where=where, hint=hint
        )
    place = _place(errors) or where
    for error in errors:
        if _code(error) == "E0463" and "`std`" in error["message"]:
            return StdMissingError(
                f"{what} needs std, and there is only core and alloc for {target}\n"
                + _rendered(error),
                where=place,
                hint="make the crate #![no_std] for this target (perhaps it has a feature for that:"
                f" see default-features), or get std: rustup target add {target}",
            )
    shown = [_rendered(error) for error in errors[:SHOWN_ERRORS]]
    if len(errors) > SHOWN_ERRORS:
        shown.append(f"... and {len(errors) - SHOWN_ERRORS} more")
    text = "\n\n".join(shown)
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return BindingsError(
        f"{what} does not compile for {target}: {count}\n{text}", where=place, hint=_hint(errors)
    )


def _distinct_errors(messages: Iterable[Json]) -> list[Json]:
    errors: dict[tuple[str, str], Json] = {}
    for message in messages:
        # "aborting due to 3 previous errors" and similar messages have neither a code nor a place.
        real = message.get("code") or message.get("spans") or "aborting" not in message["message"]
        if str(message.get("level", "")).startswith("error") and real:
            errors.setdefault((message["message"], str(message.get("spans"))), message)
    return list(errors.values())


def _rendered(error: Json) -> str:
    return str(error.get("rendered") or error["message"]).rstrip()


def _code(error: Json) -> str | None:
    return error["code"]["code"] if error.get("code") else None


def _place(errors: Sequence[Json]) -> SourceLocation | None:
    for error in errors:
        for span in error.get("spans", ()):
            if span["is_primary"]:
                return SourceLocation(path=span["file_name"], line=span["line_start"])
    return None


def _hint(errors: Sequence[Json]) -> str | None:
    codes = {_code(error) for error in errors}
    if "E0554" in codes:
        return "the crate wants a nightly compiler: LAYOUTCHECK_RUSTC names the rustc to use"
    if codes & {"E0412", "E0425", "E0432", "E0433"}:
        return (
            "names are missing: perhaps a feature, a variable in [bindings] env or, for a source"
            " file, a prelude must define them"
        )
    if any(re.search(r"edition|keyword", error["message"]) for error in errors):
        return "for a source file, `edition` in [bindings] says which Rust it is written in"
    return None


def _last_words(stderr: str) -> str:
    """Return cargo's text from its first error on; only the last lines if there are many."""
    lines = [line.rstrip() for line in stderr.strip().splitlines()]
    first = next((n for n, line in enumerate(lines) if line.startswith("error")), 0)
    lines = lines[first:]
    if len(lines) > SHOWN_LINES:
        lines = [lines[0], "...", *lines[-SHOWN_LINES:]]
    return "\n".join(lines) or "(no message)"
