"""The folders of a header tree -> which of their headers defines a type, or something else.

A folder is read once; what was found is kept in the user's cache folder until a header of it
changes. Without a cache it is only slower.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from layoutcheck.errors import ToolchainError
from layoutcheck.folders import cache_folder
from layoutcheck.kernel.definitions import defined_names
from layoutcheck.kernel.item_definitions import item_names
from layoutcheck.kernel.source_tree import is_foreign
from layoutcheck.target import Target

__all__ = [
    "HeaderIndex",
    "Listing",
    "index_headers",
    "index_items",
    "likely",
    "list_headers",
    "list_names",
]

Listing: TypeAlias = tuple[tuple[str, int, int], ...]
"""Headers: each one's name from a folder, its size, and when it was changed (ns)."""
_Names: TypeAlias = Mapping[str, Sequence[str]]
_Parse: TypeAlias = Callable[[str], frozenset[str]]
_VERSION: Final = 1
"""Counts up with what `defined_names` or `item_names` find."""
_WORTH_KEEPING: Final = 500
"""A folder of fewer headers is read in the time that its entry in the cache takes."""
# What these folders have is wanted by the others, and rarely defines macros in their way.
_BASIC: Final = ("machine", "sys", "vm")
# Code of others, which FreeBSD builds with include folders of its own or not at all, and folders of
# programs' headers: such a header counts where no other defines a type.
_LAST: Final = frozenset(
    ("contrib", "cddl", "compat", "gnu", "tests", "arpa", "protocols", "rpcsvc", "ssp", "xlocale")
)
# Not the end of an `#include <...>` or of its line, and no bytes that are not UTF-8.
_INCLUDABLE: Final = re.compile(r"[^>\n\r\ud800-\udfff]+")
# Where a source tree keeps what is included as <machine/pcb.h> and <x86/apicvar.h>.
_OF_A_MACHINE: Final = re.compile(r"(?:.*/)?(amd64|arm|arm64|i386|powerpc|riscv|x86)/include/")


class HeaderIndex:
    """The headers of one tree for one machine, by the names that they define.

    `headers` are all of them, in an order in which most of them go together.
    """

    def __init__(self, headers: Mapping[str, Sequence[str]]) -> None:
        self.headers: Final = tuple(sorted(headers, key=_inclusion))
        self._definers: dict[str, list[str]] = {}
        for header, names in headers.items():
            for name in names:
                self._definers.setdefault(name, []).append(header)

    @property
    def kernels_own(self) -> tuple[str, ...]:
        """Those in a folder, but for what is for programs or other systems' code."""
        parts = ((header, header.partition("/")) for header in self.headers)
        return tuple(h for h, (folder, slash, _) in parts if slash and folder not in _LAST)

    @property
    def names(self) -> Collection[str]:
        """All names that some header defines."""
        return self._definers.keys()

    def definers(self, name: str) -> tuple[str, ...]:
        """The headers that define `name` (of a type: its tag or typedef), likeliest first."""
        return tuple(sorted(self._definers.get(name, ()), key=_likelihood))

    def named(self, path: str, among: Collection[str]) -> tuple[str, ...]:
        """Those of the headers `among` that a path such as "/usr/src/sys/sys/bio.h" means.

        It ends with the header's name, or is the end of it; then it may mean several.
        """
        path = _OF_A_MACHINE.sub(_as_included, path)
        parts = path.split("/")
        # A last part alone is a header in no folder, and of another folder it says nothing.
        last = len(parts) - (len(parts) > 1 and parts[-2] != "include")
        tails = ("/".join(parts[start:]) for start in range(last))
        for tail in tails:
            if tail in among:
                return (tail,)
        return tuple(header for header in among if header.endswith(f"/{path}"))


def likely(headers: Sequence[str], *, programs: bool) -> tuple[str, ...]:
    """Of headers that define one name those that count: of no other system.

    And if it is not for `programs`, of no folder or programs' folder; all, if there is no other.
    """
    found = [
        header
        for header in headers
        if header.partition("/")[0] not in _LAST and (programs or "/" in header)
    ]
    return tuple(found or headers)


def _as_included(found: re.Match[str]) -> str:
    return f"{'x86' if found[1] == 'x86' else 'machine'}/"


def _inclusion(header: str) -> tuple[bool, str]:
    return header.partition("/")[0] not in _BASIC, header


def _likelihood(header: str) -> tuple[bool, bool, int, str]:
    """A sorting key: the machine's own, those in a folder, those in none (of programs)."""
    first, slash, _ = header.partition("/")
    return not slash, first != "machine", header.count("/"), header


def index_headers(folders: Sequence[Path], target: Target) -> HeaderIndex:
    """The headers in `folders`, of which an earlier one hides those of the same name in the later.

    By the types that they define. Folders that hold other machines' headers are left out.
    """
    return _index(folders, target, "types", defined_names)


def index_items(folders: Sequence[Path], target: Target) -> HeaderIndex:
    """The same by the macros, enumerators, functions and variables that they define."""
    return _index(folders, target, "items", item_names)


def _index(folders: Sequence[Path], target: Target, what: str, parse: _Parse) -> HeaderIndex:
    headers: dict[str, Sequence[str]] = {}
    for folder in folders:
        for header, names in _names_in(folder, what, parse).items():
            if not is_foreign(header, target):
                headers.setdefault(header, names)
    return HeaderIndex(headers)


def _names_in(folder: Path, what: str, parse: _Parse) -> _Names:
    """The headers in a folder, and the names that each defines."""
    found = list_headers(folder)
    signature = hashlib.sha256(repr((_VERSION, [*found])).encode()).hexdigest()
    entry = _entry(folder, what) if len(found) >= _WORTH_KEEPING else None
    names = _kept(entry, signature)
    if names is None:
        read = {header: _read(folder / header, parse) for header, _, _ in found}
        names = {header: sorted(defined or ()) for header, defined in read.items()}
        if None not in read.values():  # that it can be read next time changes no signature
            _keep(entry, signature, names)
    return names


def list_headers(folder: Path) -> Listing:
    """The headers below a folder, sorted; what cannot be looked into has none."""
    return tuple(sorted(_walk(folder)))


def list_names(folder: Path) -> tuple[str, ...]:
    """All that an `#include` could find below a folder, whatever it is called, sorted.

    Links to folders are followed, each folder once, and named with what they lead to. A link that
    leads to nothing is no name.
    """
    names, seen, ahead = [], set(), [str(folder)]
    while ahead:
        root = ahead.pop()
        real = os.path.realpath(root)
        names.append(f"{root}/\0{real}")
        if real in seen:
            continue
        seen.add(real)
        with suppress(OSError), os.scandir(root) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                with suppress(OSError):  # of a link that leads in a circle
                    if entry.is_dir():
                        ahead.append(entry.path)
                    elif not entry.is_symlink() or entry.is_file():
                        names.append(entry.path)
    return tuple(sorted(names))


def _walk(folder: Path, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """Each header below a folder: its name from there, its size, and when it was changed (ns).

    A name that no line of C can include is none.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            # A link that leads in a circle can be neither: it costs only itself.
            with suppress(OSError):
                # Links to folders are followed where a build has them: `machine` and its like.
                if entry.is_dir(follow_symlinks=not prefix):
                    yield from _walk(folder / entry.name, f"{name}/")
                elif name.endswith(".h") and _INCLUDABLE.fullmatch(name) and entry.is_file():
                    status = entry.stat()
                    # The second time cannot be set back.
                    changed = max(status.st_mtime_ns, status.st_ctime_ns)
                    yield name, status.st_size, changed


def _read(header: Path, parse: _Parse) -> frozenset[str] | None:
    try:
        return parse(header.read_text(encoding="utf-8", errors="replace"))
    except OSError:  # clang will say it where somebody needs the header
        return None


# The cache


def _entry(folder: Path, what: str) -> Path | None:
    with suppress(ToolchainError):  # a user without a home
        name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]
        return cache_folder() / "index" / f"{name}-{what}.json"
    return None


def _kept(entry: Path | None, signature: str) -> _Names | None:
    if entry is None:
        return None
    try:
        kept = json.loads(entry.read_bytes())
        if kept["signature"] != signature:
            return None
        # A foreign entry may hold anything.
        return {header: [name + "" for name in names] for header, names in kept["headers"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(entry: Path | None, signature: str, names: _Names) -> None:
    """Whole or not at all; in vain where nothing can be written."""
    if entry is None:
        return
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(dir=entry.parent, prefix=entry.name)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                json.dump({"signature": signature, "headers": names}, stream)
            Path(part).replace(entry)
        finally:
            Path(part).unlink(missing_ok=True)
