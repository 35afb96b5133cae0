"""report.py: `report diff` of two files, and its exit status. test_shards.py has `report merge`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.model.verdict import Run
from layoutcheck.report import render_report
from tests.kernel_runs import agreeing_run, bio_verdict, mtx_verdict


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = replace(agreeing_run(), verdicts=(mtx_verdict(), bio_verdict()))
    for name, run in {"good": agreeing_run(), "bad": one}.items():
        _write(name, run)
    Path("broken.json").write_text("{", encoding="utf-8")


def _write(name: str, run: Run) -> None:
    Path(f"{name}.json").write_text(render_report("json", run), encoding="utf-8")


def diff(*args: str) -> Result:
    """Run `layoutcheck report diff`."""
    return CliRunner().invoke(main, ("report", "diff", *args), catch_exceptions=False)


@pytest.mark.parametrize(
    ("files", "counts", "statuses"),
    [
        (("good", "bad"), "1 new, 0 fixed, 0 unchanged", (0, 1, 1)),
        (("bad", "good"), "0 new, 1 fixed, 0 unchanged", (0, 0, 0)),
        (("bad", "bad"), "0 new, 0 fixed, 1 unchanged", (0, 0, 1)),
        (("good", "good"), "0 new, 0 fixed, 0 unchanged", (0, 0, 0)),
    ],
)
def test_status(files: tuple[str, str], counts: str, statuses: tuple[int, int, int]) -> None:
    """Nothing fails without `--fail-on`; `new` and `any` say what does."""
    paths = [f"{name}.json" for name in files]
    asked: tuple[tuple[str, ...], ...] = ((), ("--fail-on", "new"), ("--fail-on", "any"))
    for options, status in zip(asked, statuses, strict=True):
        result = diff(*paths, *options)
        assert result.stdout.splitlines()[0] == counts
        assert (result.exit_code, result.stderr) == (status, "")


def test_all() -> None:
    """What is unchanged is counted, and listed if it is asked for."""
    assert "bio_children" not in diff("bad.json", "bad.json").stdout
    assert "unchanged: src/sys/bio.rs:87: " in diff("bad.json", "bad.json", "--all").stdout


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("good.json", "broken.json"), "layoutcheck: broken.json: is not JSON: "),
        (("no.json", "good.json"), "layoutcheck: no.json: No such file or directory"),
    ],
)
def test_a_bad_file(files: tuple[str, str], message: str) -> None:
    """One line with its name, and status 2, whatever fails the run."""
    result = diff(*files, "--fail-on", "any")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
