"""A FreeBSD source tree -> the include folders of its kernel build. The tree is never written to.

`sys/conf/kern.post.mk` adds files in the build's object folder: links named after the machine, and
headers that are generated from `*_if.m` and `vnode_if.src`. Here they go into a folder of the
caller's. The build's generators are awk scripts of the tree. They are not run, since a tree is only
read; layoutcheck has generators of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import HeaderTreeError, KernConfError
from layoutcheck.kernel.freebsd.config.source import read_text
from layoutcheck.kernel.freebsd.headers.kobj_headers import render_interface
from layoutcheck.kernel.freebsd.headers.vnode_headers import render_vnode_headers
from layoutcheck.kernel.freebsd.machines import ARCHITECTURE_FOLDERS, find_machine
from layoutcheck.kernel.system import IncludeRules
from layoutcheck.model.target import Target

__all__ = [
    "FREEBSD",
    "INCLUDE_RULES",
    "Naming",
    "check_generator",
    "find_sys",
    "generate_headers",
    "is_behind_machine",
    "is_foreign",
    "machine_folder",
    "read_naming",
]

# Folder in which a fork may keep them.
_ARCH: Final = "arch"
# Where a source tree keeps what is included as <machine/pcb.h> and <x86/apicvar.h>.
_OF_A_MACHINE: Final = re.compile(
    rf"(?:.*/)?({'|'.join(sorted(ARCHITECTURE_FOLDERS - {'mips'}))})/include/"
)
FREEBSD: Final = "FreeBSD"
# Number of lines that FreeBSD's vnode_if.awk writes into vnode_if_newproto.h, one of them for each
# operation, without the line of the member `registered`.
_VECTOR_LINES: Final = 6
# Characters that would end the text of an #error, or join the next line to it.
_UNQUOTED: Final = str.maketrans('"\\', "'/")


def find_sys(path: Path) -> Path | None:
    """Return the `sys` folder of the source tree `path`, which is `sys` or above it; None if none.

    Raises `HeaderTreeError` if the folder has another name: kernel confs look for `sys`.
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


def machine_folder(sys: Path, machine: str, name: str) -> Path:
    """Return a machine's folder `name` ("conf", "include"), in sys/<machine> or sys/arch/<machine>.

    FreeBSD has the first, forks may have the second. The first is returned if neither exists.
    """
    usual, other = sys / machine / name, sys / _ARCH / machine / name
    return other if other.is_dir() and not usual.is_dir() else usual


def is_foreign(header: str, target: Target) -> bool:
    """Return whether a header of `sys`, such as "arm/include/pcb.h", is another machine's.

    The machine's own headers must not be included by such names either: they are <machine/pcb.h>.
    """
    first, _, rest = header.removeprefix(f"{_ARCH}/").partition("/")
    own = {target.machine, *find_machine(target.machine).shares}
    return first in ARCHITECTURE_FOLDERS and (first not in own or rest.startswith("include/"))


def is_behind_machine(header: str) -> bool:
    """Return whether a header, such as "i386/vmparam.h", may be hidden by a machine's own.

    Sources include it as <machine/vmparam.h>, which may lead to it.
    """
    return header.removeprefix(f"{_ARCH}/").partition("/")[0] in ARCHITECTURE_FOLDERS - {"x86"}


def _as_included(path: str) -> str:
    """Return the path with <machine/pcb.h> or <x86/apicvar.h> in place of where a tree keeps it."""
    return _OF_A_MACHINE.sub(lambda m: "x86/" if m[1] == "x86" else "machine/", path)


INCLUDE_RULES: Final = IncludeRules(
    is_foreign=is_foreign,
    is_behind_machine=is_behind_machine,
    as_included=_as_included,
    basic=frozenset(("machine", "sys", "vm")),
    # Code of others, which FreeBSD builds with include folders of its own or not at all, and
    # folders of programs' headers.
    last=frozenset(
        (
            *("contrib", "cddl", "compat", "gnu", "tests"),
            *("arpa", "protocols", "rpcsvc", "ssp", "xlocale"),
        )
    ),
)
"""Rules by which FreeBSD's sources include the headers of a kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A tree's own name: the `system`, such as "FreeBSD", and its `revision`.

    A revision is like "14.3-RELEASE-p1". A fork with another system name has its own revisions.
    """

    system: str
    revision: str


def read_naming(sys: Path) -> Naming | None:
    """Return TYPE, REVISION and BRANCH of `conf/newvers.sh`; None if it states no revision."""
    try:
        source = read_text(sys / "conf" / "newvers.sh")
    except KernConfError:
        return None
    text = "" if source is None else source.text
    found = dict(re.findall(r'^(TYPE|REVISION|BRANCH)="?([\w.-]+)"?', text, re.MULTILINE))
    revision = "-".join(found[name] for name in ("REVISION", "BRANCH") if name in found)
    return Naming(system=found.get("TYPE", FREEBSD), revision=revision) if revision else None


def check_generator(sys: Path) -> tuple[str, ...]:
    """Return a note if the tree's `vnode_if.awk`, which is not run, is not like FreeBSD's.

    A fork's script may add members to `struct vop_vector`, which layoutcheck's then lacks.
    """
    script = sys / "tools" / "vnode_if.awk"
    try:
        source = read_text(script)
    except KernConfError:
        source = None
    if source is None:
        return ()
    # The function's definition, and a call for each line of vnode_if_newproto.h.
    lines = source.text.count("printp(") - 1
    if lines == (_VECTOR_LINES + _has_registered(sys)) and "a_gen" in source.text:
        return ()
    note = (
        f"{script} is not FreeBSD's, and is not run: the vnode_if.h that layoutcheck generates "
        "may declare something else than this kernel's"
    )
    return (note,)


def generate_headers(sys: Path, target: Target, work: Path) -> Path:
    """Return the folder in `work` with the links and generated headers of a build of `target`.

    This takes about half a second. If an interface's header cannot be generated, a header with an
    #error and the reason takes its place, so that only its includers are refused. Raises
    `HeaderTreeError` if the tree does not have the machine, or for a wrong `vnode_if.src`, which
    nearly all headers need.
    """
    folder = work / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    _link_machine(sys, target.machine, folder)
    for interface in _interfaces(sys, target.machine):
        header = folder / f"{interface.stem}.h"
        # The error includes a file name, which may not be UTF-8.
        header.write_text(_header_of(interface), encoding="utf-8", errors="replace")
    vnode = sys / "kern" / "vnode_if.src"
    headers = render_vnode_headers(
        _read(vnode), path=str(vnode), has_registered=_has_registered(sys)
    )
    for name, text in headers.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _header_of(interface: Path) -> str:
    try:
        return render_interface(_read(interface), path=str(interface))
    except HeaderTreeError as error:
        why = " ".join(f"{error.where}: {error.what}".split())
        return f'#error "{why.translate(_UNQUOTED)}"\n'


def _has_registered(sys: Path) -> bool:
    """Return whether `struct vop_vector` has the member `registered`, as since 13.

    If it does, sys/vnode.h declares the function that registers vectors.
    """
    try:
        return "vfs_vector_op_register" in _read(sys / "sys" / "vnode.h")
    except HeaderTreeError:
        return False  # then no header includes the vector either


def _read(path: Path) -> str:
    try:
        source = read_text(path)
    except KernConfError as error:
        raise HeaderTreeError(error.what, where=error.where, hint=error.hint) from None
    if source is None:
        raise HeaderTreeError(
            "is missing: headers are generated from it",
            where=str(path),
            hint="check out the whole of sys",
        )
    return source.text


def _link_machine(sys: Path, machine: str, folder: Path) -> None:
    if not machine_folder(sys, machine, "include").is_dir():
        raise HeaderTreeError(
            f"this source tree has no {machine}/include",
            where=str(sys),
            hint="check out the whole of sys, or ask for a machine that it has",
        )
    links = {"machine": machine}
    links.update((name, name) for name in find_machine(machine).shares)
    for name, architecture in links.items():
        link, include = folder / name, machine_folder(sys, architecture, "include")
        link.unlink(missing_ok=True)
        if include.is_dir():
            link.symlink_to(include.resolve(), target_is_directory=True)


def _interfaces(sys: Path, machine: str) -> tuple[Path, ...]:
    """Return the `*_if.m` files of the machine's kernel, one of each name.

    `kern.pre.mk` finds them by name, too. If two folders have a file of one name, the machine's own
    is taken first, then that of no architecture.
    """
    foreign = ARCHITECTURE_FOLDERS - {machine, *find_machine(machine).shares}
    chosen: dict[str, tuple[int, Path]] = {}
    for interface in sorted(sys.rglob("*_if.m")):
        relative = interface.relative_to(sys).as_posix()
        architecture = relative.removeprefix(f"{_ARCH}/").partition("/")[0]
        if architecture in foreign:
            continue
        rank = 0 if architecture == machine else 2 if architecture in ARCHITECTURE_FOLDERS else 1
        if interface.name not in chosen or rank < chosen[interface.name][0]:
            chosen[interface.name] = (rank, interface)
    return tuple(interface for _, interface in chosen.values())
