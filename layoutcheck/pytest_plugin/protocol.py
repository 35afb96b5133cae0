"""Reports on items that have nothing to run, for pytest, without what it does around a test.

pytest prepares for each phase of each test: output and logging are captured, threads are watched,
fixtures are set up. It asks some thirty hooks for it, three times what all else costs. The verdicts
are known since the collection, so of an item that agrees, or that is set aside, the three reports
are made here. Whoever hears of reports (the terminal, JUnit, `--lf`, xdist) hears the same.

pytest's own protocol runs wherever anybody else could have a say: see `_is_quick`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import ModuleType
from typing import Final, Literal, TypeAlias

import pytest

from layoutcheck.pytest_plugin.items import LayoutItem

__all__ = ["QuickProtocol"]

Phase: TypeAlias = Literal["setup", "call", "teardown"]

_PHASES: Final[tuple[Phase, ...]] = ("setup", "call", "teardown")
_PASSED_OVER: Final = tuple(
    f"pytest_runtest_{what}" for what in (*_PHASES, "makereport", "protocol")
)
# pytest's own, and hypothesis', which looks for what `@given` puts at a Python function.
_INDIFFERENT: Final = ("_pytest.", "_hypothesis_pytestplugin")
_SHOWING_SETUP: Final = ("setuponly", "setupshow", "setupplan")


class QuickProtocol:
    """A plugin, registered in a session that has items of ours."""

    def __init__(self, config: pytest.Config) -> None:
        shows_setup = any(config.getoption(name, False) for name in _SHOWING_SETUP)
        taking_part = (
            implementation.plugin
            for name in _PASSED_OVER
            for implementation in getattr(config.hook, name).get_hookimpls()
        )
        self._is_free = not shows_setup and all(map(_is_indifferent, taking_part))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Literal[True] | None:
        """Send the reports on an item, and say that this is done; or leave it to pytest."""
        if not (isinstance(item, LayoutItem) and self._is_quick(item, nextitem)):
            return None
        hook, nodeid, location = item.ihook, item.nodeid, item.location
        hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
        for report in _reports(item):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
        return True

    def _is_quick(self, item: LayoutItem, nextitem: pytest.Item | None) -> bool:
        """Return whether pytest would find nothing but what is known of the item.

        Not where another plugin, or a conftest.py, takes part in running tests or has marked the
        item; not for what fails. Nor for the last of its parent: pytest has to tear down what it
        has set up for others above it.
        """
        marks = 0 if item.skip_reason is None else 1
        return (
            self._is_free
            and nextitem is not None
            and nextitem.parent is item.parent
            and item.is_settled
            and sum(1 for _ in item.iter_markers()) == marks
        )


def _is_indifferent(plugin: object) -> bool:
    """Whether a plugin, a module or an object, lets items be that are no Python functions."""
    module = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    return module.startswith(_INDIFFERENT)


def _reports(item: LayoutItem) -> Iterator[pytest.TestReport]:
    """Yield what pytest would report on an item that passes, or is skipped."""
    now = time.time()
    keywords: dict[str, Literal[1]] = dict.fromkeys(item.keywords, 1)
    skipped: tuple[str, int, str] | None = None
    if item.skip_reason is not None:
        path, line, _ = item.reportinfo()
        skipped = (str(path), line + 1, f"Skipped: {item.skip_reason}")
    for phase in _PHASES:
        is_skipped = skipped is not None and phase == "setup"
        if skipped is None or phase != "call":
            yield pytest.TestReport(
                nodeid=item.nodeid,
                location=item.location,
                keywords=keywords.copy(),
                outcome="skipped" if is_skipped else "passed",
                longrepr=skipped if is_skipped else None,
                when=phase,
                start=now,
                stop=now,
                user_properties=item.user_properties,
            )
