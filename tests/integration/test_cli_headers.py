"""`layoutcheck headers`, on the real tools and headers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from layoutcheck.cli import main
from tests.headers_of_15 import install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_headers]

SHARED = Path(__file__).resolve().parents[3] / "shared"


def test_the_headers_that_are_named() -> None:
    """Headers that compile are counted, and others have clang's reason. The status is 1."""
    result = CliRunner().invoke(main, ("headers", "sys/bio.h", "net/netmap.h", "sys/ioctl.h"))
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines() == [
        "amd64-GENERIC: ziglang 0.15.2, FreeBSD 14.2 headers",
        "2 of 3 headers compile, the others do not:",
        "  sys/ioctl.h",
        '    sys/ioctl.h:43: "Don\'t #include ioctl.h in the kernel.  Include xxxio.h instead."',
    ]


def test_json_and_cells() -> None:
    """JSON has one entry a cell."""
    result = CliRunner().invoke(
        main, ("headers", "--json", "--kernel-arch", "amd64,riscv64", "sys/bi*.h")
    )
    assert result.exit_code == 0, result.output
    trees = json.loads(result.stdout)
    assert [tree["cell"] for tree in trees] == ["amd64-GENERIC", "riscv64-GENERIC"]
    assert all("sys/bio.h" in tree["compiled"] and not tree["refused"] for tree in trees)


def test_no_such_header() -> None:
    """A pattern without a match is wrong input."""
    result = CliRunner().invoke(main, ("headers", "sys/oib.h"))
    assert result.exit_code == 2
    assert "no header is called sys/oib.h" in result.stderr


@pytest.mark.needs_shared
def test_as_many_headers_compile_as_are_known_to() -> None:
    """Headers of the shared list compile, except another architecture's; so do more than 982."""
    result = CliRunner().invoke(main, ("headers", "--json"))
    assert result.exit_code == 0, result.output
    (tree,) = json.loads(result.stdout)
    listed = (SHARED / "headers" / "one-unit.x86_64.txt").read_text(encoding="utf-8").split()
    refused = {header: tree["refused"][header] for header in listed if header in tree["refused"]}
    assert not [why for why in refused.values() if "is another architecture's" not in why]
    assert len(refused) <= 1
    assert len(tree["compiled"]) > 982


def test_one_of_several_names_is_none() -> None:
    """One unknown name of several is an error, although the others compile."""
    result = CliRunner().invoke(main, ("headers", "sys/bio.h", "sys/no_such.h"))
    assert result.exit_code == 2
    assert "no header is called sys/no_such.h" in result.stderr


@pytest.mark.parametrize(
    ("name", "table"), [("layoutcheck.toml", ""), ("pyproject.toml", "tool.layoutcheck.")]
)
@pytest.mark.parametrize("command", [("headers", "sys/bio.h"), ("sensitivity", "iovec")])
def test_what_is_left_open_is_as_the_manifest_says(
    name: str,
    table: str,
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The manifest in the folder, of either file name, is the default; options override it."""
    kernel = f'headers = "{install_headers()}"\nrelease = "15"\narch = "arm64"\nconf = "GENERIC"\n'
    bindings = 'source = "lib.rs"\n'
    (tmp_path / name).write_text(
        f"[{table}bindings]\n{bindings}[{table}kernel]\n{kernel}", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 0, said.output
    assert "FreeBSD 15.0" in said.stdout
    assert "arm64" in said.stdout
    assert "amd64" in CliRunner().invoke(main, (*command, "--kernel-arch", "amd64")).stdout
