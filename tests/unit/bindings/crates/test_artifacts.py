"""artifacts.py: cargo's messages -> the files that it made (the Cargo book, "External tools")."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.bindings.crates.artifacts import (
    artifact_of,
    cargo_messages,
    dependencies_of,
    probe_flags,
)
from layoutcheck.bindings.crates.package import Package
from layoutcheck.compilers.programs.run_program import Finished
from layoutcheck.errors import BindingsError
from layoutcheck.model.target import find_target

AMD64 = find_target("amd64")
OWN = "path+file:///a#my-crate@0.1.0"
DEPS = "/t/x86_64-unknown-freebsd/debug/deps"
PACKAGE = Package(
    name="my-crate",
    version="0.1.0",
    crate_name="kernel",
    edition="2021",
    id=OWN,
    manifest=Path("/w/Cargo.toml"),
    root=Path("/a"),
    home=Path("/a"),
    source=Path("/a/src/lib.rs"),
    top=Path("/a"),
)


def artifact(
    package: str, name: str, *files: str, kind: str = "lib", executable: str | None = None
) -> dict[str, Any]:
    """A message that cargo has made files."""
    return {
        "reason": "compiler-artifact",
        "package_id": package,
        "target": {"name": name, "kind": [kind]},
        "filenames": list(files),
        "executable": executable,
    }


MESSAGES = (
    artifact("one", "build-script-build", "/t/debug/build/x", kind="custom-build", executable="/x"),
    artifact("one", "one-part", f"{DEPS}/libone.rlib", f"{DEPS}/libone.rmeta"),
    artifact("macro", "derive", "/t/debug/deps/libderive.so", kind="proc-macro"),
    artifact("host", "host", "/t/debug/deps/libhost.rmeta"),
    {"reason": "build-script-executed", "package_id": "one"},
    artifact(OWN, "kernel", f"{DEPS}/libkernel.rmeta"),
    {"reason": "build-finished", "success": True},
)


def finished(*messages: dict[str, Any], status: int = 0, stderr: str = "") -> Finished:
    """Cargo at its end."""
    lines = ["   Compiling a", *map(json.dumps, messages)]
    return Finished(
        argv=("cargo",), returncode=status, stdout="\n".join(lines), stderr=stderr, seconds=1.0
    )


def test_the_messages_of_a_build() -> None:
    """All of them, in order."""
    assert cargo_messages(finished(*MESSAGES), PACKAGE, AMD64) == MESSAGES


def compiler_message(package: str, level: str = "error") -> dict[str, Any]:
    """A compiler's message, as cargo forwards it."""
    said = {"message": "no", "level": level, "code": None, "spans": [{"is_primary": False}]}
    return {"reason": "compiler-message", "package_id": package, "message": said}


@pytest.mark.parametrize(
    ("culprit", "name"),
    [
        (OWN, "my-crate 0.1.0"),
        ("registry+https://github.com/rust-lang/crates.io-index#dep@0.7.0", "dep 0.7.0"),
        ("path+file:///x/dep#0.7.0", "dep 0.7.0"),
        ("path+file:///x/folder#dep@0.7.0", "dep 0.7.0"),
        ("git+https://example.invalid/dep?rev=1#dep@0.7.0", "dep 0.7.0"),
    ],
)
def test_the_package_that_is_to_blame(culprit: str, name: str) -> None:
    """The error names the package by cargo's package id, if its message is an error."""
    messages = compiler_message("path+file:///z#z@1.0.0", "warning"), compiler_message(culprit)
    with pytest.raises(BindingsError) as caught:
        cargo_messages(finished(*messages, status=101), PACKAGE, AMD64)
    other = "" if culprit == OWN else ", which my-crate 0.1.0 depends on,"
    assert caught.value.what.startswith(f"{name}{other} does not compile for {AMD64.rust_triple}")
    assert caught.value.where == "/a"


def test_a_build_that_failed_without_a_message() -> None:
    """Without a message, the error shows cargo's output."""
    with pytest.raises(BindingsError) as caught:
        cargo_messages(finished(status=101, stderr="error: no\n"), PACKAGE, AMD64)
    assert str(caught.value) == "/a: my-crate 0.1.0 does not build:\nerror: no"


def test_the_flags_of_a_probe() -> None:
    """The crate by its name in Rust, and each folder with a crate that it needs, once."""
    assert probe_flags(PACKAGE, MESSAGES) == (
        "--extern",
        f"kernel={DEPS}/libkernel.rmeta",
        "-L",
        f"dependency={DEPS}",
        "-L",
        "dependency=/t/debug/deps",
    )


def test_the_dependencies_of_a_crate() -> None:
    """Dependencies are files for the target only: build scripts and macros are the host's."""
    assert list(dependencies_of(PACKAGE, MESSAGES)) == [("one_part", f"{DEPS}/libone.rmeta")]


def test_a_dependency_in_two_versions_has_no_name() -> None:
    """A dependency in two versions is left out. So is one with the name of the crate itself."""
    more = (
        artifact("one@2", "one_part", f"{DEPS}/libone-2.rmeta"),
        artifact("other", "kernel", f"{DEPS}/libkernel-2.rmeta"),
        artifact("two", "two", f"{DEPS}/libtwo.rmeta"),
    )
    assert list(dependencies_of(PACKAGE, (*MESSAGES, *more))) == [("two", f"{DEPS}/libtwo.rmeta")]


def test_an_artifact_by_its_suffix() -> None:
    """Files of other packages do not count."""
    assert artifact_of(PACKAGE, MESSAGES, ".rmeta") == f"{DEPS}/libkernel.rmeta"
    with pytest.raises(BindingsError) as caught:
        artifact_of(PACKAGE, MESSAGES, ".json")
    assert str(caught.value) == "/a: cargo made no .json file of my-crate"
