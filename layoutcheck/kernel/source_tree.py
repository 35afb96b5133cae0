"""A FreeBSD source tree -> the include folders that its kernel build has; nothing in it is written.

The build adds to the tree what `sys/conf/kern.post.mk` makes in its object folder: links named
after the machine, and the headers that the tree's own awk scripts generate from `*_if.m` and
`vnode_if.src`. Here they go into a folder of the caller's.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.target import Target
from layoutcheck.toolchain.process import run

__all__ = ["find_sys", "generate_headers", "is_behind_machine", "is_foreign", "read_revision"]

# The folders of sys/ that hold one architecture's code.
_ARCHITECTURES: Final = frozenset(
    ("amd64", "arm", "arm64", "i386", "mips", "powerpc", "riscv", "x86")
)
# The architecture folders, besides its own, that a machine's kernel is built from as well: both
# its `#include <x86/...>` links (`_ILINKS` in kern.post.mk) and its interfaces (`files.<machine>`).
_SHARED_WITH: Final = {"amd64": ("x86", "i386"), "arm64": ("arm",), "i386": ("x86",)}


def find_sys(path: Path) -> Path | None:
    """The `sys` folder of the source tree `path` (itself `sys`, or above it); None if it is none.

    Raises `HeaderTreeError` for one that is there under another name: kernel confs look for it.
    """
    for folder in (path / "sys", path):
        if (folder / "sys" / "param.h").is_file() and (folder / "conf").is_dir():
            if folder.name != "sys":
                raise HeaderTreeError(
                    "this is the sys folder of a source tree, but not named sys",
                    where=str(folder),
                    hint="name it sys, as in a checkout of FreeBSD",
                )
            return folder
    return None


def is_foreign(header: str, target: Target) -> bool:
    """Whether a header of `sys`, such as "arm/include/pcb.h", is another machine's.

    The machine's own are not to be included by such names either: they are <machine/pcb.h>.
    """
    first, _, rest = header.partition("/")
    own = {target.machine, *_SHARED_WITH.get(target.machine, ())}
    return first in _ARCHITECTURES and (first not in own or rest.startswith("include/"))


def is_behind_machine(header: str) -> bool:
    """Whether a header, such as "i386/vmparam.h", is one that a machine's own stands before.

    Sources include it as <machine/vmparam.h>, where that leads to it.
    """
    return header.partition("/")[0] in _ARCHITECTURES - {"x86"}


def read_revision(sys: Path) -> str | None:
    """What `conf/newvers.sh` calls the tree, such as "14.3-RELEASE-p1"; None if it does not."""
    try:
        text = (sys / "conf" / "newvers.sh").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = dict(re.findall(r'^(REVISION|BRANCH)="?([\w.-]+)"?', text, re.MULTILINE))
    return "-".join(found[name] for name in ("REVISION", "BRANCH") if name in found) or None


def generate_headers(sys: Path, target: Target, work: Path) -> Path:
    """The folder in `work` with the links and generated headers that a build of `target` has.

    Takes about half a second. Raises `HeaderTreeError` if the tree does not have the machine, if
    there is no awk, or if a script fails.
    """
    folder = work / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    _link_machine(sys, target.machine, folder)
    objects = sys / "tools" / "makeobjops.awk"
    _run_awk(objects, _interfaces(sys, target.machine), ("-h",), folder)
    vnode = sys / "tools" / "vnode_if.awk"
    for option in ("-h", "-p", "-q"):
        _run_awk(vnode, (sys / "kern" / "vnode_if.src",), (option,), folder)
    return folder


def _link_machine(sys: Path, machine: str, folder: Path) -> None:
    if not (sys / machine / "include").is_dir():
        raise HeaderTreeError(
            f"this source tree has no {machine}/include",
            where=str(sys),
            hint="check out the whole of sys, or ask for a machine that it has",
        )
    links = {"machine": machine}
    links.update((name, name) for name in _SHARED_WITH.get(machine, ()))
    for name, architecture in links.items():
        link, include = folder / name, sys / architecture / "include"
        link.unlink(missing_ok=True)
        if include.is_dir():
            link.symlink_to(include.resolve(), target_is_directory=True)


def _interfaces(sys: Path, machine: str) -> tuple[Path, ...]:
    """The `*_if.m` files of the machine's kernel, one of each name.

    `kern.pre.mk` finds them by their names, too. Where two folders have one of the same name, the
    machine's own is the one, then that of no architecture.
    """
    foreign = _ARCHITECTURES - {machine, *_SHARED_WITH.get(machine, ())}
    chosen: dict[str, tuple[int, Path]] = {}
    for interface in sorted(sys.rglob("*_if.m")):
        architecture = interface.relative_to(sys).parts[0]
        if architecture in foreign:
            continue
        rank = 0 if architecture == machine else 2 if architecture in _ARCHITECTURES else 1
        if interface.name not in chosen or rank < chosen[interface.name][0]:
            chosen[interface.name] = (rank, interface)
    return tuple(interface for _, interface in chosen.values())


def _run_awk(script: Path, inputs: Iterable[Path], options: tuple[str, ...], folder: Path) -> None:
    files = tuple(str(path.resolve()) for path in inputs)
    if not files:
        return
    awk = shutil.which("awk")
    if awk is None:
        raise HeaderTreeError(
            "awk was not found: it generates headers from this source tree",
            where=str(script),
            hint="install any awk (Debian: apt install mawk)",
        )
    for needed in (script, *map(Path, files)):
        if not needed.is_file():
            raise HeaderTreeError(
                "is missing: it is needed to generate headers",
                where=str(needed),
                hint="check out the whole of sys",
            )
    # The scripts write into the working directory. LC_ALL: byte order, byte-wise patterns.
    finished = run(
        (awk, "-f", str(script.resolve()), *files, *options), cwd=folder, env={"LC_ALL": "C"}
    )
    if finished.returncode != 0:
        raise HeaderTreeError(f"failed: {finished.words}", where=str(script))
