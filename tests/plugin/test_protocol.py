"""Items that agree are reported on without pytest's own protocol, and nobody can tell."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell_project import CELL, IDS

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")
QUICK = [f"{CELL}::{name}" for name in ("lock_object", "mtx", "thread")]

# What hears of reports does not take part in running. What pytest runs, it runs by a `CallInfo`.
RECORDER = """
import json, os, pytest
ran, from_call = [], pytest.CallInfo.from_call.__func__
def noted(cls, func, when, *args, **kwargs):
    ran.append(when)
    return from_call(cls, func, when, *args, **kwargs)
pytest.CallInfo.from_call = classmethod(noted)
def pytest_runtest_logreport(report):
    seen = {
        "nodeid": report.nodeid, "when": report.when, "outcome": report.outcome,
        "location": report.location, "keywords": sorted(report.keywords),
        "longrepr": str(report.longrepr), "xfail": getattr(report, "wasxfail", None),
        "sections": report.sections, "properties": report.user_properties,
        "is_tuple": isinstance(report.longrepr, tuple), "short": report.duration < 5,
        "now": 0 < report.start <= report.stop,
    }
    with open(os.environ["RECORD"], "a") as record:
        record.write(json.dumps([seen, report.when not in ran]) + "\\n")
    ran.clear()
"""
# What makes pytest run everything itself: somebody has a say in each report.
TAKING_PART = """
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    with open(os.environ["RECORD"] + "-made", "a") as made:
        made.write(f"{item.nodeid} {call.when}\\n")
    return report
"""


Record = Callable[..., tuple[list[object], list[str], pytest.RunResult]]


@pytest.fixture
def record(project: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Record:
    """Runs pytest with a conftest.py; the reports, which items were quick, and the result."""

    def run(*args: str, conftest: str = "") -> tuple[list[object], list[str], pytest.RunResult]:
        path = pytester.path / "record"
        path.unlink(missing_ok=True)
        monkeypatch.setenv("RECORD", str(path))
        pytester.makeconftest(RECORDER + conftest)
        result = project(*GENERIC, *args)
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        quick = dict.fromkeys(seen["nodeid"] for seen, is_quick in lines if is_quick)
        return [seen for seen, _ in lines], list(quick), result

    return run


def _without_times(result: pytest.RunResult) -> list[str]:
    return [re.sub(r"[\d.]+s\b", "TIME", line) for line in result.outlines]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-v", "-rA", "-o", "log_cli=true", "-s"),
        ("-vv", "--durations=0"),
        ("-x",),
        ("--runxfail",),
        ("-k", "not mtx"),
        ("--setup-plan",),
    ],
    ids=" ".join,
)
def test_the_same_as_pytests_own(record: Record, options: tuple[str, ...]) -> None:
    """Whoever takes part gets pytest's protocol; the reports and the output are the same."""
    options = ("-p", "no:cacheprovider", *options)
    reports, quick, result = record(*options)
    again, none, other = record(*options, conftest=TAKING_PART)
    assert reports == again
    assert none == []
    assert quick == [
        name
        for name in ([] if "--setup-plan" in options else QUICK)
        if not ("-x" in options and name.endswith("thread"))
        and not ("not mtx" in options and name.endswith("mtx"))
    ]
    assert result.ret == other.ret
    if "--durations=0" not in options:
        assert _without_times(result) == _without_times(other)


def test_durations(record: Record) -> None:
    """Each phase of each item is listed."""
    _, quick, result = record("-vv", "--durations=0")
    assert quick == QUICK
    for phase in ("setup", "call", "teardown"):
        result.stdout.fnmatch_lines([f"0.00s {phase} *{CELL}::mtx"])


def test_setup_show(record: Record) -> None:
    """Whoever asks what is set up sees every item."""
    _, quick, result = record("--setup-show")
    assert quick == []
    for name in (name for name in IDS if not name.endswith("thread")):  # which is skipped
        result.stdout.fnmatch_lines([f"*{name}*"])


def test_a_hook_that_takes_part(record: Record, pytester: pytest.Pytester) -> None:
    """It is asked about each phase of each item."""
    _, quick, _ = record(conftest=TAKING_PART)
    assert quick == []
    made = (pytester.path / "record-made").read_text(encoding="utf-8").splitlines()
    skipped = f"{CELL}::thread"
    assert made == [
        f"{name} {phase}"
        for name in IDS
        for phase in ("setup", "call", "teardown")
        if (name, phase) != (skipped, "call")
    ]


def test_a_mark_that_somebody_adds(record: Record) -> None:
    """An item that a conftest.py skips or expects to fail is skipped, or passes unexpectedly."""
    marking = """
def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "mtx":
            item.add_marker(pytest.mark.skip(reason="not today"))
        elif item.name == "lock_object":
            item.add_marker(pytest.mark.xfail(reason="who knows"))
"""
    _, quick, result = record("-rsX", conftest=marking)
    assert quick == [f"{CELL}::thread"]
    result.assert_outcomes(xpassed=1, failed=3, skipped=2, xfailed=1)
    result.stdout.fnmatch_lines(["SKIPPED * not today", f"XPASS {CELL}::lock_object - who knows"])


def test_properties_that_somebody_adds(record: Record, tmp_path: Path) -> None:
    """They are in the JUnit report."""
    adding = """
def pytest_collection_modifyitems(items):
    for item in items:
        item.user_properties.append(("owner", item.name))
"""
    junit = tmp_path / "junit.xml"
    _, quick, _ = record(f"--junitxml={junit}", conftest=adding)
    assert quick == QUICK
    found = {
        case.get("name"): [property_.get("value") for property_ in case.iter("property")]
        for case in ET.parse(junit).iter("testcase")  # noqa: S314 - our own
    }
    names = [name.rpartition("::")[2] for name in IDS]
    assert found == {name: [name] for name in names}


def test_junit_is_the_same(record: Record, tmp_path: Path) -> None:
    """Each case, but for the times."""
    texts = []
    for number, conftest in enumerate(("", TAKING_PART)):
        path = tmp_path / f"{number}.xml"
        record(f"--junitxml={path}", conftest=conftest)
        texts.append(re.sub(r'time(stamp)?="[^"]*"', "", path.read_text(encoding="utf-8")))
    assert texts[0] == texts[1]
    assert texts[0].count("<testcase") == len(IDS)


def test_last_failed_and_stepwise(record: Record) -> None:
    """What is quick counts as passed in the next session, too."""
    _, quick, result = record()
    assert quick == QUICK
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    record("--lf")[2].assert_outcomes(failed=3)
    record("--ff")[2].assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    record("--sw")[2].assert_outcomes(passed=2, failed=1)
    record("--sw")[2].assert_outcomes(failed=1, deselected=2)


BESIDE = """
import pytest
@pytest.fixture(scope="package", autouse=True)
def around():
    yield
    print("torn down")
@pytest.fixture(scope="session")
def everything():
    yield "all"
def test_one(everything): assert everything == "all"
"""


def test_beside_other_tests(record: Record, pytester: pytest.Pytester) -> None:
    """Folders' fixtures are set up and torn down around them, as always."""
    for folder in ("a", "z"):
        (pytester.path / folder).mkdir()
        (pytester.path / folder / "__init__.py").touch()
        (pytester.path / folder / f"test_{folder}.py").write_text(BESIDE, encoding="utf-8")
    order = ("a", "layoutcheck.toml", "z", "-s", "-p", "no:cacheprovider")
    reports, quick, result = record(*order)
    assert quick == QUICK
    result.assert_outcomes(passed=4, failed=3, skipped=1, xfailed=1)
    again, _, other = record(*order, conftest=TAKING_PART)
    assert reports == again
    assert _without_times(result) == _without_times(other)
    assert result.stdout.str().count("torn down") == 2
