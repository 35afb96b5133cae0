"""report_files.py: a JSON report is read, and what is wrong with one is said in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.report import render_report
from layoutcheck.run.report_files import read_report
from tests.kernel_runs import agreeing_run


def test_a_report(tmp_path: Path) -> None:
    """The run that was written, and the version that wrote it."""
    path = tmp_path / "run.json"
    path.write_text(render_report("json", agreeing_run()), encoding="utf-8")
    report = read_report(path)
    assert (report.path, report.version) == (path, __version__)
    assert report.run.verdicts[0].key == agreeing_run().verdicts[0].key


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON: Expecting value"),
        (b"\xff", "is not JSON: 'utf-8' codec can't decode"),
        (b"[" * 100_000, "is not JSON: "),
        (b"[]", "run: an object is expected here"),
        (b"{}", "run: the key 'schema' is missing"),
        (b'{"schema": "layoutcheck/9"}', "run.schema: the schema is 'layoutcheck/9'"),
        (b'{"schema": "layoutcheck/1"}', "run: the key 'bindings' is missing"),
    ],
)
def test_no_report(tmp_path: Path, content: bytes, message: str) -> None:
    """The file's name comes first."""
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(LayoutcheckError) as caught:
        read_report(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, and a folder."""
    for path, reason in ((tmp_path / "no", "No such file or directory"), (tmp_path, "Is a dir")):
        with pytest.raises(LayoutcheckError) as caught:
            read_report(path)
        assert str(caught.value).startswith(f"{path}: {reason}")
