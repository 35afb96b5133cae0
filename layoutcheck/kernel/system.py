"""An operating system's kernel: what has to be known of it to compile its headers as it does.

The rest of layoutcheck knows a `System` alone. FreeBSD's is in `freebsd/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

from layoutcheck.manifest.kernel import View
from layoutcheck.model.target import Target

__all__ = [
    "Before",
    "Conf",
    "HeaderLists",
    "HeaderTree",
    "IncludeRules",
    "KernelOption",
    "Sources",
    "System",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderTree:
    """Kernel headers of one release for one machine, ready for clang.

    `description` names them for a reader and `release` is like "14.2". `source_tree` is the folder
    of the sources, None where there are none. `flags` are clang's include flags, in order, and the
    macros that the headers lack. `stubs` are further headers, name to text: the folder that they
    are written to comes after `flags`. Option headers are not here: they come from the kernel conf.
    `generated` is the folder of those that were made for this invocation. `notes` on the headers
    are for the report.
    """

    description: str
    release: str
    source_tree: Path | None
    flags: tuple[str, ...]
    stubs: Mapping[str, str]
    generated: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders in `flags`, in which clang looks for headers."""
        pairs = pairwise(self.flags)
        return tuple(Path(folder) for flag, folder in pairs if flag == "-isystem")

    def has_generated(self, folder: Path) -> bool:
        """Return whether a folder was made for this invocation."""
        return self.generated is not None and self.generated in folder.parents


class KernelOption(Protocol):
    """An option of a kernel, and the option header that defines it."""

    @property
    def name(self) -> str:
        """The macro that the option defines."""

    @property
    def header(self) -> str:
        """The option header, such as "opt_inet.h"."""


class Conf(Protocol):
    """A kernel conf, resolved for one machine."""

    @property
    def origin(self) -> str:
        """The file that it comes from, as a reader is told."""

    @property
    def messages(self) -> tuple[str, ...]:
        """Warnings about the conf, for the report."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The text of each option header, empty for one that defines nothing."""

    @property
    def global_header(self) -> str:
        """The option header that the build includes in every source."""

    @property
    def included_headers(self) -> tuple[str, ...]:
        """The other option headers that a source may include, sorted."""

    @property
    def options(self) -> tuple[KernelOption, ...]:
        """The options that a header can ask for."""

    def render(self) -> str:
        """Return the conf as text that needs no other file: a crate's build script may read it."""

    def headers_for(self, view: View, release: str) -> Mapping[str, str]:
        """Return the option headers that a source of the view includes; none for userland's.

        Raises `KernConfError` for a release of which they are not known.
        """


class Before(NamedTuple):
    """The macros, headers and open `#pragma pack` of a source before it includes a header.

    Of macros with parameters the name ends with a bracket. Those of the build's command are told by
    a `source` with the flags behind it, which is no file.
    """

    source: str
    macros: Mapping[str, str]
    headers: frozenset[str]
    pack: str = ""


class Sources(Protocol):
    """The sources of a tree, by the headers that they include. Several threads may ask."""

    def of(self, header: str) -> tuple[str, ...]:
        """Return the sources that include a header, directly or not; the likeliest first."""

    def before(self, header: str) -> tuple[Before, ...]:
        """Return what each source that includes the header has before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLists:
    """The lists of headers that are shipped for a view.

    The `core` goes together, in this order. Macros of the headers `aside` hold for nobody else:
    each has the reason. Those `apart` are included in the place of one of the core.
    """

    core: tuple[str, ...]
    apart: tuple[str, ...]
    aside: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludeRules:
    """Rules by which the sources of a system include its headers.

    `is_foreign` tells the headers of another machine, `is_behind_machine` those that a machine's
    own stand before, as <machine/pcb.h> before <i386/pcb.h>. `as_included` turns a path in a source
    tree into what sources include. `basic` are the folders whose headers others want, `last` those
    of programs and of code of others: they count where no other defines a name.
    """

    is_foreign: Callable[[str, Target], bool]
    is_behind_machine: Callable[[str], bool]
    as_included: Callable[[str], str]
    basic: frozenset[str]
    last: frozenset[str]

    def likely(self, headers: Iterable[str], *, programs: bool) -> tuple[str, ...]:
        """Return the headers that count, of those that define one name; all if none does.

        Headers of the folders `last` do not count, nor, but for `programs`, those in no folder.
        """
        given = tuple(headers)
        found = tuple(
            header
            for header in given
            if header.partition("/")[0] not in self.last and (programs or "/" in header)
        )
        return found or given


class System(Protocol):
    """An operating system whose kernel's headers layoutcheck can compile."""

    @property
    def rules(self) -> IncludeRules:
        """Rules by which its sources include headers."""

    def open_tree(
        self, headers: str, *, target: Target, release: str | None, work: Path, is_taken: bool
    ) -> HeaderTree:
        """Return the headers that a user names. Raises `HeaderTreeError`."""

    def resolve_conf(self, name: str, target: Target, tree: HeaderTree) -> Conf:
        """Return the conf of that name or path. Raises `KernConfError`."""

    def compile_flags(self, target: Target, view: View) -> tuple[str, ...]:
        """Return clang's flags on top of the triple, the include folders and the options."""

    def lists(self, view: View) -> HeaderLists:
        """Return the shipped lists of headers."""

    def sources(self, tree: HeaderTree, read: Callable[[str], str]) -> Sources:
        """Return the sources of a tree; `read` gives a header's text."""
