"""The `[kernel]` table of a manifest, and `[kernel.matrix]` in it -> `Kernel`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.keys import DEFINE, INCLUDE, KEYS, NAMED
from layoutcheck.manifest.toml_reader import Toml, TomlReader
from layoutcheck.model.target import find_target

__all__ = ["VIEWS", "Headers", "Kernel", "View", "read_kernel"]

View: TypeAlias = Literal["kernel", "module", "userland"]
VIEWS: Final[tuple[View, ...]] = get_args(View)

AUTO: Final = "auto"
ZIGLANG: Final = "ziglang"
_RELEASE: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The source of headers, "ziglang" or a folder, and their release; None for any release."""

    where: str
    release: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """The C side: a cell for each `release`, `arch` and `conf`.

    No `release` means that of the headers. No `conf` means that the user names one. No `include`
    means "auto": the header of each type is searched for.

    `view` is "kernel"; "module" for a module that is built outside a kernel build; or "userland"
    for programs, without `_KERNEL` and kernel options.
    """

    release: tuple[str, ...] = ()
    arch: tuple[str, ...] = ("amd64",)
    conf: tuple[str, ...] = ()
    headers: tuple[Headers, ...] = (Headers(where=ZIGLANG),)
    view: View = "kernel"
    include: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()


def read_kernel(reader: TomlReader, table: Toml) -> Kernel:
    """Return the table as a `Kernel`. Raises `ManifestError` for invalid values."""
    return _KernelReader(reader, table).kernel()


class _KernelReader:
    def __init__(self, reader: TomlReader, table: Toml) -> None:
        self._reader, self._table = reader, table

    def kernel(self) -> Kernel:
        reader, table = self._reader, self._table
        reader.only_known("kernel", table, KEYS["kernel"])
        matrix = reader.get(table, "kernel", "matrix", dict) or {}
        reader.only_known("kernel.matrix", matrix, KEYS["kernel.matrix"])
        for key in matrix:
            if key in table:
                what = f"{key} is also in [kernel.matrix]"
                raise reader.error(what, name="kernel", key=key, hint="remove one of the two")
        return Kernel(
            release=tuple(self._releases(matrix, "kernel.matrix"))
            or tuple(self._releases(table, "kernel")),
            arch=self._machines(matrix, "kernel.matrix")
            or self._machines(table, "kernel")
            or ("amd64",),
            conf=reader.strings(matrix, "kernel.matrix", "conf")
            or reader.strings(table, "kernel", "conf"),
            headers=self._headers(),
            view=self._view(),
            include=self._include(),
            defines=self._each("defines", DEFINE, hint='e.g. "INVARIANTS" or "HZ=100"'),
        )

    def _machines(self, table: Toml, name: str) -> tuple[str, ...]:
        machines = self._reader.strings(table, name, "arch")
        for machine in machines:
            try:
                find_target(machine)
            except ManifestError as error:
                what = f"arch: {error.what}"
                raise self._reader.error(what, name=name, key="arch", hint=error.hint) from None
        return machines

    def _releases(self, table: Toml, name: str) -> Iterable[str]:
        """Yield the releases. Floats are refused: 14.10 would be 14.1."""
        value = table.get("release", [])
        for release in value if isinstance(value, list) else [value]:
            whole = isinstance(release, str | int) and not isinstance(release, bool)
            if not whole or not _RELEASE.fullmatch(str(release)):
                raise self._reader.error(
                    f"release is {release!r}", name=name, key="release", hint='write it as "14.3"'
                )
            yield str(release)

    def _headers(self) -> tuple[Headers, ...]:
        """Return one place for all releases, or a place for each release."""
        reader, table = self._reader, self._table
        places = table.get("headers", ZIGLANG)
        if not isinstance(places, dict):
            hint = f'say "{ZIGLANG}", name a folder, or a folder for each release'
            where = reader.matching(table, "kernel", "headers", NAMED, hint=hint) or ZIGLANG
            return (Headers(where=self._from_manifest(where)),)
        hint = 'e.g. headers = { "14" = "/usr/src14", "15" = "ziglang" }'
        if not places:
            raise reader.error("headers is empty", name="kernel", key="headers", hint=hint)
        found = []
        for release, where in places.items():
            is_named = isinstance(where, str) and NAMED.fullmatch(where)
            if not _RELEASE.fullmatch(release) or not is_named:
                what = f"headers has {release!r} = {where!r}"
                raise reader.error(what, name="kernel", key="headers", hint=hint)
            found.append(Headers(where=self._from_manifest(where), release=release))
        return tuple(found)

    def _from_manifest(self, where: str) -> str:
        return where if where == ZIGLANG else str(self._reader.path.parent / where)

    def _each(self, key: str, pattern: re.Pattern[str], *, hint: str) -> tuple[str, ...]:
        """Return strings, each of which matches the whole pattern."""
        values = self._reader.strings(self._table, "kernel", key)
        for value in values:
            if not pattern.fullmatch(value):
                raise self._reader.error(f"{key} has {value!r}", name="kernel", key=key, hint=hint)
        return values

    def _include(self) -> tuple[str, ...]:
        """Return () for "auto", which is the default. An empty list is an error."""
        if self._table.get("include", AUTO) == AUTO:
            return ()
        includes = self._each("include", INCLUDE, hint='e.g. "sys/param.h"')
        if not includes:
            raise self._reader.error(
                "include names no header",
                name="kernel",
                key="include",
                hint='leave it out, or say "auto": then each type\'s header is searched for',
            )
        return includes

    def _view(self) -> View:
        match self._table.get("view", "kernel"):
            case "kernel" | "module" | "userland" as view:
                return view
            case other:
                raise self._reader.error(
                    f"view is {other!r}",
                    name="kernel",
                    key="view",
                    hint='say "kernel", "module" or "userland"',
                )
