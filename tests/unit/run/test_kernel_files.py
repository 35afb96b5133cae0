"""kernel_files.py: files for clang stay in the given folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError, KernConfError
from layoutcheck.kernel.freebsd.config.resolve import resolve_conf
from layoutcheck.kernel.system import HeaderTree
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.target import find_target
from layoutcheck.run.kernel_files import OpenKernel, write_headers
from tests.opened import opened

pytestmark = pytest.mark.needs_headers


@pytest.mark.parametrize("name", ["headers", "conf", "SYS", "generated"])
def test_a_conf_may_have_any_name(tmp_path: Path, name: str) -> None:
    """A conf may have any name, since no other file is beside it."""
    (tmp_path / name).write_text("include GENERIC\n", encoding="utf-8")
    (tmp_path / "work").mkdir()
    kernel = opened(str(tmp_path / name), tmp_path / "work")
    assert kernel.conf_path.name == name
    assert "ident" in kernel.conf_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("header", ["../../pwned.h", "{}/pwned.h"])
def test_no_header_is_written_elsewhere(tmp_path: Path, header: str) -> None:
    """A header's name must be no path out of the folder."""
    (tmp_path / "work").mkdir()
    kernel = opened("GENERIC", tmp_path / "work")
    tree = HeaderTree(
        description="",
        release="14.2",
        source_tree=None,
        flags=(),
        stubs={header.format(tmp_path): ""},
    )
    bad = OpenKernel(tree=tree, conf=kernel.conf, conf_path=kernel.conf_path)
    work = tmp_path / "a" / "b"
    with pytest.raises(HeaderTreeError, match="outside"):
        write_headers(bad, Kernel(), find_target("amd64"), work=work)
    assert not list(tmp_path.rglob("pwned.h"))


def test_a_confs_own_option_table_names_no_path(tmp_path: Path) -> None:
    """`includeoptions` with a path is refused at its line before anything is written."""
    for name, text in {
        "sys/conf/options": "SMP opt_global.h\nMAXUSERS\nHAMMER opt_cpu.h\nINET\n",
        "sys/amd64/conf/options.evil": f"EVIL {tmp_path}/pwned.h\n",
        "sys/amd64/conf/EVIL": "machine amd64\nident E\ncpu HAMMER\n"
        'includeoptions "options.evil"\noptions EVIL\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    conf = str(tmp_path / "sys/amd64/conf/EVIL")
    with pytest.raises(KernConfError, match="no name of a header") as caught:
        resolve_conf(
            conf,
            machine="amd64",
            machine_arch="amd64",
            release="14.2",
            source_tree=tmp_path / "sys",
        )
    assert str(caught.value.where).endswith("options.evil:1")
