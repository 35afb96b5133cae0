"""arch_guards.py: the generic headers that belong to another architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.kernel.freebsd.headers.arch_guards import render_guards
from layoutcheck.model.target import find_target


@pytest.fixture
def generic(tmp_path: Path) -> Path:
    """A generic folder with a header of PowerPC, two of x86 and one of all machines."""
    for name in ("machine/pte.h", "machine/limits.h", "machine/nexusvar.h", "x86/apicreg.h"):
        path = tmp_path / "generic" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "generic"


@pytest.mark.parametrize(
    ("arch", "foreign"),
    [
        ("amd64", ["machine/pte.h"]),
        ("i386", ["machine/pte.h"]),
        ("powerpc64le", ["machine/nexusvar.h", "x86/apicreg.h"]),
        *(
            (name, ["machine/nexusvar.h", "machine/pte.h", "x86/apicreg.h"])
            for name in ("arm64", "armv7", "riscv64")
        ),
    ],
)
def test_what_the_machine_does_not_have_is_guarded(
    generic: Path, tmp_path: Path, arch: str, foreign: list[str]
) -> None:
    """A header that the machine lacks becomes an error that names the header and the machine."""
    target = find_target(arch)
    guards = render_guards(generic, tmp_path / "own", target)
    assert list(guards) == foreign
    assert guards[foreign[0]] == (
        f"#error <{foreign[0]}> of the ziglang package is another architecture's: "
        f"{target.machine} has no such header\n"
    )


def test_what_the_machine_has_itself_is_not_guarded(generic: Path, tmp_path: Path) -> None:
    """A header that the machine has itself is not guarded: 15.0 has <machine/pte.h> for amd64."""
    own = tmp_path / "own"
    (own / "machine").mkdir(parents=True)
    (own / "machine" / "pte.h").touch()
    assert not render_guards(generic, own, find_target("amd64"))
