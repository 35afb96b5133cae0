"""`./dev audit` and `./dev tests` on Debian machines that nobody prepared: a table of how they end.

Each trial is a root of its own, with a clean clone of this checkout's HEAD. Needs root, debootstrap
and the network; for the machine "rustup", a rustup here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from tests.fresh.machine import environment, find_mirrors, settle
from tests.fresh.roots import MachineError, disk_of, make_base, remove, run_in

__all__ = ["main"]

CHECKOUT: Final = Path(__file__).resolve().parents[2]
LOGS: Final = CHECKOUT / "reports" / "fresh"
SUITES: Final = {"12": "bookworm", "13": "trixie"}
MACHINES: Final = {
    "apt": "no Rust; root, so that apt may install it",
    "rustup": "rustup's stable toolchain",
    "user": "no Rust; an ordinary user without sudo, who is to be refused",
}
COMMANDS: Final = ("audit", "tests")
REFUSED: Final = 3
REFUSAL: Final = ("not run, it needs root: apt-get update", "rustup with its rust-src")
SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One command on one machine."""

    debian: str
    machine: str
    command: str

    @property
    def log(self) -> Path:
        """The file with its output."""
        return LOGS / f"{self.debian}-{self.machine}-{self.command}.log"

    def holds(self, status: int) -> bool:
        """Return whether it ended as expected: well, or with a refusal that has advice."""
        if self.machine != "user":
            return status == 0
        said = self.log.read_text(encoding="utf-8", errors="replace")
        return status == REFUSED and all(words in said for words in REFUSAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Result of a trial: status, seconds, and the growth of the root."""

    trial: Trial
    status: int
    seconds: float
    kilobytes: int

    def row(self) -> tuple[str, ...]:
        """The outcome's line of the table."""
        trial = self.trial
        return (
            f"Debian {trial.debian}",
            trial.machine,
            f"./dev {trial.command}",
            str(self.status),
            f"{self.seconds:.0f}",
            f"{self.kilobytes / 1024:.0f}",
            "yes" if trial.holds(self.status) else f"NO: {trial.log.relative_to(CHECKOUT)}",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the roots, run the commands, print the table; 0 if every trial holds."""
    asked = _parse(arguments)
    if os.geteuid() != 0 or not shutil.which("debootstrap") or not shutil.which("unshare"):
        print("fresh: root, debootstrap and unshare are needed: nothing was tried", file=sys.stderr)
        return 2
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _interrupted)
    folder = Path(tempfile.mkdtemp(prefix="layoutcheck-fresh-", dir=asked.folder))
    outcomes: list[Outcome] = []
    problem = ""
    try:
        for debian in asked.debian:
            outcomes += _try_debian(debian, asked.machine, asked.command, folder / debian)
    except MachineError as error:
        problem = str(error)
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        remove(folder)
    print(_table(outcomes))
    if problem:
        print(f"fresh: {problem}", file=sys.stderr)
    hold = all(outcome.trial.holds(outcome.status) for outcome in outcomes)
    return 0 if hold and not problem else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fresh", description=__doc__)
    for name, known in (("debian", SUITES), ("machine", MACHINES), ("command", COMMANDS)):
        parser.add_argument(
            f"--{name}", action="append", choices=tuple(known), help="this alone; repeatable"
        )
    parser.add_argument("--folder", default="/var/tmp", help="put the roots here (%(default)s)")  # noqa: S108 - roots are large, and ours has a name of its own
    asked = parser.parse_args(arguments)
    asked.debian = asked.debian or list(SUITES)
    asked.machine = asked.machine or list(MACHINES)
    asked.command = asked.command or list(COMMANDS)
    return asked


def _interrupted(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _try_debian(
    debian: str, machines: Sequence[str], commands: Sequence[str], folder: Path
) -> Iterator[Outcome]:
    """Yield the outcomes of the machines with one Debian, all copies of one root."""
    base, log = folder / "base", LOGS / f"{debian}-making.log"
    folder.mkdir()
    _say(f"Debian {debian}: debootstrap")
    make_base(SUITES[debian], base, find_mirrors(), log)
    for machine in machines:
        root = folder / machine
        subprocess.run(("cp", "-a", str(base), str(root)), check=True)
        person = _person(machine)
        env = _prepare(machine, root, person, log)
        # A refusal comes before the commands differ.
        for command in commands if machine != "user" else commands[:1]:
            trial = Trial(debian=debian, machine=machine, command=command)
            _say(f"Debian {debian}, {machine}: ./dev {command}")
            before, started = disk_of(root), time.monotonic()
            status = run_in(
                root,
                ("./dev", command),
                env=env,
                log=trial.log,
                user=person,
                folder=f"{env['HOME']}/layoutcheck",
            )
            seconds = time.monotonic() - started
            outcome = Outcome(
                trial=trial, status=status, seconds=seconds, kilobytes=disk_of(root) - before
            )
            _say(" ".join(outcome.row()))
            yield outcome
        remove(root)


def _person(machine: str) -> str:
    return "person" if machine == "user" else "root"


def _prepare(machine: str, root: Path, person: str, log: Path) -> Mapping[str, str]:
    """Give a root its user, clone and (with rustup) toolchain; return the user's environment."""
    home = "/root" if person == "root" else f"/home/{person}"
    env = {"HOME": home, "USER": person, "PATH": SYSTEM_PATH, "LANG": "C.UTF-8", **environment()}
    as_root = {**env, "HOME": "/root", "USER": "root"}
    inside = root / home.removeprefix("/")
    if person != "root":
        _must(root, ("useradd", "--create-home", person), as_root, log)
    settle(root, inside)
    _must(root, ("update-ca-certificates",), as_root, log)
    clone = ("git", "clone", "--quiet", "--no-local", str(CHECKOUT), str(inside / "layoutcheck"))
    subprocess.run(clone, check=True)
    if machine == "rustup":
        rustup = shutil.which("rustup")
        if rustup is None:
            raise MachineError("there is no rustup here: leave out --machine rustup")
        # The installer is rustup itself, called by another name.
        shutil.copyfile(Path(rustup).resolve(), root / "root" / "rustup-init")
        (root / "root" / "rustup-init").chmod(0o755)
        profile = ("--profile", "minimal", "--component", "rust-src")
        options = ("-y", "--no-modify-path", *profile, "--target", "x86_64-unknown-freebsd")
        _must(root, ("/root/rustup-init", *options), env, log)
        env["PATH"] = f"{home}/.cargo/bin:{SYSTEM_PATH}"
    _must(root, ("chown", "-R", f"{person}:{person}", home), as_root, log)
    return env


def _must(root: Path, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    status = run_in(root, command, env=env, log=log)
    if status:
        raise MachineError(f"{' '.join(command)} ended with {status}: {log}")


def _table(outcomes: Sequence[Outcome]) -> str:
    head = ("root", "machine", "command", "status", "seconds", "MB", "as it has to")
    rows = [head, *(outcome.row() for outcome in outcomes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _say(words: str) -> None:
    print(f"==> {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
