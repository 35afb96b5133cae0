"""A header tree under a kernel conf -> which of its headers compile, and why the others do not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from layoutcheck.errors import HeaderTreeError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, Plan, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Progress, Tools

__all__ = ["TreeHeaders", "compile_trees"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHeaders:
    """Headers of one cell that were tried: those that compile, and the others with the reason.

    `description` is the name of the tree for a reader.
    """

    cell: str
    description: str
    compiled: tuple[str, ...]
    refused: Mapping[str, str]


def compile_trees(
    kernel: Kernel, options: Options, patterns: Sequence[str], progress: Progress
) -> tuple[TreeHeaders, ...]:
    """Compile each cell's headers that match a pattern, as in a shell.

    Without a pattern, the kernel's own headers are compiled: those in a folder, except other
    systems' code. The default conf is GENERIC. Raises `HeaderTreeError`, also if no header matches,
    `KernConfError` and `ToolchainError`.
    """
    tools = Tools(progress, Stopwatch())
    kernels = Kernels(tools)
    wanted = replace(
        kernel, conf=kernel.conf or ("GENERIC",), view=options.view or kernel.view, include=()
    )
    return tuple(
        _compile(plan, wanted, patterns, kernels, tools)
        for plan in plan_cells(wanted, options, where="--kernel-conf")
    )


def _compile(
    plan: Plan, wanted: Kernel, patterns: Sequence[str], kernels: Kernels, tools: Tools
) -> TreeHeaders:
    tree, index = kernels.kernel(plan).tree, kernels.index(plan)
    headers = _matching(index.headers, patterns) if patterns else index.kernels_own
    unknown = [p for p in patterns if not any(fnmatchcase(name, p) for name in headers)]
    if unknown or not headers:
        raise HeaderTreeError(
            f"no header is called {' or '.join(unknown or patterns)}",
            where=tree.description,
            hint="give names as C includes them, such as sys/bio.h or 'dev/usb/*'",
        )
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        clang = KernelClang(kernels.kernel(plan), wanted, plan.target, tools, work=Path(folder))
        tools.progress(f"compiling {len(headers)} headers for {plan.id}")
        units = kernels.units(plan, clang, wanted.view)
        units.find(headers)
        refused = {h: str(units.why_refused(h)) for h in headers if not units.unit(h)}
    return TreeHeaders(
        cell=plan.id,
        description=tree.description,
        compiled=tuple(header for header in headers if header not in refused),
        refused=refused,
    )


def _matching(headers: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(h for h in headers if any(fnmatchcase(h, pattern) for pattern in patterns))
