"""The option headers of a module that is built outside a kernel build.

FreeBSD's kmod.mk has no kernel conf then. config.mk writes the options that most modules are built
with; all other option headers are empty. Source: config.mk of 13.2, and of the branches that became
14 and 15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import KernConf
from layoutcheck.kernel.freebsd.machines import find_machine

__all__ = ["render_module_options"]

_FIRST_MAJOR: Final = 13
_FDT_SINCE: Final = 14
_DEFAULTS_SINCE: Final = 15
# MK_* as in kern.opts.mk: RATELIMIT and BHYVE_SNAPSHOT off, all others on.
_WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    "opt_global.h": ("SMP 1", "MAC 1", "VIMAGE 1"),
    "opt_bpf.h": ("DEV_BPF 1",),
    "opt_inet.h": ("INET 1", "TCP_OFFLOAD 1"),
    "opt_inet6.h": ("INET6 1",),
    "opt_ipsec.h": ("IPSEC_SUPPORT 1",),
    "opt_mrouting.h": ("MROUTING 1",),
    "opt_printf.h": ("PRINTF_BUFR_SIZE 128",),
    "opt_scsi.h": ("SCSI_DELAY 15000",),
    "opt_sctp.h": ("SCTP_SUPPORT 1",),
    "opt_wlan.h": ("IEEE80211_DEBUG 1", "IEEE80211_SUPPORT_MESH 1"),
}


def render_module_options(
    conf: KernConf, names: Iterable[str], *, release: str
) -> Mapping[str, str]:
    """Return the `opt_*.h` of a module for the machine of `conf`: all `names`, and those written.

    The conf itself does not matter, except from 15 on for the options of its machine's DEFAULTS
    that it does not remove. `release` is like "14.2". Raises `KernConfError` before 13.
    """
    major = int(release.partition(".")[0])
    if major < _FIRST_MAJOR:
        raise KernConfError(
            f"the options of a module of FreeBSD {release} are not known",
            hint=f"the module view is for FreeBSD {_FIRST_MAJOR} and later",
        )
    written = dict(_WRITTEN)
    if major >= _DEFAULTS_SINCE:
        written["opt_global.h"] += tuple(
            f"{option.name} 1"
            for option in conf.options
            if PurePath(option.location.path).name == "DEFAULTS"
            and not option.name.startswith("GEOM_")
        )
    if major >= _FDT_SINCE and find_machine(conf.machine).modules_have_fdt:
        written["opt_platform.h"] = ("FDT 1",)
    headers = dict.fromkeys(names, "")
    for name, defines in written.items():
        headers[name] = "".join(f"#define {define}\n" for define in defines)
    return MappingProxyType(headers)
