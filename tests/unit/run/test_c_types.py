"""run/c_types.py: the parts that need no compiler."""

from __future__ import annotations

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.target import TARGETS, Target, find_target
from layoutcheck.run.c_types import find_c_types, scalars_of
from layoutcheck.run.planning import Options


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_target_has_its_scalars(target: Target) -> None:
    """All that Rust has on each; a pointer is as wide as the target's registers."""
    alignments = scalars_of(target).alignments
    pointer = 4 if target.name in {"i386", "armv7"} else 8
    assert alignments["pointer", pointer] == pointer
    for size in (1, 2, 4):
        assert alignments["integer", size] == size
    assert (("integer", 16) in alignments) == (pointer == 8)


def test_alignments_are_the_psabis() -> None:
    """i386 aligns eight bytes to four, armv7 to eight."""
    assert scalars_of(find_target("i386")).alignments["integer", 8] == 4
    assert scalars_of(find_target("i386")).alignments["float", 8] == 4
    assert scalars_of(find_target("armv7")).alignments["integer", 8] == 8


def test_one_kernel_is_asked_for() -> None:
    """Rust text is for one architecture, one release and one conf."""
    with pytest.raises(ManifestError, match="2 kernels are asked for"):
        find_c_types(Options(kernel_arch=("amd64", "arm64")), ["bio"], kernel=Kernel())
