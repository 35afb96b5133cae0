"""kernel_options.py: the kernel named by options and the manifest."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli.kernel_options import kernel_here, kernel_options, opened
from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.run.planning import Options

KERNEL = '[bindings]\nsource = "lib.rs"\n[kernel]\narch = "arm64"\n'


def parsed(*args: str) -> tuple[list[tuple[Options, object]], Result]:
    """The options that a command receives, and its result."""
    found: list[tuple[Options, object]] = []

    @click.command
    @click.argument("name")
    @kernel_options
    def command(*, options: Options, name: str) -> None:
        found.append((options, name))

    return found, CliRunner().invoke(command, ["it", *args], catch_exceptions=False)


def test_nothing_is_named() -> None:
    """Without options the manifest decides; other arguments pass through."""
    found, _ = parsed()
    assert found == [(Options(), "it")]


def test_lists() -> None:
    """Options may be repeated, and be lists; a folder may have a comma in its name."""
    found, _ = parsed(
        *("--kernel-conf", "GENERIC,MINIMAL", "--kernel-conf", "./MINE"),
        *("--kernel-arch", "amd64,i386", "--kernel-release", "14,15.0"),
        *("--kernel-src", "14=/src,a", "--kernel-src", "/b", "--view", "module"),
    )
    ((options, _),) = found
    assert options == Options(
        kernel_conf=("GENERIC", "MINIMAL", "./MINE"),
        kernel_arch=("amd64", "i386"),
        kernel_release=("14", "15.0"),
        kernel_src=("14=/src,a", "/b"),
        view="module",
    )


@pytest.mark.parametrize(
    "option", ["--kernel-conf", "--kernel-arch", "--kernel-src", "--kernel-release"]
)
@pytest.mark.parametrize("value", ["", " ", ",", " , "])
def test_values_that_name_nothing(option: str, value: str) -> None:
    """An empty value is an error: an unset shell variable must not select the manifest's kernel."""
    for args in ([option, value], [option, "GENERIC", option, value]):
        found, result = parsed(*args)
        assert (found, result.exit_code) == ([], 2)
        assert result.stderr.endswith(f"Error: {option} names nothing\n")


def test_an_unknown_view() -> None:
    """The error for an unknown view lists the known ones."""
    found, result = parsed("--view", "user")
    assert (found, result.exit_code) == ([], 2)
    assert "'kernel', 'module', 'userland'" in result.stderr


@pytest.mark.parametrize(
    ("files", "arch"),
    [
        ({}, None),
        ({"layoutcheck.toml": KERNEL}, "arm64"),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, None),
        ({"pyproject.toml": KERNEL.replace("[", "[tool.layoutcheck.")}, "arm64"),
        ({"layoutcheck.toml": KERNEL, "pyproject.toml": "[tool.layoutcheck"}, "arm64"),
    ],
)
def test_the_kernel_of_this_folder(
    files: dict[str, str], arch: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel comes from layoutcheck.toml, or from pyproject.toml, or from the defaults."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "lib.rs").touch()
    monkeypatch.chdir(tmp_path)
    assert kernel_here().arch == (Kernel().arch if arch is None else (arch,))


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        (("layoutcheck.toml",), "layoutcheck.toml"),
        (("layoutcheck.toml", "pyproject.toml"), "."),
        (("pyproject.toml",), "layoutcheck.toml"),  # the default
        (("pyproject.toml",), "."),
        (("other.toml",), "other.toml"),
    ],
)
def test_manifests(
    files: tuple[str, ...], asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder means its manifest, layoutcheck.toml first."""
    for name in files:
        text = KERNEL if name != "pyproject.toml" else KERNEL.replace("[", "[tool.layoutcheck.")
        (tmp_path / name).write_text(text.replace("arm64", f"of {name}"), encoding="utf-8")
    (tmp_path / "lib.rs").touch()
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(ManifestError, match=f"unknown architecture 'of {files[0]}'"),
        opened(Path(asked), Options()) as pipeline,
    ):
        _ = pipeline.plans


def test_a_folder_without_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a manifest is an error that names it, with a hint."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ManifestError) as caught, opened(Path("layoutcheck.toml"), Options()):
        pass
    assert str(caught.value) == (
        f"{tmp_path}: there is no layoutcheck.toml here, and no pyproject.toml\n"
        "hint: name the manifest: layoutcheck check path/to/layoutcheck.toml"
    )
