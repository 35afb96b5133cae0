"""release.py: the release of headers, compared with the one asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.release import (
    Release,
    fingerprint_release,
    read_release,
    require_release,
    taken_release,
)

FOURTEEN = Release(name="14.2", version=1402000)


def write_headers(folder: Path, *, param: str, system_calls: int | None = None) -> Path:
    """Return a folder with the files that identify a release."""
    (folder / "sys").mkdir()
    (folder / "sys" / "param.h").write_text(param)
    text = "" if system_calls is None else f"#define\tSYS_MAXSYSCALL\t{system_calls}\n"
    (folder / "sys" / "syscall.h").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("version", "name"), [(1302001, "13.2"), (1403000, "14.3"), (1500068, "15.0")]
)
def test_the_version_gives_the_release(tmp_path: Path, version: int, name: str) -> None:
    """The version is major, two digits of minor, three of changes. A comment defines nothing."""
    folder = write_headers(
        tmp_path,
        param=f" * awk '/define __FreeBSD_version 1/'\n#define __FreeBSD_version {version} /**/\n",
    )
    assert read_release(folder) == Release(name=name, version=version)


def test_headers_without_the_version_do_not_state_a_release(tmp_path: Path) -> None:
    """Headers without the version have no release, as in the ziglang package."""
    assert read_release(write_headers(tmp_path, param="/* nothing */\n")) is None


def test_headers_without_param_h_are_refused(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(HeaderTreeError, match=r"sys/param\.h: cannot be read"):
        read_release(tmp_path)


@pytest.mark.parametrize(
    ("system_calls", "mark", "release"),
    [
        (590, 1400084, "14.2"),
        (599, 1500045, "15.0"),
        (599, 1400084, None),
        (590, 1500045, None),
        (600, 1500045, None),
        (None, 1500045, None),
    ],
)
def test_the_fingerprint_needs_both_marks(
    tmp_path: Path, system_calls: int | None, mark: int, release: str | None
) -> None:
    """The number of system calls and the newest P_OSREL mark must match; otherwise None."""
    param = f"#define\tP_OSREL_SIGWAIT\t\t700000\n#define\tP_OSREL_LAST\t{mark}\n"
    found = fingerprint_release(write_headers(tmp_path, param=param, system_calls=system_calls))
    assert (found.name if found else None) == release


@pytest.mark.parametrize("asked", [None, "14", "14.x", "14.2", " 14.2 ", "14.2-RELEASE-p1"])
def test_what_fits_is_accepted(asked: str | None) -> None:
    """A major release, the release itself and no release are accepted."""
    require_release(asked, FOURTEEN, where="here")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("15", "run `layoutcheck doctor --install --kernel-release 15`"),
        ("15.0", r"run `layoutcheck doctor --install --kernel-release 15\.0`"),
        ("14.3", r"FreeBSD 14\.3's source tree; .* holds only 14\.2 \(ziglang==0\.15\.2\), 15\.0"),
        ("1", r"FreeBSD 1's source tree"),
    ],
)
def test_another_release_is_refused_with_where_to_get_it(asked: str, hint: str) -> None:
    """Another release is refused with a hint, which is a command if there is one."""
    with pytest.raises(
        HeaderTreeError, match=f"^here: .*FreeBSD 14.2, not of {asked}\nhint: .*{hint}"
    ):
        require_release(asked, FOURTEEN, where="here")


@pytest.mark.parametrize("asked", ["", "fourteen", "14.", "14.2.1"])
def test_what_is_no_release_is_refused(asked: str) -> None:
    """A malformed release is refused with an example of a right one."""
    with pytest.raises(HeaderTreeError, match=r'is not a FreeBSD release\nhint: .*"14\.2"'):
        require_release(asked, FOURTEEN, where="here")


@pytest.mark.parametrize(
    ("asked", "name", "version"),
    [
        ("14", "14.2", 1402000),
        ("14.2-RELEASE", "14.2", 1402000),
        ("15", "15", 1402000),
        ("15.x", "15", 1402000),
        ("14.10", "14.10", 1402000),
    ],
)
def test_what_is_asked_for_overrides(asked: str, name: str, version: int) -> None:
    """The release asked for overrides the headers' one, except for their number."""
    assert taken_release(asked, FOURTEEN) == Release(name=name, version=version)


def test_headers_without_a_number_get_the_releases() -> None:
    """Headers without a number get that of the release's first day (Porter's Handbook)."""
    assert taken_release("14.10", None) == Release(name="14.10", version=1410000)
    assert taken_release("15", None) == Release(name="15", version=1500000)
    with pytest.raises(HeaderTreeError, match="is not a FreeBSD release"):
        taken_release("head", None)
