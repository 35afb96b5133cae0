"""This machine's settings for mirrors and registries, copied into a root on demand.

None of them is in the repository: proxies, certificates and addresses are read each time from the
settings of apt, pip, cargo and rustup.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Mirrors", "environment", "find_mirrors", "settle"]

# The environment's variables for access to the network, and no others.
_REACHING: Final = re.compile(
    r"\w+_proxy|\w+_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|GIT_SSL_CAINFO"
    r"|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CERT|DEFAULT_TIMEOUT)"
    r"|CARGO_(HTTP|NET|REGISTRIES|REGISTRY|SOURCE)_\w+|RUSTUP_(DIST_SERVER|UPDATE_ROOT)"
)
_CERTIFICATES: Final = Path("/usr/local/share/ca-certificates")
_SYSTEM_FILES: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf")
_OWN_FILES: Final = (".config/pip/pip.conf", ".pip/pip.conf", ".cargo/config.toml", ".netrc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Addresses from which apt of this machine gets Debian and its security suites, or None."""

    debian: str | None
    security: str | None


def find_mirrors() -> Mirrors:
    """Ask apt for the mirrors; a machine that is no Debian has debootstrap's own."""
    wanted = ("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)")
    try:
        listed = subprocess.run(wanted, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        listed = ""
    found = dict(reversed([line.split(" ", 1) for line in listed.splitlines() if " " in line]))
    return Mirrors(debian=found.get("Debian"), security=found.get("Debian-Security"))


def environment() -> Mapping[str, str]:
    """Return the variables for access to the network."""
    return {name: value for name, value in os.environ.items() if _REACHING.fullmatch(name)}


def settle(root: Path, home: Path) -> None:
    """Write this machine's settings into a root, and the user's into a home in it.

    The certificates take effect after `update-ca-certificates` in the root.
    """
    for name in _SYSTEM_FILES:
        _copy(Path(name), root / name.removeprefix("/"))
    for name in _OWN_FILES:
        _copy(Path.home() / name, home / name)
    if _CERTIFICATES.is_dir():
        target = root / str(_CERTIFICATES).removeprefix("/")
        shutil.copytree(_CERTIFICATES, target, dirs_exist_ok=True)
    for value in environment().values():
        file = Path(value)
        if file.is_absolute() and file.is_file() and not (root / value.removeprefix("/")).exists():
            _copy(file, root / value.removeprefix("/"))
    settings = root / "etc" / "apt" / "apt.conf.d" / "99machine"
    settings.write_text("\n".join(_apt_settings()) + "\n", encoding="utf-8")


def _apt_settings() -> list[str]:
    """Return apt's settings of proxies and certificates."""
    try:
        dumped = subprocess.run(("apt-config", "dump"), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    lines = dumped.stdout.splitlines()
    return [line for line in lines if re.fullmatch(r'Acquire::https?::\S+ ".+";', line)]


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # it may be a link
        shutil.copyfile(source, target)
