"""Findings on a check's tools -> a table, and whether a check could run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tabulate import tabulate

from layoutcheck.compilers.find.install import (
    MINIMUM_LLVM,
    Command,
    is_update,
    needs_root,
)
from layoutcheck.compilers.programs.run_program import render_command

__all__ = ["Finding", "could_check", "render_findings"]


_LLVM: Final = f"clang and lld {MINIMUM_LLVM} or newer, or the Python package ziglang"
_RUST: Final = "rustup with its rust-src (https://rustup.rs; it needs no root)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One tool: whether it was found, the command or path it is called by, and its version.

    `note` is further information for a reader, such as why a tool cannot be used. `alternatives`
    are the commands that would bring a missing tool, best first. A check can run without a tool
    that is not `required`.
    """

    tool: str
    found: bool
    path: str = ""
    version: str = ""
    note: str = ""
    alternatives: tuple[Command, ...] = ()
    required: bool = True

    @property
    def install(self) -> Command | None:
        """Best command to install the tool; None if it is there, or if no command is known."""
        return self.alternatives[0] if self.alternatives else None


def could_check(findings: tuple[Finding, ...]) -> bool:
    """Return whether a check could run: nothing that it needs is missing."""
    return all(finding.found for finding in findings if finding.required)


def render_findings(findings: tuple[Finding, ...], *, after_install: bool = False) -> str:
    """Render the findings as a table of at most 80 columns, then notes and install commands.

    Commands are not wrapped, so that they can be copied. `after_install` says that the doctor has
    run the commands that it could. The text then does not suggest `--install`.
    """
    rows = [
        (
            finding.tool,
            "yes" if finding.found else "MISSING" if finding.required else "no",
            finding.version,
            finding.path,
        )
        for finding in findings
    ]
    lines = [
        tabulate(
            rows,
            headers=("tool", "found", "version", "where"),
            tablefmt="simple",
            disable_numparse=True,
            maxcolwidths=[16, 7, 15, 36],
        )
    ]
    lines += _render_notes(findings)
    ways = list(_render_ways([finding for finding in findings if not finding.found]))
    if ways and after_install:
        lines += ["", "To install by hand what is still missing:", *ways]
    elif ways:
        heading = "To install what is missing (or let `layoutcheck doctor --install` do it):"
        lines += ["", heading, *ways]
    verdict = "A check can run." if could_check(findings) else "A check cannot run yet."
    return "\n".join([*lines, "", verdict])


def _render_notes(findings: tuple[Finding, ...]) -> list[str]:
    noted = [(f"{finding.tool}:", finding.note) for finding in findings if finding.note]
    if not noted:
        return []
    return ["", tabulate(noted, tablefmt="plain", maxcolwidths=[17, 60])]


def _render_ways(missing: Sequence[Finding]) -> Iterator[str]:
    """Yield a line for each install command, then a line for each tool to install by hand."""
    told: set[Command] = set()
    for finding in missing:
        fresh = [command for command in finding.alternatives if command not in told]
        told.update(fresh)
        for index, command in enumerate(fresh):
            notes = ["as root"] if needs_root(command) else []
            notes += ["then look again"] if is_update(command) else []
            comment = f"  # {', '.join(notes)}" if notes else ""
            yield f"  {'or: ' if index else ''}{render_command(command)}{comment}"
    if any(finding.note.startswith("LAYOUTCHECK_") for finding in missing):
        if not told:
            yield "  nothing: correct the variable that is named above, or unset it"
        return
    for words in dict.fromkeys(map(_by_hand, missing)):
        if words:
            yield f"  {'or: ' if told else ''}install {words}"


def _by_hand(finding: Finding) -> str:
    """Return what to install by hand if no command surely brings a tool; "" if one does."""
    if not finding.required or not all(map(is_update, finding.alternatives)):
        return ""
    if finding.tool in {"clang", "ELF linker"}:
        return _LLVM
    return _RUST if finding.tool.startswith(("rustc", "cargo", "core for")) else ""
