"""header_lists.py: the lists of headers that are shipped."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.header_lists import read_apart, read_aside, read_seed


@pytest.mark.parametrize("view", ["kernel", "userland"])
def test_the_seeds_are_whole(view: str) -> None:
    """No header twice; none that is aside, each of which has a reason."""
    seed = read_seed("kernel" if view == "kernel" else "userland")
    assert len(seed) == len({*seed}) > 1000
    aside = read_aside()
    assert aside.keys().isdisjoint(seed)
    assert all(aside.values())


def test_a_module_sees_the_kernels_headers() -> None:
    """So both have one seed."""
    assert read_seed("module") == read_seed("kernel")


def test_every_line_names_a_header() -> None:
    """Comments are left out, and none is taken for one."""
    for names in (read_seed("kernel"), read_seed("userland"), read_apart(), tuple(read_aside())):
        assert names
        assert [name for name in names if not name.endswith(".h") or " " in name] == []


def test_sources_of_the_kernel_include_these_first() -> None:
    """style(9): sys/param.h or sys/types.h; then sys/systm.h."""
    assert read_seed("kernel")[:2] == ("sys/param.h", "sys/systm.h")
    assert read_seed("userland")[:2] == ("sys/param.h", "sys/types.h")


def test_headers_apart_are_not_in_the_core() -> None:
    """They have the include guard of one that is: a source reads this one or that."""
    assert set(read_apart()).isdisjoint(read_seed("kernel"))
    assert set(read_apart()).isdisjoint(read_aside())


def test_a_reason_is_whole() -> None:
    """It may have blanks in it."""
    assert read_aside()["i386/asm.h"] == "for assembly"
