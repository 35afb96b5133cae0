"""Machines of FreeBSD's kernel: one row of `MACHINES` each, by the name that a kernel conf has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

__all__ = ["ARCHITECTURE_FOLDERS", "MACHINES", "Machine", "find_machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine, as FreeBSD's build knows it.

    `shares` are the architecture folders, besides its own, that its kernel is built from: both its
    `#include <x86/...>` links (`_ILINKS` in kern.post.mk) and its interfaces (`files.<machine>`).
    `modules_have_fdt` says that a module which is built without a kernel conf has the option FDT
    (kern.opts.mk). `generic` has, by machine_arch, the conf that `make buildkernel` builds where
    that is not GENERIC (KERNCONF in Makefile.inc1).
    """

    name: str
    shares: tuple[str, ...] = ()
    modules_have_fdt: bool = True
    generic: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


MACHINES: Final = (
    Machine(name="amd64", shares=("x86", "i386"), modules_have_fdt=False),
    Machine(name="arm"),
    Machine(name="arm64", shares=("arm",)),
    Machine(name="i386", shares=("x86",), modules_have_fdt=False),
    # Of several machine_archs: its GENERIC is for the 32-bit one.
    Machine(
        name="powerpc",
        generic=MappingProxyType({"powerpc64": "GENERIC64", "powerpc64le": "GENERIC64LE"}),
    ),
    Machine(name="riscv"),
)
# Shared code, and a machine that older trees have.
ARCHITECTURE_FOLDERS: Final = frozenset((*(one.name for one in MACHINES), "x86", "mips"))
"""The folders of sys/ that hold one architecture's code."""


def find_machine(name: str) -> Machine:
    """Return the machine of that name; of a fork's own one a row without anything."""
    return next((one for one in MACHINES if one.name == name), Machine(name=name))
