"""Checked inputs: bindings, a manifest and headers, each in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from layoutcheck.compilers.find.programs import find_ziglang
from layoutcheck.kernel.freebsd.headers.packages import ZIG_INCLUDE
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings
from tests.headers_of_15 import install_headers
from tests.twins import make_records, render_c, render_rust

__all__ = [
    "OTHER",
    "ROOT",
    "Subject",
    "add_other",
    "bindgen_of_15",
    "cells_of",
    "libc",
    "registry_source",
    "sample",
    "twins",
    "without_list",
]

ROOT: Final = Path(__file__).parents[1]
CRATES: Final = ROOT / "fixtures" / "crates"
GENERIC: Final = "generic-freebsd"
AMD64: Final = find_target("amd64")
ARCHITECTURES: Final = ("amd64", "arm64", "riscv64", "powerpc64", "powerpc64le", "i386", "armv7")
_BATCH: Final = 100
_NAME: Final = re.compile(r"\br(\d+)\b")
_PRELUDE: Final = "#![allow(non_camel_case_types)]\n"
OTHER: Final = "other.toml"
_OTHER_SOURCE: Final = (
    f"{_PRELUDE}#[repr(C)] pub struct timeval {{ pub tv_sec: i64, pub tv_usec: i64 }}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Bindings and headers in `folder`, which can be copied to anywhere.

    `header` and `binding` are paths in it: a header that is read and a file of the bindings. A line
    of comment may be added to either. `options` are used in every check, which ends with one of
    `statuses`.
    """

    title: str
    folder: Path
    header: Path
    binding: Path
    options: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (0,)

    @property
    def manifest(self) -> Path:
        """The path of the manifest."""
        return self.folder / MANIFEST

    def copy(self, folder: Path) -> Subject:
        """Copy it to another folder, which is emptied first."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return replace(self, folder=folder)


def bindgen_of_15(folder: Path) -> Subject:
    """Return bindgen's output for 40 kernel headers of 15.0 for amd64: 1,251 records."""
    _anew(folder)
    write_bindings(folder, AMD64)
    for made in ("options", "stubs"):
        shutil.rmtree(folder / made)
    headers = folder / "ziglang-15"
    headers.unlink()
    _copy_headers(install_headers(), headers)
    return Subject(
        title="bindgen of 40 headers of 15.0",
        folder=folder,
        header=Path("ziglang-15", ZIG_INCLUDE, GENERIC, "sys", "bio.h"),
        binding=Path(SOURCE),
    )


def libc(folder: Path) -> Subject:
    """Return the libc crate of the fixture, as a folder, against userland headers of 14.2."""
    _anew(folder)
    bindings = read_manifest(CRATES / "libc" / MANIFEST).bindings
    shutil.copytree(registry_source(f"libc-{bindings.version}"), folder / "libc")
    text = (CRATES / "libc" / MANIFEST).read_text(encoding="utf-8")
    text = text.replace('crate = "libc"', 'path = "libc"', 1)
    text = re.sub(r"^version = .*\n", "", text, count=1, flags=re.MULTILINE)
    text = text.replace('headers = "ziglang"', 'headers = "headers"', 1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    _copy_headers(_installed_headers(), folder / "headers")
    return Subject(
        title=f"libc {bindings.version} for FreeBSD 14",
        folder=folder,
        header=Path("headers", ZIG_INCLUDE, GENERIC, "sys", "event.h"),
        binding=Path("libc", "src", "unix", "bsd", "freebsdlike", "freebsd", "mod.rs"),
    )


def twins(folder: Path, count: int) -> Subject:
    """Return hundreds of records from a generator with a seed, in C and in Rust."""
    _anew(folder)
    _copy_headers(_installed_headers(), folder / "headers")
    c: list[str] = []
    rust: list[str] = []
    for first in range(0, count, _BATCH):
        records = make_records(Random(first), _BATCH)  # noqa: S311 - repeatable
        c.append(_numbered(render_c(records), first))
        rust.append(_numbered(render_rust(records), first))
    header = Path("headers", ZIG_INCLUDE, GENERIC, "sys", "layoutcheck_twins.h")
    (folder / header).write_text("\n".join((*c, "")), encoding="utf-8")
    (folder / "twins.rs").write_text("\n".join((_PRELUDE, *rust, "")), encoding="utf-8")
    (folder / MANIFEST).write_text(
        '[bindings]\nsource = "twins.rs"\n\n[kernel]\nconf = "GENERIC"\nheaders = "headers"\n'
        'include = ["sys/layoutcheck_twins.h"]\n',
        encoding="utf-8",
    )
    return Subject(
        title=f"{count:,} generated records",
        folder=folder,
        header=header,
        binding=Path("twins.rs"),
        options=("--kernel-arch", "amd64"),
    )


def sample(folder: Path) -> Subject:
    """Return the sample crate, without a list of headers. It is right for amd64 alone."""
    _anew(folder)
    shutil.copytree(CRATES / "sample", folder, dirs_exist_ok=True)
    # Each architecture has other headers: they are found by the names of the types.
    _forget_list(folder)
    return Subject(
        title="the sample crate",
        folder=folder,
        header=Path(MANIFEST),
        binding=Path("src", "lib.rs"),
        statuses=(0, 1),
    )


def without_list(subject: Subject, folder: Path) -> Subject:
    """Return a copy whose manifest names no headers."""
    copied = subject.copy(folder)
    _forget_list(copied.folder)
    return replace(copied, title=f"{subject.title}, no list")


def add_other(subject: Subject) -> None:
    """Put a crate of one record beside the bindings, with `OTHER` as its manifest."""
    text = subject.manifest.read_text(encoding="utf-8")
    kernel = text[text.index("[kernel]") :].partition("\n[[")[0]
    (subject.folder / "other.rs").write_text(_OTHER_SOURCE, encoding="utf-8")
    manifest = f'[bindings]\nsource = "other.rs"\n{kernel}\n'
    (subject.folder / OTHER).write_text(manifest, encoding="utf-8")


def _forget_list(folder: Path) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    text = re.sub(r"^include = \[.*?^\]\n", "", text, flags=re.DOTALL | re.MULTILINE)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def cells_of(subject: Subject, count: int) -> Subject:
    """Return the sample crate in 1, 7 or 28 cells: architectures, then releases and confs, too.

    Of the 28 there are 18, because only two architectures have a MINIMAL.
    """
    architectures = ARCHITECTURES[: 1 if count == 1 else None]
    confs: Sequence[str] = ("GENERIC",)
    releases: Sequence[str] = ("14",)
    if count > len(ARCHITECTURES):
        confs, releases = ("GENERIC", "MINIMAL"), ("14", "15")
    assert count == len(architectures) * len(confs) * len(releases)  # noqa: S101 - or it lies
    options = (
        *("--kernel-arch", ",".join(architectures)),
        *("--kernel-conf", ",".join(confs)),
        *("--kernel-release", ",".join(releases)),
        *("--kernel-src", f"14={_installed_headers()}"),
        *(("--kernel-src", f"15={install_headers()}") if "15" in releases else ()),
    )
    return replace(subject, title=f"{count} cells", options=options)


def _anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _copy_headers(package: Path, folder: Path) -> None:
    """Copy the headers for amd64 of a ziglang package, in the places that they have there."""
    for name in (GENERIC, AMD64.zig_include):
        shutil.copytree(package / ZIG_INCLUDE / name, folder / ZIG_INCLUDE / name)


def _installed_headers() -> Path:
    package = find_ziglang()
    if package is None:
        raise RuntimeError("the ziglang package is not installed")
    return package


def _numbered(text: str, first: int) -> str:
    """Return the text with each record `rN` numbered from `first` on."""
    return _NAME.sub(lambda found: f"r{int(found[1]) + first}", text)


def registry_source(name: str) -> Path:
    """Return the folder of a package that cargo has unpacked, as a check of the fixture does."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    found = sorted((home / "registry" / "src").glob(f"*/{name}"))
    if not found:
        raise RuntimeError(f"{name} is not in cargo's registry folder: check the fixture once")
    return found[0]
