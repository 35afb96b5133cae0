"""A file of Rust -> what is declared or exported for C inside of its functions and constants.

rustdoc lists no item of a function, and no other code can name one. They are found in the text, so
that it can be said that they were not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["LocalItem", "local_items"]

_BLOCK: Final = re.compile(r'extern\s*(?:"[^"\n]*"\s*)?\{')
_BLANK: Final = re.compile(
    r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\\n]|\\[^\n]{1,9}?)\'', re.DOTALL
)
_BRACKET: Final = re.compile(r"[(){}\[\]]")
_MODULE: Final = re.compile(r"\bmod\s+(?:r#)?(\w+)\s*$")
_IMPL: Final = re.compile(r"\b(?:impl|trait)\b")
_MACRO: Final = re.compile(r"!\s*(?:\w+\s*)?$")
_NAMED: Final = re.compile(r"\b(?:fn|mod)\s+(?:r#)?(\w+)")
_ITEM: Final = re.compile(r"\b(fn|static)\s+(?:mut\s+)?(?:r#)?(\w+)")
_EXPORT: Final = re.compile(
    r"#\s*\[\s*(?:unsafe\s*\(\s*)?(?:no_mangle|export_name\s*=\s*\"(?P<name>[^\"]*)\")"
)
_LINK_NAME: Final = re.compile(r'\blink_name\s*=\s*"(?:\\u\{1\})?([^"]+)"\s*\)?\s*\]')


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalItem:
    """A function or static of C's that a function declares for itself, or defines for C.

    `path` are the names of the modules and functions around it in the file, and its own.
    """

    kind: Literal["function", "static"]
    path: tuple[str, ...]
    line: int
    link_name: str | None
    is_defined: bool = False


def local_items(text: str) -> Iterator[LocalItem]:
    """The items of `extern` blocks, and what is exported, that stand in functions and constants.

    What a macro is given or made of is left out: only the compiler knows what becomes of it. What
    begins its line is taken for a module's, so that most files need not be read closely.
    """
    found = (*_BLOCK.finditer(text), *_EXPORT.finditer(text))
    if all(map(_begins_its_line, found)):
        return
    code = _BLANK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    around: list[tuple[str, str]] = []
    here = 0
    for bracket in _BRACKET.finditer(code):
        if bracket[0] in ")]}":
            if around:
                around.pop()
        else:
            around.append((bracket[0], code[here : bracket.start()]))
            block = re.search(r"\bextern\s*$", around[-1][1])
            if bracket[0] == "{" and block and _is_local(around[:-1]):
                yield from _declared(text, code, bracket.end(), around[:-1])
            export = _EXPORT.match(text, bracket.start() - 1) if bracket[0] == "[" else None
            if export is not None and _is_in_code(around[:-1]):
                yield from _defined(code, export, around[:-1])
        if bracket[0] in "{}":
            here = bracket.end()


def _begins_its_line(block: re.Match[str]) -> bool:
    line = block.string.rfind("\n", 0, block.start()) + 1
    return block.string[line : block.start()] in ("", "unsafe ")


def _is_local(around: list[tuple[str, str]]) -> bool:
    """Return whether a block is in something else than modules, and not in a macro's braces."""
    return not all(_MODULE.search(head) for _, head in around) and not any(
        bracket != "{" or _MACRO.search(head) for bracket, head in around
    )


def _is_in_code(around: list[tuple[str, str]]) -> bool:
    """Return whether what stands there is local, and in no `impl`, which rustdoc lists."""
    return _is_local(around) and not any(_IMPL.search(head) for _, head in around)


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
