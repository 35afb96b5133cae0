"""`layoutcheck.toml` (or `[tool.layoutcheck]` of a pyproject.toml) -> `Manifest`.

docs/manifest.md describes every key. Unknown keys are errors: a misspelt waiver or option that is
silently ignored would change the result of the gate.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from layoutcheck.errors import ManifestError
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.bits import Mask, read_bits
from layoutcheck.manifest.kernel import Kernel, read_kernel
from layoutcheck.manifest.keys import (
    C_TYPE,
    CRATE,
    EDITION,
    FIELD,
    GO_WITH,
    KEYS,
    VARIABLE,
    VERSION,
)
from layoutcheck.manifest.toml_reader import Toml, TomlReader, load_toml
from layoutcheck.model.checks import SUMMARIES, UNCHECKED

__all__ = [
    "Bindings",
    "Manifest",
    "Mask",
    "Rename",
    "Waiver",
    "names_path",
    "read_manifest",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """The Rust side: a Cargo package at `path`, a published `crate`, or one `source` file.

    `env` are variables for cargo and the crate's build script; `{kernel-conf}` in a value is
    replaced by the path of the resolved kernel conf.
    """

    path: Path | None = None
    crate: str | None = None
    version: str | None = None
    source: Path | None = None
    prelude: Path | None = None
    edition: str = "2021"
    features: tuple[str, ...] = ()
    default_features: bool = True
    env: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        if self.crate is not None:
            return f"{self.crate} {self.version}"
        return str(self.path or self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A Rust path that stands for a C type of another name, or one of its members (`member`)."""

    rust: str
    member: str | None
    c: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A mismatch that is known and accepted: patterns, and the reason.

    `check` "indeterminate" means that the item is unchecked. After the day `expires` it waives
    nothing. `count` is the number of items that it has to waive, counted once for all cells.
    """

    subject: str
    check: str
    member: str
    reason: str
    location: SourceLocation
    expires: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A parsed manifest; relative paths in it are relative to the manifest's own folder."""

    path: Path
    bindings: Bindings
    kernel: Kernel = field(default_factory=Kernel)
    renames: tuple[Rename, ...] = ()
    masks: tuple[Mask, ...] = ()
    opaque: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def names_path(pattern: str, rust_path: str) -> bool:
    """Return whether a manifest's pattern names this Rust path.

    A pattern is a path, or the last segments of one; `*` and `?` match as in a shell.
    """
    segments = rust_path.split("::")
    ends = ("::".join(segments[start:]) for start in range(len(segments)))
    return any(fnmatchcase(end, pattern) for end in ends)


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in the TOML file `path`. Raises `ManifestError` for an invalid one."""
    text, document = load_toml(path)
    prefix = ""
    if path.name == "pyproject.toml":
        prefix = "tool.layoutcheck."
        tool = document.get("tool")
        section = tool.get("layoutcheck") if isinstance(tool, dict) else None
        if not isinstance(section, dict):
            raise ManifestError("has no [tool.layoutcheck] table", where=str(path))
        document = section
    return _Reader(path, text, prefix).manifest(document)


class _Reader(TomlReader):
    """One reading of one manifest."""

    def manifest(self, document: Toml) -> Manifest:
        self.without_nul(document)
        self.only_known("", document, KEYS[""])
        bindings = self.table(document, "bindings")
        if not bindings:
            raise self.error(
                "there is no [bindings] table",
                name="bindings",
                hint='say what to check: path = ".", crate and version, or source = "x.rs"',
            )
        opaque = self.table(document, "opaque")
        self.only_known("opaque", opaque, KEYS["opaque"])
        return Manifest(
            path=self.path,
            bindings=self._bindings(bindings),
            kernel=read_kernel(self, self.table(document, "kernel")),
            renames=self._renames(self.table(document, "rename")),
            masks=read_bits(self, self.table(document, "bits")),
            opaque=self.strings(opaque, "opaque", "types"),
            waivers=self._waivers(document.get("waive", [])),
        )

    def _bindings(self, table: Toml) -> Bindings:
        self.only_known("bindings", table, KEYS["bindings"])
        given = [key for key in ("path", "crate", "source") if key in table]
        if len(given) != 1:
            raise self.error(
                "needs exactly one of path, crate and source",
                name="bindings",
                key=given[1] if given else "",
                hint=f"it has {' and '.join(given)}" if given else None,
            )
        for key, beside in GO_WITH.items():
            if key in table and given[0] not in beside:
                what = f"{key} goes with {' or '.join(beside)}, not with {given[0]}"
                raise self.error(what, name="bindings", key=key)
        default_features = self.get(table, "bindings", "default-features", bool)
        return Bindings(
            path=self.path_in(table, "bindings", "path"),
            crate=self.matching(table, "bindings", "crate", CRATE, hint='e.g. "libc"'),
            version=self._version(table),
            source=self.path_in(table, "bindings", "source"),
            prelude=self.path_in(table, "bindings", "prelude"),
            edition=self.matching(table, "bindings", "edition", EDITION, hint='e.g. "2021"')
            or "2021",
            features=self.strings(table, "bindings", "features"),
            default_features=True if default_features is None else default_features,
            env=self._env(table),
        )

    def _version(self, table: Toml) -> str | None:
        hint = 'name one exact version, e.g. version = "0.2.0"'
        if "crate" in table and "version" not in table:
            what = "crate and version go together"
            raise self.error(what, name="bindings", key="crate", hint=hint)
        return self.matching(table, "bindings", "version", VERSION, hint=hint)

    def _env(self, table: Toml) -> tuple[tuple[str, str], ...]:
        env = self.get(table, "bindings", "env", dict) or {}
        for name, value in env.items():
            if not VARIABLE.fullmatch(name):
                what = f"{name!r} is no name of a variable"
                raise self.error(what, name="bindings", key="env", hint='e.g. MY_CONF = "1"')
            if not isinstance(value, str):
                raise self.error(f"env.{name} is not a string", name="bindings", key="env")
        return tuple(sorted(env.items()))

    def _renames(self, table: Toml) -> tuple[Rename, ...]:
        found = []
        for rust, c in table.items():
            path, _, member = rust.partition(".")
            pattern = FIELD if member else C_TYPE
            if isinstance(c, dict):
                what, hint = f"{rust} is a table", f'quote the key: "{rust}.member" = "c_member"'
                raise self.error(what, name="rename", key=rust, hint=hint)
            if not isinstance(c, str) or not pattern.fullmatch(c):
                example = '"lock_object"' if member else '"struct mtx", "enum uio_rw" or "mtx_t"'
                what = f"{rust}: {c!r} is no name of C's"
                raise self.error(what, name="rename", key=rust, hint=f"e.g. {example}")
            found.append(Rename(rust=path, member=member or None, c=" ".join(c.split())))
        return tuple(found)

    def _waivers(self, tables: object) -> tuple[Waiver, ...]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.error("waive is not a list of tables", key="waive", hint="write [[waive]]")
        headers = self.headers_of("waive")
        found = []
        for index, table in enumerate(tables):
            line = headers[index] if index < len(headers) else self.line_of("", "waive")
            found.append(self._waiver(table, line))
        return tuple(found)

    def _waiver(self, table: Toml, line: int) -> Waiver:
        self.only_known("waive", table, KEYS["waive"], start=line)
        strings = {}
        for key, default in (("subject", ""), ("check", "*"), ("member", "*"), ("reason", "")):
            value = self.get(table, "waive", key, str, start=line)
            strings[key] = default if value is None else value
        for key, hint in (
            ("subject", 'name the Rust path, e.g. subject = "mtx"'),
            ("reason", "a waiver without a reason is a hole in the gate"),
        ):
            if not strings[key].strip():
                raise self.error(f"a waiver needs a {key}", name="waive", start=line, hint=hint)
        for key in ("check", "member"):
            if not strings[key].strip():
                hint = f"leave {key} out to waive any"
                raise self.error(f"{key} is empty", name="waive", key=key, start=line, hint=hint)
        self._check_named(strings["check"], line)
        return Waiver(
            **strings,
            location=SourceLocation(path=str(self.path), line=line),
            expires=self._expiry(table, line),
            count=self._count(table, line),
        )

    def _expiry(self, table: Toml, line: int) -> date | None:
        """Return the last day of a waiver, a date of TOML; None if it has none."""
        value = table.get("expires")
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        hint = "write it without quotes: expires = 2030-12-31"
        raise self.error(
            "expires is not a date", name="waive", key="expires", start=line, hint=hint
        )

    def _count(self, table: Toml, line: int) -> int | None:
        value = table.get("count")
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        hint = "give the number of items that it waives, e.g. count = 3"
        raise self.error("count is no number", name="waive", key="count", start=line, hint=hint)

    def _check_named(self, check: str, line: int) -> None:
        """Refuse a pattern that names no check: its waiver would never apply."""
        known = (*SUMMARIES, UNCHECKED)
        if any(fnmatchcase(id_, check) for id_ in known):
            return
        close = difflib.get_close_matches(check, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
        what = f"check {check!r} names no check"
        raise self.error(what, name="waive", key="check", start=line, hint=hint)
