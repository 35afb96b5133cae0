"""tree.py: the three kinds of header trees, and their refusals."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.kernel.system import HeaderTree
from layoutcheck.model.target import TARGETS, Target, find_target

TREE = Path(__file__).parents[5] / "fixtures" / "kernel" / "source_tree"
AMD64, ARM64 = find_target("amd64"), find_target("arm64")


def open_at(
    headers: Path | str,
    work: Path,
    *,
    target: Target = AMD64,
    release: str | None = None,
    is_taken: bool = False,
) -> HeaderTree:
    """Open the tree, for amd64 and any release by default."""
    return open_tree(str(headers), target=target, release=release, work=work, is_taken=is_taken)


def include_folders(tree: HeaderTree) -> list[str]:
    """The folders that clang searches, in order."""
    assert tree.flags[0] == "-nostdinc"
    return [
        folder
        for flag, folder in zip(tree.flags, tree.flags[1:], strict=False)
        if flag == "-isystem"
    ]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An include folder as of an installed system: no kern, no conf, machine in place."""
    include = tmp_path / "include"
    shutil.copytree(TREE / "sys" / "sys", include / "sys")
    shutil.copytree(TREE / "sys" / "amd64" / "include", include / "machine")
    return include


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ziglang package of our own in place of the installed one: its FreeBSD headers' folder."""
    package = tmp_path / "site" / "ziglang"
    include = package / "lib" / "libc" / "include"
    (include / "generic-freebsd" / "sys").mkdir(parents=True)
    (include / AMD64.zig_include).mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (package / "zig").touch(mode=0o755)
    dist = tmp_path / "site" / "ziglang-9.9.9.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: ziglang\nVersion: 9.9.9\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # nothing was fetched
    return include


@pytest.mark.needs_headers
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_ziglang_package(tmp_path: Path, target: Target) -> None:
    """The installed package has, for every target, its own folder before the generic one."""
    tree = open_at("ziglang", tmp_path, target=target)
    assert tree.release in {"14.2", "15.0"}
    assert f"FreeBSD {tree.release} headers" in tree.description
    *guards, own, generic = (Path(folder) for folder in include_folders(tree))
    assert (own.name, generic.name) == (target.zig_include, "generic-freebsd")
    assert all(guard.is_relative_to(tmp_path) for guard in guards)
    major, minor = tree.release.split(".")
    assert tree.flags[-1].startswith(f"-D__FreeBSD_version={major}0{minor}")
    assert "vnode_if.h" in tree.stubs
    assert tree.source_tree is None


@pytest.mark.needs_headers
def test_the_ziglang_package_is_not_imported(tmp_path: Path, packaged: Path) -> None:
    """The ziglang package is found without an import: this one cannot be imported."""
    generic = packaged / "generic-freebsd" / "sys"
    (generic / "param.h").write_text("#define P_OSREL_NEW 1500045\n")
    (generic / "syscall.h").write_text("#define SYS_MAXSYSCALL 599\n")
    tree = open_at("ziglang", tmp_path, release="15")
    assert tree.description == "ziglang 9.9.9, FreeBSD 15.0 headers"
    assert tree.flags[-1] == "-D__FreeBSD_version=1500068"


def test_another_architectures_headers_are_replaced_by_an_error(
    tmp_path: Path, packaged: Path
) -> None:
    """PowerPC's <machine/pte.h> in the generic folder is replaced by an error for amd64."""
    generic = packaged / "generic-freebsd"
    (generic / "sys" / "param.h").write_text("#define __FreeBSD_version 1402000\n")
    (generic / "machine").mkdir()
    (generic / "machine" / "pte.h").write_text("struct pte { int of_powerpc; };\n")
    tree = open_at("ziglang", tmp_path)
    guards, own, _ = (Path(folder) for folder in include_folders(tree))
    assert own == packaged / AMD64.zig_include
    assert [path.name for path in guards.rglob("*.h")] == ["pte.h"]
    assert "amd64 has no such header" in (guards / "machine" / "pte.h").read_text()


def test_a_package_of_another_release_is_refused(tmp_path: Path, packaged: Path) -> None:
    """A package of another release is refused, with the command for the right package."""
    generic = packaged / "generic-freebsd" / "sys"
    (generic / "param.h").write_text("#define P_OSREL_NEW 1500045\n")
    (generic / "syscall.h").write_text("#define SYS_MAXSYSCALL 599\n")
    with pytest.raises(
        HeaderTreeError, match=r"ziglang 9\.9\.9: .*not of 14\nhint: run `layoutcheck doctor --in"
    ):
        open_at("ziglang", tmp_path, release="14", is_taken=True)


def test_a_package_that_is_not_known_is_refused(tmp_path: Path, packaged: Path) -> None:
    """An unknown package is refused, because it may hold any release."""
    generic = packaged / "generic-freebsd" / "sys"
    (generic / "param.h").write_text("#define P_OSREL_NEW 1600001\n")
    (generic / "syscall.h").write_text("#define SYS_MAXSYSCALL 700\n")
    with pytest.raises(HeaderTreeError, match=r"does not know .* ziglang 9\.9\.9 holds\nhint: pip"):
        open_at("ziglang", tmp_path)


def test_a_package_that_states_its_release_is_believed(tmp_path: Path, packaged: Path) -> None:
    """A package that states its release gets no definition of it."""
    (packaged / "generic-freebsd" / "sys" / "param.h").write_text(
        "#define __FreeBSD_version 1601000\n"
    )
    tree = open_at("ziglang", tmp_path, release="16.1")
    assert tree.release == "16.1"
    assert not any(flag.startswith("-D") for flag in tree.flags)


def test_a_package_without_the_machine_is_refused(tmp_path: Path, packaged: Path) -> None:
    """A package without the machine's headers is refused, as before ziglang 0.15."""
    with pytest.raises(HeaderTreeError, match=r"ziglang 9\.9\.9 has no FreeBSD headers for arm64"):
        open_at("ziglang", tmp_path, target=ARM64)
    assert packaged.is_dir()


def test_without_the_package_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the package the message says what to install."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(
        HeaderTreeError, match=r"is not installed\nhint: pip install layoutcheck\[freebsd\]"
    ):
        open_at("ziglang", tmp_path)


@pytest.mark.parametrize("path", [TREE, TREE / "sys"], ids=["src", "sys"])
def test_a_source_tree(tmp_path: Path, path: Path) -> None:
    """Generated headers come first, as in a build folder, and there are no stubs."""
    tree = open_at(path, tmp_path, release="14")
    assert tree.release == "14.9"
    assert tree.description.endswith("source_tree/sys, FreeBSD 14.9-RELEASE-p1 sources")
    assert tree.source_tree == TREE
    assert include_folders(tree) == [
        str(tmp_path / "generated"),
        str(TREE / "sys"),
        str(TREE / "sys" / "contrib" / "ck" / "include"),
    ]
    assert not any(flag.startswith("-D") for flag in tree.flags)
    assert not tree.stubs


def test_a_source_tree_of_another_release_is_refused(tmp_path: Path) -> None:
    """A source tree of another release is refused before anything is generated."""
    with pytest.raises(HeaderTreeError, match=r"of FreeBSD 14\.9, not of 15\.0"):
        open_at(TREE, tmp_path, release="15.0")
    assert not any(tmp_path.iterdir())


def test_a_source_tree_is_taken_to_be_of_the_release_asked_for(tmp_path: Path) -> None:
    """A source tree may be taken as another release. A note names its own, and its number stays."""
    tree = open_at(TREE, tmp_path, release="15.x", is_taken=True)
    assert tree.release == "15"
    (note,) = tree.notes
    assert note.startswith("taken to be FreeBSD 15, as asked for: ")
    assert note.endswith("sys/sys/param.h says 14.9")
    assert tree.description.endswith("sys, FreeBSD 14.9-RELEASE-p1 sources, taken to be FreeBSD 15")
    assert not any(flag.startswith("-D") for flag in tree.flags)
    fitting = open_at(TREE, tmp_path, release="14", is_taken=True)
    assert (fitting.release, fitting.notes) == ("14.9", ())


def test_a_source_tree_of_two_releases_is_refused(tmp_path: Path) -> None:
    """newvers.sh and param.h of two releases are refused, unless the user names the release."""
    sys_copy = shutil.copytree(TREE / "sys", tmp_path / "sys")
    (sys_copy / "conf" / "newvers.sh").write_text('REVISION="14.90"\n')
    with pytest.raises(HeaderTreeError, match=r"param\.h is of FreeBSD 14\.9, .* of 14\.90"):
        open_at(sys_copy, tmp_path / "work")
    tree = open_at(sys_copy, tmp_path / "work", release="14.9", is_taken=True)
    assert tree.release == "14.9"
    (note,) = tree.notes
    assert note.endswith("sys/param.h is of FreeBSD 14.9, conf/newvers.sh of 14.90")


def test_a_fork_counts_its_own_releases(tmp_path: Path) -> None:
    """A fork has its own releases; param.h gives that of FreeBSD."""
    sys_copy = shutil.copytree(TREE / "sys", tmp_path / "sys")
    (sys_copy / "conf" / "newvers.sh").write_text('TYPE="ToyBSD"\nREVISION="4.0.8"\n')
    tree = open_at(sys_copy, tmp_path / "work", release="14")
    assert (tree.release, tree.notes) == ("14.9", ())
    assert tree.description == f"{sys_copy}, ToyBSD 4.0.8 sources, FreeBSD 14.9"


def test_a_fork_without_freebsds_number(tmp_path: Path) -> None:
    """A fork without FreeBSD's number has the release that the user names, and its number."""
    sys_copy = shutil.copytree(TREE / "sys", tmp_path / "sys")
    param = sys_copy / "sys" / "param.h"
    param.write_text(param.read_text().replace("__FreeBSD_version", "__ToyBSD_version"))
    with pytest.raises(HeaderTreeError, match=r"param\.h: does not define .*\nhint: --kernel-src"):
        open_at(sys_copy, tmp_path / "work", release="14.2")
    tree = open_at(sys_copy, tmp_path / "work", release="14.2", is_taken=True)
    assert tree.release == "14.2"
    assert tree.flags[-1] == "-D__FreeBSD_version=1402000"
    assert tree.notes == (
        f"taken to be FreeBSD 14.2, as asked for: {param} does not define __FreeBSD_version",
    )


def test_a_generator_of_the_forks_own_is_noted(tmp_path: Path) -> None:
    """A fork's own generator has a note that it is not run."""
    sys_copy = shutil.copytree(TREE / "sys", tmp_path / "sys")
    (sys_copy / "tools").mkdir()
    (sys_copy / "tools" / "vnode_if.awk").write_text("BEGIN { exit 1 }\n")
    (note,) = open_at(sys_copy, tmp_path / "work").notes
    assert "vnode_if.awk is not FreeBSD's" in note


def test_an_installed_include_folder(installed: Path, tmp_path: Path) -> None:
    """One folder has stubs for missing headers, and the headers' release."""
    tree = open_at(installed, tmp_path, release="14.9")
    assert tree.description == f"{installed}, FreeBSD 14.9 headers"
    assert include_folders(tree) == [str(installed)]
    assert "bus_if.h" in tree.stubs
    assert tree.source_tree is None


def test_an_include_folder_is_taken_to_be_of_the_release_asked_for(
    installed: Path, tmp_path: Path
) -> None:
    """An include folder may be taken as another release, as a source tree may."""
    tree = open_at(installed, tmp_path, release="15.0", is_taken=True)
    assert (tree.release, len(tree.notes)) == ("15.0", 1)
    assert tree.description == f"{installed}, headers taken to be FreeBSD 15.0"
    assert not any(flag.startswith("-D") for flag in tree.flags)


def test_an_include_folder_of_another_machine_is_refused(installed: Path, tmp_path: Path) -> None:
    """The headers of one machine say nothing about another."""
    with pytest.raises(HeaderTreeError, match="is of amd64, and arm64 was asked for"):
        open_at(installed, tmp_path, target=ARM64)
    (installed / "machine" / "param.h").unlink()
    with pytest.raises(HeaderTreeError, match="does not say which machine"):
        open_at(installed, tmp_path)


def test_an_include_folder_without_a_version_is_refused(installed: Path, tmp_path: Path) -> None:
    """An include folder without a version is refused."""
    (installed / "sys" / "param.h").write_text("/* nothing */\n")
    with pytest.raises(HeaderTreeError, match=r"param\.h: does not define __FreeBSD_version"):
        open_at(installed, tmp_path)


def test_folders_that_hold_no_headers_are_refused(tmp_path: Path) -> None:
    """A missing folder and one without headers are refused."""
    with pytest.raises(HeaderTreeError, match="no/such: there is no such folder"):
        open_at("no/such", tmp_path)
    with pytest.raises(HeaderTreeError, match=r"neither a FreeBSD source tree nor .*\nhint: "):
        open_at(tmp_path, tmp_path)


def test_a_relative_path_becomes_absolute_in_the_flags(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiler runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    tree = open_at(os.path.relpath(installed, tmp_path), tmp_path)
    assert include_folders(tree) == [str(installed.resolve())]
