"""A source of C kernel headers -> a `HeaderTree`, which has what clang needs to read them.

There are three kinds: a FreeBSD source tree, an installed system's include folder, and the headers
in the ziglang package. The last two lack headers that FreeBSD does not install; stubs replace them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.arch_guards import render_guards
from layoutcheck.kernel.freebsd.headers.include_folders import find_include_folders
from layoutcheck.kernel.freebsd.headers.packages import ZIG_INCLUDE, find_package
from layoutcheck.kernel.freebsd.headers.release import (
    Release,
    fingerprint_release,
    read_release,
    require_release,
    taken_release,
)
from layoutcheck.kernel.freebsd.headers.source_tree import (
    FREEBSD,
    Naming,
    check_generator,
    find_sys,
    generate_headers,
    read_naming,
)
from layoutcheck.kernel.freebsd.headers.stubs import read_stubs
from layoutcheck.kernel.system import HeaderTree
from layoutcheck.model.target import Target

__all__ = ["open_tree"]

ZIGLANG: Final = "ziglang"
_INSTALL_HINT: Final = "pip install layoutcheck[freebsd]"
_MACHINE: Final = re.compile(r'^[ \t]*#[ \t]*define[ \t]+MACHINE[ \t]+"(\w+)"', re.MULTILINE)


def open_tree(
    headers: str, *, target: Target, release: str | None, work: Path, is_taken: bool = False
) -> HeaderTree:
    """Open the headers that `headers` names: "ziglang", or the path of a source or include folder.

    The path may also be that of another ziglang package than the installed one. `release` is the
    user's request, None for any. With `is_taken`, a folder is taken to be of that release even if
    it defines another one. Headers that are generated from a source tree go into `work`, and so do
    errors in place of another architecture's headers. The tree itself is never written to. Raises
    `HeaderTreeError` if there are no such headers, or if they are of another release or machine.
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
        return _open_source(sys, target, _Asked(release, is_taken=is_taken), work)
    if (path / "sys" / "param.h").is_file():
        return _open_installed(path, target, _Asked(release, is_taken=is_taken))
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
        # Let errors name the header instead of this file, whose folder differs in each run.
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """The release that a folder must be of, or `is_taken` to be of; None for any release."""

    release: str | None
    is_taken: bool = field(kw_only=True)

    def settle(self, include: Path) -> tuple[Release, tuple[str, ...]]:
        """Return the release of the headers in `include`, and a note if they define another one."""
        param = include / "sys" / "param.h"
        stated = read_release(include)
        if self.is_taken and self.release is not None:
            release = taken_release(self.release, stated)
            if release == stated:
                return release, ()
            says = f"says {stated.name}" if stated else "does not define __FreeBSD_version"
            return release, (f"taken to be FreeBSD {release.name}, as asked for: {param} {says}",)
        if stated is None:
            raise HeaderTreeError(
                "does not define __FreeBSD_version, so the release is not known",
                where=str(param),
                hint=f"--kernel-src {include} --kernel-release X.Y sets the release",
            )
        require_release(self.release, stated, where=str(include))
        return stated, ()


def _defines(include: Path, release: Release) -> tuple[str, ...]:
    """Return the definition of the release's number if the headers lack it."""
    return () if read_release(include) else (f"-D__FreeBSD_version={release.version}",)


def _open_installed(include: Path, target: Target, asked: _Asked) -> HeaderTree:
    release, notes = asked.settle(include)
    param = include / "machine" / "param.h"
    found = _MACHINE.search(param.read_text(errors="replace")) if param.is_file() else None
    if found is None or found[1] != target.machine:
        says = "does not say which machine" if found is None else f"is of {found[1]}"
        raise HeaderTreeError(
            f"this include folder {says}, and {target.machine} was asked for",
            where=str(param),
            hint=f"an include folder serves one machine: give one of {target.machine}",
        )
    name = f"FreeBSD {release.name}"
    described = f"headers taken to be {name}" if notes else f"{name} headers"
    tree = _with_stubs(f"{include}, {described}", release, (include,), _defines(include, release))
    return replace(tree, notes=notes)


def _open_source(sys: Path, target: Target, asked: _Asked, work: Path) -> HeaderTree:
    release, notes = asked.settle(sys)
    naming = read_naming(sys) or Naming(system=FREEBSD, revision=release.name)
    described = f"{naming.system} {naming.revision} sources"
    if notes:
        described += f", taken to be FreeBSD {release.name}"
    elif naming.system != FREEBSD:
        described += f", FreeBSD {release.name}"
    if naming.system == FREEBSD:
        notes += _two_releases(sys, naming.revision, asked)
    folders = (generate_headers(sys, target, work), sys, sys / "contrib" / "ck" / "include")
    further = tuple(
        flag
        for folder in find_include_folders(sys, target.machine)
        for flag in ("-idirafter", str(folder.resolve()))
    )
    return HeaderTree(
        description=f"{sys}, {described}",
        release=release.name,
        source_tree=sys.parent,
        flags=(*_include_flags(folders), *further, *_defines(sys, release)),
        stubs=MappingProxyType({}),
        generated=work,
        notes=(*notes, *check_generator(sys)),
    )


def _two_releases(sys: Path, revision: str, asked: _Asked) -> tuple[str, ...]:
    """Return a note if newvers.sh and param.h of a FreeBSD tree differ; raise an error if unasked.

    A fork's newvers.sh has the fork's own releases. There only param.h has FreeBSD's.
    """
    stated = read_release(sys)
    if stated is None or re.match(rf"{re.escape(stated.name)}(?!\d)", revision):
        return ()
    what = f"sys/param.h is of FreeBSD {stated.name}, conf/newvers.sh of {revision}"
    if asked.is_taken and asked.release is not None:
        return (f"{sys}: {what}",)
    raise HeaderTreeError(
        what,
        where=str(sys),
        hint="the tree is of two releases: check one of them out, or say with "
        "--kernel-src DIR --kernel-release X.Y which it is",
    )


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
    # -isystem instead of -I suppresses a newer clang's warnings about an older release's headers,
    # which have nothing to do with layouts. The search order does not change.
    pairs = (("-isystem", str(folder.resolve())) for folder in folders)
    return ("-nostdinc", *(flag for pair in pairs for flag in pair))
