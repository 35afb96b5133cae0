"""Built-in confs on real headers: the headers accept config(8)'s output."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from layoutcheck.compilers.find.programs import find_clang
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.kernel.freebsd.config.resolve import resolve_conf
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.target import TARGETS, Target
from layoutcheck.run.kernel_files import OpenKernel, write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_headers]

HEADERS: Final = (
    *("sys/param.h", "sys/systm.h", "sys/proc.h", "sys/ucontext.h", "sys/mutex.h", "sys/bio.h"),
    *("sys/buf.h", "sys/vnode.h", "sys/rman.h", "sys/socket.h", "machine/bus.h", "net/if.h"),
    *("net/if_var.h", "netinet/in.h", "netinet/in_pcb.h", "netinet/tcp_var.h"),
)
# sizeof(struct bio) and sizeof(struct buf): without the debugging options, and with them.
SIZES: Final = {"i386": ((264, 204), (268, 336)), "armv7": ((288, 216), (296, 344))}
SIZES_OF_64_BITS: Final = ((376, 304), (384, 568))


@pytest.mark.parametrize("debug", [False, True], ids=["GENERIC", "GENERIC-DEBUG"])
@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_real_headers_compile_under_generic(target: Target, debug: bool, tmp_path: Path) -> None:
    """Headers compile under GENERIC on every architecture, including arm64's of 32-bit programs."""
    tree = open_tree("ziglang", target=target, release=None, work=tmp_path)
    conf = resolve_conf(
        "GENERIC-DEBUG" if debug else "GENERIC",
        machine=target.machine,
        machine_arch=target.machine_arch,
        release=tree.release,
        source_tree=None,
    )
    kernel = OpenKernel(tree=tree, conf=conf, conf_path=tmp_path)
    clang = find_clang()
    bio, buf = SIZES.get(target.name, SIZES_OF_64_BITS)[debug]
    unit = tmp_path / "unit.c"
    unit.write_text(
        "".join(f"#include <{header}>\n" for header in HEADERS)
        + f'_Static_assert(sizeof(struct bio) == {bio}, "bio");\n'
        + f'_Static_assert(sizeof(struct buf) == {buf}, "buf");\n'
    )
    command = (
        *clang.argv,
        *clang.target_flags(target, tree.release),
        *write_headers(kernel, Kernel(include=HEADERS), target, work=tmp_path),
        *("-fsyntax-only", str(unit)),
    )
    finished = run(command, cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
