"""Explain an option's value by the statements that set or removed it, with their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.option_table import suggestion
from layoutcheck.kernel.freebsd.config.settings import find_settings
from layoutcheck.kernel.freebsd.config.statements import device_option

if TYPE_CHECKING:
    from layoutcheck.kernel.freebsd.config.resolve import ResolvedConf
    from layoutcheck.location import SourceLocation

__all__ = ["explain_option"]


def explain_option(resolved: ResolvedConf, option: str) -> str:
    """Return a line with the option's value, then its places, each as `file:line: text`.

    The statement in effect comes first, then the includes that lead to it, the statements that it
    overrides, and the line of the table that names the header. Raises `KernConfError` for an
    unknown option.
    """
    conf, table = resolved.conf, resolved.table
    name = table.aliases.get(option, option)
    settings = find_settings(conf, table).by_option.get(name, [])
    entry = next((entry for entry in table.entries if entry.name == name), None)
    if entry is None and not settings:
        known = [entry.name for entry in table.entries]
        device = device_option(option)
        hint = f"did you mean {device}?" if device in known else suggestion(option, known)
        raise KernConfError(f'unknown option "{option}"', where=conf.origin, hint=hint)
    lines = [] if name == option else [f"{option} is an old name of {name}"]
    removals = [removal for removal in conf.removals if removal.option == name]
    if settings:
        last = settings[-1]
        by_itself = ": config(8) sets it itself" if last.location is None else ""
        lines.append(f"{name} is {last.value or 'empty'}{by_itself}")
        if last.location is not None:
            lines.append(f"{last.location}: {last.statement}")
            lines += _includes(resolved, last.location)
        lines += [
            f"{other.location}: {other.statement}, overridden by the later statement"
            for other in reversed(settings[:-1])
            if other.location is not None
        ]
    elif removals:
        lines.append(f"{name} is not set")
        lines += [f"{removal.location}: {removal.statement}" for removal in removals]
        lines += _includes(resolved, removals[0].location)
    else:
        lines.append(f"{name} is not set: no statement sets it")
    if entry is not None:
        define = _define(resolved.headers[entry.header], name)
        lines.append(f"{entry.location}: {entry.header} {define}")
    else:
        lines.append(f"no header defines {name}")
    return "\n".join(lines)


def _includes(resolved: ResolvedConf, location: SourceLocation) -> Iterator[str]:
    """Yield the `include` statements that led to the file of `location`, innermost first."""
    statements = {include.name: include.location for include in resolved.conf.includes}
    path = location.path
    while path in statements:
        statement = statements.pop(path)
        yield f"{statement}: includes {path}"
        path = statement.path


def _define(header: str, option: str) -> str:
    for line in header.split("\n"):
        if line.startswith(f"#define {option} "):
            return f"has {line}"
    return "does not define it"
