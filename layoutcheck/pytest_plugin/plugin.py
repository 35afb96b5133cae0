"""The pytest plugin: options, and `layoutcheck.toml` as a test file.

The engine is imported when a manifest is collected. Any other session imports only this module.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

__all__: list[str] = []

FORMATS: Final = "html, json, json-brief, sarif, github, markdown, junit"  # equal to report's
OPTIONS: Final = (
    (
        "--kernel-conf",
        "append",
        "NAME|PATH",
        "check against this kernel conf (GENERIC, or a path; repeatable, or a comma list)",
    ),
    (
        "--kernel-arch",
        "append",
        "ARCH",
        "check for this architecture (amd64, riscv64, ...; likewise)",
    ),
    (
        "--kernel-src",
        "append",
        "[X.Y=]DIR",
        "take the headers from this FreeBSD source tree (of release X.Y; repeatable)",
    ),
    (
        "--kernel-release",
        "append",
        "X.Y",
        "check against this FreeBSD release (repeatable, or a comma list)",
    ),
    (
        "--layout-report",
        "append",
        "FORMAT=PATH",
        f"write a report, such as html=PATH (formats: {FORMATS})",
    ),
    ("--layout-cache", "store", "DIR", "cache results in this folder"),
    (
        "--layout-shard",
        "store",
        "NUMBER/COUNT",
        "check this part of the cells (2/5: the second of five)",
    ),
)
VIEWS: Final = ("kernel", "module", "userland")  # equal to manifest/kernel's, imported late
ASKING: Final = (*(name for name, *_ in OPTIONS if name != "--layout-cache"), "--kernel-view")
"""The options that ask for a check: a session that makes no check is an error."""


@dataclass(slots=True, kw_only=True)
class SessionState:
    """State of one session, or of one xdist worker, before the engine is imported.

    - `seen`: each manifest that pytest came across, and whether it was collected. pytest offers
      every file beside those that it collects.
    - `opened`: whether a manifest was read.
    - `without_conf`: whether a manifest named no kernel conf.
    - `notes`, `paragraphs`: text at the end of the terminal's output.
    - `shared`: the folder through which xdist's workers share runs (in the controller only).
    """

    seen: dict[Path, bool] = field(default_factory=dict)
    opened: bool = False
    without_conf: bool = False
    notes: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    shared: tempfile.TemporaryDirectory[str] | None = None


STATE: Final = pytest.StashKey[SessionState]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all in one group of `pytest --help`."""
    group = parser.getgroup("layoutcheck", "layouts of Rust kernel bindings (layoutcheck)")
    for name, action, metavar, text in OPTIONS:
        group.addoption(name, action=action, metavar=metavar, help=text)
    group.addoption(
        "--kernel-view", choices=VIEWS, help="whose headers: the kernel's, a module's or userland's"
    )
    group.addoption(
        "--layout-jobs",
        type=_count,
        metavar="N",
        help="compilers to run at a time (default: cores)",
    )
    group.addoption(
        "--layout-strict",
        action="store_true",
        help="fail on waivers and renames that apply to nothing",
    )
    group.addoption(
        "--no-layout-cache", action="store_true", help="compile everything, and cache nothing"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse invalid options before anything is compiled for them."""
    config.stash[STATE] = SessionState()
    for option in ("--kernel-conf", "--kernel-arch", "--kernel-src", "--kernel-release"):
        values = config.getoption(option) or ()
        if not all(value.strip(" ,") for value in values):
            raise pytest.UsageError(f"{option} names nothing")
    if config.getoption("layout_cache") and config.getoption("no_layout_cache"):
        raise pytest.UsageError("--layout-cache and --no-layout-cache exclude each other")
    if config.getoption("layout_strict") and config.getoption("layout_shard"):
        raise pytest.UsageError("--layout-strict and --layout-shard do not go together")
    reports, shard = config.getoption("layout_report"), config.getoption("layout_shard")
    if reports or shard is not None:
        from layoutcheck.errors import LayoutcheckError  # noqa: PLC0415 - see the module
        from layoutcheck.model.sharding import parse_shard  # noqa: PLC0415
        from layoutcheck.report.files import parse_requests  # noqa: PLC0415

        try:
            parse_requests(reports or ())
            parse_shard("1/1" if shard is None else shard)
        except LayoutcheckError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of the workers' runs."""
    state = config.stash.get(STATE, None)
    if state is not None and state.shared is not None:
        state.shared.cleanup()


class LayoutFile(pytest.File):
    """One manifest. The engine is imported when it is collected."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Return a group for each cell, with pytest items for the crate's items."""
        state = self.config.stash[STATE]
        state.opened = True
        from layoutcheck.pytest_plugin.items import (  # noqa: PLC0415 - see the module
            collect_manifest,
        )

        nodes, made = collect_manifest(self)
        state.without_conf |= made.without_conf
        if made.note is not None:
            state.notes.append(made.note)
        return nodes


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LayoutFile | None:
    """Return a collector for a manifest; it may still not be collected."""
    if not _is_manifest(file_path):
        return None
    parent.config.stash[STATE].seen.setdefault(file_path, False)
    return LayoutFile.from_parent(parent, path=file_path)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Record a manifest that is collected, even if `--lf` then ignores it."""
    if isinstance(collector, LayoutFile):
        collector.config.stash[STATE].seen[collector.path] = True


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Raise an error if an option asks for a check, and no manifest was collected."""
    unused = _unused(config)
    # A worker reports what it collected (`pytest_sessionfinish`); the controller decides.
    if unused is not None and not hasattr(config, "workerinput"):
        raise pytest.UsageError(unused)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note that fewer items are selected than counted."""
    state = session.config.stash[STATE]
    if state.opened:
        from layoutcheck.pytest_plugin.items import note_selection  # noqa: PLC0415 - see the module

        note_selection(session, state.notes)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's, which may be absent
    """Tell an xdist worker the folder of the runs: one worker compiles, the others read."""
    state = node.config.stash[STATE]
    if state.shared is None:
        state.shared = tempfile.TemporaryDirectory(prefix="layoutcheck-runs-")
    node.workerinput["layoutcheck_runs"] = state.shared.name


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's, which may be absent
    """Merge the state of a worker."""
    said: Mapping[str, Any] = getattr(node, "workeroutput", {}).get("layoutcheck", {})
    state = node.config.stash[STATE]
    state.seen |= {Path(path): collected for path, collected in said.get("seen", {}).items()}
    state.opened |= said.get("opened", False)
    state.without_conf |= said.get("without_conf", False)
    state.notes += [note for note in said.get("notes", ()) if note not in state.notes]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the reports, and fail a session in which input was left out."""
    config, state = session.config, session.config.stash[STATE]
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output["layoutcheck"] = {
            "seen": {str(path): collected for path, collected in state.seen.items()},
            "opened": state.opened,
            "without_conf": state.without_conf,
            "notes": state.notes,
        }
        return
    if state.opened:
        from layoutcheck.pytest_plugin.items import finish  # noqa: PLC0415 - see the module

        shared = None if state.shared is None else Path(state.shared.name)
        state.paragraphs += finish(session, shared, state.notes)
    # Workers send their state only when they end by themselves.
    if session.exitstatus not in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR}:
        _judge(session, state)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write one paragraph for each manifest, and the notes."""
    state = config.stash[STATE]
    if state.paragraphs or state.notes:
        terminalreporter.section("layoutcheck", sep="=")
    for paragraph in state.paragraphs:
        terminalreporter.write(paragraph)
    for note in state.notes:
        terminalreporter.write_line(note)


def _count(text: str) -> int:
    """Return a whole number from 1 on; argparse shows this function's name in its error."""
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _given(config: pytest.Config) -> list[str]:
    """Return the options of the session that may ask for a check."""
    return [option for option in ASKING if config.getoption(option)]


def _unused(config: pytest.Config) -> str | None:
    """Return the error about an option that asks for a check in a session without a manifest."""
    given, seen = _given(config), config.stash[STATE].seen
    if not given or any(seen.values()):
        return None
    from layoutcheck.pytest_plugin.gate import say_unchecked  # noqa: PLC0415 - see the module

    return say_unchecked(config, given, seen)


def _judge(session: pytest.Session, state: SessionState) -> None:
    """Fail an xdist session without a manifest, and any session with one that has no kernel conf.

    Manifests that were ignored beside a collected one are noted.
    """
    if state.shared is not None and (unused := _unused(session.config)) is not None:
        state.notes.append(unused)
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    given = _given(session.config)
    if not given or not any(state.seen.values()):
        return
    from layoutcheck.pytest_plugin.gate import asking, say_passed_over  # noqa: PLC0415 - see the module

    if asking(session.config, given) is None:
        return
    if state.without_conf and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    note = say_passed_over(session.config, state.seen)
    state.notes += [] if note is None else [note]


def _is_manifest(path: Path) -> bool:
    """Return whether a file is a manifest; a pyproject.toml is one only if it has the table."""
    return path.name == "layoutcheck.toml" or (path.name == "pyproject.toml" and _has_table(path))


def _has_table(pyproject: Path) -> bool:
    """Return whether the file has `[tool.layoutcheck]`, in any spelling.

    An invalid TOML file counts, so that the engine reports the error.
    """
    data = pyproject.read_bytes()
    if b"layoutcheck" not in data:
        return False
    import tomllib  # noqa: PLC0415 - see the module

    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool")
    except (ValueError, RecursionError):
        return True
    return isinstance(tool, dict) and "layoutcheck" in tool
