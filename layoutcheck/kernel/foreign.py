"""The ziglang package's headers of other architectures -> headers that refuse to stand in for them.

The package keeps in `generic-freebsd` what most of the architectures share that have a header at
all. So a machine that has no <machine/pte.h> finds PowerPC's there, and arm64 finds <x86/...>; a
FreeBSD tree of that machine has neither. A record of theirs must not be compared as the machine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutcheck.target import Target

__all__ = ["render_guards"]

# Found in generic-freebsd/machine of ziglang 0.15.2, in FreeBSD's sys/powerpc/include, and not in
# the include folders of sys/amd64 and sys/arm64 unless the package has those apart.
_POWERPC: Final = frozenset(
    f"machine/{name}.h"
    for name in (
        *("altivec", "bat", "dbdma", "hid", "ieee", "ifunc", "intr_machdep", "machdep", "mmuvar"),
        *("openpicreg", "openpicvar", "pio", "platform", "platformvar", "pte", "rtas", "slb"),
        *("spr", "sr", "tlb"),
    )
)
_X86_MACHINES: Final = frozenset(("amd64", "i386"))
_GUARD: Final = (
    "#error <{name}> of the ziglang package is another architecture's: {machine} has no such header"
)


def render_guards(generic: Path, own: Path, target: Target) -> Mapping[str, str]:
    """For each header in `generic` that is not the target's: its name to a text that is an error.

    `own` is the target's folder, which comes first: what is there is the target's.
    """
    names = _POWERPC if target.machine != "powerpc" else frozenset()
    if target.machine not in _X86_MACHINES:
        x86 = (generic / "x86").rglob("*.h")
        names |= {path.relative_to(generic).as_posix() for path in x86}
    return MappingProxyType(
        {
            name: _GUARD.format(name=name, machine=target.machine) + "\n"
            for name in sorted(names)
            if (generic / name).exists() and not (own / name).exists()
        }
    )
