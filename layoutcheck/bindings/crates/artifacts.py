"""cargo's messages -> the files that cargo made, as flags for probes and as dependencies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from layoutcheck.bindings.crates.diagnostics import build_error, read_messages
from layoutcheck.bindings.crates.package import Package
from layoutcheck.compilers.programs.run_program import Finished
from layoutcheck.errors import BindingsError
from layoutcheck.model.target import Target

__all__ = ["artifact_of", "cargo_messages", "dependencies_of", "probe_flags"]


def cargo_messages(
    finished: Finished, package: Package, target: Target
) -> tuple[dict[str, Any], ...]:
    """Return cargo's JSON messages. Raises `BindingsError` if the build failed."""
    messages = read_messages(finished.stdout)
    if finished.succeeded:
        return tuple(dict(message) for message in messages)
    said = [m for m in messages if m.get("reason") == "compiler-message"]
    name = f"{package.name} {package.version}"
    culprits = {m["package_id"] for m in said if m["message"]["level"].startswith("error")}
    if culprits and package.id not in culprits:
        other = _package_name(next(iter(sorted(culprits))))
        name = f"{other}, which {name} depends on,"
    raise build_error(
        name,
        [m["message"] for m in said],
        finished.stderr,
        target=target.rust_triple,
        where=str(package.root),
    )


def _package_name(spec: str) -> str:
    """Return a package's name and version from cargo's package id."""
    address, _, fragment = spec.partition("#")
    if "@" in fragment:
        return fragment.replace("@", " ")
    return f"{address.rpartition('/')[2]} {fragment}"


def probe_flags(package: Package, messages: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """Return `--extern` for the crate, and `-L` for each folder with a crate that it needs."""
    folders: dict[str, None] = {}
    for message in messages:
        if message.get("reason") != "compiler-artifact" or message.get("executable"):
            continue
        for filename in message["filenames"]:
            if "custom-build" in message["target"]["kind"]:
                continue
            folders.setdefault(str(Path(filename).parent))
    flags = ["--extern", f"{package.crate_name}={artifact_of(package, messages, '.rmeta')}"]
    for folder in folders:
        flags += ["-L", f"dependency={folder}"]
    return tuple(flags)


def dependencies_of(
    package: Package, messages: tuple[dict[str, Any], ...]
) -> Iterator[tuple[str, str]]:
    """Yield the other crates for which cargo made metadata for the target, by name.

    A crate with several versions is left out.
    """
    here = Path(artifact_of(package, messages, ".rmeta")).parent
    found: dict[str, set[str]] = {package.crate_name: set()}
    for message in messages:
        if message.get("reason") == "compiler-artifact":
            name = message["target"]["name"].replace("-", "_")
            made = (path for path in message["filenames"] if path.endswith(".rmeta"))
            if message["package_id"] != package.id:
                found.setdefault(name, set()).update(p for p in made if Path(p).parent == here)
    for name, paths in sorted(found.items()):
        if len(paths) == 1 and name != package.crate_name:
            yield name, paths.pop()


def artifact_of(package: Package, messages: tuple[dict[str, Any], ...], suffix: str) -> str:
    """Return the file with this suffix that cargo made of the package."""
    for message in messages:
        if message.get("reason") == "compiler-artifact" and message["package_id"] == package.id:
            for filename in message["filenames"]:
                if filename.endswith(suffix):
                    return str(filename)
    raise BindingsError(f"cargo made no {suffix} file of {package.name}", where=str(package.root))
