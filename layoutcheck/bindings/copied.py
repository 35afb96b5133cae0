"""New texts for a crate's files -> how to have it compiled with them, from a copy of its sources."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from layoutcheck.bindings.cargo import Cargo
from layoutcheck.bindings.mirror import mirror
from layoutcheck.bindings.package import Package
from layoutcheck.bindings.source import SourceCrate, include_file
from layoutcheck.toolchain.launcher import rustc_wrapper

__all__ = ["copy_package", "copy_source"]


def copy_source(crate: SourceCrate, texts: Mapping[Path, str]) -> SourceCrate:
    """The crate with these texts in the place of its files'; also of the copy that was described.

    Those of files that are not beside or below the crate's own are not taken.
    """
    folder = crate.folder / "open"
    folder.mkdir(exist_ok=True)
    described = crate.folder / "hidden" / crate.root.name
    root = described if described in texts else crate.root
    texts = dict(texts)
    prelude = texts.pop(crate.prelude, None) if crate.prelude is not None else None
    if crate.prelude is not None and prelude is not None:
        copied = folder / "prelude.rs"
        copied.write_bytes(prelude.encode())
        whole = texts.get(root, root.read_bytes().decode())
        texts[root] = whole.replace(include_file(crate.prelude), include_file(copied), 1)
    top = root.parent
    inside = {path: text for path, text in texts.items() if path.is_relative_to(top)}
    copy = mirror(top, inside, folder / "sources")
    return replace(crate, root=copy / root.name, folder=folder)


def copy_package(
    package: Package, cargo: Cargo, texts: Mapping[Path, str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Options and environment by which cargo has the package's library compiled from a copy.

    cargo itself, and a build script, see the package as it is. Texts of files outside of the
    package's folder are not taken, nor any if its root file is outside.
    """
    top = package.root.resolve()
    inside = {path: text for path, text in texts.items() if path.is_relative_to(top)}
    if not inside or not package.source.is_relative_to(top):
        return (), {}
    copy = mirror(top, inside, cargo.folder / "open")
    launcher = _write_launcher(
        cargo.folder / "open-rustc",
        rustc_wrapper(),
        instead_of=package.source,
        copy=copy / package.source.relative_to(top),
    )
    # A flag of its own, so that cargo keeps apart what it makes of each copy.
    flags = json.dumps([f'--cfg=layoutcheck_copy="{copy.name}"'])
    spec = f"{package.name}@{package.version}"
    option = f'profile.dev.package."{spec}".rustflags={flags}'
    return ("-Zprofile-rustflags", "--config", option), {"RUSTC_WRAPPER": str(launcher)}


def _write_launcher(script: Path, program: Sequence[str], *, instead_of: Path, copy: Path) -> Path:
    """A program that starts `program` with its own arguments, one path replaced by another.

    With no `program` its first argument is the program, as cargo has it of a RUSTC_WRAPPER.
    """
    script.write_text(
        "#!/bin/sh\n"
        f'for a do shift; [ "$a" = {shlex.quote(str(instead_of))} ] && a={shlex.quote(str(copy))}; '
        'set -- "$@" "$a"; done\n'
        f'exec {shlex.join([*program])} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script
