"""Hundreds of real FreeBSD records, compiled by clang from the headers in the ziglang package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.kernel.freebsd.headers.stubs import read_stubs
from layoutcheck.model.target import find_target
from tests.dwarf_objects import run_clang
from tests.questions import ask_types

__all__ = ["FreebsdRecords", "compile_freebsd_records"]

HEADERS: Final = (
    *("param", "systm", "proc", "mbuf", "mount", "vnode", "bus", "conf", "cpuset", "event"),
    *("filedesc", "jail", "kernel", "kthread", "lock", "malloc", "module", "mutex", "namei"),
    *("pcpu", "resourcevar", "rwlock", "sched", "signalvar", "socket", "socketvar", "stat"),
    *("sx", "sysctl", "sysproto", "taskqueue", "tty", "ucred", "uio", "user", "buf", "bio"),
)
INCLUDES: Final = (
    *(f"sys/{name}.h" for name in HEADERS),
    *("net/if.h", "net/if_var.h", "net/route.h", "netinet/in.h", "netinet/in_pcb.h"),
    *("netinet/ip.h", "netinet/tcp.h", "netinet/tcp_var.h", "netinet/ip6.h"),
    *(
        "vm/vm.h",
        "vm/pmap.h",
        "vm/vm_map.h",
        "vm/vm_object.h",
        "vm/vm_page.h",
        "cam/cam.h",
        "cam/cam_ccb.h",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreebsdRecords:
    """The C `names` of records, an `object` with them by their places, and clang's dump.

    `text` is the preprocessor's output for the headers.
    """

    names: tuple[str, ...]
    object: Path
    dump: str
    text: str


def compile_freebsd_records(
    folder: Path, *, target: str = "amd64", flags: Sequence[str] = ()
) -> FreebsdRecords:
    """The records that 50 headers define, for a target by its name."""
    row = find_target(target)
    zig = find_ziglang()
    assert zig is not None
    include = zig / "lib" / "libc" / "include"
    for name, stub in {**read_stubs(), "opt_cam.h": ""}.items():
        path = folder / "stubs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stub, encoding="utf-8")
    always = [f"--target={row.clang_triple('14.3')}", *row.kernel_flags, "-w", "-D_KERNEL"]
    always += ["-DGENOFFSET"]
    always += ["-nostdinc", "-D__FreeBSD_version=1403000", "-DSMP", "-DMAXMEMDOM=8"]
    always += ["-ffreestanding", "-isystem", str(include / row.zig_include)]
    always += ["-isystem", str(include / "generic-freebsd"), "-isystem", "stubs"]
    source, output = folder / "headers.c", folder / "headers.o"
    text = "".join(f"#include <{name}>\n" for name in INCLUDES)
    source.write_text(text, encoding="utf-8")
    expanded = run_clang([*always, "-E", "-P", source.name], folder)
    found = re.findall(r"^(struct|union) (\w+) \{", expanded, re.MULTILINE)
    names = tuple(dict.fromkeys(f"{kind} {name}" for kind, name in found))
    probe = render_c_probe((), ask_types(names))
    source.write_text(text + probe, encoding="utf-8")
    options = [*flags, "-Xclang", "-fdump-record-layouts", "-c", source.name, "-o", output.name]
    dump = run_clang([*always, *options], folder)
    return FreebsdRecords(names=names, object=output, dump=dump, text=expanded)
