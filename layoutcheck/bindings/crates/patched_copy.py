"""New texts for a crate's files -> how to have a copy of it with these texts compiled."""

from __future__ import annotations

import json
import os
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from layoutcheck.bindings.crates.cargo import Cargo
from layoutcheck.bindings.crates.mirror import mirror
from layoutcheck.bindings.crates.package import Package
from layoutcheck.bindings.crates.single_file import SourceCrate, include_file
from layoutcheck.bindings.rewrite.open_private import Opening, make_public
from layoutcheck.compilers.programs.launcher import rustc_wrapper

__all__ = ["DESCRIBED", "OPEN", "PackageCopy", "copy_package", "copy_source", "open_texts"]

DESCRIBED: Final = "without-doc"
OPEN: Final = "open"
"""The names of the folders with the copies for rustdoc and for rustc."""
PRELUDE: Final = "prelude.rs"
SOURCES: Final = "sources"


def open_texts(openings: Iterable[Opening]) -> dict[Path, str]:
    """The files in which something is made public, with their new texts.

    A file that cannot be read is left out, and one in which there is nothing to write.
    """
    by_file: dict[Path, list[Opening]] = defaultdict(list)
    for opening in openings:
        # Links are not followed: the copy has a file where the path seems to lead.
        by_file[Path(os.path.normpath(opening.path))].append(opening)
    texts = {}
    for path, places in by_file.items():
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        public = make_public(text, places)
        if public != text:
            texts[path] = public
    return texts


def copy_source(crate: SourceCrate, texts: Mapping[Path, str], name: str) -> SourceCrate:
    """The crate with these texts in the place of its files', in a folder `name` of its own.

    `texts` may be of files of a copy that was described. Those of files that are not beside or
    below the crate's own are not taken.
    """
    folder = crate.folder / name
    folder.mkdir(exist_ok=True)
    texts = {_original(crate, path): text for path, text in texts.items()}
    prelude = crate.prelude
    if crate.prelude is not None and crate.prelude in texts:
        prelude = folder / PRELUDE
        prelude.write_bytes(texts.pop(crate.prelude).encode())
        whole = texts.get(crate.root) or crate.root.read_bytes().decode()
        for included in (crate.prelude, crate.folder / DESCRIBED / PRELUDE):
            whole = whole.replace(include_file(included), include_file(prelude), 1)
        texts[crate.root] = whole
    top = crate.root.parent
    texts.setdefault(crate.root, crate.root.read_bytes().decode())
    inside = {path: text for path, text in texts.items() if path.is_relative_to(top)}
    copy = mirror(top, inside, folder / SOURCES, links=crate.draws_in_files)
    return replace(crate, root=copy / crate.root.name, prelude=prelude, folder=folder)


def _original(crate: SourceCrate, path: Path) -> Path:
    """The file of the crate in whose place rustdoc has read the one at this path."""
    described = crate.folder / DESCRIBED
    if crate.prelude is not None and path == described / PRELUDE:
        return crate.prelude
    if path.is_relative_to(described / SOURCES):
        _, *below = path.relative_to(described / SOURCES).parts
        return crate.root.parent.joinpath(*below)
    return crate.root if path.is_relative_to(crate.folder) else path


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCopy:
    """A copy, at `path`, of a package's sources."""

    package: Package
    cargo: Cargo
    path: Path

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a path and the one to show for it, and for what is below it."""
        depth = len(self.package.home.relative_to(self.package.top).parts)
        top = self.package.root.parents[depth - 1] if depth else self.package.root
        return ((str(self.path), str(top)),)

    def for_rustdoc(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Options of rustdoc's and the environment by which cargo has the copy described."""
        launcher = self._launcher((str(self.cargo.rust.rustdoc),))
        return ("--cfg", self._cfg), {"RUSTDOC": str(launcher)}

    def for_rustc(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Options of cargo's and the environment by which it has the copy compiled."""
        spec = f"{self.package.name}@{self.package.version}"
        flags = f'profile.dev.package."{spec}".rustflags={json.dumps([f"--cfg={self._cfg}"])}'
        launcher = self._launcher(rustc_wrapper())
        return ("-Zprofile-rustflags", "--config", flags), {"RUSTC_WRAPPER": str(launcher)}

    @property
    def _cfg(self) -> str:
        """A flag by which cargo keeps apart what it makes of each copy."""
        return f'layoutcheck_copy="{self.path.name}"'

    def _launcher(self, program: Sequence[str]) -> Path:
        """A program that starts `program` with its own arguments, but for the root file's path.

        With no `program` its first argument is the program, as cargo has it of a RUSTC_WRAPPER.
        """
        root = self.package.source
        copy = shlex.quote(str(self.path / root.relative_to(self.package.top)))
        script = self.path.with_name(f"{self.path.name}.sh")
        words = (
            "#!/bin/sh\n"
            f'for a do shift; [ "$a" = {shlex.quote(str(root))} ] && a={copy}; set -- "$@" "$a"\n'
            f'done\nexec {shlex.join(program)} "$@"\n'
        )
        script.write_text(words, encoding="utf-8")
        script.chmod(0o755)
        return script


def copy_package(
    package: Package, cargo: Cargo, texts: Mapping[Path, str], name: str
) -> PackageCopy | None:
    """A copy of the package with these texts in the place of its files', in a folder of ours.

    cargo itself, and a build script, see the package as it is. `texts` may be of files of a copy
    that was described. None if none of them is in the package, or if its root file is not.
    """
    described, top = cargo.folder / DESCRIBED, package.top
    inside = {}
    for path, text in texts.items():
        if path.is_relative_to(described):
            _, *below = path.relative_to(described).parts
            inside[top.joinpath(*below)] = text
        elif path.is_relative_to(package.root):
            inside[package.home / path.relative_to(package.root)] = text
        elif path.is_relative_to(top):
            inside[path] = text
    if not inside or not package.source.is_relative_to(top):
        return None
    path = mirror(top, inside, cargo.folder / name)
    return PackageCopy(package=package, cargo=cargo, path=path)
