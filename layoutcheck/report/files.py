"""`FORMAT=PATH` requests -> report files."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.verdict import Run
from layoutcheck.report import NAMES, render_report

__all__ = ["Request", "parse_requests", "write_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A requested report: the name of its format, and its file."""

    format: str
    path: Path


def parse_requests(texts: Iterable[str]) -> tuple[Request, ...]:
    """Return the requests of texts such as `html=out.html`. Raises `LayoutcheckError`."""
    requests: list[Request] = []
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path or name not in NAMES:
            raise LayoutcheckError(
                f"{text!r} is no report",
                hint=f"say FORMAT=PATH, where FORMAT is one of {', '.join(NAMES)}",
            )
        if Path(path).is_dir():
            raise LayoutcheckError("is a folder", where=path, hint=f"name a file: {text}/report")
        if any(_same(request.path, Path(path)) for request in requests):
            raise LayoutcheckError("two reports go to one file", where=path, hint="name another")
        requests.append(Request(format=name, path=Path(path)))
    return tuple(requests)


def _same(one: Path, other: Path) -> bool:
    return os.path.normpath(one.absolute()) == os.path.normpath(other.absolute())


def write_reports(requests: Iterable[Request], runs: Sequence[Run]) -> tuple[Path, ...]:
    """Write each report of each run; the first run's file has the name, the others get `-2`, `-3`.

    Folders are made. Returns the paths. Raises `LayoutcheckError` if a file cannot be written; the
    file of an earlier run is then as it was.
    """
    written = []
    for request in requests:
        for number, run in enumerate(runs, 1):
            path = request.path
            if number > 1:
                path = path.with_stem(f"{path.stem}-{number}")
            # A path that is not UTF-8 (os.fsdecode's surrogates) must not make a report unwritable.
            content = render_report(request.format, run).encode("utf-8", "backslashreplace")
            try:
                _write(path, content)
            except OSError as error:
                raise LayoutcheckError(
                    f"the report cannot be written: {error.strerror}", where=str(path)
                ) from None
            written.append(path)
    return tuple(written)


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once, so that an error leaves the old one, and a reader sees one of both.

    A device, a pipe (`/dev/stdout`), and a file in a folder that may not be written to are written
    in place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    target = Path(os.path.realpath(path))  # a link stays a link
    part = target.with_name(f".layoutcheck-{secrets.token_hex(8)}")
    in_place = target.exists() and not target.is_file()
    try:
        file = target.open("wb") if in_place else part.open("xb")
    except PermissionError:
        if not target.exists():
            raise
        in_place, file = True, target.open("wb")
    if in_place:
        with file:
            file.write(content)
        return
    try:
        with file:
            file.write(content)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
