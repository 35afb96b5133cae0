"""compile_headers.py: the headers of a tree that compile, and the reasons of the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.run.compile_headers import TreeHeaders, compile_trees
from layoutcheck.run.planning import Options

HEADERS: Mapping[str, str] = {
    "sys/param.h": "#define __FreeBSD_version 1402000\n",
    "machine/param.h": '#define MACHINE "amd64"\n',
    "sys/types.h": "typedef int word;\n",
    "sys/good.h": "#include <sys/types.h>\nstruct good { word x; };\n",
    "sys/bad.h": "struct bad { struct nowhere x; };\n",
    "stdio.h": "int puts(const char *);\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder of a few headers."""
    for name, text in HEADERS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def compiled(tree: Path, *patterns: str, arch: str = "amd64") -> tuple[TreeHeaders, ...]:
    """Return the trees of one folder, one for each architecture."""
    options = Options(kernel_src=(str(tree),), kernel_arch=tuple(arch.split()))
    return compile_trees(Kernel(), options, patterns, lambda _: None)


@pytest.mark.needs_clang
def test_headers_that_are_named(tree: Path) -> None:
    """Headers are named by name or pattern. One that does not compile has clang's reason."""
    (found,) = compiled(tree, "sys/*.h", "stdio.h")
    assert found.cell == "amd64-GENERIC"
    assert "FreeBSD 14.2" in found.description
    assert {*found.compiled} == {"sys/good.h", "sys/param.h", "sys/types.h", "stdio.h"}
    assert list(found.refused) == ["sys/bad.h"]
    assert "sys/bad.h:1" in found.refused["sys/bad.h"]


@pytest.mark.needs_clang
def test_all_of_the_kernels_own(tree: Path) -> None:
    """All headers of the kernel exclude those in no folder, which are programs'."""
    (found,) = compiled(tree)
    assert "stdio.h" not in found.compiled
    assert {"sys/good.h", "machine/param.h"} <= {*found.compiled}
    assert list(found.refused) == ["sys/bad.h"]


def test_headers_that_there_are_not(tree: Path) -> None:
    """Each pattern without a match is named, and nothing is compiled."""
    with pytest.raises(HeaderTreeError) as caught:
        compiled(tree, "sys/good.h", "sys/gone.h", "dev/*")
    assert caught.value.what == "no header is called sys/gone.h or dev/*"
    assert caught.value.where is not None
    assert str(tree) in caught.value.where
    assert caught.value.hint == "give names as C includes them, such as sys/bio.h or 'dev/usb/*'"
