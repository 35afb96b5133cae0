"""The FreeBSD release of a folder of headers, and whether it is the requested one.

A real tree defines `__FreeBSD_version` (sys/param.h). The headers in the ziglang package lack that
line. They are recognized by two numbers that grow from release to release: the number of system
calls (SYS_MAXSYSCALL in sys/syscall.h) and the newest P_OSREL_* mark in sys/param.h.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import HeaderTreeError

__all__ = [
    "Release",
    "fingerprint_release",
    "fits",
    "package_of",
    "read_release",
    "require_release",
    "taken_release",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release by its `name` ("14.2") and its `version`, the number in `__FreeBSD_version`."""

    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packaged:
    """A release that a ziglang package holds, and the marks of its headers.

    `requirement` is the argument for pip. `version` is the release's own `__FreeBSD_version`
    (FreeBSD Porter's Handbook, "__FreeBSD_version Values").
    """

    release: Release
    system_calls: int
    osrel_major: int
    requirement: str


# 14.2 has getrlimitusage(2), system call 589, but not setcred(2), 591, which 14.3 has.
_PACKAGED: Final = (
    _Packaged(
        release=Release(name="14.2", version=1402000),
        system_calls=590,
        osrel_major=14,
        requirement="ziglang==0.15.2",
    ),
    _Packaged(
        release=Release(name="15.0", version=1500068),
        system_calls=599,
        osrel_major=15,
        requirement="ziglang==0.16.0",
    ),
)

_VERSION: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+__FreeBSD_version[ \t]+(\d+)", re.MULTILINE
)
_SYSTEM_CALLS: Final = re.compile(r"^#define[ \t]+SYS_MAXSYSCALL[ \t]+(\d+)", re.MULTILINE)
_OSREL: Final = re.compile(r"^#define[ \t]+P_OSREL_\w+[ \t]+(\d+)", re.MULTILINE)
_ASKED: Final = re.compile(r"(\d+)(?:\.(\d+|x))?(?:-[A-Za-z0-9-]+)?")


def read_release(include: Path) -> Release | None:
    """Return the release of `__FreeBSD_version` in `include`/sys/param.h; None without it.

    1402000 is 14.2: major, two digits of minor, three of changes since (Porter's Handbook).
    """
    found = _VERSION.search(_read(include / "sys" / "param.h"))
    if found is None:
        return None
    version = int(found[1])
    return Release(name=f"{version // 100_000}.{version // 1000 % 100}", version=version)


def fingerprint_release(include: Path) -> Release | None:
    """Return the release of headers without `__FreeBSD_version`; None for unknown headers.

    Both marks must match: a tree of files from two releases is unknown.
    """
    system_calls = _SYSTEM_CALLS.search(_read(include / "sys" / "syscall.h"))
    marks = [int(mark) for mark in _OSREL.findall(_read(include / "sys" / "param.h"))]
    if system_calls is None or not marks:
        return None
    seen = (int(system_calls[1]), max(marks) // 100_000)
    for packaged in _PACKAGED:
        if seen == (packaged.system_calls, packaged.osrel_major):
            return packaged.release
    return None


def require_release(asked: str | None, found: Release, *, where: str) -> None:
    """Check that headers of the release `found` are the requested ones.

    "14" and "14.x" mean any 14 release, "14.2" and "14.2-RELEASE" that one; None means any. Raises
    `HeaderTreeError` with a hint where to get the requested headers.
    """
    if asked is None:
        return
    if fits(found, asked):
        return
    raise HeaderTreeError(
        f"these headers are of FreeBSD {found.name}, not of {asked}",
        where=where,
        hint=_where_to_get(asked),
    )


def fits(release: Release, asked: str) -> bool:
    """Return whether this is the requested release, as `require_release` understands it.

    Raises `HeaderTreeError` for text that is not a release.
    """
    major, minor = _parse(asked)
    if minor in (None, "x"):
        return release.name.split(".", maxsplit=1)[0] == major
    return release.name == f"{major}.{minor}"


def _parse(asked: str) -> tuple[str, str | None]:
    """Return the major and minor number of a release as the user writes it."""
    wanted = _ASKED.fullmatch(asked.strip())
    if wanted is None:
        raise HeaderTreeError(
            f"{asked!r} is not a FreeBSD release", hint='a release is written "14" or "14.2"'
        )
    return wanted[1], wanted[2]


def taken_release(asked: str, found: Release | None) -> Release:
    """Return the release that headers are taken to be of, whatever they define themselves.

    Its name is the requested one, "15" or "15.1", or that of `found` if it fits. Raises
    `HeaderTreeError` for text that is not a release.
    """
    if found is not None and fits(found, asked):
        return found
    major, minor = _parse(asked)
    name = major if minor in (None, "x") else f"{major}.{minor}"
    version = int(major) * 100_000 + int(minor if minor and minor != "x" else 0) * 1000
    return Release(name=name, version=version if found is None else found.version)


def package_of(asked: str) -> str | None:
    """Return pip's requirement for headers of a release ("ziglang==0.16.0"), or None."""
    return next((held.requirement for held in _PACKAGED if fits(held.release, asked)), None)


def _where_to_get(asked: str) -> str:
    if package_of(asked) is not None:
        return (
            f"run `layoutcheck doctor --install --kernel-release {asked}`, which fetches them for "
            'headers = "ziglang", or give the path of a source tree'
        )
    held = ", ".join(f"{p.release.name} ({p.requirement})" for p in _PACKAGED)
    return f"give the path of FreeBSD {asked}'s source tree; the ziglang package holds only {held}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise HeaderTreeError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            hint="is this a complete tree of FreeBSD headers?",
        ) from None
