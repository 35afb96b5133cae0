"""Differences between architectures, from DWARF of real headers in the kernel's view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.option_table import OptionTable
from layoutcheck.kernel.freebsd.config.resolve import ResolvedConf
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.layout import ArrayType, BaseType, Encoding, RecordLayout, strip
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target, find_target
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.kernel_files import OpenKernel
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.header_probes import GLOBAL, compile_text, empty_options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_headers]

ARCHITECTURES = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
INCLUDE = (
    *("sys/param.h", "sys/systm.h", "sys/lock.h", "sys/mutex.h", "sys/cpuset.h", "sys/time.h"),
    *("netinet/in.h", "netinet/in_systm.h", "netinet/ip.h"),
)
CANDIDATES = {
    "char": "char",
    "int64_t": "int64_t",
    "long_double": "long double",
    "time_t": "time_t",
    "timeval": "struct timeval",
    "ip": "struct ip",
    "mtx_padalign": "struct mtx_padalign",
    "cpuset": "struct _cpuset",
    "cpus": "__typeof__(char[MAXCPU])",
}
BIG_ENDIAN = ("powerpc64",)
SIGNED_CHAR = ("amd64", "i386")
CPUS = {
    "amd64": 1024,
    "arm64": 1024,
    "riscv64": 16,
    "powerpc64": 256,
    "powerpc64le": 256,
    "i386": 32,
    "armv7": 4,
}
LONG_DOUBLE = {"powerpc64": 8, "powerpc64le": 8, "armv7": 8, "i386": 12}
CACHE_LINE = {"arm64": 128, "powerpc64": 128, "powerpc64le": 128}


def layouts(target: Target, work: Path) -> dict[str, RecordLayout]:
    """Return the candidates' layouts under SMP, from the target's DWARF."""
    tree = open_tree("ziglang", target=target, release=None, work=work)
    text = f"machine {target.machine} {target.machine_arch}\ncpu ANY\nident SMALL\n"
    kernel = OpenKernel(
        tree=tree,
        conf=ResolvedConf(
            conf=parse_conf(SourceText(path="SMALL", text=text), name="SMALL"),
            headers={**empty_options(tree), "opt_global.h": GLOBAL},
            table=OptionTable(entries=(), aliases={}),
        ),
        conf_path=work / "SMALL",
    )
    tools = Tools(print, Stopwatch())
    clang = KernelClang(kernel, Kernel(), target, tools, work=work)
    keys = {ProbeKey("type", number): name for number, name in enumerate(CANDIDATES)}
    asked = clang.ask(INCLUDE, [(key, CANDIDATES[name]) for key, name in keys.items()])
    assert not asked.left_out
    assert not asked.side.refused
    return {keys[key]: record for key, record in asked.side.layouts.records.items()}


@ARCHITECTURES
def test_the_facts_of_an_architecture(target: Target, tmp_path: Path) -> None:
    """Sizes, alignments, bit-field order, the sign of char and MAXCPU are those expected."""
    found = layouts(target, tmp_path)
    name = target.name
    word = 4 if name in {"i386", "armv7"} else 8

    int64, time, long_double = found["int64_t"], found["time_t"], found["long_double"]
    assert (int64.byte_size, int64.alignment) == (8, 4 if name == "i386" else 8)
    assert time.byte_size == (4 if name == "i386" else 8)
    assert found["timeval"].byte_size == (8 if name == "i386" else 16)
    assert long_double.byte_size == LONG_DOUBLE.get(name, 16)

    padded = found["mtx_padalign"]
    line = CACHE_LINE.get(name, 64)
    assert (padded.byte_size, padded.alignment) == (line, line)

    ip = {member.name: member for member in found["ip"].members}
    assert ip["ip_v"].bit_size == ip["ip_hl"].bit_size == 4
    order = ("ip_v", "ip_hl") if name in BIG_ENDIAN else ("ip_hl", "ip_v")
    assert [ip[bits].bit_offset for bits in order] == [0, 4]
    assert [member.name for member in found["ip"].members[:2]] == list(order)

    char = strip(found["char"].members[0].type)
    assert isinstance(char, BaseType)
    assert char.encoding is (Encoding.SIGNED if name in SIGNED_CHAR else Encoding.UNSIGNED)

    cpus = strip(found["cpus"].members[0].type)
    assert isinstance(cpus, ArrayType)
    assert cpus.counts == (CPUS[name],)
    bits = word * 8
    assert found["cpuset"].byte_size == -(-CPUS[name] // bits) * word


def zigs_clang() -> tuple[str, ...]:
    """Return the clang of ziglang, which the two tests below need.

    clang 19 accepts a use of x18, and has no macro for powerpc64le's soft floats.
    """
    ziglang = find_ziglang()
    assert ziglang is not None
    return str(ziglang / "zig"), "clang"


def test_arm64_reserves_x18(tmp_path: Path) -> None:
    """arm64's <machine/pcpu.h> has a pointer in x18, which clang refuses without `-ffixed-x18`."""
    target = find_target("arm64")
    tree = open_tree("ziglang", target=target, release=None, work=tmp_path)
    bare = replace(target, kernel_flags=tuple(f for f in target.kernel_flags if f != "-ffixed-x18"))
    text = "#include <sys/param.h>\n#include <sys/pcpu.h>\n"
    clang = zigs_clang()
    options = empty_options(tree)
    finished = compile_text(clang, tree, text, tmp_path, options=options, target=target)
    assert finished.returncode == 0, finished.stderr
    finished = compile_text(clang, tree, text, tmp_path, options=options, target=bare)
    assert "register 'x18' unsuitable for global register variables" in finished.stderr


@pytest.mark.parametrize(
    ("name", "macro"), [("riscv64", "__riscv_float_abi_soft"), ("powerpc64le", "_SOFT_FLOAT")]
)
def test_the_kernel_has_a_soft_float_abi(name: str, macro: str, tmp_path: Path) -> None:
    """The kernel has a soft-float ABI by clang's macros, and userland a hard-float one."""
    target = find_target(name)
    tree = open_tree("ziglang", target=target, release=None, work=tmp_path)
    text = f"#ifndef {macro}\n#error {macro}\n#endif\n"
    clang, user = zigs_clang(), replace(target, kernel_flags=())
    assert compile_text(clang, tree, text, tmp_path, options={}, target=target).succeeded
    assert not compile_text(clang, tree, text, tmp_path, options={}, target=user).succeeded
