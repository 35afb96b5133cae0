"""report/files.py: requests `FORMAT=PATH`, and the files that they write."""

from __future__ import annotations

import json
import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.errors import LayoutcheckError
from layoutcheck.report import FORMATS, NAMES
from layoutcheck.report.files import Request, parse_requests, write_reports
from tests.kernel_runs import agreeing_run, sample_run


def test_requests() -> None:
    """A format and a path, which may hold another `=`."""
    assert parse_requests(["html=out/a=b.html", "json=run.json"]) == (
        Request(format="html", path=Path("out/a=b.html")),
        Request(format="json", path=Path("run.json")),
    )
    assert parse_requests([]) == ()


@pytest.mark.parametrize("text", ["", "html", "html=", "=x", "pdf=x", "HTML=x"])
def test_no_request(text: str) -> None:
    """An invalid request is an error with its text and the known formats."""
    with pytest.raises(LayoutcheckError) as caught:
        parse_requests(["json=good", text])
    assert caught.value.what == f"{text!r} is no report"
    assert caught.value.hint == f"say FORMAT=PATH, where FORMAT is one of {', '.join(NAMES)}"


@pytest.mark.parametrize("other", ["html=a", "json=./a", "html=b/../a", "json=a"])
def test_one_file_for_two(other: str) -> None:
    """One file for two reports is refused, because the second would overwrite the first."""
    with pytest.raises(LayoutcheckError, match="two reports go to one file") as caught:
        parse_requests(["json=a", "html=b", other])
    assert caught.value.where == other.partition("=")[2]


def test_folder(tmp_path: Path) -> None:
    """A folder as path is refused before the report is made."""
    with pytest.raises(LayoutcheckError, match="is a folder") as caught:
        parse_requests([f"json={tmp_path}"])
    assert caught.value.where == str(tmp_path)


def test_folders_are_made(tmp_path: Path) -> None:
    """Each request is written, and missing folders are made."""
    requests = parse_requests([f"json={tmp_path}/a/b/run.json", f"html={tmp_path}/c/run.html"])
    written = write_reports(requests, [agreeing_run()])
    assert written == (tmp_path / "a/b/run.json", tmp_path / "c/run.html")
    assert json.loads(written[0].read_text(encoding="utf-8"))["summary"]["agrees"] == 2
    assert "</html>" in written[1].read_text(encoding="utf-8")


def test_several_runs(tmp_path: Path) -> None:
    """The first run has the given name, and others get a number, so that none is overwritten."""
    requests = parse_requests([f"json={tmp_path}/run.json"])
    written = write_reports(requests, [agreeing_run(), sample_run()])
    assert [path.name for path in written] == ["run.json", "run-2.json"]
    counts = [len(json.loads(path.read_text(encoding="utf-8"))["subjects"]) for path in written]
    assert counts == [len(agreeing_run().verdicts), len(sample_run().verdicts)]


def test_overwrites(tmp_path: Path) -> None:
    """An older report is overwritten."""
    path = tmp_path / "run.json"
    path.write_text("old", encoding="utf-8")
    write_reports(parse_requests([f"json={path}"]), [agreeing_run()])
    assert json.loads(path.read_text(encoding="utf-8"))["schema"] == "layoutcheck/1"


def test_cannot_be_written(tmp_path: Path) -> None:
    """A report that cannot be written is an error with the path and the system's reason."""
    (tmp_path / "file").touch()
    with pytest.raises(LayoutcheckError, match="the report cannot be written: ") as caught:
        write_reports(parse_requests([f"json={tmp_path}/file/run.json"]), [agreeing_run()])
    assert caught.value.where == f"{tmp_path}/file/run.json"


def test_no_runs(tmp_path: Path) -> None:
    """Without a run no report is written."""
    assert write_reports(parse_requests([f"json={tmp_path}/run.json"]), []) == ()
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_old_report(tmp_path: Path) -> None:
    """A file that may grow no further stands for a full disk: the old report stays, alone."""
    path = tmp_path / "run.json"
    path.write_text("old", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        with pytest.raises(LayoutcheckError, match="the report cannot be written: File too large"):
            write_reports(parse_requests([f"json={path}"]), [agreeing_run()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_plain_file_stays_what_it_is(tmp_path: Path) -> None:
    """A link's target is replaced, and a pipe (as `/dev/stdout` may be one) is written to."""
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(target)
    write_reports(parse_requests([f"json={link}"]), [agreeing_run()])
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))["schema"] == "layoutcheck/1"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_reports(parse_requests([f"json={pipe}"]), [replace(agreeing_run(), verdicts=())])
    assert json.loads(os.read(reader, 1 << 16))["schema"] == "layoutcheck/1"
    os.close(reader)
    assert pipe.is_fifo()


def test_the_mode_is_that_of_any_new_file(tmp_path: Path) -> None:
    """The umask decides who may read a report, as for a file that was opened and written."""
    (tmp_path / "plain").touch()
    write_reports(parse_requests([f"json={tmp_path}/run.json"]), [agreeing_run()])
    assert (tmp_path / "run.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_path_that_is_not_utf_8(tmp_path: Path) -> None:
    """A crate in a folder of any bytes has reports in every format."""
    name = os.fsdecode(b"src/\xff.rs")
    run = replace(agreeing_run(), problems=(name,), bindings=name)
    for number, report_format in enumerate(FORMATS):
        requests = parse_requests([f"{report_format.name}={tmp_path}/{number}"])
        (path,) = write_reports(requests, [run])
        assert "udcff" in path.read_text(encoding="utf-8")
