"""A header tree and a conf -> a kernel, and the files and flags that clang needs for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.system import Conf, HeaderTree
from layoutcheck.manifest.kernel import Kernel, View
from layoutcheck.model.target import Target
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["STUBS", "OpenKernel", "open_kernel", "write_headers"]

STUBS: Final = "stubs"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKernel:
    """One cell's kernel: its headers, its conf, and the resolved conf's text in a file.

    `names` is a digest of the names of all files below its folders. `state` is a digest of the
    times at which they were changed.
    """

    tree: HeaderTree
    conf: Conf
    conf_path: Path
    names: str = ""
    state: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """Notes on the headers and the conf, for the report."""
        return (*self.tree.notes, *self.conf.messages)


def open_kernel(
    tree: HeaderTree, conf: str, target: Target, tools: Tools, *, folder: Path
) -> OpenKernel:
    """Return the kernel of the headers and of the conf of that name or path, for the target.

    The resolved conf is written into `folder`. Raises `KernConfError`, or its subclass
    `NoSuchConfError` if there is no conf of that name.
    """
    with tools.watch.measure("kernel conf"):
        resolved = FREEBSD.resolve_conf(conf, target, tree)
    conf_path = folder / PurePath(conf).name
    conf_path.write_text(resolved.render(), encoding="utf-8")
    return OpenKernel(tree=tree, conf=resolved, conf_path=conf_path)


def write_headers(
    kernel: OpenKernel, wanted: Kernel, target: Target, *, work: Path
) -> tuple[str, ...]:
    """Write the option headers and stub headers into `work`. Return clang's flags for the kernel.

    Any clang accepts the flags, also libclang in bindgen. They do not have the target's triple.
    """
    return (
        *FREEBSD.compile_flags(target, wanted.view),
        *_options(work / "options", kernel, wanted.view),
        *kernel.tree.flags,
        "-isystem",
        str(_written(work / STUBS, kernel.tree.stubs)),
        *(f"-D{define}" for define in wanted.defines),
    )


def _options(folder: Path, kernel: OpenKernel, view: View) -> tuple[str, ...]:
    """Write `opt_*.h` and return the flags for them. In the view of userland there are none."""
    if view == "userland":
        return ()
    headers = kernel.conf.headers_for(view, kernel.tree.release)
    _written(folder, headers)
    # All are included first: many headers use an option and leave it to their users to include its
    # `opt_*.h`. The paths are whole, since clang looks for a bare name in the working folder first.
    defining = (name for name in kernel.conf.included_headers if headers[name])
    first = (kernel.conf.global_header, *defining)
    flags = (("-include", str(folder / name)) for name in first)
    return ("-I", str(folder), *(flag for pair in flags for flag in pair))


def _written(folder: Path, headers: Mapping[str, str]) -> Path:
    inside = folder.resolve()
    for name, text in headers.items():
        path = folder / name
        if not path.resolve().is_relative_to(inside):
            raise HeaderTreeError(f"a header {name!r} would lie outside of it", where=str(folder))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
