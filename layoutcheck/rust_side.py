"""Bindings -> the crate's surface, and rustc's word on each of its types and their accessors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from layoutcheck.accessor_side import ask_accessors
from layoutcheck.bindings.crate import DocumentedCrate, check_crate, document_crate
from layoutcheck.bindings.diagnostics import StdMissingError
from layoutcheck.bindings.items import SurfaceItem
from layoutcheck.bindings.surface import BrokenJsonError, Surface, read_surface
from layoutcheck.item_names import item_key
from layoutcheck.judging import Side
from layoutcheck.location import SourceLocation
from layoutcheck.manifest import Bindings
from layoutcheck.probe.rust import (
    render_constant,
    render_enum,
    render_function,
    render_static,
    render_type,
)
from layoutcheck.target import Target
from layoutcheck.toolchain.cache import cache_folder
from layoutcheck.toolchain.rust import compile_rust
from layoutcheck.tools import Tools

__all__ = ["ask_rustc", "find_surface"]


def find_surface(bindings: Bindings, target: Target, tools: Tools, *, conf_path: Path) -> Surface:
    """The crate's ABI surface for the target; a crate that needs `std` is given one."""
    try:
        crate = _document(bindings, target, tools, conf_path)
    except StdMissingError:
        if not tools.add_std(target):
            raise
        crate = _document(bindings, target, tools, conf_path)
    try:
        surface = _read(crate, tools)
    except BrokenJsonError:
        # Cut off by a crash or a full disk, which cargo does not see: it is made once more.
        crate.rustdoc_json.unlink(missing_ok=True)
        crate = _document(bindings, target, tools, conf_path)
        surface = _read(crate, tools)
    return replace(
        surface,
        types=tuple(replace(t, location=_shown(t.location, crate.root)) for t in surface.types),
        items=tuple(replace(i, location=_shown(i.location, crate.root)) for i in surface.items),
    )


def ask_rustc(
    bindings: Bindings,
    surface: Surface,
    target: Target,
    tools: Tools,
    *,
    conf_path: Path,
    work: Path,
) -> Side:
    """What rustc says of the crate's types and items; generic and private ones are not asked.

    A type's key is its place in the surface, an item's that of `item_key`.
    """
    rust = tools.rust(target)
    with tools.watch.measure("metadata"):
        crate = check_crate(
            bindings,
            rust,
            target,
            conf_path=conf_path,
            work=_builds(),
            progress=tools.progress,
        )
    questions = [
        (str(number), render_type(str(number), type_.public_path))
        for number, type_ in enumerate(surface.types)
        if type_.public_path is not None and not type_.generic
    ]
    questions += [
        (item_key(number), line)
        for number, item in enumerate(surface.items)
        if (line := _question(number, item)) is not None
    ]
    with tools.watch.measure("rustc probe"):
        probe = compile_rust(
            rust, target=target, crate_flags=crate.rustc_flags, questions=questions, work=work
        )
    layouts = tools.read(probe.output)
    with tools.watch.measure("accessors"):
        accessors = ask_accessors(
            surface.types,
            layouts.records,
            target,
            tools,
            crate_flags=crate.rustc_flags,
            work=work,
        )
    return Side(
        layouts=layouts,
        refused=probe.refused,
        accessors=accessors,
        without_repr=surface.without_repr,
    )


def _question(number: int, item: SurfaceItem) -> str | None:
    """What to ask rustc of an item; None where it cannot be named, or has no plain value."""
    path, key = item.public_path, str(number)
    match item.kind:
        case "constant" if path is not None and item.type is not None:
            return render_constant(key, path, item.type)
        case "enum" if path is not None:
            return render_enum(key, path)
        case "function" if path is not None:
            return render_function(key, path)
        case "static" if path is not None:
            return render_static(key, path)
        case _:
            return None


def _read(crate: DocumentedCrate, tools: Tools) -> Surface:
    with tools.watch.measure("surface"):
        return read_surface(crate.rustdoc_json, root=crate.root, renamed=dict(crate.renamed))


def _document(bindings: Bindings, target: Target, tools: Tools, conf_path: Path) -> DocumentedCrate:
    rust = tools.rust(target)
    with tools.watch.measure("rustdoc"):
        return document_crate(
            bindings,
            rust,
            target,
            conf_path=conf_path,
            work=_builds(),
            progress=tools.progress,
        )


def _builds() -> Path:
    """Where cargo builds: kept, so that a later run compiles only what changed."""
    return cache_folder() / "crates"


def _shown(location: SourceLocation, root: Path) -> SourceLocation:
    """The location from here if it is below here, else from the folder around the crate's."""
    for folder in (Path.cwd(), root.parent):
        if Path(location.path).is_relative_to(folder):
            return replace(location, path=str(Path(location.path).relative_to(folder)))
    return location
