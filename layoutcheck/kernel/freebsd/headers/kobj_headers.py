"""An interface file such as `bus_if.m` -> the text of `bus_if.h`; no file is read.

The language is that of kobj(9). FreeBSD's build compiles it with `sys/tools/makeobjops.awk -h`. The
header here has the declarations of that script (13.2), in the same order, without comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.config.quoting import quote
from layoutcheck.location import SourceLocation

__all__ = ["render_interface"]

_BLANKS: Final = " \t\r"
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_STATEMENT: Final = re.compile(r"([A-Z]+)[ \t]*(.*)")
_BEFORE_NAME: Final = re.compile(r"[* \t]+")


def render_interface(text: str, *, path: str) -> str:
    """Return the header of the interface file `text`, which is called `path` in errors.

    The time is proportional to the text. Raises `HeaderTreeError` with the line that is not
    understood.
    """
    return "\n".join(_Interface(text, path).render()) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Method:
    """A METHOD, or STATICMETHOD: "int poke { device_t dev; int how; };"."""

    result: str
    name: str
    parameters: tuple[str, ...]
    is_static: bool

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the parameters' names."""
        return tuple(_name_in(parameter) for parameter in self.parameters)


class _Interface:
    """One interface file, read from its first line to its last."""

    def __init__(self, text: str, path: str) -> None:
        self._lines: Final = text.split("\n")
        self._path: Final = path
        self._read = 0
        self._name = ""
        self._methods: set[str] = set()
        self._prolog = self._epilog = ""
        self._is_singleton = False

    def render(self) -> Iterator[str]:
        """Yield the header, piece by piece."""
        while self._read < len(self._lines):
            # As in the build, a comment ends the line, even one within a comment of C's.
            line = self._next("").partition("#")[0].strip(_BLANKS)
            if line.startswith("/**"):
                self._skip_comment(line)
            elif line:
                yield from self._statement(line)
        if not self._name:
            raise self._error("there is no INTERFACE line")
        yield "#endif"

    def _statement(self, line: str) -> Iterator[str]:
        found = _STATEMENT.fullmatch(line)
        match (found[1], found[2]) if found else ("", ""):
            case "INTERFACE", rest:
                yield from self._interface(rest)
            case "HEADER", "{":
                yield self._block("HEADER")
            case "CODE", "{":
                self._block("CODE")
            case "PROLOG", "{":
                self._prolog = self._block("PROLOG")
            case "EPILOG", "{":
                self._epilog = self._block("EPILOG")
            case "SINGLETON", _:
                self._is_singleton = True
            case ("METHOD" | "STATICMETHOD") as keyword, rest:
                yield from self._render(self._method(rest, is_static=keyword == "STATICMETHOD"))
                self._prolog = self._epilog = ""
            case _:
                raise self._error(f"{quote(line)} is no statement of an interface file")

    def _interface(self, rest: str) -> Iterator[str]:
        name = rest.removesuffix(";").rstrip(_BLANKS)
        if not _NAME.fullmatch(name):
            raise self._error(f"{quote(name)} is no name of an interface")
        if self._name:
            raise self._error("this is a second INTERFACE line")
        self._name = name
        yield f"#ifndef _{name}_if_h_\n#define _{name}_if_h_"

    def _block(self, keyword: str) -> str:
        """Return the lines up to the one that begins with a brace."""
        start, lines = self._read, []
        while not (line := self._next(f"this {keyword} has no end", start)).startswith("}"):
            lines.append(line)
        return "\n".join(lines)

    def _skip_comment(self, line: str) -> None:
        start = self._read
        while "*/" not in line:
            line = self._next("this comment has no end", start)
        rest = line.partition("*/")[2].strip(_BLANKS)
        if rest:
            raise self._error(f"{quote(rest)} follows a comment")

    def _method(self, rest: str, *, is_static: bool) -> _Method:
        head, brace, body = rest.partition("{")
        *result, name = head.split() or [""]
        if not brace:
            raise self._error("a method's line has no {")
        if not result or not _NAME.fullmatch(name):
            raise self._error(f"{quote(head)} is no method's result and name")
        if not self._name:
            raise self._error("there is no INTERFACE line before this method")
        if name in self._methods:
            raise self._error(f"there is a method {name} already")
        self._methods.add(name)
        start, lines = self._read, [body]
        while "}" not in lines[-1]:
            lines.append(self._next(f"the method {name} has no end", start))
        # Text after the last semicolon is ignored, and text after the brace (DEFAULT), too.
        pieces = " ".join(lines).partition("}")[0].split(";")[:-1]
        parameters = tuple(" ".join(piece.split()) for piece in pieces if piece.strip())
        for parameter in parameters:
            if not _BEFORE_NAME.search(parameter) or not _IDENTIFIER.fullmatch(_name_in(parameter)):
                raise self._error(f"{quote(parameter)} is no parameter's type and name", start)
        if not parameters:
            raise self._error(f"the method {name} has no parameter, so no object", start)
        return _Method(
            result=" ".join(result), name=name, parameters=parameters, is_static=is_static
        )

    def _render(self, method: _Method) -> Iterator[str]:
        name = f"{self._name}_{method.name}"
        parameters, arguments = ", ".join(method.parameters), method.arguments
        target = arguments[0] if method.is_static else f"((kobj_t){arguments[0]})"
        has_result = method.result != "void"
        yield f"extern struct kobjop_desc {name}_desc;"
        yield f"typedef {method.result} {name}_t({parameters});"
        yield f"static __inline {method.result} {name.upper()}({parameters})"
        yield "{"
        yield f"\t{'static ' if self._is_singleton else ''}kobjop_t _m;"
        if has_result:
            yield f"\t{method.result} rc;"
        yield self._prolog
        if self._is_singleton:
            yield "\tif (_m == NULL)"
        yield f"\tKOBJOPLOOKUP({target}->ops, {name});"
        yield f"\t{'rc = ' if has_result else ''}(({name}_t *)_m)({', '.join(arguments)});"
        yield self._epilog
        if has_result:
            yield "\treturn (rc);"
        yield "}"

    def _next(self, ended: str, start: int = 0) -> str:
        """Return the next line. If there is none, raise an error at the line `start`."""
        if self._read == len(self._lines):
            raise self._error(ended, start)
        self._read += 1
        return self._lines[self._read - 1]

    def _error(self, what: str, line: int | None = None) -> HeaderTreeError:
        number = self._read if line is None else line
        return HeaderTreeError(what, where=SourceLocation(path=self._path, line=number))


def _name_in(parameter: str) -> str:
    """Return the name in "struct widget *widget"."""
    return _BEFORE_NAME.split(parameter)[-1]
