"""module_options.py: the options of a module that is built outside a kernel build."""

from __future__ import annotations

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import KernConf, parse_conf
from layoutcheck.kernel.freebsd.config.module_options import render_module_options
from layoutcheck.kernel.freebsd.config.source import SourceText

DEFAULTS = SourceText(
    path="sys/arm64/conf/DEFAULTS",
    text="machine arm64 aarch64\noptions INTRNG\noptions GEOM_PART_GPT\n",
)
GENERIC = SourceText(
    path="sys/arm64/conf/GENERIC",
    text="cpu ARM64\nident GENERIC\noptions RACCT\noptions INVARIANTS\n",
)
GLOBAL = "#define SMP 1\n#define MAC 1\n#define VIMAGE 1\n"


def conf(machine: str = "arm64") -> KernConf:
    """A conf with options of its own and of the machine's DEFAULTS."""
    text = DEFAULTS.text.replace("arm64", machine, 1)
    return parse_conf(
        GENERIC, name="GENERIC", defaults=SourceText(path=f"sys/{machine}/conf/DEFAULTS", text=text)
    )


def test_the_confs_options_are_not_a_modules() -> None:
    """A module has only the options that config.mk writes. The conf's other headers are empty."""
    headers = render_module_options(conf(), ("opt_global.h", "opt_kdtrace.h"), release="14.2")
    assert headers["opt_global.h"] == GLOBAL
    assert headers["opt_kdtrace.h"] == ""
    assert headers["opt_inet.h"] == "#define INET 1\n#define TCP_OFFLOAD 1\n"
    assert "opt_ratelimit.h" not in headers


@pytest.mark.parametrize(
    ("release", "text"),
    [("13.2", GLOBAL), ("14.3", GLOBAL), ("15.0", f"{GLOBAL}#define INTRNG 1\n")],
)
def test_defaults_are_a_modules_from_15_on(release: str, text: str) -> None:
    """DEFAULTS are a module's from 15 on, without their partition schemes."""
    assert render_module_options(conf(), (), release=release)["opt_global.h"] == text


@pytest.mark.parametrize(
    ("machine", "release", "has_fdt"),
    [
        ("arm64", "13.2", False),
        ("arm64", "14.0", True),
        ("riscv", "15.0", True),
        ("powerpc", "15.0", True),
        ("amd64", "15.0", False),
        ("i386", "14.0", False),
    ],
)
def test_device_trees_are_not_x86s(machine: str, release: str, *, has_fdt: bool) -> None:
    """MK_FDT, which writes opt_platform.h since 14, is off for x86."""
    headers = render_module_options(conf(machine), (), release=release)
    assert headers.get("opt_platform.h") == ("#define FDT 1\n" if has_fdt else None)


def test_an_older_release_is_refused() -> None:
    """Release 12 is refused, because it wrote another opt_global.h."""
    with pytest.raises(KernConfError, match=r"module of FreeBSD 12\.4 are not known\nhint: "):
        render_module_options(conf(), (), release="12.4")
