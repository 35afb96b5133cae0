"""The architectures that layoutcheck knows: one row of `TARGETS` each."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final, Literal

from layoutcheck.errors import ManifestError

__all__ = ["TARGETS", "Target", "find_target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One architecture, as FreeBSD, clang and rustc name it.

    - `name`: the user's name, also in the names of cells.
    - `machine`: as in a kernel conf and in `sys/<machine>`.
    - `machine_arch`: as in `uname -p` (arch(7)).
    - `kernel_flags`: flags of FreeBSD's `sys/conf/kern.mk`, `kern.pre.mk` and `Makefile.<machine>`
      that clang needs to lay records out, and to accept headers, as the kernel build does. They are
      those of 13.2; later releases differ in none that affects a layout.
    - `clang_environment`: end of clang's triple, if FreeBSD's own compiler has one.
    """

    name: str
    machine: str
    machine_arch: str
    clang_arch: str
    rust_triple: str
    kernel_flags: tuple[str, ...]
    zig_include: str
    clang_environment: str = ""
    byte_order: Literal["little", "big"] = "little"

    def clang_triple(self, release: str) -> str:
        """Return the clang target triple for a FreeBSD release such as "14.3"."""
        return f"{self.clang_arch}-unknown-freebsd{release}{self.clang_environment}"

    @property
    def other_names(self) -> tuple[str, ...]:
        """Return the architecture's other names, or those of a group: "riscv", "x86_64"."""
        return (self.machine, self.clang_arch, self.rust_triple.partition("-")[0])


_POWERPC: Final = ("-mno-altivec", "-msoft-float", "-mabi=elfv2")


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
    Target(
        name="riscv64",
        machine="riscv",
        machine_arch="riscv64",
        clang_arch="riscv64",
        rust_triple="riscv64gc-unknown-freebsd",
        kernel_flags=("-march=rv64imafdc", "-mabi=lp64", "-mcmodel=medium", "-mno-relax"),
        zig_include="riscv64-freebsd-none",
    ),
    Target(
        name="powerpc64",
        machine="powerpc",
        machine_arch="powerpc64",
        clang_arch="powerpc64",
        rust_triple="powerpc64-unknown-freebsd",
        kernel_flags=_POWERPC,
        zig_include="powerpc64-freebsd-none",
        byte_order="big",
    ),
    Target(
        name="powerpc64le",
        machine="powerpc",
        machine_arch="powerpc64le",
        clang_arch="powerpc64le",
        rust_triple="powerpc64le-unknown-freebsd",
        kernel_flags=_POWERPC,
        zig_include="powerpc64-freebsd-none",
    ),
    Target(
        name="i386",
        machine="i386",
        machine_arch="i386",
        clang_arch="i386",
        rust_triple="i686-unknown-freebsd",
        kernel_flags=("-mno-mmx", "-mno-sse", "-msoft-float"),
        zig_include="x86-freebsd-none",
    ),
    Target(
        name="armv7",
        machine="arm",
        machine_arch="armv7",
        clang_arch="armv7",
        rust_triple="armv7-unknown-freebsd",
        kernel_flags=("-mfpu=none",),
        zig_include="arm-freebsd-eabihf",
        clang_environment="-gnueabihf",
    ),
)


def find_target(name: str) -> Target:
    """Return the row of that `name` or machine_arch.

    Raises `ManifestError` for an unknown name, with names that may be meant.
    """
    for target in TARGETS:
        if name in (target.name, target.machine_arch):
            return target
    known = [target.name for target in TARGETS]
    meant = [target.name for target in TARGETS if name in target.other_names]
    meant = meant or difflib.get_close_matches(name, known, n=2)
    hint = f"layoutcheck knows {', '.join(known)}"
    if meant:
        hint = f"did you mean {' or '.join(meant)}? {hint}"
    raise ManifestError(f"unknown architecture {name!r}", hint=hint)
