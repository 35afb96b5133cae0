"""A table of options and a `KernConf` -> the `opt_*.h` that config(8) writes.

The order of the lines is config(8)'s too (mkoptions.c): it writes a header again for each of its
options, and reverses the old lines each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import ConfOption, KernConf
from layoutcheck.kernel.freebsd.config.header_lines import HeaderLines
from layoutcheck.kernel.freebsd.config.option_table import OptionTable, suggestion
from layoutcheck.kernel.freebsd.config.settings import find_settings
from layoutcheck.location import SourceLocation

__all__ = ["OptionHeaders", "render_options"]

_MAX_OTHERS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHeaders:
    """The text of every `opt_*.h` (empty if it defines nothing), and config(8)'s messages."""

    headers: Mapping[str, str]
    messages: tuple[str, ...]


def render_options(conf: KernConf, table: OptionTable) -> OptionHeaders:
    """Return the text of every `opt_*.h` of `table` under `conf`, and config(8)'s messages.

    The text is empty for a header that defines nothing. Raises `KernConfError` for an option that
    the table does not have.
    """
    settings = find_settings(conf, table)
    messages = list(settings.messages)
    _check_known(conf, table, settings.by_option)
    headers = {entry.header: HeaderLines() for entry in table.entries}
    # config(8)'s table is a list that grows at its head, so that the last entry comes first.
    for entry in reversed(table.entries):
        given = settings.by_option.get(entry.name)
        if not given:
            continue
        messages += [
            f'{conf.name}: option "{entry.name}" redefined from {old.value} to {new.value}'
            for old, new in pairwise(given)
            if old.value != new.value
        ]
        if headers[entry.header].add(entry.name, given[-1].value):
            messages.append(
                f"WARNING: {entry.header} holds a value with blanks, and config(8) loses what "
                f"follows its first word; write it without blanks"
            )
    texts = {header: lines.text for header, lines in headers.items()}
    return OptionHeaders(headers=MappingProxyType(texts), messages=tuple(messages))


def _check_known(conf: KernConf, table: OptionTable, given: Iterable[str]) -> None:
    """Refuse options that the table does not have, except `DEV_*` (mkoptions.c)."""
    known = {entry.name for entry in table.entries}
    unknown = {name for name in given if name not in known and not name.startswith("DEV_")}
    if not unknown:
        return
    # config(8) names one of them: a cpu, else the last option in the conf.
    first_copies: dict[str, ConfOption] = {}
    for option in conf.options:
        first_copies.setdefault(option.name, option)
    order = [("MAXUSERS", SourceLocation(path=conf.name))]
    order += [(cpu.name, cpu.location) for cpu in conf.cpus]
    order += [(option.name, option.location) for option in reversed(first_copies.values())]
    name, location = next(
        (name, location) for name, location in order if table.aliases.get(name, name) in unknown
    )
    others = sorted(unknown - {name})
    shown = ", ".join(others[:_MAX_OTHERS]) + (", ..." if len(others) > _MAX_OTHERS else "")
    more = f" (and unknown too: {shown})" if others else ""
    raise KernConfError(
        f'unknown option "{name}"{more}', where=location, hint=suggestion(name, known)
    )
