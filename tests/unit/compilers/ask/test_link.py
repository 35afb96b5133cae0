"""Objects linked by the real LLD, and its refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.errors import ToolchainError
from tests.dwarf_objects import AMD64, compile_c_text, linker
from tests.questions import ask_types

pytestmark = pytest.mark.needs_clang


@pytest.mark.parametrize(
    "triple",
    [
        *(AMD64, "aarch64-unknown-freebsd14.3", "riscv64-unknown-freebsd14.3"),
        *("powerpc64-unknown-freebsd14.3", "powerpc64le-unknown-freebsd14.3"),
        *("armv7-unknown-freebsd14.3-gnueabihf", "i686-unknown-freebsd14.3"),
    ],
)
def test_every_architecture_links(triple: str, tmp_path: Path) -> None:
    """Every architecture links, with kernel code models, undefined symbols and text relocations."""
    text = "struct s { int i; }; extern int elsewhere(struct s *); extern char there[];\n"
    text += "int here(struct s *s) { return elsewhere(s) + there[3]; }\n"
    flags = ("-mcmodel=kernel",) if triple == AMD64 else ()
    probe = text + render_c_probe((), ask_types(["struct s"]))
    relocatable = compile_c_text(probe, tmp_path, triple=triple, flags=(*flags, "-fno-pic"))
    linked = link_shared(linker(), relocatable)
    assert linked == relocatable.with_suffix(".so")
    (record,) = read_layouts(linked).records.values()
    assert (record.name, record.byte_size, record.alignment) == ("s", 4, 4)


def test_what_is_no_object(tmp_path: Path) -> None:
    """The error shows the linker's message and its command."""
    path = tmp_path / "probe.o"
    path.write_text("no object\n", encoding="utf-8")
    with pytest.raises(ToolchainError, match="unknown") as caught:
        link_shared(linker(), path)
    assert caught.value.where == str(path)
    assert caught.value.hint is not None
    assert "-shared" in caught.value.hint
