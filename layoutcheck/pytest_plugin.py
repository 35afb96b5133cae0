"""The pytest plugin: options, and `layoutcheck.toml` as a test file. The engine is imported late.

A repository without a manifest pays for this module alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from layoutcheck.pytest_items import LayoutFile

__all__: list[str] = []

OPTIONS = (
    (
        "--kernel-conf",
        "append",
        "NAME|PATH",
        "check against this kernel conf (GENERIC, or a path; repeatable, or a comma list)",
    ),
    ("--kernel-arch", "append", "ARCH", "check for this architecture (amd64, arm64; likewise)"),
    ("--kernel-src", "store", "DIR", "take the headers from this FreeBSD source tree"),
    ("--kernel-release", "store", "X.Y", "the FreeBSD release that the headers must be of"),
    ("--layout-report", "append", "FORMAT=PATH", "write a report (html=PATH, json=PATH)"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all in one group of `pytest --help`."""
    group = parser.getgroup("layoutcheck", "layouts of Rust kernel bindings (layoutcheck)")
    for name, action, metavar, text in OPTIONS:
        group.addoption(name, action=action, metavar=metavar, help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a report that could not be written before anything is compiled for it."""
    if config.getoption("layout_report"):
        from layoutcheck.errors import LayoutcheckError  # noqa: PLC0415 - see the module
        from layoutcheck.report.files import parse_requests  # noqa: PLC0415

        try:
            parse_requests(config.getoption("layout_report"))
        except LayoutcheckError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LayoutFile | None:
    """A manifest is a test file; a pyproject.toml only if it has the table."""
    if file_path.name == "pyproject.toml":
        if b"[tool.layoutcheck" not in file_path.read_bytes():
            return None
    elif file_path.name != "layoutcheck.toml":
        return None
    from layoutcheck.pytest_items import LayoutFile  # noqa: PLC0415 - see the module

    return LayoutFile.from_parent(parent, path=file_path)


def pytest_collection_finish(session: pytest.Session) -> None:
    """A kernel conf that nothing was checked against is a mistake, not a success."""
    config = session.config
    is_controller = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if config.getoption("kernel_conf") and not is_controller and not _engine(config):
        raise pytest.UsageError(
            "--kernel-conf was given, but no layoutcheck.toml was collected\n"
            f"hint: name it, e.g. pytest {session.startpath / 'layoutcheck.toml'}, or write one"
        )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's, which may be absent
    """Tell an xdist worker where the runs are shared: one worker compiles, the others read."""
    from layoutcheck.pytest_items import shared_folder  # noqa: PLC0415 - see the module

    node.workerinput["layoutcheck_runs"] = str(shared_folder(node.config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the reports, and fail a session in which input had to be left out."""
    if not hasattr(session.config, "workerinput") and _engine(session.config):
        from layoutcheck.pytest_items import finish  # noqa: PLC0415 - see the module

        finish(session)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """One paragraph for each manifest, and the reports that were written."""
    if _engine(config):
        from layoutcheck.pytest_items import summarize  # noqa: PLC0415 - see the module

        summarize(terminalreporter, config)


def _engine(config: pytest.Config) -> bool:
    """Whether a manifest was met, so that the engine has been imported for this session."""
    return bool(getattr(config, "_layoutcheck_in_use", False))
