"""planning.py: the cells that a manifest and its user ask for."""

from __future__ import annotations

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Headers, Kernel
from layoutcheck.run.planning import Options, Plan, plan_cells, split_lists


def plan(kernel: Kernel, options: Options | None = None) -> tuple[Plan, ...]:
    """Return the cells of a manifest."""
    return plan_cells(kernel, options or Options(), where="layoutcheck.toml")


def test_a_cell_for_each_combination() -> None:
    """Releases change slowest, confs fastest. A name has the release if there are two."""
    options = Options(
        kernel_release=("14", "15"),
        kernel_arch=("amd64", "arm64"),
        kernel_conf=("GENERIC", "./conf/MINE"),
    )
    assert [one.id for one in plan(Kernel(), options)] == [
        f"{release}-{arch}-{conf}"
        for release in ("14", "15")
        for arch in ("amd64", "arm64")
        for conf in ("GENERIC", "MINE")
    ]
    (alone,) = plan(Kernel(conf=("GENERIC",), release=("14",)))
    assert (alone.id, alone.release, alone.headers) == ("amd64-GENERIC", "14", "ziglang")


def test_no_conf_is_no_cell() -> None:
    """A manifest has no cells until a conf is named."""
    assert plan(Kernel()) == ()


def test_each_release_has_its_headers() -> None:
    """Headers are those of the exact release, or of its major one, or of any; or an error."""
    sources = ("14=/usr/src14", "15.0=/usr/src15")
    options = Options(kernel_src=sources, kernel_conf=("GENERIC",))
    both = plan(Kernel(), options)
    assert [(one.release, one.headers) for one in both] == [
        ("14", "/usr/src14"),
        ("15.0", "/usr/src15"),
    ]
    minor = Options(kernel_src=sources, kernel_conf=("GENERIC",), kernel_release=("14.2",))
    assert [(one.id, one.headers) for one in plan(Kernel(), minor)] == [
        ("amd64-GENERIC", "/usr/src14")
    ]
    other = Options(kernel_src=sources, kernel_conf=("GENERIC",), kernel_release=("13",))
    with pytest.raises(ManifestError, match=r"no headers of FreeBSD 13 are named: .* 14, 15\.0"):
        plan(Kernel(), other)
    with_rest = Kernel(
        conf=("GENERIC",),
        release=("13", "15"),
        headers=(Headers(release="15", where="/usr/src15"), Headers(where="ziglang")),
    )
    assert [one.headers for one in plan(with_rest)] == ["ziglang", "/usr/src15"]


def test_one_release_named_with_a_folder_overrides_it() -> None:
    """One release given with one folder overrides it, but not a manifest's or one of several."""
    generic = Kernel(conf=("GENERIC",), release=("14",))
    folder = ("/usr/src",)
    for options, is_taken in (
        (Options(kernel_src=folder, kernel_release=("15",)), True),
        (Options(kernel_src=folder, kernel_release=("14", "15")), False),
        (Options(kernel_src=folder), False),
        (Options(kernel_release=("15",)), False),
    ):
        assert {one.is_taken for one in plan(generic, options)} == {is_taken}


def test_confs_of_one_name_are_refused() -> None:
    """Confs of one name are refused, because their cells would have one name."""
    with pytest.raises(ManifestError, match="2 kernel confs of the same name"):
        plan(Kernel(conf=("a/MINE", "b/MINE")))


def test_lists_are_flat() -> None:
    """Commas and repeated options mean the same."""
    assert split_lists(["a,b", "c", ""]) == ("a", "b", "c")
