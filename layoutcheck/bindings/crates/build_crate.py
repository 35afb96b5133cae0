"""The manifest's `Bindings` -> the crate as rustdoc JSON, and the crate as metadata for probes.

The two are separate calls, since only the first is needed to list the items. Files are written only
to the folder that the caller gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from layoutcheck.bindings.crates.artifacts import (
    artifact_of,
    cargo_messages,
    dependencies_of,
    probe_flags,
)
from layoutcheck.bindings.crates.cargo import EXPANDED, Cargo
from layoutcheck.bindings.crates.package import Package, locate_package
from layoutcheck.bindings.crates.patched_copy import (
    DESCRIBED,
    OPEN,
    copy_package,
    copy_source,
    open_texts,
)
from layoutcheck.bindings.crates.rust_sources import Described
from layoutcheck.bindings.crates.single_file import (
    SourceCrate,
    check_source,
    document_source,
    expand_source,
    prepare_source,
)
from layoutcheck.bindings.rewrite.cfg_doc import texts_without_cfg_doc, without_cfg_doc
from layoutcheck.bindings.rewrite.open_private import Opening
from layoutcheck.compilers.ask.diagnostic import broken_metadata
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.programs.lock import lock_file
from layoutcheck.errors import BindingsError, ToolchainError
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

__all__ = [
    "CheckedCrate",
    "CrateBuild",
    "DocumentedCrate",
    "check_crate",
    "document_crate",
    "expand_crate",
]

KERNEL_CONF: Final = "{kernel-conf}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateBuild:
    """A build of a manifest's crate for one target.

    `conf_path` is the resolved kernel conf for build scripts that need one. All files go below
    `work`, where a later call finds those that are still valid. `progress` is called with a line of
    text before each step that takes time.
    """

    bindings: Bindings
    target: Target
    conf_path: Path | None
    work: Path
    progress: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedCrate:
    """A crate that rustdoc has described.

    `name` is the crate's name in Rust. Relative paths in `rustdoc_json` are relative to `root`, the
    folder of its sources. `renamed` has pairs of a source path and the path to show for it and for
    everything below it.
    """

    name: str
    rustdoc_json: Path
    root: Path
    renamed: tuple[tuple[str, str], ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCrate:
    """A crate that rustc has compiled to metadata.

    A probe crate needs `rustc_flags` to use this crate: `--extern` and `-L dependency`. The caller
    adds `--sysroot` and `--target`. `dependencies` are the crates that it was compiled with for the
    target, each with its metadata. A crate with several versions is not among them.
    """

    name: str
    rustc_flags: tuple[str, ...]
    dependencies: tuple[tuple[str, str], ...] = ()
    edition: str
    root: Path
    seconds: float


def document_crate(build: CrateBuild, rust: Rust) -> DocumentedCrate:
    """Describe the crate with rustdoc, for the target and with the manifest's features.

    Raises `BindingsError` with the compiler's messages, `StdMissingError` if the crate needs a std
    that `rust` does not have for the target.
    """
    target, progress = build.target, build.progress
    with _opened(build, rust, making="rustdoc") as (crate, cargo):
        progress(f"describing {build.bindings} for {target.rust_triple}")
        if isinstance(crate, SourceCrate):
            texts = _without_cfg_doc(crate)
            copied = copy_source(crate, texts, DESCRIBED) if texts else crate
            path, described, seconds = document_source(copied, rust, target, progress)
            return DocumentedCrate(
                name=crate.name,
                rustdoc_json=path,
                root=crate.source.parent,
                renamed=described.renamed,
                seconds=seconds,
            )
        # cargo's own option instead of rustdoc's: only then can cargo see that the file is up to
        # date.
        options = ("-Zunstable-options", "--output-format=json")
        shown = ("--document-private-items", "--document-hidden-items")
        known = Described(cargo.folder / "described", build.bindings.path and crate.root)
        known.forget_other()
        copy = copy_package(crate, cargo, texts_without_cfg_doc(crate.root), DESCRIBED)
        cfg, env = copy.for_rustdoc() if copy else ((), {})
        finished = cargo.build(
            *("rustdoc", *_selection(crate), *options),
            last=(*cargo.own_flags(), *cargo.cfg_flags(), *cfg, *shown),
            env=env,
        )
        messages = cargo_messages(finished, crate, target)
        made = artifact_of(crate, messages, ".json")
        known.remember(made)
        return DocumentedCrate(
            name=crate.crate_name,
            rustdoc_json=Path(made),
            root=crate.root,
            renamed=(*(copy.renamed if copy else ()), (str(crate.home), str(crate.root))),
            seconds=finished.seconds,
        )


def check_crate(build: CrateBuild, rust: Rust, openings: Sequence[Opening] = ()) -> CheckedCrate:
    """Compile the crate to metadata; raises the errors of `document_crate`.

    With `openings`, a copy of its sources is compiled, in which these items are public.
    """
    target, progress = build.target, build.progress
    with _opened(build, rust, making="metadata") as (crate, cargo):
        progress(f"checking {build.bindings} for {target.rust_triple}")
        if isinstance(crate, SourceCrate):
            texts = open_texts(openings)
            compiled = copy_source(crate, texts, OPEN) if texts else crate
            flags, seconds = check_source(compiled, rust, target, progress)
            return CheckedCrate(
                name=crate.name,
                rustc_flags=flags,
                edition=crate.edition,
                root=crate.source.parent,
                seconds=seconds,
            )
        copy = copy_package(crate, cargo, open_texts(openings), OPEN)
        options, env = copy.for_rustc() if copy else ((), {})
        finished = cargo.build("check", *_selection(crate), *options, env=env)
        messages = cargo_messages(finished, crate, target)
        return CheckedCrate(
            name=crate.crate_name,
            rustc_flags=probe_flags(crate, messages),
            dependencies=tuple(dependencies_of(crate, messages)),
            edition=crate.edition,
            root=crate.root,
            seconds=finished.seconds,
        )


def expand_crate(build: CrateBuild, rust: Rust) -> str:
    """Return the text of the whole crate, modules included, with its macros expanded.

    Raises the errors of `document_crate`.
    """
    target, progress = build.target, build.progress
    with _opened(build, rust, making="expanded") as (crate, cargo):
        progress(f"expanding {build.bindings} for {target.rust_triple}")
        if isinstance(crate, SourceCrate):
            return expand_source(crate, rust, target, progress).read_text(encoding="utf-8")
        out = cargo.folder / "expanded.rs"
        # The flags of `cargo rustc` apply to the library only. Its build script is run.
        options = ("rustc", "--profile", "check", *_selection(crate))
        cargo_messages(cargo.build(*options, last=(EXPANDED, "-o", str(out))), crate, target)
        return out.read_text(encoding="utf-8")


@contextmanager
def _opened(
    build: CrateBuild, rust: Rust, *, making: str
) -> Iterator[tuple[Package | SourceCrate, Cargo]]:
    """Yield the manifest's crate, ready to be built, under the lock for `making`.

    cargo does one thing at a time in a folder. rustc alone makes the metadata and the JSON of a
    single file at the same time, under two locks.
    """
    bindings, target, progress = build.bindings, build.target, build.progress
    env = _environment(bindings, build.conf_path)
    folder = build.work.resolve() / _folder_name(bindings, rust, target, env, build.conf_path)
    cwd = bindings.path if bindings.path is None or bindings.path.is_dir() else None
    cargo = Cargo(rust=rust, target=target, folder=folder, cwd=cwd, progress=progress, env=env)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if bindings.source is None:
            with lock_file(folder / "lock", str(bindings), progress):
                yield locate_package(bindings, cargo), cargo
        else:
            with lock_file(folder / "lock", str(bindings), progress):
                crate = prepare_source(bindings, bindings.source, rust, target, folder)
            with lock_file(folder / f"lock-{making}", str(bindings), progress):
                yield crate, cargo
    except BindingsError as error:
        ours = (folder,) if rust.sysroot is None else (rust.sysroot, folder)
        raise broken_metadata(error.what, ours) or error from None
    except BrokenPipeError:  # of the caller's `progress`
        raise
    except OSError as error:
        raise ToolchainError(
            f"the build of {bindings} cannot be stored: {error.strerror or error}",
            where=error.filename or str(folder),
            hint="make the folder writable, or set XDG_CACHE_HOME to one that is",
        ) from None


def _without_cfg_doc(crate: SourceCrate) -> dict[Path, str]:
    """Return the new texts, without `cfg(doc)`, of the crate's files that use it."""
    if crate.draws_in_files:
        return texts_without_cfg_doc(crate.root.parent)
    files = [crate.root, *([crate.prelude] if crate.prelude else ())]
    texts = {path: path.read_bytes().decode() for path in files}
    others = {path: without_cfg_doc(text) for path, text in texts.items()}
    return {path: other for path, other in others.items() if other != texts[path]}


def _environment(bindings: Bindings, conf_path: Path | None) -> dict[str, str]:
    env = {}
    for name, value in bindings.env:
        if KERNEL_CONF in value and conf_path is None:
            raise BindingsError(
                f"env.{name} wants {KERNEL_CONF}, and no kernel conf was chosen",
                where=str(bindings),
                hint="give --kernel-conf NAME, or set conf in [kernel]",
            )
        env[name] = value.replace(KERNEL_CONF, str(conf_path.resolve()) if conf_path else "")
    return env


def _folder_name(
    bindings: Bindings, rust: Rust, target: Target, env: dict[str, str], conf_path: Path | None
) -> str:
    """Return a folder name that depends on all inputs whose changes cargo would not see.

    A build script that reads the kernel conf without `cargo:rerun-if-changed` would not run again
    for another conf. Another conf therefore has another folder.
    """
    conf = b""
    if conf_path is not None and any(KERNEL_CONF in value for _, value in bindings.env):
        conf = conf_path.read_bytes()
    stated = replace(
        bindings,
        path=bindings.path and bindings.path.resolve(),
        source=bindings.source and bindings.source.resolve(),
        prelude=bindings.prelude and bindings.prelude.resolve(),
    )
    facts = [repr(stated), rust.version, str(rust.rustc), str(rust.sysroot)]
    facts += [target.rust_triple, json.dumps(env), hashlib.sha256(conf).hexdigest()]
    name = bindings.crate or (stated.path or stated.source or Path()).stem
    return f"{name}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]}"


def _selection(package: Package) -> tuple[str, ...]:
    # The package id has the folder's name, whose `[` and `*` are patterns to cargo.
    spec = f"{package.name}@{package.version}"
    return ("--manifest-path", str(package.manifest), "-p", spec, "--lib")
