"""Target and view -> the clang flags under which the kernel, or userland, sees the headers.

From FreeBSD's sys/conf/kern.mk and kern.pre.mk, as far as a layout can depend on them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from layoutcheck.target import Target

__all__ = ["View", "compile_flags"]

View: TypeAlias = Literal["kernel", "userland"]

COMMON: Final = ("-ffreestanding", "-fwrapv", "-fno-common")
KERNEL: Final = (
    "-D_KERNEL",
    "-DHAVE_KERNEL_OPTION_HEADERS",
    # As kern/genoffset.c is compiled: otherwise sys/kpilite.h wants the offset.inc made from it.
    "-DGENOFFSET",
)


def compile_flags(target: Target, view: View) -> tuple[str, ...]:
    """The flags on top of the target's triple, the include folders and `-include opt_global.h`."""
    return COMMON if view == "userland" else (*COMMON, *KERNEL, *target.kernel_flags)
