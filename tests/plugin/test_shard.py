"""--layout-shard: a part of the cells, and a part without any."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.shell_project import CELL

Run = Callable[..., pytest.RunResult]
needs_tools = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]


@pytest.mark.parametrize("text", ["0/5", "6/5", "x", ""])
def test_no_shard(project: Run, text: str) -> None:
    """A wrong shard is one error, before anything is compiled."""
    result = project("--kernel-conf", "GENERIC", "--layout-shard", text)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: '{text}' is no shard", "hint: say NUMBER/COUNT, *"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_no_manifest(run: Run, pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """A shard without a manifest does not pass: one machine may lack the manifest."""
    pytester.makepyfile("def test_one(): pass")
    result = run("--layout-shard", "1/2", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = "--layout-shard was given, but no layoutcheck.toml was collected"
    (result.stdout if workers else result.stderr).fnmatch_lines([f"*{said}"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


class TestShards:
    """Shards of a plan of two cells."""

    pytestmark = needs_tools

    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
    def test_a_part(
        self, project: Run, pytester: pytest.Pytester, workers: tuple[str, ...]
    ) -> None:
        """Only the shard's cells are items, and in the report."""
        shard = ("--layout-shard", "2/2", "--layout-report", "json=2.json")
        result = project("--kernel-conf", "GENERIC,MINIMAL", *shard, *workers, "-rf")
        result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
        result.stdout.fnmatch_lines(
            ["shard 2 of 2: 1 of 2 cells", "FAILED layoutcheck.toml::amd64-MINIMAL::bindings::*"]
        )
        report = json.loads((pytester.path / "2.json").read_text(encoding="utf-8"))
        assert [cell["id"] for cell in report["cells"]] == ["amd64-MINIMAL"]
        plan = ["amd64-GENERIC", "amd64-MINIMAL"]
        assert report["shard"] == {"number": 2, "count": 2, "plan": plan}

    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
    def test_without_a_cell(
        self,
        project: Run,
        pytester: pytest.Pytester,
        monkeypatch: pytest.MonkeyPatch,
        workers: tuple[str, ...],
    ) -> None:
        """A shard without a cell says so and succeeds, with a report for the merge."""
        monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
        shard = ("--layout-shard", "3/3", "--layout-report", "json=3.json")
        result = project("--kernel-conf", "GENERIC,MINIMAL", *shard, *workers)
        assert result.ret == pytest.ExitCode.OK
        result.stdout.fnmatch_lines(["shard 3 of 3 has no cell: the plan has only 2"])
        report = json.loads((pytester.path / "3.json").read_text(encoding="utf-8"))
        assert (report["cells"], report["shard"]["number"]) == ([], 3)

    def test_beside_other_tests(self, project: Run, pytester: pytest.Pytester) -> None:
        """Failing tests still fail the session of an empty shard."""
        pytester.makepyfile("def test_one(): assert False")
        shard = ("--kernel-conf", "GENERIC", "--layout-shard", "2/2")
        assert project(*shard).ret == pytest.ExitCode.TESTS_FAILED

    def test_collect_only(self, project: Run) -> None:
        """Ids are those of the shard's cells; without any there is a note."""
        conf = ("--kernel-conf", "GENERIC", "--co", "-q")
        assert f"{CELL}::mtx" in project(*conf, "--layout-shard", "1/2").outlines
        result = project(*conf, "--layout-shard", "2/2")
        result.stdout.fnmatch_lines(["layoutcheck.toml: shard 2 of 2 has no cell"])
        result.stdout.no_fnmatch_line("*::*")

    def test_no_conf(self, project: Run) -> None:
        """A plan without any cell is no empty shard."""
        result = project("--layout-shard", "1/2")
        assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
        result.stdout.fnmatch_lines(["layoutcheck.toml: not checked: no kernel conf*"])

    def test_unknown_conf(self, project: Run) -> None:
        """An unknown conf is an error in every shard."""
        for shard in ("1/3", "3/3"):
            result = project("--kernel-conf", "GENERIC,NOWHERE", "--layout-shard", shard)
            assert result.ret == pytest.ExitCode.INTERRUPTED
            result.stdout.fnmatch_lines(["*no kernel conf 'NOWHERE'*"])
