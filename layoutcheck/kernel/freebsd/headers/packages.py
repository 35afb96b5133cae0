"""The available ziglang packages: the installed one, and those that the doctor fetched.

A Python environment holds one version of a package, and each version holds the headers of one
FreeBSD release. The doctor therefore keeps further wheels in the user's cache folder. Only their
headers are unpacked.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from layoutcheck.cache.folders import cache_folder
from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.errors import HeaderTreeError, ToolchainError
from layoutcheck.kernel.freebsd.headers.release import (
    Release,
    fingerprint_release,
    fits,
    read_release,
)

__all__ = ["ZIG_INCLUDE", "fetched_wheels", "find_package", "held_release"]

ZIG_INCLUDE: Final = Path("lib", "libc", "include")
_PACKAGE: Final = "ziglang"


def fetched_wheels() -> Path:
    """Return the folder of fetched wheels, which may not exist. Raises `ToolchainError`."""
    return cache_folder() / "headers"


def find_package(release: str | None) -> Path | None:
    """Return the folder of a package with headers of `release` ("14", "15.0"; None for any).

    If no package has them, it is the installed one; None without one. Raises `HeaderTreeError` for
    a fetched wheel that is damaged.
    """
    installed = find_ziglang()
    if release is None and installed is not None:
        return installed
    for package in _packages(installed):
        held = held_release(package)
        if held is not None and (release is None or fits(held, release)):
            return package
    return installed


def held_release(package: Path) -> Release | None:
    """Return the release of a package's headers; None if it has none, or an unknown one."""
    generic = package / ZIG_INCLUDE / "generic-freebsd"
    return (read_release(generic) or fingerprint_release(generic)) if generic.is_dir() else None


def _packages(installed: Path | None) -> Iterator[Path]:
    if installed is not None:
        yield installed
    with suppress(ToolchainError):  # a user without a home has fetched nothing
        for wheel in sorted(fetched_wheels().glob(f"{_PACKAGE}-*.whl"), reverse=True):
            yield _unpacked(wheel)


def _unpacked(wheel: Path) -> Path:
    """Unpack the headers of a wheel beside it, completely or not at all; return the folder."""
    name = "-".join(wheel.name.split("-")[:2])  # ziglang-0.16.0 (PyPA, binary distribution format)
    folder = wheel.parent / name
    if not folder.is_dir():
        part = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=wheel.parent))
        try:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(part, [n for n in archive.namelist() if _is_wanted(n)])
            with suppress(OSError):  # another process was first
                part.rename(folder)
        except (OSError, zipfile.BadZipFile) as error:
            raise HeaderTreeError(
                f"cannot be unpacked: {error}",
                where=str(wheel),
                hint="remove it, and let `layoutcheck doctor --install` fetch it again",
            ) from None
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder / _PACKAGE


def _is_wanted(name: str) -> bool:
    include = f"{_PACKAGE}/{ZIG_INCLUDE.as_posix()}/"
    is_header = name.startswith(include) and "freebsd" in name.removeprefix(include).split("/")[0]
    return is_header or name.endswith(".dist-info/METADATA")
