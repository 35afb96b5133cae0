"""run_options.py: the jobs and the cache of a run."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from layoutcheck.cache.folders import layouts_folder
from layoutcheck.cli.kernel_options import kernel_options
from layoutcheck.cli.run_options import run_options
from layoutcheck.run.planning import Options


def parsed(*args: str) -> tuple[list[Options], Result]:
    """The options that a command receives, and its result."""
    found: list[Options] = []

    @click.command
    @kernel_options
    @run_options
    def command(*, options: Options) -> None:
        found.append(options)

    return found, CliRunner().invoke(command, args, catch_exceptions=False)


def test_defaults() -> None:
    """By default every core runs a program, and the user's cache is used."""
    found, _ = parsed()
    assert found == [Options(cache=layouts_folder())]
    assert found[0].cache is not None


def test_the_kernels_options_stay() -> None:
    """Options of the kernel and the run are in one value."""
    found, _ = parsed("--kernel-conf", "GENERIC", "--jobs", "3", "--cache", "kept")
    assert found == [Options(kernel_conf=("GENERIC",), jobs=3, cache=Path("kept"))]


def test_no_cache() -> None:
    """`--no-cache` keeps nothing, and excludes `--cache`."""
    found, _ = parsed("--no-cache")
    assert found == [Options(cache=None)]
    found, result = parsed("--no-cache", "--cache", "kept")
    assert (found, result.exit_code) == ([], 2)
    assert result.stderr.endswith("Error: --cache and --no-cache exclude each other\n")


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1.5"])
def test_jobs_that_are_no_number(jobs: str) -> None:
    """`--jobs` must be a whole number of at least 1."""
    found, result = parsed("--jobs", jobs)
    assert (found, result.exit_code) == ([], 2)
    assert "Invalid value for '--jobs'" in result.stderr


def test_a_cache_that_is_a_file(tmp_path: Path) -> None:
    """A cache that is a file is refused before anything is compiled."""
    (tmp_path / "file").touch()
    found, result = parsed("--cache", str(tmp_path / "file"))
    assert (found, result.exit_code) == ([], 2)
    assert "is a file" in result.stderr
