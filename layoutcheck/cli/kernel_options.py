"""Options that select the kernel to check against, and the run of a manifest with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Final

import click

from layoutcheck.cli.console import telling
from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import VIEWS, Kernel, View
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options, split_lists

__all__ = ["DEFAULT", "kernel_here", "kernel_options", "opened", "verify"]

DEFAULT: Final = Path("layoutcheck.toml")


def kernel_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that select the kernel to check against; they arrive as `options`."""

    @click.option(
        "--kernel-conf",
        multiple=True,
        metavar="NAME|PATH",
        help="Kernel conf: GENERIC, a path; or A,B.",
    )
    @click.option(
        "--kernel-arch",
        multiple=True,
        metavar="ARCH",
        help="Architecture: amd64, riscv64, ...; or A,B.",
    )
    @click.option(
        "--kernel-src",
        multiple=True,
        metavar="[X.Y=]DIR",
        help="Source tree to take headers from (of release X.Y).",
    )
    @click.option(
        "--kernel-release", multiple=True, metavar="X.Y", help="FreeBSD release: 14, 15.0; or A,B."
    )
    @click.option(
        "--view",
        type=click.Choice(VIEWS),
        help="Whose headers: the kernel's, a module's, userland's.",
    )
    @wraps(command)
    def wrapped(
        *,
        kernel_conf: tuple[str, ...],
        kernel_arch: tuple[str, ...],
        kernel_src: tuple[str, ...],
        kernel_release: tuple[str, ...],
        view: View | None,
        **others: object,
    ) -> None:
        for option, values in (
            ("--kernel-conf", kernel_conf),
            ("--kernel-arch", kernel_arch),
            ("--kernel-src", kernel_src),
            ("--kernel-release", kernel_release),
        ):
            # An unset shell variable gives an empty value. The manifest's conf would not be the one
            # meant.
            if not all(value.strip(" ,") for value in values):
                raise click.UsageError(f"{option} names nothing")
        options = Options(
            kernel_conf=split_lists(kernel_conf),
            kernel_arch=split_lists(kernel_arch),
            kernel_src=kernel_src,
            kernel_release=split_lists(kernel_release),
            view=view,
        )
        command(options=options, **others)

    return wrapped


def verify(manifest: Path, options: Options) -> Run:
    """Return the manifest's run, with progress on a terminal; line by line if TERM is dumb."""
    with opened(manifest, options) as pipeline:
        return pipeline.verify()


def kernel_here() -> Kernel:
    """Return the kernel of the manifest in this folder; the defaults if there is no manifest."""
    for name in (DEFAULT.name, "pyproject.toml"):
        if Path(name).is_file() and (name == DEFAULT.name or "[tool.layoutcheck" in _text(name)):
            return read_manifest(Path(name)).kernel
    return Kernel()


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


@contextmanager
def opened(manifest: Path, options: Options) -> Iterator[Pipeline]:
    """Yield the manifest's pipeline, which shows progress on a terminal."""
    manifest = _find_manifest(manifest)
    with telling() as tell:
        yield Pipeline(read_manifest(manifest), options, progress=tell)


def _find_manifest(manifest: Path) -> Path:
    """Return the file to read: in a folder, layoutcheck.toml or else pyproject.toml."""
    folder = manifest.parent if manifest == DEFAULT else manifest
    if not folder.is_dir():
        return manifest
    for name in (DEFAULT.name, "pyproject.toml"):
        if (folder / name).is_file():
            return folder / name
    raise ManifestError(
        f"there is no {DEFAULT} here, and no pyproject.toml",
        where=str(folder.resolve()),
        hint="name the manifest: layoutcheck check path/to/layoutcheck.toml",
    )
