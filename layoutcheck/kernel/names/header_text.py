"""A header's file -> its text, followed by that of the files it includes that are not headers.

Such a file is `x.inc`, `x.def`, `x.hpp` or `x.h.in`: any name that does not end in `.h`. The index
lists headers only, so the definitions of such a file count as its header's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from layoutcheck.kernel.names.comments import strip_comments

__all__ = ["HeaderText", "read_header"]

_MAX_FILES: Final = 256
_MAX_BYTES: Final = 64 * 1024 * 1024
"""The limits for a header with all that it includes; files beyond the limits count as empty."""
# Few texts have an include other than that of a header, plainly written. The literal at the start
# keeps the search below a millisecond for a megabyte.
_MAY_INCLUDE: Final = re.compile(rb'#[ \t]*include(?![ \t]*["<][^">\n]*\.h[">])')
# A macro's text counts, too: it may be the file of `#include MACRO`.
_INCLUDE: Final = re.compile(
    r'^[ \t]*#[ \t]*(?:include(?:_next)?|define[ \t]+\w+)[ \t]*(["<])([^">\n]+)(?<!\.h)[">]',
    re.MULTILINE,
)


class HeaderText(NamedTuple):
    """The text of a header for the index, as bytes whose lines end in a line feed.

    `is_own`: the bytes are those of the header's file alone. Otherwise they may change while the
    header does not: other files are included, or the header cannot be read now.
    """

    content: bytes
    is_own: bool

    @property
    def text(self) -> str:
        """Return the bytes as text; invalid UTF-8 is replaced."""
        return self.content.decode("utf-8", errors="replace")


def read_header(header: Path, folders: Sequence[Path]) -> HeaderText:
    """Read a header and the files it includes, directly or not; `folders` are the tree's.

    Each file is read once, also one that is included repeatedly, such as an X-macro file. A file
    that cannot be read counts as empty: clang reports it when the header is needed.
    """
    own = _read(header, _MAX_BYTES)
    if own is None:
        return HeaderText(b"", is_own=False)
    if not any(_included(own)):
        return HeaderText(own, is_own=True)
    contents, left = {os.path.realpath(header): own}, [(header, own)]
    while left:
        path, content = left.pop()
        for mark, name in _included(content):
            beside = (path.parent,) if mark == '"' else ()
            found = _find(name, (*beside, *folders))
            if found is None or os.path.realpath(found) in contents:
                continue
            room = _MAX_BYTES - sum(map(len, contents.values()))
            more = _read(found, room) if len(contents) < _MAX_FILES else None
            contents[os.path.realpath(found)] = more or b""
            left.append((found, more or b""))
    return HeaderText(b"\n".join(contents.values()), is_own=False)


def _included(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each file that a text includes and that is no header, after the mark of its name."""
    if _MAY_INCLUDE.search(content):
        text = content.decode("utf-8", errors="surrogateescape").replace("\\\n", "")
        yield from _INCLUDE.findall(strip_comments(text))


def _find(name: str, folders: Sequence[Path]) -> Path | None:
    for folder in folders:
        with suppress(OSError, ValueError):  # a name that no file can have
            if (folder / name).is_file():
                return folder / name
    return None


def _read(path: Path, limit: int) -> bytes | None:
    """Return the bytes of a regular file of at most `limit` bytes; None for any other file."""
    with suppress(OSError):
        status = path.stat()
        if S_ISREG(status.st_mode) and status.st_size <= limit:
            content = path.read_bytes()
            if b"\r" in content:
                content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            return content
    return None
