"""include_folders.py: the folders in which a build searches some sources' headers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from layoutcheck.kernel.freebsd.headers.include_folders import find_include_folders


def folders(sys: Path, conf: Mapping[str, str], *headers: str) -> list[str]:
    """Return the folders named by files of sys/conf, in a tree with these headers."""
    for name, text in {f"conf/{one}": text for one, text in conf.items()}.items():
        (sys / name).parent.mkdir(parents=True, exist_ok=True)
        (sys / name).write_text(text, encoding="utf-8")
    for header in headers:
        (sys / header).parent.mkdir(parents=True, exist_ok=True)
        (sys / header).touch()
    return [path.relative_to(sys).as_posix() for path in find_include_folders(sys, "arm64")]


def test_folders_are_named_by_the_build(tmp_path: Path) -> None:
    """kern.pre.mk and compile-with name folders. Missing folders and contrib are left out."""
    conf = {
        "kern.pre.mk": "LINUXKPI_INCLUDES=\t-I$S/compat/common \\\n\t-I${S}/compat/dummy/\n",
        "files": 'dev/a/a.c standard compile-with "${NORMAL_C} -I$S/dev/a -I$S/gone -I$S/contrib"',
        "files.arm64": 'dev/b/b.c standard compile-with "${NORMAL_C} -I$S/dev/b"',
        "files.amd64": 'dev/c/c.c standard compile-with "${NORMAL_C} -I$S/dev/c"',
    }
    headers = [f"{one}/{one[-1]}.h" for one in ("compat/common", "compat/dummy", "contrib")]
    headers += [f"dev/{one}/{one}.h" for one in "abc"]
    found = folders(tmp_path, conf, *headers)
    assert found == ["compat/common", "compat/dummy", "dev/a", "dev/b"]


def test_folders_with_headers_of_one_name(tmp_path: Path) -> None:
    """Folders with headers of one name are left out, unless one command has both."""
    conf = {"files": "-I$S/a -I$S/b\n-I$S/c\n-I$S/d\n"}
    headers = ("a/x.h", "b/x.h", "c/in/y.h", "d/in/y.h", "d/z.h")
    assert folders(tmp_path, conf, *headers) == ["a", "b"]


def test_a_tree_without_such_files(tmp_path: Path) -> None:
    """A tree without such files has no folders."""
    assert folders(tmp_path, {}) == []


def test_no_folder_outside_of_the_tree(tmp_path: Path) -> None:
    """A folder outside of the tree is left out, whether by `..` or by a link."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "o.h").touch()
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys" / "link").symlink_to(tmp_path / "other")
    conf = {"files": "-I$S/../other\n-I$S/link\n-I$S/dev/a\n"}
    assert folders(tmp_path / "sys", conf, "dev/a/a.h") == ["dev/a"]
