"""kernel/packages.py: the package that holds a release's headers, installed or fetched."""

from __future__ import annotations

import multiprocessing
import zipfile
from pathlib import Path

import pytest

from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.packages import (
    ZIG_INCLUDE,
    fetched_wheels,
    find_package,
    held_release,
)

pytestmark = pytest.mark.needs_headers


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def fetch(version: str, release: int) -> Path:
    """Write a wheel as pip leaves it, with the headers' release only."""
    fetched_wheels().mkdir(parents=True, exist_ok=True)
    path = fetched_wheels() / f"ziglang-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        generic = f"ziglang/{ZIG_INCLUDE.as_posix()}/generic-freebsd"
        wheel.writestr(f"{generic}/sys/param.h", f"#define __FreeBSD_version {release}\n")
        wheel.writestr("ziglang/zig", "a compiler that nobody needs")
        wheel.writestr(
            f"ziglang-{version}.dist-info/METADATA", f"Name: ziglang\nVersion: {version}\n"
        )
    return path


def test_the_installed_one_serves_its_own_release() -> None:
    """The installed package serves its own release, and unknown ones, whose refusal it names."""
    installed = find_ziglang()
    assert installed is not None
    assert find_package(None) == find_package("14") == find_package("77") == installed


def test_a_fetched_one_serves_another() -> None:
    """A fetched package serves another release. Its headers and name are unpacked once."""
    fetch("9.0.0", 7701000)
    package = find_package("77")
    assert package == fetched_wheels() / "ziglang-9.0.0" / "ziglang"
    held = held_release(package)
    assert held is not None
    assert held.name == "77.1"
    assert sorted(path.name for path in package.parent.rglob("*") if path.is_file()) == [
        "METADATA",
        "param.h",
    ]
    written = package.stat().st_mtime_ns
    assert find_package("77.1") == package
    assert package.stat().st_mtime_ns == written
    assert find_package("77.2") == find_ziglang()


def test_several_processes_unpack_one_wheel() -> None:
    """Several processes unpack a wheel once, and no partial folder remains."""
    fetch("9.0.0", 7701000)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.map(find_package, ["77"] * 4)
    assert set(found) == {fetched_wheels() / "ziglang-9.0.0" / "ziglang"}
    assert len(list(fetched_wheels().iterdir())) == 2


def test_a_damaged_wheel_is_named() -> None:
    """A damaged wheel is an error with a hint, and no partial folder remains."""
    wheel = fetch("9.0.0", 7701000)
    wheel.write_bytes(wheel.read_bytes()[:-40])
    with pytest.raises(HeaderTreeError, match="cannot be unpacked") as refused:
        find_package("77")
    assert refused.value.where == str(wheel)
    assert "doctor --install" in (refused.value.hint or "")
    assert list(fetched_wheels().iterdir()) == [wheel]
