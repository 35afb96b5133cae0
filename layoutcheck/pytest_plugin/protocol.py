"""Reports of pytest items that have nothing to run, without pytest's work around a test.

pytest prepares each phase of each test: it captures output and logging, watches threads, and sets
up fixtures. This takes about thirty hook calls, three times the cost of everything else. The
verdicts are known since the collection. The three reports of an item that agrees or is skipped are
therefore made here. All receivers of reports (the terminal, JUnit, `--lf`, xdist) get the same
reports.

pytest's own protocol runs wherever another plugin could take part: see `_is_quick`.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Final, Literal, TypeAlias

import pytest

from layoutcheck.garbage import collection_off
from layoutcheck.pytest_plugin.items import LayoutItem

__all__ = ["QuickProtocol"]

Phase: TypeAlias = Literal["setup", "call", "teardown"]

_PHASES: Final[tuple[Phase, ...]] = ("setup", "call", "teardown")
_PASSED_OVER: Final = tuple(
    f"pytest_runtest_{what}" for what in (*_PHASES, "makereport", "protocol")
)
# pytest's own plugins, and hypothesis', which only looks for `@given` on Python functions.
_INDIFFERENT: Final = ("_pytest.", "_hypothesis_pytestplugin")
_SHOWING_SETUP: Final = ("setuponly", "setupshow", "setupplan")


class QuickProtocol:
    """A plugin, registered in a session that has layoutcheck's items."""

    def __init__(self, config: pytest.Config) -> None:
        shows_setup = any(config.getoption(name, False) for name in _SHOWING_SETUP)
        taking_part = (
            implementation.plugin
            for name in _PASSED_OVER
            for implementation in getattr(config.hook, name).get_hookimpls()
        )
        self._is_free = not shows_setup and all(map(_is_indifferent, taking_part))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run the loop without garbage collection if all items are layoutcheck's."""
        if all(isinstance(item, LayoutItem) for item in session.items):
            with collection_off():
                return (yield)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Literal[True] | None:
        """Send the reports on an item and return True; None leaves it to pytest."""
        if not (isinstance(item, LayoutItem) and self._is_quick(item, nextitem)):
            return None
        hook, nodeid, location = item.ihook, item.nodeid, item.location
        hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
        for report in _reports(item):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
        return True

    def _is_quick(self, item: LayoutItem, nextitem: pytest.Item | None) -> bool:
        """Return whether pytest would report exactly what is known of the item.

        It might not if another plugin, or a conftest.py, takes part in running tests or has marked
        the item; or if the item fails. pytest must also run the last item of its parent, to tear
        down what it has set up for others above it.
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
    """Return whether a plugin (module or object) ignores items that are no Python functions."""
    module = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    return module.startswith(_INDIFFERENT)


def _reports(item: LayoutItem) -> Iterator[pytest.TestReport]:
    """Yield pytest's reports on an item that passes, or is skipped."""
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
