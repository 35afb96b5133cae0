"""The architectures that layoutcheck knows: one row of `TARGETS` each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import ManifestError

__all__ = ["TARGETS", "Target", "find_target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One architecture, as FreeBSD, clang and rustc name it.

    `name` is what users call it and what cells are named by; `machine` is what a kernel conf and
    `sys/<machine>` say, `machine_arch` what `uname -p` says (arch(7)). `kernel_flags` are the flags
    of FreeBSD's `sys/conf/kern.mk` and `kern.pre.mk` that clang needs to lay records out, and to
    accept headers, as the kernel build does.
    """

    name: str
    machine: str
    machine_arch: str
    clang_arch: str
    rust_triple: str
    kernel_flags: tuple[str, ...]
    zig_include: str

    def clang_triple(self, release: str) -> str:
        """The clang target triple for a FreeBSD release such as "14.3"."""
        return f"{self.clang_arch}-unknown-freebsd{release}"


TARGETS: Final = (
    Target(
        name="amd64",
        machine="amd64",
        machine_arch="amd64",
        clang_arch="x86_64",
        rust_triple="x86_64-unknown-freebsd",
        kernel_flags=(
            "-mcmodel=kernel",
            "-mno-red-zone",
            "-mno-mmx",
            "-mno-sse",
            "-msoft-float",
        ),
        zig_include="x86_64-freebsd-none",
    ),
    Target(
        name="arm64",
        machine="arm64",
        machine_arch="aarch64",
        clang_arch="aarch64",
        rust_triple="aarch64-unknown-freebsd",
        kernel_flags=("-mgeneral-regs-only", "-ffixed-x18"),
        zig_include="aarch64-freebsd-none",
    ),
)


def find_target(name: str) -> Target:
    """The row of that `name` or machine_arch.

    Raises `ManifestError` for a name that no row has.
    """
    for target in TARGETS:
        if name in (target.name, target.machine_arch):
            return target
    known = ", ".join(target.name for target in TARGETS)
    raise ManifestError(f"unknown architecture {name!r}", hint=f"layoutcheck knows {known}")
