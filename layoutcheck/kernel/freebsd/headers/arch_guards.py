"""Headers of other architectures in the ziglang package -> headers with an `#error` instead.

The package's `generic-freebsd` has the headers that most of the architectures with such a header
share. A machine without <machine/pte.h> therefore finds PowerPC's there, and arm64 finds <x86/...>
and x86's <machine/nexusvar.h>. A FreeBSD tree of that machine has none of them, and their records
must not be compared as the machine's. Headers without records, such as <machine/limits.h>, may
stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutcheck.kernel.freebsd.machines import find_machine
from layoutcheck.model.target import Target

__all__ = ["render_guards"]

# Headers of FreeBSD's sys/powerpc/include that are in generic-freebsd/machine of ziglang 0.15.2
# (14.2), 0.16.0 and 0.17.1 (15.0), and not in the include folders of other machines' sys, unless
# the package has those apart.
_POWERPC: Final = frozenset(
    f"machine/{name}.h"
    for name in (
        *("altivec", "bat", "dbdma", "fpu", "hid", "ieee", "ifunc", "intr_machdep", "machdep"),
        *("mmuvar", "openpicreg", "openpicvar", "pio", "platform", "platformvar", "pte", "rtas"),
        *("slb", "spr", "sr", "tlb"),
    )
)
# The same for sys/amd64/include and sys/i386/include.
_X86: Final = frozenset(
    f"machine/{name}.h"
    for name in (
        *("acpica_machdep", "apm_bios", "fdt", "iodev", "nexusvar", "pc/display", "pci_cfgreg"),
        *("pvclock", "specialreg"),
    )
)
_GUARD: Final = (
    "#error <{name}> of the ziglang package is another architecture's: {machine} has no such header"
)


def render_guards(generic: Path, own: Path, target: Target) -> Mapping[str, str]:
    """Return an error text for each header in `generic` that is not the target's.

    `own` is the target's folder, which comes first: its headers are the target's.
    """
    names = _POWERPC if target.machine != "powerpc" else frozenset()
    if "x86" not in find_machine(target.machine).shares:
        x86 = (generic / "x86").rglob("*.h")
        names |= _X86 | {path.relative_to(generic).as_posix() for path in x86}
    return MappingProxyType(
        {
            name: _GUARD.format(name=name, machine=target.machine) + "\n"
            for name in sorted(names)
            if (generic / name).exists() and not (own / name).exists()
        }
    )
