"""Rust text -> functions and statics that functions and constants declare or export for C.

rustdoc lists no item inside of a function, and no other code can name one. They are found in the
text, so that they can be reported as not compared. The text is that of the crate's files. If these
have macros that make such items, it is rustc's expansion of the crate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

__all__ = ["LocalItem", "LocalItems", "local_items"]

_BLOCK: Final = re.compile(r'extern\s*(?:"[^"\n]*"\s*)?\{')
_BLANK: Final = re.compile(
    r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\\n]|\\[^\n]{1,9}?)\'', re.DOTALL
)
_BRACKET: Final = re.compile(r"[(){}\[\]]")
_MODULE: Final = re.compile(r"\bmod\s+(?:r#)?(\w+)\s*$")
_IMPL: Final = re.compile(r"(?!.*\bfn\s+\w).*\b(?:impl|trait)\b", re.DOTALL)  # no fn() -> impl T
_MACRO: Final = re.compile(r"\w\s*!\s*(?:\w+\s*)?$|\bmacro\s+\w")
_NAMED: Final = re.compile(r"\b(?:fn|mod)\s+(?:r#)?(\w+)")
_ITEM: Final = re.compile(r"\b(fn|static)\s+(?:mut\s+)?(?:r#)?(\w+)")
_EXPORT: Final = re.compile(
    r"#\s*\[\s*(?:unsafe\s*\(\s*)?(?:no_mangle|export_name\s*=\s*\"(?P<name>[^\"]*)\")"
)
_LINK_NAME: Final = re.compile(r'\blink_name\s*=\s*"(?:\\u\{1\})?([^"]+)"\s*\)?\s*\]')


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalItem:
    """A function or static of C's that a function declares for itself, or defines for C.

    `path` is its name after the names of the modules and functions around it in the file.
    """

    kind: Literal["function", "static"]
    path: tuple[str, ...]
    line: int
    link_name: str | None
    is_defined: bool = False


class LocalItems(NamedTuple):
    """The items of a text, and whether a macro contains or makes such items.

    Only the compiler knows how such a macro expands.
    """

    items: tuple[LocalItem, ...]
    has_macros: bool


def local_items(text: str) -> LocalItems:
    """Return the exported items and those of `extern` blocks inside functions and constants.

    Most files need no parsing: an item at the start of a line, with all brackets before it closed,
    is in no function.
    """
    if _is_flat(text):
        return LocalItems((), has_macros=False)
    read = tuple(_read(text))
    return LocalItems(tuple(filter(None, read)), has_macros=None in read)


def _read(text: str) -> Iterator[LocalItem | None]:
    """Yield the items of a text in order; None for an item in a macro."""
    code = _BLANK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    around: list[tuple[str, str]] = []
    here = 0
    for bracket in _BRACKET.finditer(code):
        if bracket[0] in ")]}":
            if around:
                around.pop()
        else:
            around.append((bracket[0], code[here : bracket.start()]))
            outside = around[:-1]
            block = bracket[0] == "{" and re.search(r"\bextern\s*$", around[-1][1])
            export = _EXPORT.match(text, bracket.start() - 1) if bracket[0] == "[" else None
            if (block or export) and _is_in_macro(outside):
                yield None
            elif block and _is_local(outside):
                yield from _declared(text, code, bracket.end(), outside)
            elif export and _is_in_code(outside):
                yield from _defined(code, export, outside)
        if bracket[0] in "{}":
            here = bracket.end()


def _is_flat(text: str) -> bool:
    """Return whether all blocks and exports seem to be outside of brackets."""
    here = depth = 0
    for start in sorted(m.start() for of in (_BLOCK, _EXPORT) for m in of.finditer(text)):
        for mark, step in (("{", 1), ("}", -1), ("(", 1), (")", -1)):
            depth += step * text.count(mark, here, start)
        line = text.rfind("\n", 0, start) + 1
        if depth or text[line:start] not in ("", "unsafe "):
            return False
        here = start
    return True


def _is_local(around: list[tuple[str, str]]) -> bool:
    """Return whether a block is inside something other than modules."""
    return not all(_MODULE.search(head) for _, head in around)


def _is_in_macro(around: list[tuple[str, str]]) -> bool:
    """Return whether a block is in a macro's brackets."""
    return any(_MACRO.search(head) for _, head in around)


def _is_in_code(around: list[tuple[str, str]]) -> bool:
    """Return whether a place is local, and not directly in an `impl`, whose items rustdoc lists."""
    return _is_local(around) and not _IMPL.match(around[-1][1])


def _defined(
    code: str, export: re.Match[str], around: list[tuple[str, str]]
) -> Iterator[LocalItem]:
    names = [names[-1] for _, head in around if (names := _NAMED.findall(head))]
    item = _ITEM.search(code, export.end())
    if item is not None:
        yield LocalItem(
            kind="function" if item[1] == "fn" else "static",
            path=(*names, item[2]),
            line=code.count("\n", 0, item.start()) + 1,
            link_name=export["name"],
            is_defined=True,
        )


def _declared(
    text: str, code: str, start: int, around: list[tuple[str, str]]
) -> Iterator[LocalItem]:
    end = code.find("}", start)
    names = [names[-1] for _, head in around if (names := _NAMED.findall(head))]
    before = start
    for item in _ITEM.finditer(code, start, end if end >= 0 else len(code)):
        linked = _LINK_NAME.findall(text[before : item.start()])
        before = item.end()
        yield LocalItem(
            kind="function" if item[1] == "fn" else "static",
            path=(*names, item[2]),
            line=text.count("\n", 0, item.start()) + 1,
            link_name=linked[-1] if linked else None,
        )
