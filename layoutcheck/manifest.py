"""`layoutcheck.toml` (or `[tool.layoutcheck]` of a pyproject.toml) -> `Manifest`.

Every key is described in docs/manifest.md. Unknown keys are errors: a misspelt waiver or option
that is silently ignored would make the gate say something that nobody asked it.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal, TypeVar

from layoutcheck.errors import ManifestError
from layoutcheck.location import SourceLocation

__all__ = [
    "Bindings",
    "Kernel",
    "Manifest",
    "Rename",
    "Waiver",
    "names_path",
    "read_manifest",
]

Toml = Mapping[str, object]
T = TypeVar("T")

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("bindings", "kernel", "rename", "opaque", "waive"),
    "bindings": (
        "path",
        "crate",
        "version",
        "source",
        "prelude",
        "edition",
        "features",
        "default-features",
        "env",
    ),
    "kernel": ("release", "arch", "conf", "headers", "view", "include", "defines"),
    "opaque": ("types",),
    "waive": ("subject", "check", "member", "reason"),
}
C_TYPE = re.compile(r"(?:(?:struct|union)\s+)?[A-Za-z_]\w*")
FIELD = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """The Rust side: a Cargo package at `path`, a published `crate`, or one `source` file.

    `env` are variables for cargo and the crate's build script; `{kernel-conf}` in a value becomes
    the path of the resolved kernel conf.
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
class Kernel:
    """The C side; `headers` is "ziglang" or a folder, `release` None where the tree says it.

    `view` is "kernel", or "userland" for what programs see: no `_KERNEL`, no kernel options.
    """

    release: str | None = None
    arch: tuple[str, ...] = ("amd64",)
    conf: tuple[str, ...] = ()
    headers: str = "ziglang"
    view: Literal["kernel", "userland"] = "kernel"
    include: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A Rust path that stands for a C type of another name, or one of its members (`member`)."""

    rust: str
    member: str | None
    c: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A mismatch that is known and accepted: patterns, and the reason.

    `check` may also be "indeterminate": what could not be checked.
    """

    subject: str
    check: str
    member: str
    reason: str
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A parsed manifest; relative paths in it are taken from the manifest's own folder."""

    path: Path
    bindings: Bindings
    kernel: Kernel = field(default_factory=Kernel)
    renames: tuple[Rename, ...] = ()
    opaque: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def names_path(pattern: str, rust_path: str) -> bool:
    """Whether a manifest's pattern names this Rust path.

    A pattern is a path with or without the crate's name in front, or the last segment alone; `*`
    and `?` match as in a shell.
    """
    _, _, inside = rust_path.partition("::")
    candidates = (rust_path, inside, rust_path.rpartition("::")[2])
    return any(fnmatchcase(candidate, pattern) for candidate in candidates)


def read_manifest(path: Path) -> Manifest:
    """The manifest in the TOML file `path`. Raises `ManifestError` for anything wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        document: Toml = tomllib.loads(text)
    except OSError as error:
        raise ManifestError(error.strerror or str(error), where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"not a TOML file: {error}", where=str(path)) from None
    prefix = ""
    if path.name == "pyproject.toml":
        prefix = "tool.layoutcheck."
        tool = document.get("tool")
        section = tool.get("layoutcheck") if isinstance(tool, dict) else None
        if not isinstance(section, dict):
            raise ManifestError("has no [tool.layoutcheck] table", where=str(path))
        document = section
    return _Reader(path, text, prefix).manifest(document)


class _Reader:
    """One reading of one manifest: knows the text, so that an error can name the line."""

    def __init__(self, path: Path, text: str, prefix: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._prefix = prefix

    def manifest(self, document: Toml) -> Manifest:
        self._only_known("", document)
        bindings = self._table(document, "bindings")
        if not bindings:
            raise self._error(
                "there is no [bindings] table",
                hint='say what to check: path = ".", crate and version, or source = "x.rs"',
            )
        kernel = self._table(document, "kernel")
        self._only_known("bindings", bindings)
        self._only_known("kernel", kernel)
        opaque = self._table(document, "opaque")
        self._only_known("opaque", opaque)
        return Manifest(
            path=self._path,
            bindings=self._bindings(bindings),
            kernel=Kernel(
                release=self._release(kernel),
                arch=self._strings(kernel, "kernel", "arch") or ("amd64",),
                conf=self._strings(kernel, "kernel", "conf"),
                headers=self._headers(kernel),
                view=self._view(kernel),
                include=self._strings(kernel, "kernel", "include"),
                defines=self._strings(kernel, "kernel", "defines"),
            ),
            renames=self._renames(self._table(document, "rename")),
            opaque=self._strings(opaque, "opaque", "types"),
            waivers=self._waivers(document.get("waive", [])),
        )

    def _bindings(self, table: Toml) -> Bindings:
        given = [key for key in ("path", "crate", "source") if key in table]
        if len(given) != 1:
            raise self._error(
                "needs exactly one of path, crate and source",
                table="bindings",
                key=given[1] if given else "",
                hint=f"it has {' and '.join(given)}" if given else None,
            )
        version = self._get(table, "bindings", "version", str)
        if ("crate" in table) != ("version" in table):
            raise self._error(
                "crate and version go together",
                table="bindings",
                key=("crate" if "crate" in table else "version"),
                hint='name one exact version, e.g. version = "0.2.0"',
            )
        if "prelude" in table and "source" not in table:
            raise self._error("prelude goes with source", table="bindings", key="prelude")
        env = self._get(table, "bindings", "env", dict) or {}
        for name, value in env.items():
            if not isinstance(value, str):
                raise self._error(f"env.{name} is not a string", table="bindings", key="env")
        default_features = self._get(table, "bindings", "default-features", bool)
        return Bindings(
            path=self._folder(table, "path"),
            crate=self._get(table, "bindings", "crate", str),
            version=version,
            source=self._folder(table, "source"),
            prelude=self._folder(table, "prelude"),
            edition=self._get(table, "bindings", "edition", str) or "2021",
            features=self._strings(table, "bindings", "features"),
            default_features=True if default_features is None else default_features,
            env=tuple(sorted(env.items())),
        )

    def _release(self, table: Toml) -> str | None:
        release = table.get("release")
        if release is None:
            return None
        text = release if isinstance(release, str) else str(release)
        if isinstance(release, bool) or not re.fullmatch(r"\d+(\.\d+)?", text):
            raise self._error(
                f"release is {release!r}", table="kernel", key="release", hint='e.g. "14.3"'
            )
        return text

    def _headers(self, table: Toml) -> str:
        headers = self._get(table, "kernel", "headers", str) or "ziglang"
        return headers if headers == "ziglang" else str(self._path.parent / headers)

    def _view(self, table: Toml) -> Literal["kernel", "userland"]:
        match table.get("view", "kernel"):
            case "kernel" | "userland" as view:
                return view
            case other:
                hint = 'say "kernel" or "userland"'
                raise self._error(f"view is {other!r}", table="kernel", key="view", hint=hint)

    def _renames(self, table: Toml) -> tuple[Rename, ...]:
        found = []
        for rust, c in table.items():
            path, _, member = rust.partition(".")
            pattern = FIELD if member else C_TYPE
            if not isinstance(c, str) or not pattern.fullmatch(c):
                example = '"lock_object"' if member else '"struct mtx" or "mtx_t"'
                raise self._error(
                    f"{rust} is renamed to {c!r}", table="rename", key=rust, hint=f"e.g. {example}"
                )
            found.append(Rename(rust=path, member=member or None, c=" ".join(c.split())))
        return tuple(found)

    def _waivers(self, tables: object) -> tuple[Waiver, ...]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error("is not a list of tables", key="waive", hint="write [[waive]]")
        headers = [
            number
            for number, line in enumerate(self._lines, 1)
            if re.match(rf"\s*\[\[\s*{re.escape(self._prefix)}waive\s*\]\]", line)
        ]
        found = []
        for index, table in enumerate(tables):
            line = headers[index] if index < len(headers) else 0
            self._only_known("waive", table, start=line)
            for key in ("subject", "reason"):
                if not str(table.get(key, "")).strip():
                    raise self._error(
                        f"a waiver needs a {key}",
                        line=line,
                        hint="a waiver without a reason is a hole in the gate"
                        if key == "reason"
                        else 'name the Rust path, e.g. subject = "mtx"',
                    )
            strings = {
                key: self._get(table, "waive", key, str) or default
                for key, default in (
                    ("subject", ""),
                    ("check", "*"),
                    ("member", "*"),
                    ("reason", ""),
                )
            }
            location = SourceLocation(path=str(self._path), line=line)
            found.append(Waiver(**strings, location=location))
        return tuple(found)

    def _folder(self, table: Toml, key: str) -> Path | None:
        value = self._get(table, "bindings", key, str)
        return None if value is None else self._path.parent / value

    def _table(self, document: Toml, key: str) -> Toml:
        table = document.get(key, {})
        if not isinstance(table, dict):
            raise self._error("is not a table", key=key, hint=f"write [{self._prefix}{key}]")
        return table

    def _get(self, table: Toml, name: str, key: str, kind: type[T]) -> T | None:
        value = table.get(key)
        if value is None or isinstance(value, kind):
            return value
        words = {str: "a string", bool: "true or false", dict: "a table"}
        raise self._error(f"{key} is not {words.get(kind, kind.__name__)}", table=name, key=key)

    def _strings(self, table: Toml, name: str, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(f"{key} is not a list of strings", table=name, key=key)
        return tuple(value)

    def _only_known(self, name: str, table: Toml, *, start: int = 0) -> None:
        for key in table:
            if key not in KEYS[name]:
                close = difflib.get_close_matches(key, KEYS[name], n=1)
                raise self._error(
                    f"unknown key {key!r}",
                    table=name,
                    key=key,
                    start=start,
                    hint=f"did you mean {close[0]}?"
                    if close
                    else f"known: {', '.join(KEYS[name])}",
                )

    def _error(
        self,
        what: str,
        *,
        table: str = "",
        key: str = "",
        line: int = 0,
        start: int = 0,
        hint: str | None = None,
    ) -> ManifestError:
        name = f"[{self._prefix}{table}]: " if table else ""
        line = line or self._line_of(table, key, start)
        where = SourceLocation(path=str(self._path), line=line)
        return ManifestError(f"{name}{what}", where=where, hint=hint)

    def _line_of(self, table: str, key: str, start: int) -> int:
        """The line that sets `key` of `table` (tomllib keeps no positions), or the table's own."""
        header = re.compile(rf"\s*\[\[?\s*{re.escape(self._prefix + table)}\s*\]")
        name = re.escape(key)
        setting = re.compile(rf"\s*[\"']?{name}[\"']?\s*[=.\]]|\s*\[+[^\]=]*\b{name}\s*\]")
        first = start
        if table and not start:
            numbers = (n for n, line in enumerate(self._lines, 1) if header.match(line))
            first = next(numbers, 0)
        if key:
            for number, line in enumerate(self._lines[first:], first + 1):
                if setting.match(line):
                    return number
        return first
