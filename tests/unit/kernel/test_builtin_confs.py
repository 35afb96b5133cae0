"""Built-in confs: those of 13.2 against the real ones, and the others against these."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.resolve import (
    ResolvedConf,
    built_in_machines,
    built_in_names,
    resolve_conf,
)
from layoutcheck.model.target import TARGETS, Target

SHARED: Final = Path(__file__).parents[3] / ".." / "shared" / "kernconf" / "13.2"
EXPECTED: dict[str, Any] = {}
if SHARED.is_dir():
    EXPECTED = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))

RELEASES: Final = ("13", "14", "15")
# FreeBSD's seven supported architectures: machine_arch -> machine.
MACHINES: Final = {
    "amd64": "amd64",
    "aarch64": "arm64",
    "riscv64": "riscv",
    "powerpc64": "powerpc",
    "powerpc64le": "powerpc",
    "i386": "i386",
    "armv7": "arm",
}
CONFS: Final = [
    (major, machine, name)
    for major, machine in built_in_machines()
    for name in built_in_names(machine, major)
]
CONFS_OF_13: Final = [(machine, name) for major, machine, name in CONFS if major == "13"]
# Macros that config(8) defines for the machine_arch or for the cpu that the conf names.
OWN_OPTIONS: Final = {
    "amd64": ("HAMMER", "opt_cpu.h"),
    "aarch64": ("ARM64", "opt_global.h"),
    "riscv64": ("RISCV", "opt_global.h"),
    "powerpc64": ("POWERPC64", "opt_powerpc64.h"),
    "powerpc64le": ("POWERPC64LE", "opt_powerpc64le.h"),
    "i386": ("I686_CPU", "opt_global.h"),
    "armv7": ("CPU_CORTEXA", "opt_global.h"),
}
DEBUGGING: Final = {"INVARIANTS", "WITNESS", "BUF_TRACKING", "FULL_BUF_TRACKING"}


def machine_arch_of(machine: str, name: str) -> str:
    """The machine_arch that a conf of this name is for."""
    if machine == "powerpc":
        return "powerpc64le" if name.startswith("GENERIC64LE") else "powerpc64"
    return next(arch for arch, of in MACHINES.items() if of == machine)


def built_in(major: str, machine: str, name: str) -> ResolvedConf:
    """The built-in conf of that name."""
    return resolve_conf(
        name,
        machine=machine,
        machine_arch=machine_arch_of(machine, name),
        release=major,
        source_tree=None,
    )


def defined(resolved: ResolvedConf, header: str) -> set[str]:
    """The names that a header defines."""
    return {line.split()[1] for line in resolved.headers[header].splitlines()}


def options(major: str, machine: str, name: str) -> set[str]:
    """The conf's options with their values."""
    return {
        option.name if option.value is None else f"{option.name}={option.value}"
        for option in built_in(major, machine, name).conf.options
    }


def test_the_confs_that_there_are() -> None:
    """GENERIC exists for all machines, MINIMAL and variants if FreeBSD's branch has them.

    A release and its stable branch have no GENERIC-NODEBUG, because their GENERIC has no debugging,
    and 13 had no GENERIC-DEBUG yet. MINIMAL-DEBUG is amd64's only.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for major, machine, name in CONFS:
        found.setdefault(major, {}).setdefault(machine, set()).add(name)
    plain = {
        "amd64": {"GENERIC", "MINIMAL"},
        "i386": {"GENERIC", "MINIMAL"},
        "arm64": {"GENERIC"},
        "riscv": {"GENERIC"},
        "arm": {"GENERIC"},
        "powerpc": {"GENERIC64", "GENERIC64LE"},
    }
    later = {
        machine: names | {f"{name}-DEBUG" for name in names if name != "MINIMAL"}
        for machine, names in plain.items()
    }
    later["amd64"].add("MINIMAL-DEBUG")
    assert found == {"13": plain, "14": later, "15": later}


@pytest.mark.parametrize(("major", "machine", "name"), CONFS)
def test_every_one_resolves(major: str, machine: str, name: str) -> None:
    """Every conf resolves without messages, for its machine_arch, with debugging if so named."""
    resolved = built_in(major, machine, name)
    conf = resolved.conf
    machine_arch = machine_arch_of(machine, name)
    assert conf.messages == ()
    assert (conf.name, conf.machine, conf.machine_arch) == (name, machine, machine_arch)
    assert conf.origin == f"built in, FreeBSD {major} {machine}"
    # The real GENERIC64 and GENERIC64LE call themselves GENERIC.
    assert conf.ident in {name, name.replace("64LE", "").replace("64", "")}
    option, header = OWN_OPTIONS[machine_arch]
    assert option in defined(resolved, header)
    assert {"SMP", "KDB", "KDTRACE_HOOKS"} <= defined(resolved, "opt_global.h")
    assert "INET" in defined(resolved, "opt_inet.h")
    debugging = DEBUGGING if name.endswith("-DEBUG") else set()
    assert DEBUGGING & defined(resolved, "opt_global.h") == debugging


@pytest.mark.parametrize(("major", "machine", "name"), CONFS)
def test_every_one_rendered_is_the_same(
    major: str, machine: str, name: str, tmp_path: Path
) -> None:
    """A rendered conf defines the same options, since a crate's build script reads the text."""
    resolved = built_in(major, machine, name)
    path = tmp_path / "resolved"
    path.write_text(render_conf(resolved.conf))
    (tmp_path / "DEFAULTS").write_text("")
    again = resolve_conf(
        str(path),
        machine=machine,
        machine_arch=machine_arch_of(machine, name),
        release=major,
        source_tree=None,
    )
    assert (again.headers, again.conf.messages) == (resolved.headers, ())


@pytest.mark.parametrize("major", RELEASES)
@pytest.mark.parametrize("machine_arch", MACHINES)
def test_generic_is_what_freebsd_builds(major: str, machine_arch: str) -> None:
    """GENERIC names a conf of every machine_arch, also of those that share a machine."""
    resolved = resolve_conf(
        "GENERIC",
        machine=MACHINES[machine_arch],
        machine_arch=machine_arch,
        release=major,
        source_tree=None,
    )
    assert resolved.conf.machine_arch == machine_arch
    assert resolved.conf.ident == "GENERIC"
    if MACHINES[machine_arch] == "powerpc":
        of_both = {"opt_powerpc64.h", "opt_powerpc64le.h"}
        assert {name for name in of_both if resolved.headers[name]} == {f"opt_{machine_arch}.h"}


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
@pytest.mark.parametrize("major", RELEASES)
def test_every_target_has_generic(target: Target, major: str) -> None:
    """A row of `TARGETS` can be checked without a source tree."""
    resolved = resolve_conf(
        "GENERIC",
        machine=target.machine,
        machine_arch=target.machine_arch,
        release=major,
        source_tree=None,
    )
    assert resolved.conf.machine_arch == target.machine_arch


def test_variants_of_generic_go_by_the_same_name() -> None:
    """`GENERIC-DEBUG` names a variant of every machine_arch, as the file's own name does."""
    for name in ("GENERIC-DEBUG", "GENERIC64LE-DEBUG"):
        resolved = resolve_conf(
            name,
            machine="powerpc",
            machine_arch="powerpc64le",
            release="15",
            source_tree=None,
        )
        assert resolved.conf.name == resolved.conf.ident == "GENERIC64LE-DEBUG"
    with pytest.raises(KernConfError, match="a configuration for powerpc64, not for powerpc64le"):
        resolve_conf(
            "GENERIC64",
            machine="powerpc",
            machine_arch="powerpc64le",
            release="15",
            source_tree=None,
        )
    with pytest.raises(KernConfError, match="no kernel conf 'MINIMAL'") as caught:
        resolve_conf(
            "MINIMAL",
            machine="riscv",
            machine_arch="riscv64",
            release="15",
            source_tree=None,
        )
    assert caught.value.hint == "there are GENERIC, GENERIC-DEBUG"


@pytest.mark.needs_shared
@pytest.mark.parametrize(("machine", "name"), CONFS_OF_13)
def test_one_of_13_gives_what_the_real_one_gives(machine: str, name: str) -> None:
    """Every header has the lines of the real conf. Devices and cpus are equal, too.

    The order of lines differs, because our table has another order. No option is defined twice.
    """
    expected, found = EXPECTED[f"{machine}/{name}"], built_in("13", machine, name)
    lines = {header: text.splitlines() for header, text in found.headers.items() if text}
    assert {header: sorted(those) for header, those in lines.items()} == {
        header: sorted(those) for header, those in expected["headers"].items()
    }
    assert sorted(header for header, text in found.headers.items() if not text) == sorted(
        expected["empty"]
    )
    assert list(found.conf.messages) == expected["messages"]
    real = resolve_conf(
        name, machine=machine, machine_arch=None, release="13.2", source_tree=SHARED
    ).conf
    assert {device.name for device in found.conf.devices} == {d.name for d in real.devices}
    assert [cpu.name for cpu in found.conf.cpus] == [cpu.name for cpu in real.cpus]
    assert (found.conf.ident, found.conf.machine_arch) == (real.ident, real.machine_arch)


@pytest.mark.needs_shared
def test_all_real_ones_of_13_are_there() -> None:
    """Every real GENERIC and MINIMAL of 13 is built in, except the 32-bit one of powerpc."""
    real = {
        (machine, name)
        for machine, _, name in (conf.partition("/") for conf in EXPECTED)
        if name in {"GENERIC", "MINIMAL", "GENERIC64", "GENERIC64LE"}
    }
    assert real - set(CONFS_OF_13) == {("powerpc", "GENERIC")}  # the 32-bit one
    assert set(CONFS_OF_13) <= real


@pytest.mark.needs_shared
@pytest.mark.parametrize("machine_arch", MACHINES)
def test_generic_of_a_real_tree(machine_arch: str) -> None:
    """GENERIC of a real tree is that of the machine_arch, never the file of that name."""
    conf = resolve_conf(
        "GENERIC",
        machine=MACHINES[machine_arch],
        machine_arch=machine_arch,
        release="13.2",
        source_tree=SHARED,
    ).conf
    assert conf.machine_arch == machine_arch
    with pytest.raises(KernConfError, match="a configuration for powerpc, not for powerpc64"):
        resolve_conf(
            "MPC85XX",
            machine="powerpc",
            machine_arch="powerpc64",
            release="13.2",
            source_tree=SHARED,
        )


# The known differences of the confs of 14 and 15: options removed and added, all else is equal.
# On every machine those of 14 are CC_CUBIC, NETLINK and COMPAT_FREEBSD13, of 15 COMPAT_FREEBSD14.
OLDEST: Final = " ".join(f"COMPAT_FREEBSD{release}" for release in (4, 5, 6, 7, 9))
RANDOM: Final = "RANDOM_ENABLE_KBD RANDOM_ENABLE_MOUSE RANDOM_ENABLE_TPM"
CHANGES: Final = {
    ("amd64", "GENERIC"): ("VESA ATH_ENABLE_11N", "", "NEW_PCIB", "EXTERR_STRINGS IPSEC_OFFLOAD"),
    ("amd64", "MINIMAL"): (
        "VESA",
        "GEOM_LABEL",
        f"NEW_PCIB {OLDEST} SYSVMSG SYSVSEM SYSVSHM FFS",
        "VIMAGE GZIO ZSTDIO",
    ),
    ("i386", "GENERIC"): ("VESA ATH_ENABLE_11N HYPERV", "", "NEW_PCIB", ""),
    ("i386", "MINIMAL"): (
        "VESA",
        "GEOM_LABEL",
        f"NEW_PCIB {OLDEST}",
        "VIMAGE GZIO ZSTDIO",
    ),
    ("arm64", "GENERIC"): (
        "EXT_RESOURCES",
        "INCLUDE_CONFIG_FILE KERN_TLS SOC_ROCKCHIP SOC_ROCKCHIP_RK3568",
        "NEW_PCIB",
        f"EXTERR_STRINGS IPSEC_OFFLOAD {RANDOM}",
    ),
    ("riscv", "GENERIC"): (
        "EXT_RESOURCES FPE",
        "",
        "NEW_PCIB",
        f"EKCD GZIO DEBUGNET NETDUMP SOC_ALLWINNER_D1 {RANDOM}",
    ),
    ("powerpc", "GENERIC64"): (
        "ATH_ENABLE_11N COMPAT_FREEBSD5",
        "KERN_TLS COMPAT_LINUXKPI",
        "NEW_PCIB AHC_ALLOW_MEMIO",
        "RANDOM_ENABLE_KBD RANDOM_ENABLE_MOUSE",
    ),
    ("powerpc", "GENERIC64LE"): (
        "ATH_ENABLE_11N",
        "KERN_TLS COMPAT_LINUXKPI ISA_206_ATOMICS",
        "NEW_PCIB AHC_ALLOW_MEMIO",
        "RANDOM_ENABLE_KBD RANDOM_ENABLE_MOUSE",
    ),
    ("arm", "GENERIC"): (
        "EXT_RESOURCES",
        "",
        "NEW_PCIB SOC_TI_AM335X SOC_OMAP4",
        "USB_DEBUG",
    ),
}


@pytest.mark.parametrize(("machine", "name"), CONFS_OF_13)
def test_what_left_and_what_came(machine: str, name: str) -> None:
    """Options that left or came from 13.2 to 14, and from 14 to 15, are those listed here."""
    of_13, of_14, of_15 = (options(major, machine, name) for major in RELEASES)
    left_14, came_14, left_15, came_15 = CHANGES[machine, name]
    assert of_13 - of_14 == set(left_14.split())
    assert of_14 - of_13 == {*came_14.split(), "CC_CUBIC", "NETLINK", "COMPAT_FREEBSD13"}
    assert of_14 - of_15 == set(left_15.split())
    assert of_15 - of_14 == {*came_15.split(), "COMPAT_FREEBSD14"}
