"""A text through a real clang, as the kernel's sources see a tree's headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.kernel.system import HeaderTree
from layoutcheck.model.target import Target, find_target

__all__ = ["GLOBAL", "compile_text", "empty_options", "folders", "write_all"]

AMD64: Final = find_target("amd64")
GLOBAL: Final = "".join(
    f"#define {option} 1\n" for option in ("SMP", "VIMAGE", "RACCT", "INTRNG", "AIM")
)
"""Macros in GENERIC's opt_global.h that headers test; INTRNG and AIM are not x86's."""


def folders(tree: HeaderTree) -> list[Path]:
    """The folders that clang searches."""
    return [Path(flag) for flag in tree.flags if flag.startswith("/")]


def write_all(folder: Path, files: Mapping[str, str]) -> Path:
    """The files in a folder, with the folders that their names have."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def empty_options(tree: HeaderTree) -> dict[str, str]:
    """Every opt_*.h that a header includes, empty."""
    names: set[str] = set()
    for folder in folders(tree):
        for header in folder.rglob("*.h"):
            text = header.read_text(errors="replace")
            names.update(re.findall(r'include[ \t]*["<](opt_\w+\.h)', text))
    return dict.fromkeys(names, "")


def compile_text(
    clang: Iterable[str],
    tree: HeaderTree,
    text: str,
    work: Path,
    *,
    options: Mapping[str, str],
    target: Target = AMD64,
) -> Finished:
    """The text through clang as a kernel's, warnings in system headers included."""
    build = write_all(work / "options", {"opt_global.h": GLOBAL, **options})
    stubs = write_all(work / "stubs", tree.stubs)
    (work / "unit.c").write_text(text)
    command = (
        *clang,
        f"--target={target.clang_triple(tree.release)}",
        *("-D_KERNEL", "-DGENOFFSET", "-DHAVE_KERNEL_OPTION_HEADERS"),
        *("-include", str(build / "opt_global.h"), f"-I{build}"),
        *tree.flags,
        *("-isystem", str(stubs)),
        *("-ffreestanding", "-fwrapv", "-fno-common", *target.kernel_flags),
        *("-ferror-limit=0", "-fno-caret-diagnostics", "-fsyntax-only", "unit.c"),
    )
    return run(command, cwd=work)
