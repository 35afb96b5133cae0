"""A Cargo package without a library for Rust -> a copy of it that has one.

cargo lets no package depend on a program, or on a library for C. The copy has links to all files of
the package's workspace, and a Cargo.toml that makes its root file a library, too.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from layoutcheck.bindings.crates.mirror import mirror
from layoutcheck.errors import BindingsError

__all__ = ["LIBRARY_KINDS", "copy_as_library", "has_library", "no_library", "to_toml"]

Json = Mapping[str, Any]

LIBRARY_KINDS: Final = frozenset(("lib", "rlib", "dylib"))
C_LIBRARY_KINDS: Final = frozenset(("staticlib", "cdylib"))
# Keys of [lib] that are valid for a library of any kind.
_OF_TARGET: Final = ("path", "edition", "name")


def has_library(package: Json) -> bool:
    """Return whether Rust can use a package, as cargo describes it, as a library."""
    return any(LIBRARY_KINDS & set(target["kind"]) for target in package["targets"])


def copy_as_library(package: Json, folder: Path) -> Path:
    """Make a copy of the package's workspace below `folder`; return the package's folder in it.

    `package` is cargo's description of the package, with its "workspace_root". Raises
    `BindingsError` if the package has no file that can be a library, or several.
    """
    manifest = Path(package["manifest_path"])
    document = tomllib.loads(manifest.read_text(encoding="utf-8"))
    targets = package["targets"]
    if any(C_LIBRARY_KINDS & set(target["kind"]) for target in targets):
        library = {k: v for k, v in document["lib"].items() if k in _OF_TARGET}
    else:
        library = _as_library(_program(package), manifest.parent)
    text = to_manifest({**document, "lib": library})
    top = Path(package["workspace_root"])
    top = top if manifest.is_relative_to(top) else manifest.parent
    return mirror(top, {manifest: text}, folder) / manifest.parent.relative_to(top)


def no_library(name: str, kinds: set[str], where: str) -> BindingsError:
    """Return the error for a package that cannot be made a library."""
    if "proc-macro" in kinds:
        return BindingsError(
            f"{name} is a procedural macro: it has no types for the target", where=where
        )
    what, hint = "has no library", "set path to the folder of its sources: layoutcheck makes one"
    if kinds & C_LIBRARY_KINDS:
        what = f"is built as {' and '.join(sorted(kinds & C_LIBRARY_KINDS))} only"
    return BindingsError(f"{name} {what}", where=where, hint=hint)


def to_manifest(document: Json) -> str:
    """Return the text of a Cargo.toml."""
    return "".join(f"{json.dumps(key)} = {to_toml(value)}\n" for key, value in document.items())


def to_toml(value: object) -> str:
    """Return a value as inline TOML. A JSON string is also a TOML string."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(key)} = {to_toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(to_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _program(package: Json) -> Json:
    """Return the package's only program, or the one that is run by default."""
    programs: list[Json] = [target for target in package["targets"] if "bin" in target["kind"]]
    names = (package.get("default_run"), package["name"])
    meant = next((p for name in names for p in programs if p["name"] == name), None)
    if meant is None and len(programs) == 1:
        (meant,) = programs
    if meant is not None:
        return meant
    kinds = {kind for target in package["targets"] for kind in target["kind"]}
    if not programs:
        raise no_library(package["name"], kinds, package["manifest_path"])
    raise BindingsError(
        f"{package['name']} has several programs and no library: {_listed(programs)}",
        where=package["manifest_path"],
        hint="name one in default-run of its [package], or put the types in src/lib.rs",
    )


def _as_library(program: Json, folder: Path) -> dict[str, object]:
    path = Path(program["src_path"])
    return {
        "name": program["name"].replace("-", "_"),
        "path": str(path.relative_to(folder) if path.is_relative_to(folder) else path),
        "edition": program["edition"],
    }


def _listed(programs: Sequence[Json]) -> str:
    return ", ".join(sorted(program["name"] for program in programs))
