"""Target and view -> the clang flags under which the kernel, a module or userland sees the headers.

From FreeBSD's sys/conf/kern.mk, kern.pre.mk and kmod.mk, as far as a layout can depend on them.
"""

from __future__ import annotations

from typing import Final

from layoutcheck.manifest.kernel import View
from layoutcheck.model.target import Target

__all__ = ["compile_flags"]

COMMON: Final = ("-ffreestanding", "-fwrapv", "-fno-common")
# Of a module that is built without a kernel's build folder; `KLD_TIED` is for one that has one.
MODULE: Final = ("-D_KERNEL", "-DKLD_MODULE")
KERNEL: Final = (
    "-D_KERNEL",
    "-DHAVE_KERNEL_OPTION_HEADERS",
    # As kern/genoffset.c is compiled: otherwise sys/kpilite.h wants the offset.inc made from it.
    "-DGENOFFSET",
)


def compile_flags(target: Target, view: View) -> tuple[str, ...]:
    """The flags on top of the target's triple, the include folders and `-include opt_global.h`."""
    if view == "userland":
        return COMMON
    return (*COMMON, *(MODULE if view == "module" else KERNEL), *target.kernel_flags)
