"""Confs by name and path: FreeBSD's own against the real config(8), and those built in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import parse_conf, read_conf
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.resolve import (
    ResolvedConf,
    built_in_machines,
    built_in_names,
    resolve_conf,
)
from layoutcheck.kernel.freebsd.config.source import SourceText

SHARED = Path(__file__).parents[5] / ".." / "shared" / "kernconf"
TREE = SHARED / "13.2"
EXPECTED: dict[str, Any] = {}
CASES: list[dict[str, Any]] = []
if TREE.is_dir():
    EXPECTED = json.loads((TREE / "expected.json").read_text(encoding="utf-8"))
    CASES = json.loads((TREE / "cases.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome of config(8): exit status, messages and headers."""

    exit: int
    error: KernConfError | None
    messages: list[str]
    lines: dict[str, list[str]]
    empty: list[str]


def outcome(name: str, machine: str) -> Outcome:
    """Return the outcome of `resolve_conf` with FreeBSD 13.2's tree."""
    try:
        resolved = resolve_conf(
            name, machine=machine, machine_arch=None, release="13.2", source_tree=TREE
        )
    except KernConfError as error:
        return Outcome(1, error, [], {}, [])
    return Outcome(
        0,
        None,
        list(resolved.conf.messages),
        {name: text.splitlines() for name, text in resolved.headers.items() if text},
        sorted(name for name, text in resolved.headers.items() if not text),
    )


@pytest.mark.needs_shared
def test_the_shared_confs_are_there() -> None:
    """All 25 confs and 47 cases exist. Without them the tests below would test nothing."""
    assert (len(EXPECTED), len(CASES)) == (25, 47)


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_conf_gives_what_config_gave(name: str) -> None:
    """Every header with its lines in their order, the empty ones, and the warnings."""
    machine, _, conf = name.partition("/")
    expected, found = EXPECTED[name], outcome(conf, machine)
    assert found.exit == expected["exit"]
    assert found.lines == expected["headers"]
    assert found.empty == sorted(expected["empty"])
    assert found.messages == expected["messages"]


@pytest.mark.needs_shared
@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_a_small_case_gives_what_config_gave(case: dict[str, Any], tmp_path: Path) -> None:
    """A case has config(8)'s status and headers, and an equivalent message at the same line."""
    path = tmp_path / "T"
    path.write_text(case["text"], encoding="utf-8")
    found = outcome(str(path), "amd64")
    assert found.exit == case["exit"]
    assert found.lines == case["headers"]
    assert found.messages == (case["messages"] if case["exit"] == 0 else [])
    if case["exit"] == 0:
        return
    said = re.fullmatch(
        r"(?:config: )?(?:Error: )?(?:T:(?:(?P<line>\d+):)? )?(?P<what>.*)", case["messages"][0]
    )
    assert said is not None
    assert found.error is not None
    assert found.error.what.startswith(said["what"])
    assert found.error.where is not None
    assert said["line"] is None or found.error.where == f"{path}:{said['line']}"


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_conf_is_the_same_after_rendering(name: str) -> None:
    """The text alone, without the tree's other confs, defines the same options."""
    machine, _, conf = name.partition("/")
    resolved = resolve_conf(
        conf, machine=machine, machine_arch=None, release="13.2", source_tree=TREE
    ).conf
    again = parse_conf(SourceText(path="T", text=render_conf(resolved)))
    assert [(o.name, o.value) for o in again.options] == [
        (o.name, o.value) for o in resolved.options
    ]
    assert [d.name for d in again.devices] == [d.name for d in resolved.devices]
    assert (again.machine_arch, again.ident) == (resolved.machine_arch, resolved.ident)


def built_in(name: str, release: str) -> ResolvedConf:
    """A built-in conf for amd64."""
    return resolve_conf(
        name, machine="amd64", machine_arch="amd64", release=release, source_tree=None
    )


def defined(resolved: ResolvedConf, header: str) -> set[str]:
    """The names that a header defines."""
    return {line.split()[1] for line in resolved.headers[header].splitlines()}


@pytest.mark.parametrize("release", ["14", "14.3", "15.0"])
@pytest.mark.parametrize("name", ["GENERIC", "MINIMAL", "GENERIC-DEBUG", "MINIMAL-DEBUG"])
def test_every_built_in_conf_resolves(name: str, release: str) -> None:
    """Every built-in conf resolves without messages and with its origin."""
    resolved = built_in(name, release)
    major = release.partition(".")[0]
    assert resolved.conf.messages == ()
    assert resolved.conf.origin == f"built in, FreeBSD {major} amd64"
    assert (resolved.conf.name, resolved.conf.ident) == (name, name)
    assert {"SMP", "NUMA", "COMPAT_FREEBSD32"} <= defined(resolved, "opt_global.h")
    # Only the development branch has them in GENERIC itself.
    debugging = {"INVARIANTS", "WITNESS", "FULL_BUF_TRACKING"}
    found = debugging & defined(resolved, "opt_global.h")
    assert found == (debugging if name.endswith("-DEBUG") else set())


@pytest.mark.parametrize("release", ["14", "15"])
def test_generic_has_what_changes_layouts(release: str) -> None:
    """The options that FreeBSD's installed headers read and that its release's GENERIC sets."""
    resolved = built_in("GENERIC", release)
    assert {
        *("VIMAGE", "RACCT", "RACCT_DEFAULT_TO_DISABLED", "RCTL", "MAC", "AUDIT", "KDB"),
        *("KDTRACE_HOOKS", "TCP_BLACKBOX", "EARLY_AP_STARTUP", "COMPAT_FREEBSD13", "XENHVM"),
        *("DEBUGNET", "NETLINK", "PCI_IOV", "DEV_NETMAP", "COMPAT_FREEBSD4"),
    } <= defined(resolved, "opt_global.h")
    assert {"INET", "TCP_OFFLOAD", "TCP_RFC7413"} <= defined(resolved, "opt_inet.h")
    for option, header in (
        ("INET6", "opt_inet6.h"),
        ("KTRACE", "opt_ktrace.h"),
        ("HWPMC_HOOKS", "opt_hwpmc_hooks.h"),
        ("SCTP_SUPPORT", "opt_sctp.h"),
        ("ROUTE_MPATH", "opt_route.h"),
        ("USB_DEBUG", "opt_usb.h"),
        ("DEV_BPF", "opt_bpf.h"),
        ("QUOTA", "opt_quota.h"),
    ):
        assert option in defined(resolved, header)
    assert "DEV_ACPI" in defined(resolved, "opt_acpi.h")
    # NUMA's number of domains is the header's own default.
    assert "MAXMEMDOM" not in defined(resolved, "opt_global.h")


def test_the_releases_differ_where_freebsd_does() -> None:
    """FreeBSD 15 has added options, and removed one."""
    names = {
        release: defined(built_in("GENERIC", release), "opt_global.h") for release in ("14", "15")
    }
    assert names["15"] - names["14"] == {"COMPAT_FREEBSD14", "EXTERR_STRINGS", "TCP_HHOOK"}
    assert names["14"] - names["15"] == {"NEW_PCIB"}
    assert "IPSEC_OFFLOAD" in defined(built_in("GENERIC", "15"), "opt_ipsec.h")
    assert "VIMAGE" in defined(built_in("MINIMAL", "15"), "opt_global.h")
    assert "VIMAGE" not in defined(built_in("MINIMAL", "14"), "opt_global.h")


@pytest.mark.needs_shared
def test_generic_of_14_carries_on_that_of_13() -> None:
    """GENERIC of 14 differs from that of 13 only in the options listed here."""
    old = resolve_conf(
        "GENERIC", machine="amd64", machine_arch="amd64", release="13.2", source_tree=TREE
    ).conf
    new = built_in("GENERIC", "14").conf
    old_options = {(option.name, option.value) for option in old.options}
    new_options = {(option.name, option.value) for option in new.options}
    assert {name for name, _ in old_options - new_options} == {"VESA", "ATH_ENABLE_11N"}
    assert {name for name, _ in new_options - old_options} == {
        "COMPAT_FREEBSD13",
        "CC_CUBIC",
        "NETLINK",
    }


@pytest.mark.needs_headers
def test_every_header_that_a_header_reads_is_written() -> None:
    """The opt_*.h that FreeBSD's installed headers include (the ziglang package's are of 14)."""
    ziglang = find_ziglang()
    assert ziglang is not None
    include = ziglang / "lib/libc/include/generic-freebsd"
    included = {
        header
        for path in include.rglob("*.h")
        for header in re.findall(
            r'#\s*include\s+"(opt_\w+\.h)"', path.read_text(encoding="utf-8", errors="replace")
        )
    }
    assert len(included) > 10
    for release in ("14", "15"):
        assert included <= set(built_in("GENERIC", release).headers)


def test_a_conf_of_ones_own_builds_on_a_built_in_one(tmp_path: Path) -> None:
    """A user's conf is found by its path. `include GENERIC` and the defaults are built in."""
    path = tmp_path / "MINE"
    path.write_text("include GENERIC\nident MINE\noptions INVARIANTS,HZ=100\nnooptions VIMAGE\n")
    resolved = resolve_conf(
        str(path), machine="amd64", machine_arch="amd64", release="15.0", source_tree=None
    )
    assert resolved.conf.origin == str(path)
    assert resolved.conf.ident == "MINE"
    assert resolved.headers["opt_param.h"] == "#define HZ 100\n"
    names = defined(resolved, "opt_global.h")
    assert ("INVARIANTS" in names, "VIMAGE" in names) == (True, False)
    assert resolved.conf.messages == ()


def test_a_name_is_a_path_where_such_a_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is a path if such a file exists, and otherwise a conf's name."""
    (tmp_path / "GENERIC").write_text("ident MINE\ncpu HAMMER\n")
    monkeypatch.chdir(tmp_path)
    assert built_in("GENERIC", "14").conf.ident == "MINE"
    assert built_in("MINIMAL", "14").conf.ident == "MINIMAL"


def test_what_cannot_be_checked_without_a_tree_is_said(tmp_path: Path) -> None:
    """Warnings name the devices and option files that cannot be checked without a tree."""
    path = tmp_path / "MINE"
    path.write_text('include GENERIC\ndevice bfp\nincludeoptions "options.own"\n')
    resolved = resolve_conf(
        str(path), machine="amd64", machine_arch="amd64", release="14", source_tree=None
    )
    device, options = resolved.conf.messages
    assert device.startswith(f"WARNING: {path}:2: the device bfp cannot be checked")
    assert options.startswith(f"WARNING: {path}:3: options.own is not read without a source tree")


def test_an_unknown_option_without_a_tree(tmp_path: Path) -> None:
    """Without a tree, an unknown option is the same error, with a hint at `--kernel-src`."""
    path = tmp_path / "MINE"
    path.write_text("include GENERIC\noptions VIMAGES\n")
    with pytest.raises(KernConfError, match='unknown option "VIMAGES"') as caught:
        resolve_conf(
            str(path), machine="amd64", machine_arch="amd64", release="14", source_tree=None
        )
    assert caught.value.where == f"{path}:2"
    assert caught.value.hint is not None
    assert "did you mean VIMAGE?" in caught.value.hint
    assert "--kernel-src" in caught.value.hint


def tree(path: Path) -> Path:
    """A small source tree."""
    texts = {
        "sys/amd64/conf/DEFAULTS": "machine amd64\n",
        "sys/amd64/conf/GENERIC": "ident GENERIC\ncpu HAMMER\ndevice bpf\noptions SMP,ZFS\n",
        "sys/amd64/conf/GENERIC.hints": "",
        "sys/conf/options": "SMP opt_global.h\nZFS\nMAXUSERS\nOLD\n",
        "sys/conf/options.amd64": "HAMMER opt_cpu.h\n",
        "sys/conf/options-compat": "OLD SMP\n",
        "sys/conf/files": 'a.c optional bpf\nb.c optional zfs warning "it is licensed"\n',
    }
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


@pytest.mark.parametrize("root", [".", "sys"])
def test_a_source_tree_has_its_own_confs_and_options(tmp_path: Path, root: str) -> None:
    """A tree's own confs and options are used. It is given by its root or its sys folder."""
    resolved = resolve_conf(
        "GENERIC",
        machine="amd64",
        machine_arch="amd64",
        release="99",
        source_tree=tree(tmp_path) / root,
    )
    assert dict(resolved.headers) == {
        "opt_global.h": "#define SMP 1\n",
        "opt_zfs.h": "#define ZFS 1\n",
        "opt_maxusers.h": "#define MAXUSERS 0\n",
        "opt_cpu.h": "#define HAMMER 1\n",
    }
    assert resolved.conf.messages == ("WARNING: it is licensed",)
    assert resolved.conf.origin == str(tmp_path / root / "sys/amd64/conf/GENERIC").replace(
        "sys/sys", "sys"
    )


def test_a_fork_may_have_its_machines_in_arch(tmp_path: Path) -> None:
    """Confs and tables of a machine may be in `arch`, by name or by path."""
    sys = tree(tmp_path) / "sys"
    (sys / "arch").mkdir()
    (sys / "amd64").rename(sys / "arch" / "amd64")
    conf = sys / "arch" / "amd64" / "conf"
    (sys / "conf" / "options.amd64").rename(conf / "options.amd64")
    (conf / "files.amd64").write_text("c.c optional toy\n")
    (sys / "conf" / "std").write_text("device toy\n")
    (conf / "GENERIC").write_text('ident GENERIC\ncpu HAMMER\ninclude "std"\n')
    by_name, by_path = (
        resolve_conf(
            name, machine="amd64", machine_arch="amd64", release="99", source_tree=tmp_path
        )
        for name in ("GENERIC", str(conf / "GENERIC"))
    )
    assert by_name.headers == by_path.headers
    assert by_name.headers["opt_cpu.h"] == "#define HAMMER 1\n"
    assert [device.name for device in by_name.conf.devices] == ["toy"]
    assert by_name.conf.messages == by_path.conf.messages == ()
    assert not read_conf(conf / "GENERIC").messages


def test_a_conf_outside_the_tree_uses_the_tree(tmp_path: Path) -> None:
    """A conf outside the tree uses the tree's confs and options, and the files beside the conf."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "MINE").write_text(
        'include GENERIC\nident MINE\nincludeoptions "more"\noptions MORE,OLD\nfiles "my"\n'
    )
    (own / "more").write_text("MORE\n")
    (own / "my").write_text("c.c optional mine\n")
    resolved = resolve_conf(
        str(own / "MINE"),
        machine="amd64",
        machine_arch="amd64",
        release="99",
        source_tree=tree(tmp_path / "src"),
    )
    assert resolved.headers["opt_more.h"] == "#define MORE 1\n"
    assert resolved.conf.messages == ("Mapping option OLD to SMP.", "WARNING: it is licensed")
    (tmp_path / "src/sys/conf/files").unlink()
    resolved = resolve_conf(
        "GENERIC", machine="amd64", machine_arch="amd64", release="9", source_tree=tmp_path / "src"
    )
    assert resolved.conf.messages == ()


def test_there_is_no_such_conf(tmp_path: Path) -> None:
    """The error lists the confs that exist, and suggests one."""
    with pytest.raises(KernConfError, match="no kernel conf 'generics'") as caught:
        built_in("generics", "14")
    assert caught.value.where == "built in, FreeBSD 14 amd64"
    assert caught.value.hint == (
        "did you mean GENERIC? there are GENERIC, GENERIC-DEBUG, MINIMAL, MINIMAL-DEBUG"
    )
    source_tree = tree(tmp_path)
    with pytest.raises(KernConfError, match="no kernel conf 'X'") as caught:
        resolve_conf(
            "X", machine="amd64", machine_arch="amd64", release="14", source_tree=source_tree
        )
    assert caught.value.hint == "there are GENERIC"
    with pytest.raises(KernConfError, match="no kernel conf") as caught:
        resolve_conf(
            "GENERIC", machine="vax", machine_arch="vax", release="14", source_tree=source_tree
        )
    assert caught.value.hint == "there are none at all"
    for name in ("DEFAULTS", "../conf/options", "options", "a\0b", "x" * 5000):
        with pytest.raises(KernConfError, match=r"no kernel conf|No such file|cannot be read"):
            built_in(name, "14")


def test_a_release_or_machine_that_is_not_built_in() -> None:
    """The error lists the built-in releases and machines, and proposes a source tree."""
    for machine, release in (("amd64", "12.4"), ("vax", "14"), ("amd64", "")):
        with pytest.raises(KernConfError, match="no kernel confs of FreeBSD") as caught:
            resolve_conf(
                "GENERIC", machine=machine, machine_arch=None, release=release, source_tree=None
            )
        assert caught.value.hint == (
            "built in are FreeBSD 13 for amd64, arm, arm64, i386, powerpc, riscv; "
            "FreeBSD 14 for amd64, arm, arm64, i386, powerpc, riscv; "
            "FreeBSD 15 for amd64, arm, arm64, i386, powerpc, riscv; "
            "for any other give its source tree with --kernel-src"
        )
    assert built_in_names("vax", "14") == ()
    assert ("15", "amd64") in built_in_machines()


def test_a_folder_that_is_no_source_tree(tmp_path: Path) -> None:
    """A folder that is no source tree is an error at that folder."""
    with pytest.raises(KernConfError, match="no FreeBSD source tree") as caught:
        resolve_conf(
            "GENERIC", machine="amd64", machine_arch="amd64", release="14", source_tree=tmp_path
        )
    assert caught.value.where == str(tmp_path)


def test_a_conf_of_another_machine(tmp_path: Path) -> None:
    """A conf of another machine is refused."""
    path = tmp_path / "MINE"
    path.write_text("machine arm64 aarch64\nident MINE\ncpu ARM64\n")
    (tmp_path / "DEFAULTS").write_text("machine arm64 aarch64\n")
    source_tree = tree(tmp_path / "src")
    with pytest.raises(KernConfError, match="a configuration for arm64, not for amd64"):
        resolve_conf(
            str(path), machine="amd64", machine_arch="amd64", release="14", source_tree=source_tree
        )


def test_a_conf_of_another_machine_arch(tmp_path: Path) -> None:
    """GENERIC is the conf of the machine_arch. A conf of another machine_arch is refused."""
    source_tree = tree(tmp_path)
    texts = {"GENERIC": "powerpc powerpc", "GENERIC64": "powerpc powerpc64"}
    for name, machine in texts.items():
        path = source_tree / "sys/powerpc/conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"machine {machine}\nident GENERIC\ncpu AIM\n")
    (source_tree / "sys/conf/options.powerpc").write_text("AIM opt_global.h\nPOWERPC64\n")

    def powerpc(name: str, machine_arch: str | None) -> ResolvedConf:
        return resolve_conf(
            name, machine="powerpc", machine_arch=machine_arch, release="9", source_tree=source_tree
        )

    for name in ("GENERIC", "GENERIC64"):
        resolved = powerpc(name, "powerpc64")
        assert (resolved.conf.name, resolved.conf.machine_arch) == ("GENERIC64", "powerpc64")
        assert resolved.headers["opt_powerpc64.h"] == "#define POWERPC64 1\n"
    for machine_arch in ("powerpc", None):
        assert powerpc("GENERIC", machine_arch).conf.machine_arch == "powerpc"
    with pytest.raises(KernConfError, match="a configuration for powerpc64, not for powerpc64le"):
        powerpc("GENERIC64", "powerpc64le")
    # Without a file of the other name, GENERIC itself may be meant; this one is not.
    (source_tree / "sys/powerpc/conf/GENERIC64").unlink()
    with pytest.raises(KernConfError, match="a configuration for powerpc, not for powerpc64") as e:
        powerpc("GENERIC", "powerpc64")
    assert e.value.where == str(source_tree / "sys/powerpc/conf/GENERIC")
    with pytest.raises(KernConfError, match="no kernel conf 'GENERIC-DEBUG'"):
        powerpc("GENERIC-DEBUG", "powerpc64")
