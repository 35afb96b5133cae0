"""A Cargo package, the user's or a published one -> its library's place, and its id in cargo.

cargo works in a wrapper package of ours that depends on the requested one. The lock file and the
target folder are the wrapper's, so that nothing is written to the user's package or to cargo's
sources.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from layoutcheck.bindings.crates.as_library import (
    LIBRARY_KINDS,
    copy_as_library,
    has_library,
    no_library,
    to_toml,
)
from layoutcheck.bindings.crates.cargo import Cargo
from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import Bindings

__all__ = ["Package", "locate_package"]

Json = Mapping[str, Any]

WRAPPER: Final = "layoutcheck-wrapper"
NETWORK: Final = re.compile(
    r"network|[Cc]ould(?:n't| not) (?:resolve|connect)|timed? ?out|--offline"
    r"|failed to (?:download|get successful HTTP response|fetch)|download of config\.json failed"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The library of a package. `id` is its name in cargo's messages, `manifest` the wrapper's.

    - `crate_name`: the library's name in Rust.
    - `root`: the package's own folder.
    - `home`: the folder from which cargo builds it, which may be a copy.
    - `source`: the library's root file in `home`.
    - `top`: the folder around `home` to which relative paths in the sources may lead.
    """

    name: str
    version: str
    crate_name: str
    edition: str
    id: str
    manifest: Path
    root: Path
    home: Path
    source: Path
    top: Path


def locate_package(bindings: Bindings, cargo: Cargo) -> Package:
    """Resolve the package that a manifest names; download it and its dependencies if needed.

    Raises `BindingsError`: no such package, version or feature, no network, no library in it.
    """
    where = str(bindings)
    root: Path | None = None
    depth = 0
    if bindings.path is not None:
        stated = _read_stated(bindings.path, cargo)
        root = home = Path(stated["manifest_path"]).parent
        workspace = Path(stated["workspace_root"])
        if not has_library(stated):
            home = copy_as_library(stated, cargo.folder / "as-library")
        dependency: dict[str, object] = {"path": str(home)}
        name, lock, patches = stated["name"], workspace / "Cargo.lock", _patches(workspace)
        if root.is_relative_to(workspace):
            depth = len(root.relative_to(workspace).parts)
    else:
        dependency = {"version": f"={bindings.version}"}
        name, lock, patches = str(bindings.crate), None, {}
    dependency["features"] = list(bindings.features)
    dependency["default-features"] = bindings.default_features
    manifest = _write_wrapper(cargo.folder, name, dependency, patches, lock)
    document = _resolve(manifest, cargo, bindings, where)
    found = [p for p in document["packages"] if p["name"] == name and _is_wanted(p, dependency)]
    if len(found) != 1:  # cargo leaves out a dependency without a library
        raise no_library(name, set(), where)
    package = _package(found[0], manifest, where)
    top = package.home.parents[depth - 1] if depth else package.home
    return replace(package, root=root or package.home, top=top)


def _is_wanted(package: Json, dependency: Mapping[str, object]) -> bool:
    if "path" in dependency:
        return str(Path(package["manifest_path"]).parent) == dependency["path"]
    wanted = str(dependency["version"]).removeprefix("=")
    version: str = package["version"]
    return version.partition("+")[0] == wanted.partition("+")[0]


def _package(found: Json, manifest: Path, where: str) -> Package:
    kinds: set[str] = set()
    home = Path(found["manifest_path"]).parent
    for target in found["targets"]:
        kinds |= set(target["kind"])
        if LIBRARY_KINDS & set(target["kind"]):
            return Package(
                name=found["name"],
                version=found["version"],
                crate_name=target["name"].replace("-", "_"),
                edition=target["edition"],
                id=found["id"],
                manifest=manifest,
                root=home,
                home=home,
                top=home,
                source=Path(target["src_path"]),
            )
    raise no_library(found["name"], kinds, where)


def _read_stated(folder: Path, cargo: Cargo) -> dict[str, Any]:
    """Return cargo's description of the package in a folder, with its "workspace_root".

    cargo resolves no dependencies for this.
    """
    manifest = folder if folder.name == "Cargo.toml" else folder / "Cargo.toml"
    if not manifest.is_file():
        raise BindingsError(
            "there is no Cargo.toml",
            where=str(folder),
            hint="path names the folder of a Cargo package; for one file of Rust use source",
        )
    manifest = manifest.resolve()
    said = cargo.plain(
        "metadata", "--no-deps", "--format-version=1", "--manifest-path", str(manifest)
    )
    if not said.succeeded:
        raise BindingsError(_first_error(said.stderr), where=str(manifest))
    document = json.loads(said.stdout)
    for package in document["packages"]:
        if Path(package["manifest_path"]) == manifest:
            return {**package, "workspace_root": document["workspace_root"]}
    members = [str(Path(package["manifest_path"]).parent) for package in document["packages"]]
    raise BindingsError(
        "is a workspace, not a package",
        where=str(manifest),
        hint=f"set path to one of its members: {', '.join(sorted(members)) or 'it has none'}",
    )


def _patches(workspace: Path) -> dict[str, object]:
    """Return the `[patch]` tables of the user's workspace, with absolute paths."""
    try:
        document = tomllib.loads((workspace / "Cargo.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # cargo reads the same file and reports what is wrong with it
        return {}
    patches: dict[str, object] = {}
    for source, table in document.get("patch", {}).items():
        patches[source] = {
            name: {
                key: str((workspace / value).resolve()) if key == "path" else value
                for key, value in (entry if isinstance(entry, dict) else {"version": entry}).items()
            }
            for name, entry in table.items()
        }
    return patches


def _write_wrapper(
    folder: Path,
    name: str,
    dependency: Mapping[str, object],
    patches: Mapping[str, object],
    lock: Path | None,
) -> Path:
    wrapper = folder / "wrapper"
    (wrapper / "src").mkdir(parents=True, exist_ok=True)
    (wrapper / "src" / "lib.rs").write_text("#![no_std]\n", encoding="utf-8")
    text = (
        f'[package]\nname = "{WRAPPER}"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n'
        # Its own workspace, so that no workspace above it claims it.
        f"[workspace]\n\n[dependencies]\n{json.dumps(name)} = {to_toml(dependency)}\n"
    )
    if patches:
        text += "\n[patch]\n"
    for source, table in patches.items():
        text += f"{json.dumps(source)} = {to_toml(table)}\n"
    manifest = wrapper / "Cargo.toml"
    manifest.write_text(text, encoding="utf-8")
    if lock is not None and lock.is_file():
        # Use the versions that the user has locked; cargo adds the wrapper to our copy. Copy again
        # only if the user's file has changed, since versions that cargo has resolved need no
        # network.
        copied, theirs = wrapper / "Cargo.lock.theirs", lock.read_bytes()
        if not copied.is_file() or copied.read_bytes() != theirs:
            copied.write_bytes(theirs)
            (wrapper / "Cargo.lock").write_bytes(theirs)
    return manifest


def _resolve(manifest: Path, cargo: Cargo, bindings: Bindings, where: str) -> Json:
    arguments = ["metadata", "--format-version=1", "--manifest-path", str(manifest)]
    arguments += ["--filter-platform", cargo.target.rust_triple]
    said = cargo.plain(*arguments)
    if not said.succeeded and NETWORK.search(said.stderr):
        # Files that were downloaded for another project may be enough.
        offline = cargo.plain(*arguments, "--offline")
        said = offline if offline.succeeded else said
    if not said.succeeded:
        raise _resolve_error(said.stderr, bindings, where)
    document: Json = json.loads(said.stdout)
    return document


def _resolve_error(stderr: str, bindings: Bindings, where: str) -> BindingsError:
    what, hint = _first_error(stderr), None
    name = re.escape(str(bindings.crate))
    if re.search(rf"no matching package(?: named)? `{name}` found", stderr):
        what = f"the crate registry has no crate named {bindings.crate}"
        close = re.search(r"perhaps you meant:\s*(.*)", stderr)
        hint = f"perhaps {close[1].strip()}? " if close else ""
        hint += (
            "check the spelling; if the crate is on this machine, use path; a registry mirror that"
            " lacks it is named in cargo's config.toml"
        )
    elif re.search(rf"requirement `{name} = |is yanked", stderr):
        what = f"the crate registry has no version {bindings.version} of {bindings.crate}"
        others = re.search(r"candidate versions found which didn't match: (.*)", stderr)
        if "is yanked" in stderr:
            what, hint = f"{bindings} was withdrawn (yanked)", "choose another version"
        elif others:
            hint = f"it has {others[1].strip()}"
    elif "does not have that feature" in stderr or "does not have these features" in stderr:
        what = _feature_problem(stderr)
        available = re.search(r"available features: (.*)", stderr)
        hint = f"it has {available[1]}" if available else "see features in [bindings]"
    elif NETWORK.search(stderr):
        what = f"the crate registry cannot be reached: {_last_cause(stderr)}"
        hint = "check the network (cargo honours https_proxy); once fetched, no network is needed"
    return BindingsError(what, where=where, hint=hint)


def _feature_problem(stderr: str) -> str:
    said = re.search(
        r"depends on `([^`]+)` with feature `([^`]+)` but `[^`]+` does not have", stderr
    )
    return f"{said[1]} has no feature {said[2]}" if said else _first_error(stderr)


def _last_cause(stderr: str) -> str:
    """Return the innermost cause; the outer ones are about the wrapper, which is not the user's."""
    causes = re.findall(r"Caused by:\s*(.*)", stderr)
    return str(causes[-1]).strip() if causes else _first_error(stderr)


def _first_error(stderr: str) -> str:
    """Return cargo's first error with its causes, on a few lines."""
    lines = [line.strip() for line in stderr.strip().splitlines()]
    first = next((n for n, line in enumerate(lines) if line.startswith("error")), 0)
    kept = [line.removeprefix("error: ") for line in lines[first:] if line]
    return "\n  ".join(kept[:12]) or "cargo failed without a message"
