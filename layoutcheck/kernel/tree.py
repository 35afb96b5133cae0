"""Where the C kernel headers come from -> what clang needs to read them: a `HeaderTree`.

Three kinds: a FreeBSD source tree, an installed system's include folder, and the headers in the
ziglang package. The last two lack what FreeBSD does not install; stubs stand in for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.foreign import render_guards
from layoutcheck.kernel.packages import ZIG_INCLUDE, find_package
from layoutcheck.kernel.release import (
    Release,
    fingerprint_release,
    read_release,
    require_release,
)
from layoutcheck.kernel.source_tree import find_sys, generate_headers, read_revision
from layoutcheck.kernel.stubs import read_stubs
from layoutcheck.target import Target

__all__ = ["HeaderTree", "open_tree"]

ZIGLANG: Final = "ziglang"
_INSTALL_HINT: Final = "pip install layoutcheck[freebsd]"
_MACHINE: Final = re.compile(r'^[ \t]*#[ \t]*define[ \t]+MACHINE[ \t]+"(\w+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderTree:
    """Kernel headers of one release for one machine, ready for clang.

    `description` names them for a reader and `release` is like "14.2". `source_tree` is the folder
    that holds `sys/conf`, None where there is none. `flags` are clang's include flags, in order,
    and the release's `__FreeBSD_version` where the headers do not define it. `stubs` are further
    headers, name to text: the folder that they are written to comes after `flags`. `opt_*.h`
    are not here: they come from the kernel conf. `generated` is the folder of those that were made
    for this invocation.
    """

    description: str
    release: str
    source_tree: Path | None
    flags: tuple[str, ...]
    stubs: Mapping[str, str]
    generated: Path | None = None

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders in `flags`, in which clang looks for headers."""
        pairs = pairwise(self.flags)
        return tuple(Path(folder) for flag, folder in pairs if flag == "-isystem")


def open_tree(headers: str, *, target: Target, release: str | None, work: Path) -> HeaderTree:
    """The headers that `headers` names: "ziglang", or the path of a source or include folder.

    The path may also be that of a ziglang package other than the installed one. `release` is what
    the user asked for, None for whatever the headers are of. Headers generated from a source tree
    go into `work`, and so do errors in place of another architecture's headers; the tree itself is
    never written to. Raises `HeaderTreeError` if there are no such headers, or if they are of
    another release or machine.
    """
    if headers == ZIGLANG:
        return _open_ziglang(_find_ziglang(release), target, release, work)
    path = Path(headers)
    with suppress(RuntimeError):  # a user without a home
        path = path.expanduser()
    if (path / ZIG_INCLUDE).is_dir():
        return _open_ziglang(path, target, release, work)
    if not path.is_dir():
        raise HeaderTreeError(
            "there is no such folder",
            where=headers,
            hint=f'headers are "{ZIGLANG}", a FreeBSD source tree, or an include folder',
        )
    sys = find_sys(path)
    if sys is not None:
        return _open_source(sys, target, release, work)
    if (path / "sys" / "param.h").is_file():
        return _open_installed(path, target, release)
    raise HeaderTreeError(
        "neither a FreeBSD source tree nor a folder of FreeBSD headers: it has no sys/param.h",
        where=headers,
        hint="give /usr/src, its sys, or /usr/include of a FreeBSD system",
    )


def _open_ziglang(package: Path, target: Target, asked: str | None, work: Path) -> HeaderTree:
    beside = metadata.distributions(name=ZIGLANG, path=[str(package.parent)])
    version = next((found.version for found in beside), "(unknown version)")
    include = package / ZIG_INCLUDE
    generic, own = include / "generic-freebsd", include / target.zig_include
    for folder in (generic, own):
        if not folder.is_dir():
            raise HeaderTreeError(
                f"ziglang {version} has no FreeBSD headers for {target.name}",
                where=str(folder),
                hint="pip install ziglang==0.15.2 (FreeBSD 14.2) or ziglang==0.16.0 (15.0)",
            )
    stated = read_release(generic)
    release = stated or fingerprint_release(generic)
    if release is None:
        raise HeaderTreeError(
            f"layoutcheck does not know which FreeBSD release ziglang {version} holds",
            where=str(generic),
            hint="pip install ziglang==0.15.2 (FreeBSD 14.2) or ziglang==0.16.0 (15.0)",
        )
    require_release(asked, release, where=f"ziglang {version}")
    description = f"ziglang {version}, FreeBSD {release.name} headers"
    defines = () if stated else (f"-D__FreeBSD_version={release.version}",)
    guards = work / f"guards-{target.name}-{release.name}"
    for name, text in render_guards(generic, own, target).items():
        (guards / name).parent.mkdir(parents=True, exist_ok=True)
        # Of the header and not of this file, whose folder has another name in each run.
        placed = f'#line 1 "{name}"\n{text}'
        (guards / name).write_text(placed, encoding="utf-8")
    folders = (guards, own, generic) if guards.is_dir() else (own, generic)
    tree = _with_stubs(description, release, folders, defines)
    return replace(tree, generated=work)


def _find_ziglang(release: str | None) -> Path:
    package = find_package(release)
    if package is None:
        raise HeaderTreeError(
            "the ziglang package, which holds the FreeBSD headers, is not installed",
            hint=_INSTALL_HINT,
        )
    return package


def _open_installed(include: Path, target: Target, asked: str | None) -> HeaderTree:
    release = _require_stated(include)
    require_release(asked, release, where=str(include))
    param = include / "machine" / "param.h"
    found = _MACHINE.search(param.read_text(errors="replace")) if param.is_file() else None
    if found is None or found[1] != target.machine:
        says = "does not say which machine" if found is None else f"is of {found[1]}"
        raise HeaderTreeError(
            f"this include folder {says}, and {target.machine} was asked for",
            where=str(param),
            hint=f"an include folder serves one machine: give one of {target.machine}",
        )
    description = f"{include}, FreeBSD {release.name} headers"
    return _with_stubs(description, release, (include,), ())


def _open_source(sys: Path, target: Target, asked: str | None, work: Path) -> HeaderTree:
    release = _require_stated(sys)
    require_release(asked, release, where=str(sys))
    revision = read_revision(sys) or release.name
    if not re.match(rf"{re.escape(release.name)}(?!\d)", revision):
        raise HeaderTreeError(
            f"sys/param.h is of FreeBSD {release.name}, conf/newvers.sh of {revision}",
            where=str(sys),
            hint="the tree is of two releases: check one of them out",
        )
    folders = (generate_headers(sys, target, work), sys, sys / "contrib" / "ck" / "include")
    return HeaderTree(
        description=f"{sys}, FreeBSD {revision} sources",
        release=release.name,
        source_tree=sys.parent,
        flags=_include_flags(folders),
        stubs=MappingProxyType({}),
        generated=work,
    )


def _require_stated(include: Path) -> Release:
    release = read_release(include)
    if release is None:
        raise HeaderTreeError(
            "does not define __FreeBSD_version, so the release is not known",
            where=str(include / "sys" / "param.h"),
        )
    return release


def _with_stubs(
    description: str, release: Release, folders: tuple[Path, ...], defines: tuple[str, ...]
) -> HeaderTree:
    return HeaderTree(
        description=description,
        release=release.name,
        source_tree=None,
        flags=_include_flags(folders) + defines,
        stubs=read_stubs(folders),
    )


def _include_flags(folders: tuple[Path, ...]) -> tuple[str, ...]:
    # -isystem, not -I: what a newer clang finds to warn about in an older release's headers is no
    # concern of a layout. The search order is the same.
    pairs = (("-isystem", str(folder.resolve())) for folder in folders)
    return ("-nostdinc", *(flag for pair in pairs for flag in pair))
