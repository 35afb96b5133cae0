"""Real FreeBSD headers, with the stubs, through a real clang."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from layoutcheck.compilers.find.programs import find_clang
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.kernel.system import HeaderTree
from layoutcheck.model.target import TARGETS, Target, find_target
from tests.header_probes import compile_text, empty_options, folders

CHECKOUT = Path(__file__).resolve().parents[2]
AMD64 = find_target("amd64")
X86 = ("amd64", "i386")
# Headers for other machines only, which repeat definitions of a machine's own header: 14.2's
# sys/_atomic_subword.h fills gaps of machine/atomic.h that x86 does not have; powerpc has its own
# struct pv_entry.
FOR_OTHER_MACHINES = {
    "amd64": ("sys/_atomic_subword.h",),
    "i386": ("sys/_atomic_subword.h",),
    "powerpc": ("sys/_pv_entry.h",),
}


@pytest.fixture(scope="module")
def clang() -> tuple[str, ...]:
    """The clang that layoutcheck would use."""
    return find_clang().argv


def open_ziglang(target: Target, work: Path) -> HeaderTree:
    """Open the installed package's headers."""
    return open_tree("ziglang", target=target, release=None, work=work)


def shared_headers(target: Target) -> list[str]:
    """Return the headers known to compile in one unit, in order, of amd64 or arm64."""
    name = f"one-unit.{'x86_64' if target.machine in X86 else 'aarch64'}.txt"
    return (CHECKOUT.parent / "shared" / "headers" / name).read_text().split()


def first_that_has(name: str, searched: Iterable[Path]) -> Path | None:
    """Return the file that `#include <name>` finds."""
    return next((folder / name for folder in searched if (folder / name).exists()), None)


def is_foreign(path: Path, target: Target) -> bool:
    """Return whether the header is an error for another machine's, or includes such a one."""
    text = path.read_text(errors="replace")
    return "#error <" in text or (target.machine not in X86 and "include <x86/" in text)


@pytest.mark.needs_clang
@pytest.mark.needs_headers
@pytest.mark.needs_shared
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_packages_headers_compile_in_one_unit(
    clang: tuple[str, ...], tmp_path: Path, target: Target
) -> None:
    """All headers of the shared list compile that the package has for the machine.

    The lists were made for 15.0, of which 14.2 lacks 21. The list of arm64 has some 60 headers of
    x86, and each list has machine headers that other machines lack.
    """
    tree = open_ziglang(target, tmp_path)
    listed = shared_headers(target)
    found = {name: first_that_has(name, folders(tree)) for name in listed}
    there = [name for name, path in found.items() if path and not is_foreign(path, target)]
    assert len(there) >= len(listed) - (35 if target.machine in X86 else 100)
    skipped: tuple[str, ...] = FOR_OTHER_MACHINES.get(target.machine, ())
    if tree.release != "14.2":
        skipped = tuple(name for name in skipped if name != "sys/_atomic_subword.h")
    there = [name for name in there if name not in skipped]
    text = "".join(f"#include <{name}>\n" for name in there)
    finished = compile_text(clang, tree, text, tmp_path, options=empty_options(tree), target=target)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.needs_clang
@pytest.mark.needs_headers
def test_what_the_stubs_lay_out_is_laid_out_as_in_concurrency_kit(
    clang: tuple[str, ...], tmp_path: Path
) -> None:
    """Layouts of stubs have the numbers of FreeBSD 13.2's own sys/contrib/ck."""
    tree = open_ziglang(AMD64, tmp_path)
    finished = compile_text(
        clang,
        tree,
        """
        #include <sys/param.h>
        #include <sys/systm.h>
        #include <sys/ck.h>
        #include <sys/epoch.h>
        struct e;
        CK_SLIST_HEAD(slist, e);
        CK_STAILQ_HEAD(stailq, e);
        CK_LIST_HEAD(list, e);
        struct e {
                CK_SLIST_ENTRY(e) slist;
                CK_STAILQ_ENTRY(e) stailq;
                CK_LIST_ENTRY(e) list;
                ck_epoch_section_t section;
        };
        _Static_assert(sizeof(struct slist) == 8, "");
        _Static_assert(sizeof(struct stailq) == 16, "");
        _Static_assert(__builtin_offsetof(struct stailq, cstqh_last) == 8, "");
        _Static_assert(sizeof(struct list) == 8, "");
        _Static_assert(__builtin_offsetof(struct e, stailq.cstqe_next) == 8, "");
        _Static_assert(__builtin_offsetof(struct e, list.cle_next) == 16, "");
        _Static_assert(__builtin_offsetof(struct e, list.cle_prev) == 24, "");
        _Static_assert(__builtin_offsetof(struct e, section) == 32, "");
        _Static_assert(sizeof(ck_epoch_section_t) == 4, "");
        _Static_assert(sizeof(struct epoch_tracker) == 32, "");
        """,
        tmp_path,
        options={},
    )
    assert finished.returncode == 0, finished.stderr


@pytest.mark.needs_clang
@pytest.mark.needs_headers
@pytest.mark.parametrize(
    ("header", "record"),
    [
        ("sys/epoch.h", "struct ck_epoch"),
        ("sys/epoch.h", "struct ck_epoch_entry"),
        ("sys/epoch.h", "struct ck_epoch_record"),
        ("sys/vnode.h", "struct vop_vector"),
        ("sys/vnode.h", "struct vop_read_args"),
        ("dev/ofw/ofw_bus.h", "struct ofw_bus_devinfo"),
        ("crypto/cryptodev.h", "struct crypto_session"),
    ],
)
def test_what_a_stub_does_not_know_has_no_size(
    clang: tuple[str, ...], tmp_path: Path, header: str, record: str
) -> None:
    """A record that a stub does not know has no size, so that its holder is never compared."""
    tree = open_ziglang(AMD64, tmp_path)
    includes = ("sys/param.h", "sys/systm.h", "sys/bus.h", "sys/mount.h", header)
    text = "".join(f"#include <{name}>\n" for name in includes)
    assert compile_text(clang, tree, text, tmp_path, options={}).returncode == 0
    text += f"struct holder {{ {record} member; }};\n"
    finished = compile_text(clang, tree, text, tmp_path, options={})
    assert f"field has incomplete type '{record}'" in finished.stderr


@pytest.mark.needs_clang
@pytest.mark.parametrize(
    ("options", "machine", "byte_size"),
    [("", "amd64", 48), ("#define GADGET_STATS 1\n", "amd64", 56), ("", "arm64", 64)],
)
def test_a_source_tree_compiles_with_its_own_headers(
    clang: tuple[str, ...], tmp_path: Path, options: str, machine: str, byte_size: int
) -> None:
    """Generated headers, Concurrency Kit and the machine's links come from the tree."""
    target = find_target(machine)
    source = CHECKOUT / "fixtures" / "kernel" / "source_tree"
    tree = open_tree(str(source), target=target, release="14.9", work=tmp_path)
    finished = compile_text(
        clang,
        tree,
        "#include <sys/gadget.h>\n"
        f'_Static_assert(sizeof(struct gadget) == {byte_size}, "");\n'
        '_Static_assert(sizeof(struct vop_vector) == 40, "");\n'
        '_Static_assert(__FreeBSD_version == 1409000, "");\n',
        tmp_path,
        options={"opt_gadget.h": options},
        target=target,
    )
    assert finished.returncode == 0, finished.stderr
