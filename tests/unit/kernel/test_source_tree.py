"""A source tree's own scripts, run into a folder of ours; the tree is a small one of our own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.source_tree import find_sys, generate_headers, read_revision
from layoutcheck.target import find_target

TREE = Path(__file__).parents[3] / "fixtures" / "kernel" / "source_tree"
AMD64, ARM64 = find_target("amd64"), find_target("arm64")


@pytest.fixture
def sys_copy(tmp_path: Path) -> Path:
    """A copy of the small tree's sys, to break."""
    return Path(shutil.copytree(TREE / "sys", tmp_path / "src" / "sys"))


def test_sys_is_found_from_itself_and_from_above() -> None:
    """/usr/src and /usr/src/sys name the same tree; an include folder is none."""
    assert find_sys(TREE) == TREE / "sys"
    assert find_sys(TREE / "sys") == TREE / "sys"
    assert find_sys(TREE / "sys" / "conf") is None


def test_sys_under_another_name_is_refused(sys_copy: Path) -> None:
    """Kernel confs are looked for in sys/conf."""
    with pytest.raises(HeaderTreeError, match=r"head: this is the sys folder .*not named sys"):
        find_sys(sys_copy.rename(sys_copy.parent / "head"))


def test_the_revision_is_that_of_newvers_sh(sys_copy: Path) -> None:
    """None where there is no such file, or nothing in it."""
    assert read_revision(sys_copy) == "14.9-RELEASE-p1"
    (sys_copy / "conf" / "newvers.sh").write_text("# nothing\n")
    assert read_revision(sys_copy) is None
    (sys_copy / "conf" / "newvers.sh").unlink()
    assert read_revision(sys_copy) is None


def test_headers_are_generated_and_linked(tmp_path: Path) -> None:
    """Links of the machine, one header an interface, three of vnode_if; the tree is untouched."""
    before = sorted(TREE.rglob("*"))
    folder = generate_headers(TREE / "sys", AMD64, tmp_path)
    assert {path.name for path in folder.iterdir()} == {
        "gadget_if.h",
        "i386",
        "machine",
        "vnode_if.h",
        "vnode_if_newproto.h",
        "vnode_if_typedef.h",
        "x86",
    }
    assert "amd64" in (folder / "machine" / "param.h").read_text()
    assert (folder / "x86" / "widget.h").is_file()
    assert "struct vop_vector" in (folder / "vnode_if_newproto.h").read_text()
    assert sorted(TREE.rglob("*")) == before


def test_another_machines_interface_is_left_out(tmp_path: Path) -> None:
    """PowerPC has an interface of the same name."""
    folder = generate_headers(TREE / "sys", AMD64, tmp_path)
    text = (folder / "gadget_if.h").read_text()
    assert "gadget_poke_t" in text
    assert "powerpc_only" not in text


def test_the_machines_own_interface_comes_first(sys_copy: Path, tmp_path: Path) -> None:
    """A folder of the machine, then the rest of sys, then a folder that it shares with others."""
    for name in ("amd64", "x86"):
        (sys_copy / name / "gadget_if.m").write_text(f"INTERFACE gadget\nMETHOD int {name}\n")
    text = (generate_headers(sys_copy, AMD64, tmp_path) / "gadget_if.h").read_text()
    assert "gadget_amd64_t" in text
    (sys_copy / "amd64" / "gadget_if.m").unlink()
    text = (generate_headers(sys_copy, AMD64, tmp_path) / "gadget_if.h").read_text()
    assert "gadget_poke_t" in text


def test_a_second_run_serves_another_machine(tmp_path: Path) -> None:
    """Links of the run before do not stay."""
    generate_headers(TREE / "sys", AMD64, tmp_path)
    folder = generate_headers(TREE / "sys", ARM64, tmp_path)
    assert "arm64" in (folder / "machine" / "param.h").read_text()


def test_a_tree_without_the_machine_is_refused(sys_copy: Path, tmp_path: Path) -> None:
    """A sparse checkout, or a machine that the release does not have."""
    shutil.rmtree(sys_copy / "arm64")
    with pytest.raises(HeaderTreeError, match="has no arm64/include"):
        generate_headers(sys_copy, ARM64, tmp_path)


@pytest.mark.parametrize("name", ["tools/makeobjops.awk", "kern/vnode_if.src"])
def test_a_missing_script_is_named(sys_copy: Path, tmp_path: Path, name: str) -> None:
    """A sparse checkout again."""
    (sys_copy / name).unlink()
    with pytest.raises(HeaderTreeError, match=rf"{name}: is missing.*\nhint: check out the whole"):
        generate_headers(sys_copy, AMD64, tmp_path)


def test_a_script_that_fails_is_quoted(sys_copy: Path, tmp_path: Path) -> None:
    """With the script's own words."""
    (sys_copy / "tools" / "vnode_if.awk").write_text('BEGIN { print "no such vop"; exit 1 }\n')
    with pytest.raises(HeaderTreeError, match=r"vnode_if\.awk: failed: no such vop"):
        generate_headers(sys_copy, AMD64, tmp_path)


def test_without_awk_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PATH is an empty folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HeaderTreeError, match=r"awk was not found.*\nhint: install any awk"):
        generate_headers(TREE / "sys", AMD64, tmp_path)
