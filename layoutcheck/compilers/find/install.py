"""Commands that install a missing tool on this machine, best first.

Nothing is installed before the user asks for it. Only queries are run: what apt could install, and
what rustup knows.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from layoutcheck.compilers.find.rustc import (
    NO_AUTO_INSTALL,
    PROBE_SECONDS,
    list_rustcs,
    parse_version,
    rustup_folders,
)
from layoutcheck.compilers.programs.run_program import render_command, run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.rust_versions import MINIMUM_RUST, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    from layoutcheck.model.target import Target

__all__ = [
    "MINIMUM_LLVM",
    "Command",
    "hint_install",
    "is_update",
    "needs_root",
    "plan_clang",
    "plan_core",
    "plan_fetch",
    "plan_headers",
    "plan_host_linker",
    "plan_rust",
    "run_install",
    "say_apts_rust",
]

Command = tuple[str, ...]

# The oldest version that has been tried: Debian 12's plain `clang` and `lld`.
MINIMUM_LLVM: Final = 14
# `rustup` itself has no timeout for a server that does not answer.
RUSTUP_SECONDS: Final = 60.0
INSTALL_SECONDS: Final = 1800.0
UPDATE: Final = ("apt-get", "update")
LISTS: Final = Path("/var/lib/apt/lists")
REPLACED: Final = re.compile(r"rustc|cargo|rust-src|rustdoc|rust-doc|rustfmt|libstd-rust-.*")
HEADERS_REQUIREMENT: Final = "ziglang>=0.15.2"


def hint_install(plan: tuple[Command, ...]) -> str:
    """Return the hint for a missing tool: the doctor, and its best command for this machine."""
    bringing = [command for command in plan if not is_update(command)]
    by_hand = f", or by hand: {render_command(bringing[0])}" if bringing else ""
    return f"run `layoutcheck doctor --install`{by_hand}"


def is_update(command: Command) -> bool:
    """Return whether a command installs nothing, but updates apt's lists."""
    return command[-len(UPDATE) :] == UPDATE


def needs_root(command: Command) -> bool:
    """Return whether a command is for root, and this process is not, and has no sudo."""
    return command[0] == "apt-get" and os.geteuid() != 0


def plan_clang() -> tuple[Command, ...]:
    """Return the commands that install a clang and an LLD; the ziglang package holds both."""
    sets = (("clang-19", "lld-19"), ("clang", "lld"))
    return _apt(sets, (MINIMUM_LLVM,), plan_headers())


def plan_host_linker() -> tuple[Command, ...]:
    """Return the commands that install `cc`, with which rustc links programs for this machine."""
    return _apt((("gcc", "libc6-dev"),), ())


def plan_rust() -> tuple[Command, ...]:
    """Return the commands that install rustc, rustdoc, cargo and the sources of `core`."""
    # If there is no usable rustc, those of rustup are too old.
    rustup = tuple((*_rustup(), "update", toolchain) for toolchain in _rustup_toolchains())
    return _apt(_apt_rust_sets(), MINIMUM_RUST, rustup)


def say_apts_rust() -> str:
    """Return a text about apt's Rust if it is too old; "" if it is not, or if there is no apt."""
    if shutil.which("apt-cache") is None or not _has_lists():
        return ""
    candidates = _apt_candidates(tuple(packages[0] for packages in _apt_rust_sets()))
    versions = {name: parse_version(version) for name, version in candidates.items()}
    if any(version >= MINIMUM_RUST for version in versions.values()):
        return ""
    has = ", ".join(f"{name} {dotted(version)}" for name, version in versions.items())
    return f"apt has {has or 'no rustc'}, and {dotted(MINIMUM_RUST)} or newer is needed"


def plan_core(target: Target) -> tuple[Command, ...]:
    """Return the commands that install `core` for a target, or the sources to build it from."""
    commands: list[Command] = []
    for toolchain in _rustup_toolchains():
        chosen = ("--toolchain", toolchain)
        if target.rust_triple in _rustup_targets(toolchain):
            commands.append((*_rustup(), "target", "add", *chosen, target.rust_triple))
        commands.append((*_rustup(), "component", "add", *chosen, "rust-src"))
    return (*commands, *_apt(_apt_rust_sets(), MINIMUM_RUST))


def plan_headers() -> tuple[Command, ...]:
    """Return the commands that install the FreeBSD headers: the ziglang package, in this Python."""
    return ((sys.executable, "-m", "pip", "install", HEADERS_REQUIREMENT),)


def plan_fetch(requirement: str, folder: Path) -> tuple[Command, ...]:
    """Return the commands that fetch a package into a folder, without installing it."""
    pip = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:")
    return ((*pip, "--dest", str(folder), requirement),)


def run_install(command: Command, progress: Callable[[str], None]) -> bool:
    """Run one of the commands above, report its result, and return whether it succeeded.

    A command that needs rights that this process does not have is reported, and not run.
    """
    shown = render_command(command)
    if "apt-get" in command and not _may_run_as_root(command):
        progress(f"not run, it needs root: {shown}")
        return False
    progress(f"$ {shown}")
    env = {**NO_AUTO_INSTALL, "DEBIAN_FRONTEND": "noninteractive"}
    timeout = RUSTUP_SECONDS if Path(command[0]).name == "rustup" else INSTALL_SECONDS
    try:
        finished = run(
            command,
            env=env,
            timeout=timeout,
            heartbeat=lambda seconds: progress(f"  {shown}: {seconds:.0f} s"),
        )
    except ToolchainError as error:
        progress(f"  failed: {error.what}")
        return False
    if not finished.succeeded:
        words = finished.words.splitlines()
        progress("\n".join(["  failed:", *(f"    {line}" for line in words[-8:])]))
        return False
    progress(f"  done in {finished.seconds:.0f} s")
    return True


def _may_run_as_root(command: Command) -> bool:
    if command[0] != "sudo":
        return os.geteuid() == 0
    # The command gets no terminal, so that sudo could not ask for a password.
    return run(("sudo", "-n", "true"), timeout=PROBE_SECONDS).succeeded


def _apt(
    sets: tuple[Command, ...], minimum: tuple[int, ...], others: tuple[Command, ...] = ()
) -> tuple[Command, ...]:
    """Return the commands that install the first set of packages that apt has in a new version.

    The first package of the set decides whether the version is new enough. `others` are commands
    without apt; they come after those of apt. If apt has nothing new enough, its lists may be out
    of date (an image some months old): the update is then the last command, and the first one if
    there are no lists.
    """
    if shutil.which("apt-get") is None:
        return others
    root: Command = () if os.geteuid() == 0 or not shutil.which("sudo") else ("sudo",)
    update: Command = (*root, *UPDATE)
    if not _has_lists():
        return (update, *others)  # a fresh machine: the update shows what apt has
    for packages in sets:
        candidates = _apt_candidates(packages)
        if len(candidates) == len(packages) and parse_version(candidates[packages[0]]) >= minimum:
            return (_apt_install(root, packages), *others)
    return (*others, update)


def _has_lists() -> bool:
    return any(LISTS.glob("*_Packages*"))


def _apt_install(root: Command, packages: Command) -> Command:
    """Return the command that installs packages, and removes at most packages that they replace.

    Debian's rustc-web conflicts with its rustc, which it replaces, but also with its rustup.
    """
    arguments: Command = ("-y", "--no-install-recommends")
    trial = run(
        ("apt-get", "--simulate", "install", *arguments, *packages),
        env={"LC_ALL": "C"},
        timeout=PROBE_SECONDS,
    )
    removed = re.findall(r"^Remv (\S+)", trial.stdout, re.MULTILINE)
    if not all(REPLACED.fullmatch(package) for package in removed):
        arguments = (*arguments, "--no-remove")
    return (*root, "apt-get", "install", *arguments, *packages)


def _apt_rust_sets() -> tuple[Command, ...]:
    """Return the packages of Debian's newest Rust, its plain one, and Ubuntu's numbered ones."""
    sets: list[Command] = [
        ("rustc-web", "rust-web-src", "cargo-web"),
        ("rustc", "rust-src", "cargo"),
    ]
    if shutil.which("apt-cache"):
        names = run(("apt-cache", "pkgnames", "rustc-1."), timeout=PROBE_SECONDS).stdout.split()
        numbers = [name[6:] for name in names if re.fullmatch(r"rustc-1\.\d+", name)]
        numbers.sort(key=parse_version, reverse=True)
        sets += [(f"rustc-{number}", f"rust-{number}-src", f"cargo-{number}") for number in numbers]
    return tuple(sets)


def _apt_candidates(packages: Command) -> dict[str, str]:
    """Return the version that apt would install of each package that it could install."""
    policy = run(("apt-cache", "policy", *packages), env={"LC_ALL": "C"}, timeout=PROBE_SECONDS)
    candidates: dict[str, str] = {}
    package = ""
    for line in policy.stdout.splitlines():
        if not line.startswith(" "):
            package = line.rstrip(":")
        elif line.startswith("  Candidate: ") and not line.endswith("(none)"):
            # Drop the epoch: 1:19.1.7-3 is 19.1.7.
            candidates[package] = line.removeprefix("  Candidate: ").rpartition(":")[2]
    return candidates


def _rustup() -> Command:
    """Return the rustup to call: on PATH, or in its installer's folder; () without one."""
    if shutil.which("rustup"):
        return ("rustup",)
    usual = (folder / "rustup" for folder in rustup_folders())
    return next(((str(rustup),) for rustup in usual if os.access(rustup, os.X_OK)), ())


def _rustup_toolchains() -> tuple[str, ...]:
    """Return rustup's names of the toolchains whose rustc is found, in the order of the search."""
    if not _rustup():
        return ()
    folders = [rustc.sysroot for rustc in list_rustcs()[0]]
    return tuple(folder.name for folder in folders if folder.parent.name == "toolchains")


def _rustup_targets(toolchain: str) -> tuple[str, ...]:
    """Return the targets that rustup could add to a toolchain; there are none of tier 3."""
    listed = run(
        (*_rustup(), "target", "list", "--toolchain", toolchain),
        env=NO_AUTO_INSTALL,
        timeout=RUSTUP_SECONDS,
    )
    return tuple(line.split()[0] for line in listed.stdout.splitlines() if line.strip())
