"""clang_flags.py: the flags of each view (FreeBSD's kern.mk, kern.pre.mk and kmod.mk)."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.headers.clang_flags import compile_flags
from layoutcheck.model.target import TARGETS, Target

EVERY = ("-ffreestanding", "-fwrapv", "-fno-common")


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_kernel_sees_its_options(target: Target) -> None:
    """The kernel's flags have `HAVE_KERNEL_OPTION_HEADERS`, under which opt_*.h are included."""
    flags = compile_flags(target, "kernel")
    assert {*EVERY, "-D_KERNEL", "-DHAVE_KERNEL_OPTION_HEADERS"} <= {*flags}
    assert "-DKLD_MODULE" not in flags
    assert flags[-len(target.kernel_flags) :] == target.kernel_flags


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_module_is_built_without_option_headers(target: Target) -> None:
    """kmod.mk makes it `KLD_MODULE`, and `KLD_TIED` only in a kernel's build."""
    flags = compile_flags(target, "module")
    assert {*EVERY, "-D_KERNEL", "-DKLD_MODULE"} <= {*flags}
    assert not {"-DKLD_TIED", "-DHAVE_KERNEL_OPTION_HEADERS"} & {*flags}
    assert flags[-len(target.kernel_flags) :] == target.kernel_flags


def test_userland_has_nothing_of_the_kernel() -> None:
    """Userland has neither the kernel's macros nor the flags of its code model."""
    for target in TARGETS:
        assert compile_flags(target, "userland") == EVERY


def test_the_kernel_of_amd64_is_compiled_without_a_red_zone() -> None:
    """kern.mk, "Kernel code is always compiled with -mno-red-zone"."""
    amd64 = next(target for target in TARGETS if target.name == "amd64")
    for view in ("kernel", "module"):
        assert "-mno-red-zone" in compile_flags(amd64, "kernel" if view == "kernel" else "module")
    assert "-mno-red-zone" not in compile_flags(amd64, "userland")
