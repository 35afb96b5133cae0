"""`layoutcheck generate` on the real headers: what it prints compiles and agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Status
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

TYPES = ("bio", "struct ip", "m_ext", "cdevsw", "union sigval", "uid_t", "enum uio_rw", "amd64tss")
MANIFEST = """\
[bindings]
source = "types.rs"

[kernel]
release = "14"
arch = "{arch}"
conf = "GENERIC"
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of answers for all tests here."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no manifest."""
    monkeypatch.chdir(tmp_path)


def generate(cache: Path, *args: str) -> Result:
    """The command's result."""
    return CliRunner().invoke(
        main, ("generate", *args, "--cache", str(cache)), catch_exceptions=False
    )


@pytest.mark.parametrize("arch", ["amd64", "powerpc64"])
def test_what_is_written_agrees(arch: str, tmp_path: Path, cache: Path) -> None:
    """Records with bit-fields, functions, unions, packed members; an alias and an enum."""
    types = [one for one in TYPES if arch == "amd64" or one != "amd64tss"]
    written = generate(cache, *types, "--kernel-arch", arch, "--write", "types.rs")
    assert (written.exit_code, written.stderr) == (0, "")
    (tmp_path / "layoutcheck.toml").write_text(MANIFEST.format(arch=arch), encoding="utf-8")
    manifest = read_manifest(tmp_path / "layoutcheck.toml")
    run = Pipeline(manifest, Options(cache=cache)).verify()
    paths = {verdict.rust_path.rpartition("::")[2] for verdict in run.verdicts}
    assert {one.rpartition(" ")[2] for one in types} <= paths
    assert {verdict.status for verdict in run.verdicts} == {Status.AGREES}


def test_assertions_stand_alone(cache: Path) -> None:
    """For one target, which they name."""
    printed = generate(cache, "bio", "--asserts")
    assert printed.exit_code == 0
    assert "pub struct" not in printed.stdout
    assert '#[cfg(all(target_arch = "x86_64", target_endian = "little"))]' in printed.stdout
    assert "assert!(::core::mem::offset_of!(bio, bio_pblkno) == 368);" in printed.stdout


def test_what_cannot_be_written_has_a_reason(cache: Path) -> None:
    """The others are written all the same."""
    printed = generate(cache, "bintime", "nfsstats", "no_such_type_t")
    assert printed.exit_code == 1
    assert "nfsstats: its layout depends on NFS_NPROCS" in printed.stderr
    assert "no_such_type_t: no header defines such a type" in printed.stderr
    assert "pub struct bintime {" in printed.stdout


def test_wrong_input_is_refused(cache: Path, tmp_path: Path) -> None:
    """What is no name in C, and more than one kernel."""
    refused = generate(cache, "a b")
    assert refused.exit_code == 2
    assert "'a b' is no name of a C type" in refused.stderr
    refused = generate(cache, "bio", "--kernel-arch", "amd64,arm64")
    assert refused.exit_code == 2
    assert "2 kernels are asked for" in refused.stderr
    (tmp_path / "there.rs").write_text("", encoding="utf-8")
    refused = generate(cache, "bintime", "--write", "there.rs")
    assert refused.exit_code == 2
    assert "it exists, and is not overwritten" in refused.stderr
