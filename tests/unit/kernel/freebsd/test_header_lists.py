"""header_lists.py: the lists of headers that are shipped."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.header_lists import read_apart, read_aside, read_seed


@pytest.mark.parametrize("view", ["kernel", "userland"])
def test_the_seeds_are_whole(view: str) -> None:
    """A seed has no header twice and none that is aside. Each header aside has a reason."""
    seed = read_seed("kernel" if view == "kernel" else "userland")
    assert len(seed) == len({*seed}) > 1000
    aside = read_aside()
    assert aside.keys().isdisjoint(seed)
    assert all(aside.values())


def test_a_module_sees_the_kernels_headers() -> None:
    """The views of module and kernel have the same seed."""
    assert read_seed("module") == read_seed("kernel")


def test_every_line_names_a_header() -> None:
    """Comments are left out, and every other line names a header."""
    for names in (read_seed("kernel"), read_seed("userland"), read_apart(), tuple(read_aside())):
        assert names
        assert [name for name in names if not name.endswith(".h") or " " in name] == []


def test_sources_of_the_kernel_include_these_first() -> None:
    """The seeds begin as style(9) requires: sys/param.h, then sys/systm.h or sys/types.h."""
    assert read_seed("kernel")[:2] == ("sys/param.h", "sys/systm.h")
    assert read_seed("userland")[:2] == ("sys/param.h", "sys/types.h")


def test_headers_apart_are_not_in_the_core() -> None:
    """Headers apart are neither in the seed nor aside: they have the guard of a seed's header."""
    assert set(read_apart()).isdisjoint(read_seed("kernel"))
    assert set(read_apart()).isdisjoint(read_aside())


def test_a_reason_is_whole() -> None:
    """A reason may contain blanks."""
    assert read_aside()["i386/asm.h"] == "for assembly"
