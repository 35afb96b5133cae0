"""Hundreds of real FreeBSD records, compiled by clang from the headers in the ziglang package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.kernel.stubs import read_stubs
from layoutcheck.probe.c import render_c_probe
from layoutcheck.toolchain.find import find_ziglang
from tests.dwarf_objects import run_clang

__all__ = ["TRIPLES", "FreebsdRecords", "compile_freebsd_records"]

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
TRIPLES: Final = {"x86_64": "x86_64-freebsd-none", "powerpc64": "powerpc64-freebsd-none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FreebsdRecords:
    """The C `names` of records, an `object` with them by their places, and what clang dumped."""

    names: tuple[str, ...]
    object: Path
    dump: str


def compile_freebsd_records(
    folder: Path, *, arch: str = "x86_64", flags: Sequence[str] = ()
) -> FreebsdRecords:
    """The records that 50 headers define, for a key of `TRIPLES`."""
    zig = find_ziglang()
    assert zig is not None
    include = zig / "lib" / "libc" / "include"
    for name, stub in {**read_stubs(), "opt_cam.h": ""}.items():
        path = folder / "stubs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stub, encoding="utf-8")
    always = [f"--target={arch}-unknown-freebsd14.3", "-w", "-D_KERNEL", "-DGENOFFSET"]
    always += ["-nostdinc", "-D__FreeBSD_version=1403000", "-DSMP", "-DMAXMEMDOM=8"]
    always += ["-ffreestanding", "-isystem", str(include / TRIPLES[arch])]
    always += ["-isystem", str(include / "generic-freebsd"), "-isystem", "stubs"]
    source, output = folder / "headers.c", folder / "headers.o"
    text = "".join(f"#include <{name}>\n" for name in INCLUDES)
    source.write_text(text, encoding="utf-8")
    expanded = run_clang([*always, "-E", "-P", source.name], folder)
    found = re.findall(r"^(struct|union) (\w+) \{", expanded, re.MULTILINE)
    names = tuple(dict.fromkeys(f"{kind} {name}" for kind, name in found))
    probe = render_c_probe((), [(str(number), name) for number, name in enumerate(names)])
    source.write_text(text + probe, encoding="utf-8")
    options = [*flags, "-Xclang", "-fdump-record-layouts", "-c", source.name, "-o", output.name]
    return FreebsdRecords(names=names, object=output, dump=run_clang([*always, *options], folder))
