"""Bindings -> the crate's surface, and rustc's answers on its types, accessors and items."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cache as cached
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from layoutcheck.bindings.crates.build_crate import (
    CheckedCrate,
    CrateBuild,
    DocumentedCrate,
    check_crate,
    document_crate,
    expand_crate,
)
from layoutcheck.bindings.crates.diagnostics import StdMissingError
from layoutcheck.bindings.crates.rust_sources import remove_json
from layoutcheck.bindings.rewrite.open_private import Opening
from layoutcheck.bindings.rustdoc.added_items import add_local_items
from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import BrokenJsonError, Surface, read_surface
from layoutcheck.cache.folders import cache_folder
from layoutcheck.cache.freshness import stamps
from layoutcheck.cache.store import digest_of
from layoutcheck.compilers.ask.rustc import compile_rust
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.probes.rust import (
    render_constant,
    render_function,
    render_named,
    render_static,
    render_type,
)
from layoutcheck.compilers.programs.launcher import rustc_wrapper
from layoutcheck.errors import BindingsError
from layoutcheck.judge.judge_types import Side
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.accessors import (
    Accessor,
    CompiledAccessors,
    compile_accessors,
    find_accessors,
    tell_accessors,
)
from layoutcheck.run.toolchain.toolset import Tools
from layoutcheck.run.type_reprs import ask_reprs

__all__ = ["CrateRustc", "compile_bindings", "find_surface"]

T = TypeVar("T")

STILL_PRIVATE: Final = (
    "in a copy of the source it could not be made public "
    "(does a macro, a function or a build script declare it?): "
    "declare it, and the modules around it, `pub` and `#[doc(hidden)]`"
)


def find_surface(bindings: Bindings, target: Target, tools: Tools, *, conf_path: Path) -> Surface:
    """Return the crate's ABI surface for the target. A crate that needs `std` is given one."""
    build = _build(bindings, target, tools, conf_path)

    def document(rust: Rust) -> DocumentedCrate:
        with tools.watch.measure("rustdoc"):
            return document_crate(build, rust)

    def expand(rust: Rust) -> str:
        with tools.watch.measure("expansion"):
            return expand_crate(build, rust)

    def read() -> Surface:
        crate = _with_std_if_needed(target, tools, document)
        try:
            return _read(crate, tools, lambda: _with_std_if_needed(target, tools, expand))
        except BrokenJsonError:
            remove_json(crate.rustdoc_json)
            raise

    try:
        return read()
    except BrokenJsonError:
        # A crash or a full disk cut the JSON off, and cargo does not notice. Make it once more.
        return read()


def compile_bindings(
    bindings: Bindings,
    target: Target,
    tools: Tools,
    *,
    conf_path: Path,
    surface: Callable[[], Surface],
) -> CheckedCrate:
    """Return the crate as metadata, with its private items made public if its `surface` has any.

    If rustc refuses that, the items stay private. A crate that needs `std` is given it.
    """
    build = _build(bindings, target, tools, conf_path)

    def check(rust: Rust, openings: Sequence[Opening] = ()) -> CheckedCrate:
        with tools.watch.measure("metadata"):
            return check_crate(build, rust, openings)

    # rustc compiles a single file while rustdoc describes it. cargo does one thing at a time.
    as_it_is = _with_std_if_needed(target, tools, check) if bindings.source else None
    openings = surface().openings
    if openings:
        with suppress(BindingsError):
            return _with_std_if_needed(target, tools, lambda rust: check(rust, openings))
    return as_it_is or _with_std_if_needed(target, tools, check)


def _build(bindings: Bindings, target: Target, tools: Tools, conf_path: Path) -> CrateBuild:
    """Return the crate's build in the user's cache: a later run compiles only what changed."""
    return CrateBuild(
        bindings=bindings,
        target=target,
        conf_path=conf_path,
        work=cache_folder() / "crates",
        progress=tools.progress,
    )


def _with_std_if_needed(target: Target, tools: Tools, build: Callable[[Rust], T]) -> T:
    rust = tools.rust(target)
    try:
        return build(rust)
    except StdMissingError:
        more = tools.rust_with_std(target, rust)
        if more is None:
            raise
    return build(more)


class CrateRustc:
    """Questions to rustc about one crate's types and items, for one target."""

    def __init__(self, surface: Surface, crate: CheckedCrate, target: Target, tools: Tools) -> None:
        self._surface, self._crate = surface, crate
        self._target, self._tools = target, tools
        self.facts: Final = (
            "rustc",
            surface.digest,
            repr(crate.rustc_flags),
            repr(crate.dependencies),
            target.name,
            tools.rust_identity(target),
            *stamps(map(Path, rustc_wrapper())),
        )
        self.metadata: Final = _metadata(crate.rustc_flags)

    def ask(self) -> Side:
        """Return rustc's answers on the types and items, except generic and private ones.

        The keys are of the kinds `type` and `item`. Their numbers are places in the surface.
        """
        made, _ = self._tools.cache.get(self.facts, lambda: (self._ask(), ()), inputs=self.metadata)
        return made

    def _ask(self) -> Side:
        surface, tools, target = self._surface, self._tools, self._target
        with (
            tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder,
            ThreadPoolExecutor(1) as beside,
        ):
            work = Path(folder)
            accessors = find_accessors(surface.types)
            compiling = beside.submit(self._compile, accessors)
            with tools.watch.measure("rustc probe"):
                probe = compile_rust(
                    tools.rust(target),
                    target=target,
                    crate_flags=self._crate.rustc_flags,
                    questions=tuple(_questions(surface)),
                    work=work,
                )
            layouts = tools.read(probe.output)
            compiled = compiling.result()
            # A type that rustc refuses may be the reason for an error in each accessor.
            right = find_accessors(surface.types, layouts.records.keys())
            if right != accessors:
                compiled = self._compile(right)
            with tools.watch.measure("accessors"):
                told = tell_accessors(compiled, layouts.records)
        reprs = ask_reprs(surface, self._crate, layouts, target, tools)
        return Side(
            layouts=layouts,
            refused={key: self._why(key, words) for key, words in probe.refused.items()},
            accessors=told,
            reprs=reprs,
        )

    def _why(self, key: ProbeKey, words: str) -> str:
        """Return why rustc refused a question, with advice on an item that is still private."""
        surface = self._surface
        among = surface.types if key.kind == "type" else surface.items
        refused = among[key.number]
        return f"{words}; {STILL_PRIVATE}" if refused.rust_path in surface.private else words

    def _compile(self, accessors: tuple[Accessor, ...]) -> CompiledAccessors:
        with self._tools.watch.measure("accessors"):
            return compile_accessors(
                accessors,
                self._target,
                self._tools,
                crate_flags=self._crate.rustc_flags,
            )


def _metadata(flags: Sequence[str]) -> tuple[str, ...]:
    """Return the files that the flags give rustc: the crate, and the crates that it may need."""
    folders = (flag.removeprefix("dependency=") for flag in flags)
    found = {
        str(path)
        for folder in folders
        if os.path.isdir(folder)  # noqa: PTH112 - a flag, and most are none
        for path in Path(folder).iterdir()
        if path.suffix in {".rmeta", ".rlib", ".so"}
    }
    found |= {flag.partition("=")[2] for flag in flags if flag.endswith(".rmeta")}
    return tuple(sorted(found))


def _questions(surface: Surface) -> Iterator[tuple[ProbeKey, str]]:
    for number, type_ in enumerate(surface.types):
        if type_.public_path is not None and not type_.generic:
            key = ProbeKey("type", number)
            yield key, render_type(key, type_.public_path)
    for number, item in enumerate(surface.items):
        key = ProbeKey("item", number)
        line = _question(key, item)
        if line is not None:
            yield key, line


def _question(key: ProbeKey, item: SurfaceItem) -> str | None:
    """Return the probe's line for an item; None if it has no usable name or no plain value."""
    path = item.public_path
    match item.kind:
        case _ if item.is_nameless:
            return None
        case "constant" if path is not None and item.type is not None:
            return render_constant(key, path, item.type)
        case "enum" | "alias" if path is not None and not item.generic:
            return render_named(key, path)
        case "function" if path is not None:
            return render_function(key, path, item.trait)
        case "static" if path is not None:
            return render_static(key, path)
        case _:
            return None


def _read(crate: DocumentedCrate, tools: Tools, expanded: Callable[[], str]) -> Surface:
    path, root, cache = str(crate.rustdoc_json), crate.root, tools.cache
    facts = ("surface", str(Path.cwd()), str(root), repr(crate.renamed))

    def read() -> tuple[Surface, tuple[str, ...]]:
        with tools.watch.measure("surface"):
            found = read_surface(crate.rustdoc_json, root=root, renamed=dict(crate.renamed))
        found = add_local_items(found, dict(crate.renamed), expanded)
        show = cached(partial(_shown, root=root))
        shown = replace(
            found,
            types=tuple(replace(one, location=_at(one.location, show)) for one in found.types),
            items=tuple(replace(one, location=_at(one.location, show)) for one in found.items),
            digest=digest_of(*facts, cache.digest_file(path)),
        )
        return shown, tuple(str(file) for file, _ in found.files)

    return cache.get(facts, read, inputs=(path,))[0]


def _shown(path: str, *, root: Path) -> str:
    """Return a path relative to the working folder, else to the parent of the crate's folder."""
    for folder in (Path.cwd(), root.parent):
        if Path(path).is_relative_to(folder):
            return str(Path(path).relative_to(folder))
    return path


def _at(location: SourceLocation, show: Callable[[str], str]) -> SourceLocation:
    return SourceLocation(path=show(location.path), line=location.line)
