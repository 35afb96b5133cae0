"""Headers, a kernel conf and C type names -> clang's word on each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.judging import Side
from layoutcheck.kernel.builtin import ResolvedConf, resolve_conf
from layoutcheck.kernel.flags import compile_flags
from layoutcheck.kernel.module_options import render_module_options
from layoutcheck.kernel.render import render_conf
from layoutcheck.kernel.tree import HeaderTree
from layoutcheck.manifest_kernel import Kernel, View
from layoutcheck.target import Target
from layoutcheck.toolchain.c import compile_c, expand_c, preprocess_c
from layoutcheck.toolchain.diagnostic import Diagnostic
from layoutcheck.tools import Tools

__all__ = ["AskedC", "OpenKernel", "ask_clang", "expand_headers", "open_kernel", "write_headers"]

STUBS: Final = "stubs"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKernel:
    """One cell's kernel: its headers, its conf, and the resolved conf's text in a file."""

    tree: HeaderTree
    conf: ResolvedConf
    conf_path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedC:
    """What clang said; `left_out` has the includes that do not compile, `stubs` those it read."""

    side: Side
    left_out: Mapping[str, tuple[Diagnostic, ...]]
    stubs: tuple[str, ...]


def open_kernel(
    tree: HeaderTree, conf: str, target: Target, tools: Tools, *, folder: Path
) -> OpenKernel:
    """The kernel that the headers and the conf of that name or path make, for the target.

    The resolved conf is written into `folder`. Raises `KernConfError`, and of that
    `NoSuchConfError` where there is none of that name.
    """
    with tools.watch.measure("kernel conf"):
        resolved = resolve_conf(
            conf, machine=target.machine, release=tree.release, source_tree=tree.source_tree
        )
    conf_path = folder / PurePath(conf).name
    conf_path.write_text(render_conf(resolved.conf), encoding="utf-8")
    return OpenKernel(tree=tree, conf=resolved, conf_path=conf_path)


def ask_clang(
    kernel: OpenKernel,
    wanted: Kernel,
    candidates: Sequence[tuple[str, str]],
    target: Target,
    tools: Tools,
    *,
    work: Path,
    known: dict[tuple[str, str], AskedC] | None = None,
) -> AskedC:
    """What clang says of each candidate (key, C type), under the manifest's `[kernel]`.

    `known` keeps what it said by architecture and preprocessed text: of another kernel's that is
    the same to the last character nothing is compiled again.
    """
    flags = write_headers(kernel, wanted, target, work=work)
    compiler = (*tools.clang.argv, *tools.clang.target_flags(target, kernel.tree.release), *flags)
    tools.progress(f"compiling {len(wanted.include)} headers for {target.name}")
    same = None
    if known is not None:
        with tools.watch.measure("preprocess"):
            text = preprocess_c(compiler, includes=wanted.include, candidates=candidates, work=work)
        same = (target.name, text) if text else None
        if same in known:
            return known[same]
    with tools.watch.measure("clang"):
        probe = compile_c(compiler, includes=wanted.include, candidates=candidates, work=work)
    folders = (folder for flag, folder in pairwise(compiler) if flag in {"-isystem", "-I"})
    layouts = tools.read(probe.object, strip_prefixes=tuple(f"{folder}/" for folder in folders))
    asked = AskedC(
        side=Side(layouts=layouts, refused=probe.refused),
        left_out=probe.left_out,
        stubs=tuple(name for name in kernel.tree.stubs if work / STUBS / name in probe.read),
    )
    if known is not None and same is not None:
        known[same] = asked
    return asked


def expand_headers(
    kernel: OpenKernel,
    wanted: Kernel,
    target: Target,
    tools: Tools,
    *,
    left_out: Collection[str],
    work: Path,
) -> str:
    """The text of the headers as clang's preprocessor gives it, but for those `left_out`."""
    flags = write_headers(kernel, wanted, target, work=work)
    compiler = (*tools.clang.argv, *tools.clang.target_flags(target, kernel.tree.release), *flags)
    includes = [name for name in wanted.include if name not in left_out]
    with tools.watch.measure("preprocess"):
        return expand_c(compiler, includes=includes, work=work)


def write_headers(
    kernel: OpenKernel, wanted: Kernel, target: Target, *, work: Path
) -> tuple[str, ...]:
    """Write the option headers and stubs into `work`; the flags by which clang sees this kernel.

    Any clang takes them, libclang in bindgen too; the target's triple is not among them.
    """
    return (
        *compile_flags(target, wanted.view),
        *_options(work / "options", kernel, wanted.view),
        *kernel.tree.flags,
        "-isystem",
        str(_written(work / STUBS, kernel.tree.stubs)),
        *(f"-D{define}" for define in wanted.defines),
    )


def _options(folder: Path, kernel: OpenKernel, view: View) -> tuple[str, ...]:
    """The flags by which the kernel's and modules' sources, but not userland's, see `opt_*.h`."""
    if view == "userland":
        return ()
    headers = kernel.conf.headers
    if view == "module":
        headers = render_module_options(kernel.conf.conf, headers, release=kernel.tree.release)
    _written(folder, headers)
    # A whole path: clang looks for a bare name in the working folder first.
    return ("-I", str(folder), "-include", str(folder / "opt_global.h"))


def _written(folder: Path, headers: Mapping[str, str]) -> Path:
    inside = folder.resolve()
    for name, text in headers.items():
        path = folder / name
        if not path.resolve().is_relative_to(inside):
            raise HeaderTreeError(f"a header {name!r} would lie outside of it", where=str(folder))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
