"""New texts for a crate's files -> a copy of the crate that is compiled with these texts."""

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
"""Names of the folders with the copies for rustdoc and for rustc."""
PRELUDE: Final = "prelude.rs"
SOURCES: Final = "sources"


def open_texts(openings: Iterable[Opening]) -> dict[Path, str]:
    """Return the new texts of the files in which something is made public.

    A file that cannot be read is left out, and one in which there is nothing to write.
    """
    by_file: dict[Path, list[Opening]] = defaultdict(list)
    for opening in openings:
        # Links are not followed: the copy has a file at the path as it is written.
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
    """Return the crate with these texts in place of its files, in a folder `name` of its own.

    `texts` may name files of a copy that rustdoc has described. Files that are neither beside nor
    below the crate's root file are ignored.
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
    """Return the crate's file for a path that rustdoc has read, which may be in a copy."""
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
        """Return pairs of a path and the path to show for it and for everything below it."""
        depth = len(self.package.home.relative_to(self.package.top).parts)
        top = self.package.root.parents[depth - 1] if depth else self.package.root
        return ((str(self.path), str(top)),)

    def for_rustdoc(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Return rustdoc's options, and the environment, to have cargo describe the copy."""
        launcher = self._launcher((str(self.cargo.rust.rustdoc),))
        return ("--cfg", self._cfg), {"RUSTDOC": str(launcher)}

    def for_rustc(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Return cargo's options, and the environment, to have cargo compile the copy."""
        spec = f"{self.package.name}@{self.package.version}"
        flags = f'profile.dev.package."{spec}".rustflags={json.dumps([f"--cfg={self._cfg}"])}'
        launcher = self._launcher(rustc_wrapper())
        return ("-Zprofile-rustflags", "--config", flags), {"RUSTC_WRAPPER": str(launcher)}

    @property
    def _cfg(self) -> str:
        """Return a flag that keeps cargo's results of different copies apart."""
        return f'layoutcheck_copy="{self.path.name}"'

    def _launcher(self, program: Sequence[str]) -> Path:
        """Write a script that starts `program` with its own arguments, and the copy's root file.

        Without `program`, the first argument is the program, as cargo passes it to a RUSTC_WRAPPER.
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
    """Make a copy of the package with these texts in place of its files, in a folder of ours.

    cargo itself, and a build script, see the package unchanged. `texts` may name files of a copy
    that rustdoc has described. None if no file is in the package, or if its root file is not.
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
