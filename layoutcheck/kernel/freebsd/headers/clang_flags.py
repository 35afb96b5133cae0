"""Target and view -> clang's flags for headers as the kernel, a module or userland sees them.

They are those of FreeBSD's sys/conf/kern.mk, kern.pre.mk and kmod.mk that can affect a layout.
"""

from __future__ import annotations

from typing import Final

from layoutcheck.manifest.kernel import View
from layoutcheck.model.target import Target

__all__ = ["compile_flags"]

COMMON: Final = ("-ffreestanding", "-fwrapv", "-fno-common")
# Flags of a module without a kernel's build folder; `KLD_TIED` is for one with it.
MODULE: Final = ("-D_KERNEL", "-DKLD_MODULE")
KERNEL: Final = (
    "-D_KERNEL",
    "-DHAVE_KERNEL_OPTION_HEADERS",
    # As for kern/genoffset.c. Without it sys/kpilite.h needs the offset.inc that is made from it.
    "-DGENOFFSET",
)


def compile_flags(target: Target, view: View) -> tuple[str, ...]:
    """Return the flags besides the target's triple, include folders and `-include opt_global.h`."""
    if view == "userland":
        return COMMON
    return (*COMMON, *(MODULE if view == "module" else KERNEL), *target.kernel_flags)
