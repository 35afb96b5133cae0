"""A `Run` as workflow commands of GitHub Actions: each line of output is an annotation.

GitHub shows ten annotations of one kind for a step, and drops the others without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.model.checks import SUMMARIES, UNCHECKED
from layoutcheck.model.verdict import Run
from layoutcheck.report.checkout import checkout_path
from layoutcheck.report.failures import Failure, failures, headline, problems_of, warnings_of
from layoutcheck.report.terminal_safe import visible

__all__ = ["render"]

_MOST: Final = 10
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}


def render(run: Run) -> str:
    """Return at most ten commands, a line each: failures, and then input that was left out.

    The last one says how many more there are. A run that passes has none. Warnings that the
    bindings were made for another kernel come first; GitHub counts them apart.
    """
    warnings = [_command("layoutcheck", text, level="warning") for text in warnings_of(run)]
    if run.passed:
        return "".join(f"{command}\n" for command in warnings)
    found = failures(run)
    commands = [_of_failure(one) for one in found if one.waived is None]
    commands += [_command("layoutcheck", problem) for problem in problems_of(run)]
    if not commands:  # an item that differs without a mismatch: somebody changed the report
        commands = [_command("layoutcheck", f"{headline(run, found)}.")]
    if len(commands) > _MOST:
        more = f"{len(commands) - _MOST + 1} more are not shown here."
        rest = _command("layoutcheck", f"{headline(run, found)}. {more}")
        commands = [*commands[: _MOST - 1], rest]
    return "".join(f"{command}\n" for command in (*warnings, *commands))


def _of_failure(failure: Failure) -> str:
    if failure.check == UNCHECKED:
        title = "unchecked item"
    else:
        summary = SUMMARIES.get(failure.check)
        title = f"{failure.check}: {summary}" if summary else failure.check
    return _command(title, failure.text, **dict(_place(failure)))


def _place(failure: Failure) -> Iterator[tuple[str, str]]:
    place = failure.rust_location
    if place is not None:
        yield "file", visible(checkout_path(place.path))
        if place.line > 0:
            yield "line", str(place.line)


def _command(title: str, message: str, level: str = "error", **properties: str) -> str:
    """Return `::error file=...,line=...,title=...::message`, everything escaped."""
    named = {**properties, "title": title}
    words = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in named.items())
    return f"::{level} {words}::{_escaped(message, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(char, char) for char in text)
