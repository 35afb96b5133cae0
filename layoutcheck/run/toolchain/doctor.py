"""Targets -> findings on the tools of a check on this machine; and their installation."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from layoutcheck.compilers.find.install import (
    Command,
    plan_clang,
    plan_core,
    plan_fetch,
    plan_headers,
    plan_host_linker,
    plan_rust,
    run_install,
    say_apts_rust,
)
from layoutcheck.compilers.find.programs import find_cargo, find_clang, find_linker, find_ziglang
from layoutcheck.compilers.find.rustc import (
    find_library_sources,
    has_core,
    list_rustcs,
    parse_version,
)
from layoutcheck.compilers.find.sysroot import find_sysroot
from layoutcheck.compilers.programs.run_program import render_command, run
from layoutcheck.errors import ToolchainError
from layoutcheck.kernel.freebsd.headers.packages import (
    ZIG_INCLUDE,
    fetched_wheels,
    find_package,
    held_release,
)
from layoutcheck.kernel.freebsd.headers.release import fits, package_of
from layoutcheck.run.toolchain.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layoutcheck.compilers.find.rustc import Rustc
    from layoutcheck.model.target import Target

__all__ = ["examine", "install"]


def examine(targets: Sequence[Target], releases: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Look for every tool that a check of `targets` needs. Nothing is built or installed.

    Each of the `releases`, if any are named, needs its packaged headers. A `$LAYOUTCHECK_*`
    variable that names a broken tool is a finding like any other.
    """
    importlib.invalidate_caches()  # `install` may just have installed a package
    headers = [_headers_of(release) for release in releases] or [_headers()]
    return (_clang(), _linker(), *_rust(targets), _host_linker(), *headers)


def _unless_chosen(variable: str, plan: Callable[[], tuple[Command, ...]]) -> tuple[Command, ...]:
    """Return the plan, or no command if `$LAYOUTCHECK_...` is set: no other tool is used then."""
    return () if os.environ.get(f"LAYOUTCHECK_{variable}") else plan()


def _clang() -> Finding:
    try:
        clang = find_clang()
    except ToolchainError as error:
        return Finding(
            tool="clang",
            found=False,
            note=_note(error),
            alternatives=_unless_chosen("CLANG", plan_clang),
        )
    return Finding(
        tool="clang",
        found=True,
        path=render_command(clang.argv),
        version=_number(clang.version.partition("clang")[2]),
    )


def _linker() -> Finding:
    tool = "ELF linker"
    try:
        linker = find_linker()
    except ToolchainError as error:
        return Finding(
            tool=tool, found=False, note=_note(error), alternatives=_unless_chosen("LD", plan_clang)
        )
    version = _number(linker.version.partition("LLD")[2])
    return Finding(tool=tool, found=True, path=render_command(linker.argv), version=version)


def _rust(targets: Sequence[Target]) -> tuple[Finding, ...]:
    try:
        rustcs, broken = list_rustcs()
    except ToolchainError as error:  # $LAYOUTCHECK_RUSTC: nothing that is installed would be used
        missing = Finding(tool="rustc, rustdoc", found=False, note=_note(error))
        cores = [Finding(tool=f"core for {target.name}", found=False) for target in targets]
        return missing, *cores, _cargo(None)
    problems = [*broken, *(f"{rustc.rustc} {rustc.problem}" for rustc in rustcs if rustc.problem)]
    usable = [rustc for rustc in rustcs if not rustc.problem]
    suited = {target.name: _suited(usable, target) for target in targets}
    shown = next(filter(None, suited.values()), None) or next(iter(usable), None)
    if shown is None:
        compiler = Finding(
            tool="rustc, rustdoc",
            found=False,
            note="; ".join(filter(None, [*problems, say_apts_rust()])),
            alternatives=_unless_chosen("RUSTC", plan_rust),
        )
    else:
        compiler = Finding(
            tool="rustc, rustdoc", found=True, path=shown.rustc, version=shown.release
        )
    cores = [_core(suited[target.name], target) for target in targets]
    return compiler, *cores, _cargo(shown)


def _suited(rustcs: Sequence[Rustc], target: Target) -> Rustc | None:
    """Return the rustc that `find_rust` chooses: one with core before one that can be given it."""
    return next((rustc for rustc in rustcs if has_core(rustc, target)), None) or next(
        (rustc for rustc in rustcs if _can_build(rustc, target)), None
    )


def _can_build(rustc: Rustc, target: Target) -> bool:
    built = find_sysroot("core", rustc, target)
    return built is not None or find_library_sources(rustc) is not None


def _core(suited: Rustc | None, target: Target) -> Finding:
    tool = f"core for {target.name}"
    if suited is None:
        note = f"no rustc has core for {target.rust_triple}, or the sources to build it from"
        return Finding(tool=tool, found=False, note=note, alternatives=plan_core(target))
    if has_core(suited, target):
        path = suited.sysroot / "lib" / "rustlib" / target.rust_triple
        return Finding(tool=tool, found=True, path=str(path), version=suited.release)
    built = find_sysroot("core", suited, target)
    if built is not None:
        return Finding(tool=tool, found=True, path=str(built), version=suited.release)
    return Finding(
        tool=tool,
        found=True,
        path=str(find_library_sources(suited)),
        version=suited.release,
        note="will be built from these sources by the first check (half a minute, once)",
    )


def _cargo(rustc: Rustc | None) -> Finding:
    try:
        cargo = find_cargo(rustc)
    except ToolchainError as error:
        return Finding(tool="cargo", found=False, note=_note(error), alternatives=plan_rust())
    version = run([cargo, "--version"]).stdout
    return Finding(tool="cargo", found=True, path=cargo, version=_number(version))


def _host_linker() -> Finding:
    tool = "cc"
    found = shutil.which(tool)
    if found:
        return Finding(tool=tool, found=True, path=found, required=False)
    return Finding(
        tool=tool,
        found=False,
        note="needed by crates that have a build script or use procedural macros",
        alternatives=plan_host_linker(),
        required=False,
    )


def _headers() -> Finding:
    tool = "FreeBSD headers"
    ziglang = find_ziglang()
    if ziglang is None:
        return Finding(
            tool=tool,
            found=False,
            note="the ziglang package is not installed: needed unless you give a source tree",
            alternatives=plan_headers(),
            required=False,
        )
    held = held_release(ziglang)
    return Finding(
        tool=tool,
        found=held is not None,
        path=str(ziglang / ZIG_INCLUDE),
        version=f"ziglang {importlib.metadata.version('ziglang')}",
        note=f"FreeBSD {held.name}" if held else "this package holds none that layoutcheck knows",
        alternatives=() if held else plan_headers(),
        required=False,
    )


def _headers_of(release: str) -> Finding:
    tool = f"headers of {release}"
    package = find_package(release)
    held = None if package is None else held_release(package)
    if package is not None and held is not None and fits(held, release):
        return Finding(
            tool=tool, found=True, path=str(package / ZIG_INCLUDE), version=f"FreeBSD {held.name}"
        )
    requirement = package_of(release)
    return Finding(
        tool=tool,
        found=False,
        note="" if requirement else "no ziglang package holds them: give a source tree",
        alternatives=plan_fetch(requirement, fetched_wheels()) if requirement else (),
    )


def _number(text: str) -> str:
    return ".".join(map(str, parse_version(text)))


def _note(error: ToolchainError) -> str:
    what = error.what.replace(":\n  ", ": ").replace("\n  ", "; ")
    return f"{error.where}: {what}" if error.where else what


def install(
    targets: Sequence[Target], progress: Callable[[str], None], releases: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Run the install commands of everything that is missing. Return the findings afterwards.

    After each command the machine is examined again, so that the next command fits the new state. A
    command that fails is reported through `progress`, and the next alternative is tried. No command
    is run twice, except an apt-get that may have failed because of an out-of-date package list. A
    command that succeeded but did not bring a tool is no longer an alternative for it.
    """
    tried: set[Command] = set()
    done: set[Command] = set()
    while True:
        findings = examine(targets, releases)
        command = _next_command(findings, tried)
        if command is None:
            return tuple(_without(finding, done) for finding in findings)
        tried.add(command)
        if run_install(command, progress):
            done.add(command)
        elif "apt-get" in command:
            update = (*command[: command.index("apt-get")], "apt-get", "update")
            if update not in tried:
                tried.add(update)
                if run_install(update, progress):
                    done.add(update)
                    tried.discard(command)


def _without(finding: Finding, done: set[Command]) -> Finding:
    left = tuple(command for command in finding.alternatives if command not in done)
    return replace(finding, alternatives=left)


def _next_command(findings: tuple[Finding, ...], tried: set[Command]) -> Command | None:
    for finding in findings:
        if not finding.found:
            for command in finding.alternatives:
                if command not in tried:
                    return command
    return None
