"""A manifest and what was asked for -> a `Run`: the only place that knows the stages' order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePath

from platformdirs import user_cache_path

from layoutcheck.bindings.crate import DocumentedCrate, check_crate, document_crate
from layoutcheck.bindings.diagnostics import StdMissingError
from layoutcheck.bindings.surface import Surface, SurfaceType, read_surface
from layoutcheck.dwarf import read_layouts
from layoutcheck.errors import ManifestError
from layoutcheck.judging import Side, candidates_of, judge
from layoutcheck.kernel.builtin import ResolvedConf, resolve_conf
from layoutcheck.kernel.flags import View, compile_flags
from layoutcheck.kernel.render import render_conf
from layoutcheck.kernel.tree import HeaderTree, open_tree
from layoutcheck.layout import LayoutSet
from layoutcheck.manifest import Manifest
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import Target, find_target
from layoutcheck.toolchain.c import compile_c
from layoutcheck.toolchain.diagnostic import Diagnostic
from layoutcheck.toolchain.find import Clang, Linker, Rust, find_clang, find_linker, find_rust
from layoutcheck.toolchain.link import link_shared
from layoutcheck.toolchain.rust import compile_rust
from layoutcheck.toolchain.sysroot import std_sysroot
from layoutcheck.verdict import Cell, Run, SetAside, Verdict
from layoutcheck.waiving import waive

__all__ = ["Options", "Pipeline", "Plan", "split_lists"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for on top of the manifest; what is empty is as the manifest says."""

    kernel_conf: tuple[str, ...] = ()
    kernel_src: str | None = None
    kernel_release: str | None = None
    kernel_arch: tuple[str, ...] = ()


def split_lists(values: Iterable[str]) -> tuple[str, ...]:
    """Repeated options and comma lists, flat: `["a,b", "c"]` is a, b, c."""
    return tuple(part for value in values for part in value.split(",") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One cell to be checked: `id` is `<machine>-<conf>`."""

    id: str
    target: Target
    conf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kernel:
    """The C side of a cell, ready to compile: headers, conf, and the conf's text in a file."""

    tree: HeaderTree
    conf: ResolvedConf
    conf_path: Path


class Pipeline:
    """One manifest, checked as the options say; tools and crates are looked at once, when needed.

    Everything raised is a `LayoutcheckError` of the stage that it happened in.
    """

    def __init__(
        self, manifest: Manifest, options: Options, *, progress: Progress = lambda _: None
    ) -> None:
        self._manifest, self._options, self._progress = manifest, options, progress
        self._watch = Stopwatch()
        self._rusts: dict[str, Rust] = {}
        self._surfaces: dict[str, Surface] = {}
        self._kernels: dict[str, _Kernel] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="layoutcheck-")
        self._crates = user_cache_path("layoutcheck") / "crates"

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The cells, architectures first; none when no kernel conf is named anywhere."""
        kernel, options = self._manifest.kernel, self._options
        targets = [find_target(name) for name in options.kernel_arch or kernel.arch]
        return tuple(
            Plan(id=f"{target.machine}-{PurePath(conf).name}", target=target, conf=conf)
            for target in dict.fromkeys(targets)
            for conf in dict.fromkeys(options.kernel_conf or kernel.conf)
        )

    def surface(self, plan: Plan) -> Surface:
        """The crate's ABI surface in a cell."""
        if plan.id not in self._surfaces:
            try:
                crate = self._document(plan)
            except StdMissingError:
                if not self._add_std(plan.target):
                    raise
                crate = self._document(plan)
            with self._watch.measure("surface"):
                self._surfaces[plan.id] = read_surface(
                    crate.rustdoc_json, root=crate.root, renamed=dict(crate.renamed)
                )
        return self._surfaces[plan.id]

    def _document(self, plan: Plan) -> DocumentedCrate:
        rust, kernel = self._rust(plan.target), self._kernel(plan)
        with self._watch.measure("rustdoc"):
            return document_crate(
                self._manifest.bindings,
                rust,
                plan.target,
                conf_path=kernel.conf_path,
                work=self._crates,
                progress=self._progress,
            )

    def _add_std(self, target: Target) -> bool:
        """Give the toolchain a `std` where it only has a `core` that was built for it."""
        rust = self._rust(target)
        if rust.sysroot is None:
            return False
        with self._watch.measure("build std"):
            sysroot = std_sysroot(rust.rustc, rust.cargo, target, progress=self._progress)
        self._rusts[target.machine] = replace(rust, sysroot=sysroot)
        return sysroot != rust.sysroot

    def verify(self) -> Run:
        """Every cell checked. Raises `ManifestError` when there is nothing to check."""
        if not self.plans:
            raise ManifestError(
                "no kernel conf is named",
                where=str(self._manifest.path),
                hint='give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]',
            )
        cells: list[Cell] = []
        verdicts: list[Verdict] = []
        problems: list[str] = []
        set_aside: dict[str, SetAside] = {}
        for plan in self.plans:
            cell, found, aside, left_out = self._check(plan)
            cells.append(cell)
            verdicts += found
            set_aside |= {item.rust_path: item for item in aside}
            problems += left_out
        if not verdicts:
            raise ManifestError(
                f"{self._manifest.bindings} has no repr(C) struct or union to check",
                where=str(self._manifest.path),
                hint="are the features, the cfg and the target those that the bindings want?",
            )
        waived, stale = waive(verdicts, self._manifest.waivers)
        notes = tuple(f"{w.location}: the waiver for {w.subject} waives nothing" for w in stale)
        return Run(
            bindings=str(self._manifest.bindings),
            cells=tuple(replace(cell, notes=cell.notes + notes) for cell in cells),
            verdicts=waived,
            set_aside=tuple(set_aside.values()),
            problems=tuple(problems),
            seconds=self._watch.seconds(),
        )

    def _check(
        self, plan: Plan
    ) -> tuple[Cell, tuple[Verdict, ...], tuple[SetAside, ...], list[str]]:
        types, kernel = self.surface(plan).types, self._kernel(plan)
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            rust = self._rust_side(plan, types, Path(folder))
            c, left_out = self._c_side(plan, types, Path(folder))
        with self._watch.measure("compare"):
            verdicts, set_aside = judge(
                self._manifest, plan.id, types, c=c, rust=rust, left_out=left_out
            )
        cell = Cell(
            release=kernel.tree.release,
            machine=plan.target.machine,
            machine_arch=plan.target.machine_arch,
            kernel_conf=PurePath(plan.conf).name,
            kernel_conf_origin=kernel.conf.conf.origin,
            headers=kernel.tree.description,
            clang=self._clang.version,
            rustc=self._rust(plan.target).version,
            c_producer=c.layouts.producer,
            rust_producer=rust.layouts.producer,
            notes=kernel.tree.notes,
        )
        problems = [f"<{name}> does not compile: {errors[0]}" for name, errors in left_out.items()]
        return cell, verdicts, set_aside, problems

    def _rust_side(self, plan: Plan, types: Sequence[SurfaceType], work: Path) -> Side:
        rust = self._rust(plan.target)
        with self._watch.measure("metadata"):
            crate = check_crate(
                self._manifest.bindings,
                rust,
                plan.target,
                conf_path=self._kernel(plan).conf_path,
                work=self._crates,
                progress=self._progress,
            )
        nameable = [
            (str(number), type_.public_path)
            for number, type_ in enumerate(types)
            if type_.public_path is not None and not type_.generic
        ]
        with self._watch.measure("rustc probe"):
            probe = compile_rust(
                rust,
                target=plan.target,
                crate_flags=crate.rustc_flags,
                subjects=nameable,
                work=work,
            )
        return Side(layouts=self._read(probe.object), refused=probe.refused)

    def _c_side(
        self, plan: Plan, types: Sequence[SurfaceType], work: Path
    ) -> tuple[Side, Mapping[str, tuple[Diagnostic, ...]]]:
        kernel, wanted = self._kernel(plan), self._manifest.kernel
        compiler = (
            *self._clang.argv,
            *self._clang.target_flags(plan.target, kernel.tree.release),
            *compile_flags(plan.target, wanted.view),
            *_options(work / "options", kernel.conf.headers, wanted.view),
            *kernel.tree.flags,
            "-isystem",
            str(_written(work / "stubs", kernel.tree.stubs)),
            *(f"-D{define}" for define in wanted.defines),
        )
        self._progress(f"compiling {len(wanted.include)} headers for {plan.id}")
        with self._watch.measure("clang"):
            probe = compile_c(
                compiler,
                includes=wanted.include,
                candidates=[(key, name) for _, key, name in candidates_of(self._manifest, types)],
                work=work,
            )
        folders = tuple(
            f"{folder}/" for flag, folder in pairwise(compiler) if flag in {"-isystem", "-I"}
        )
        side = Side(layouts=self._read(probe.object, folders), refused=probe.refused)
        return side, probe.left_out

    def _read(self, relocatable: Path, prefixes: tuple[str, ...] = ()) -> LayoutSet:
        with self._watch.measure("link"):
            linked = link_shared(self._linker, relocatable)
        with self._watch.measure("dwarf"):
            return read_layouts(linked, strip_prefixes=prefixes)

    def _kernel(self, plan: Plan) -> _Kernel:
        if plan.id not in self._kernels:
            wanted, options = self._manifest.kernel, self._options
            folder = Path(self._folder.name) / plan.id
            folder.mkdir()
            with self._watch.measure("headers"):
                tree = open_tree(
                    options.kernel_src or wanted.headers,
                    target=plan.target,
                    release=options.kernel_release or wanted.release,
                    work=folder,
                )
            with self._watch.measure("kernel conf"):
                conf = resolve_conf(
                    plan.conf,
                    machine=plan.target.machine,
                    release=tree.release,
                    source_tree=tree.source_tree,
                )
            conf_path = folder / PurePath(plan.conf).name
            conf_path.write_text(render_conf(conf.conf), encoding="utf-8")
            self._kernels[plan.id] = _Kernel(tree=tree, conf=conf, conf_path=conf_path)
        return self._kernels[plan.id]

    def _rust(self, target: Target) -> Rust:
        if target.machine not in self._rusts:
            with self._watch.measure("find rustc"):
                self._rusts[target.machine] = find_rust(target, progress=self._progress)
        return self._rusts[target.machine]

    @cached_property
    def _clang(self) -> Clang:
        with self._watch.measure("find clang"):
            return find_clang()

    @cached_property
    def _linker(self) -> Linker:
        with self._watch.measure("find clang"):
            return find_linker()


def _options(folder: Path, headers: Mapping[str, str], view: View) -> tuple[str, ...]:
    """The flags by which the kernel's sources, but not userland's, see the `opt_*.h`."""
    if view == "userland":
        return ()
    _written(folder, headers)
    # A whole path: clang looks for a bare name in the working folder first.
    return ("-I", str(folder), "-include", str(folder / "opt_global.h"))


def _written(folder: Path, headers: Mapping[str, str]) -> Path:
    for name, text in headers.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
