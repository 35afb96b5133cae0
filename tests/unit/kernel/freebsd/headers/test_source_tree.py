"""source_tree.py: a source tree's name, layout and generated headers, on a small tree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.source_tree import (
    Naming,
    check_generator,
    find_sys,
    generate_headers,
    is_behind_machine,
    is_foreign,
    machine_folder,
    read_naming,
)
from layoutcheck.model.target import find_target

TREE = Path(__file__).parents[5] / "fixtures" / "kernel" / "source_tree"
AMD64, ARM64 = find_target("amd64"), find_target("arm64")


@pytest.fixture
def sys_copy(tmp_path: Path) -> Path:
    """A copy of the small tree's sys, for changes."""
    return Path(shutil.copytree(TREE / "sys", tmp_path / "src" / "sys"))


def test_sys_is_found_from_itself_and_from_above() -> None:
    """/usr/src and /usr/src/sys name the same tree; an include folder is none."""
    assert find_sys(TREE) == TREE / "sys"
    assert find_sys(TREE / "sys") == TREE / "sys"
    assert find_sys(TREE / "sys" / "conf") is None


def test_sys_under_another_name_is_refused(sys_copy: Path) -> None:
    """A sys under another name is refused: kernel confs are in sys/conf."""
    with pytest.raises(HeaderTreeError, match=r"head: this is the sys folder .*not named sys"):
        find_sys(sys_copy.rename(sys_copy.parent / "head"))


def test_a_tree_calls_itself_what_newvers_sh_says(sys_copy: Path) -> None:
    """newvers.sh names the system, FreeBSD without a TYPE. Without a revision there is no name."""
    assert read_naming(sys_copy) == Naming(system="FreeBSD", revision="14.9-RELEASE-p1")
    newvers = sys_copy / "conf" / "newvers.sh"
    newvers.write_text('TYPE="ToyBSD"\nREVISION="4.0.8"\nRELEASE="${REVISION}"\n')
    assert read_naming(sys_copy) == Naming(system="ToyBSD", revision="4.0.8")
    newvers.write_text("REVISION=13.2\n\tREVISION=${OTHER}\n")
    assert read_naming(sys_copy) == Naming(system="FreeBSD", revision="13.2")
    newvers.write_text("# nothing\n")
    assert read_naming(sys_copy) is None
    newvers.unlink()
    assert read_naming(sys_copy) is None
    newvers.mkdir()
    assert read_naming(sys_copy) is None


def test_a_machine_may_have_its_folder_in_arch(sys_copy: Path) -> None:
    """A machine's folder may be in arch, as in a fork. FreeBSD's place comes first."""
    assert machine_folder(sys_copy, "amd64", "conf") == sys_copy / "amd64" / "conf"
    assert machine_folder(sys_copy, "vax", "conf") == sys_copy / "vax" / "conf"
    shutil.copytree(sys_copy / "amd64", sys_copy / "arch" / "amd64")
    assert machine_folder(sys_copy, "amd64", "conf") == sys_copy / "amd64" / "conf"
    shutil.rmtree(sys_copy / "amd64")
    assert machine_folder(sys_copy, "amd64", "conf") == sys_copy / "arch" / "amd64" / "conf"


@pytest.mark.parametrize("prefix", ["", "arch/"])
def test_headers_of_machines(prefix: str) -> None:
    """Headers in machine folders are another machine's, or the machine's own, in both places."""
    assert is_foreign(f"{prefix}powerpc/include/pte.h", AMD64)
    assert is_foreign(f"{prefix}amd64/include/pte.h", AMD64)
    assert not is_foreign(f"{prefix}amd64/vmparam.h", AMD64)
    assert is_behind_machine(f"{prefix}i386/vmparam.h")
    assert not is_behind_machine(f"{prefix}x86/apicvar.h")
    assert not is_foreign(f"{prefix}sys/param.h", AMD64)


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
    """PowerPC's interface of the same name is left out."""
    folder = generate_headers(TREE / "sys", AMD64, tmp_path)
    text = (folder / "gadget_if.h").read_text()
    assert "gadget_poke_t" in text
    assert "powerpc_only" not in text


def test_the_machines_own_interface_comes_first(sys_copy: Path, tmp_path: Path) -> None:
    """An interface is searched in the machine's folder, the rest of sys, then shared folders."""
    for name in ("amd64", "x86"):
        (sys_copy / name / "gadget_if.m").write_text(
            f"INTERFACE gadget;\nMETHOD int {name} {{ struct gadget *gadget; }};\n"
        )
    text = (generate_headers(sys_copy, AMD64, tmp_path) / "gadget_if.h").read_text()
    assert "gadget_amd64_t" in text
    (sys_copy / "amd64" / "gadget_if.m").unlink()
    text = (generate_headers(sys_copy, AMD64, tmp_path) / "gadget_if.h").read_text()
    assert "gadget_poke_t" in text


def test_a_second_run_serves_another_machine(tmp_path: Path) -> None:
    """Links of an earlier run are replaced."""
    generate_headers(TREE / "sys", AMD64, tmp_path)
    folder = generate_headers(TREE / "sys", ARM64, tmp_path)
    assert "arm64" in (folder / "machine" / "param.h").read_text()


def test_a_tree_without_the_machine_is_refused(sys_copy: Path, tmp_path: Path) -> None:
    """A sparse checkout, or a machine that the release does not have."""
    shutil.rmtree(sys_copy / "arm64")
    with pytest.raises(HeaderTreeError, match="has no arm64/include"):
        generate_headers(sys_copy, ARM64, tmp_path)


def test_machines_in_arch_are_linked(sys_copy: Path, tmp_path: Path) -> None:
    """Machines in arch have their includes and interfaces, and those of shared architectures."""
    (sys_copy / "x86" / "toy_if.m").write_text("INTERFACE toy;\nMETHOD int a { int a; };\n")
    for name in ("amd64", "powerpc", "x86"):
        (sys_copy / "arch").mkdir(exist_ok=True)
        (sys_copy / name).rename(sys_copy / "arch" / name)
    folder = generate_headers(sys_copy, AMD64, tmp_path)
    assert "amd64" in (folder / "machine" / "param.h").read_text()
    assert (folder / "x86" / "widget.h").is_file()
    assert "toy_a_t" in (folder / "toy_if.h").read_text()
    assert "powerpc_only" not in (folder / "gadget_if.h").read_text()


def test_missing_operations_are_named(sys_copy: Path, tmp_path: Path) -> None:
    """Missing operations are an error that names the file. The build's scripts are not needed."""
    (sys_copy / "kern" / "vnode_if.src").unlink()
    with pytest.raises(
        HeaderTreeError, match=r"kern/vnode_if\.src: is missing.*\nhint: check out the whole"
    ):
        generate_headers(sys_copy, AMD64, tmp_path)


def test_operations_that_are_not_understood_are_named(sys_copy: Path, tmp_path: Path) -> None:
    """Invalid operations are an error that names them, because nearly every header needs them."""
    (sys_copy / "kern" / "vnode_if.src").write_text("vop_open {\n\tNONE\n};\n")
    with pytest.raises(HeaderTreeError, match=r"kern/vnode_if\.src:2: 'NONE' is no parameter"):
        generate_headers(sys_copy, AMD64, tmp_path)


def test_an_interface_that_is_not_understood_becomes_an_error(
    sys_copy: Path, tmp_path: Path
) -> None:
    """An invalid interface becomes an `#error` in its own header, and affects no other."""
    odd = sys_copy / "dev" / "odd_if.m"
    odd.write_text('INTERFACE odd;\nNONE "\\\n')
    (sys_copy / "dev" / "folder_if.m").mkdir()
    (sys_copy / "dev" / "\udcff_if.m").write_text("NONE")
    (sys_copy / "dev" / "gone_if.m").symlink_to("nowhere")
    folder = generate_headers(sys_copy, AMD64, tmp_path)
    text = (folder / "odd_if.h").read_text()
    assert text.startswith(f"#error \"{odd}:2: 'NONE '")
    assert text.endswith(' is no statement of an interface file"\n')
    assert text.count("\n") == 1
    assert "?_if.m:1: 'NONE' is no statement" in (folder / "\udcff_if.h").read_text()
    assert "folder_if.m: not a regular file" in (folder / "folder_if.h").read_text()
    assert "gone_if.m: is missing" in (folder / "gone_if.h").read_text()
    assert "gadget_poke_t" in (folder / "gadget_if.h").read_text()


def test_scripts_of_the_tree_are_not_run(sys_copy: Path, tmp_path: Path) -> None:
    """Scripts of the tree are never run."""
    (sys_copy / "tools").mkdir()
    for name in ("makeobjops.awk", "vnode_if.awk"):
        (sys_copy / "tools" / name).write_text('BEGIN { system("touch ran"); exit 1 }\n')
    folder = generate_headers(sys_copy, AMD64, tmp_path)
    assert not list(tmp_path.rglob("ran"))
    assert "gadget_poke_t" in (folder / "gadget_if.h").read_text()


@pytest.mark.parametrize("registers", [True, False])
def test_the_vector_is_that_of_the_release(sys_copy: Path, tmp_path: Path, registers: bool) -> None:
    """The vector registers operations since 13, as sys/vnode.h shows."""
    vnode = sys_copy / "sys" / "vnode.h"
    if not registers:
        vnode.write_text(vnode.read_text().replace("vfs_vector_op_register", "nothing"))
    folder = generate_headers(sys_copy, AMD64, tmp_path)
    assert ("registered" in (folder / "vnode_if_newproto.h").read_text()) is registers


def test_a_generator_that_is_not_freebsds_is_noted(sys_copy: Path) -> None:
    """A generator other than FreeBSD's has a note. A tree without one, or with that, has none."""
    assert check_generator(sys_copy) == ()
    script = sys_copy / "tools" / "vnode_if.awk"
    script.parent.mkdir()
    lines = ["function printp(s) { print s > pfile }", *(['printp("...")'] * 7), 'print "a_gen"']
    script.write_text("\n".join(lines))
    assert check_generator(sys_copy) == ()
    script.write_text("\n".join((*lines, 'printp("own")')))
    (note,) = check_generator(sys_copy)
    assert f"{script} is not FreeBSD's, and is not run" in note
