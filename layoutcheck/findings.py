"""What was found of a check's tools -> a table, and whether a check could run."""

from __future__ import annotations

from dataclasses import dataclass

from tabulate import tabulate

from layoutcheck.toolchain.install import Command
from layoutcheck.toolchain.process import render_command

__all__ = ["Finding", "could_check", "render_findings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One tool: whether it was found, the command or path it is called by, and its version.

    `note` says what a reader should know besides, such as why a tool does not do.
    `alternatives` are the commands that would bring a missing one, best first; a check can run
    without a tool that is not `required`.
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
        """The best command to install the tool with, or None: it is there, or nothing is known."""
        return self.alternatives[0] if self.alternatives else None


def could_check(findings: tuple[Finding, ...]) -> bool:
    """Whether a check could run: nothing that it needs is missing."""
    return all(finding.found for finding in findings if finding.required)


def render_findings(findings: tuple[Finding, ...]) -> str:
    """The findings as a table of at most 80 columns, notes and install commands below it.

    Commands are not wrapped, so that they can be copied.
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
    missing = [finding for finding in findings if not finding.found]
    if missing:
        lines += ["", "To install what is missing (or let `layoutcheck doctor --install` do it):"]
        told: set[Command] = set()
        for finding in missing:
            fresh = [command for command in finding.alternatives if command not in told]
            told.update(fresh)
            for index, command in enumerate(fresh):
                then = "  # then look again" if command[-2:] == ("apt-get", "update") else ""
                lines.append(f"  {'or: ' if index else ''}{render_command(command)}{then}")
        if not told and any(finding.note.startswith("LAYOUTCHECK_") for finding in missing):
            lines.append("  nothing: correct the variable that is named above, or unset it")
        elif not told:
            lines.append("  no package manager that layoutcheck knows was found: install clang and")
            lines.append("  lld, or the Python package ziglang; and rustup with its rust-src")
    verdict = "A check can run." if could_check(findings) else "A check cannot run yet."
    return "\n".join([*lines, "", verdict])


def _render_notes(findings: tuple[Finding, ...]) -> list[str]:
    noted = [(f"{finding.tool}:", finding.note) for finding in findings if finding.note]
    if not noted:
        return []
    return ["", tabulate(noted, tablefmt="plain", maxcolwidths=[17, 60])]
