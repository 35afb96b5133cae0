"""Rust source and a line -> the item that begins there, in parts that can be replaced. Pure.

Only what an author writes by hand is read: attributes, visibility, name, and fields with their
types, each as text. What a macro makes is not there to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["ItemSource", "SignatureSource", "SourceField", "find_item", "find_signature"]

_TRIVIA: Final = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\\n]|\\.)'", re.DOTALL
)
_REPR: Final = re.compile(r"#\[\s*repr\s*\(([^\]]*)\)\s*\]")
_PUBLIC: Final = r"(?P<public>pub(?:\s*\([^)]*\))?\s+)?"
_WORD: Final = r"(?P<word>struct|union|enum|const|type)\s+"
_BEFORE: Final = r"(?P<before>(?:\s|#\[[^\]]*\])*)"
_FIELD: Final = re.compile(
    rf"{_BEFORE}{_PUBLIC}(?:(?P<name>(?:r#)?\w+)\s*:)?\s*(?P<type>\S.*?)\s*", re.DOTALL
)
_VARIANT: Final = re.compile(
    rf"{_BEFORE}(?P<public>)(?P<name>(?:r#)?\w+)\s*(?:=\s*(?P<type>\S.*?))?\s*", re.DOTALL
)
_ON_LINE: Final = re.compile(r"[ \t]*(//[^\n]*|/\*[^\n]*?\*/(?=[ \t]*\n))")
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceField:
    """A field as its author wrote it, or a variant, whose `type` is its value if it has one.

    `before` are the comments and attributes above it, `after` is the comment on its line.
    """

    name: str
    type: str
    public: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """An item: from `start` to `end` of the text. `body` is between its braces, or behind the `=`.

    `before` are its comments and attributes, up to its first word; `representation` are the words
    of its `repr`.
    """

    start: int
    end: int
    before: str
    indent: str
    public: str
    word: str
    name: str
    representation: str | None
    is_tuple: bool
    body: str
    type: str | None = None

    def head(self, representation: str) -> str:
        """Return the text before the item's first word, with this `repr`."""
        attribute = f"#[repr({representation})]"
        if self.representation is None:
            return f"{self.before}{attribute}\n{self.indent}"
        found = _REPR.search(_blank(self.before))
        if found is None:
            raise Inexpressible("its attributes are not understood")
        return self.before[: found.start()] + attribute + self.before[found.end() :]

    def fields(self) -> tuple[SourceField, ...]:
        """Return the fields. Raises `Inexpressible` for a field that depends on a `cfg`."""
        plain = _blank(self.body)
        found: list[SourceField] = []
        for number, (start, end) in enumerate(_split(plain)):
            comment = _ON_LINE.match(self.body, start)
            if found and comment is not None:
                found[-1] = replace(found[-1], after=comment[1])
                start = comment.end()  # noqa: PLW2901 - it is of the field before
            if plain[start:end].strip():
                found.append(self._field(plain, start, end, number))
        return tuple(found)

    def _field(self, plain: str, start: int, end: int, number: int) -> SourceField:
        pattern = _VARIANT if self.word == "enum" else _FIELD
        found = pattern.fullmatch(plain, start, end)
        if found is None or (found["name"] is None and not self.is_tuple):
            raise Inexpressible("one of its fields is not understood")
        parts = ("public", "name", "type")
        first = min(found.start(part) for part in parts if found[part])
        before = self.body[start:first].strip()
        if re.search(r"#\[\s*cfg", before):
            raise Inexpressible("one of its fields has a `cfg`")
        return SourceField(
            name=found["name"] or str(number),
            type=self.body[found.start("type") : found.end("type")] if found["type"] else "",
            public=found["public"] or "",
            before=before,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSource:
    """A declaration of a foreign function or static, from `start` to `end` of the text.

    `head` is all up to its name. `parameters` are pairs of name and type, None for a static.
    """

    start: int
    end: int
    name: str
    head: str
    parameters: tuple[tuple[str, str], ...] | None
    result: str


def find_signature(text: str, line: int, name: str) -> SignatureSource:
    """Return the declaration of that name that begins at a line. Raises `Inexpressible`."""
    plain = _blank(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    if not 0 < line <= len(starts):
        raise Inexpressible("its source has no such line")
    head = re.compile(rf"\b(?:fn|static(?:\s+mut)?)\s+(?:r#)?{re.escape(name)}\s*(?=[(:])")
    found = head.search(plain, starts[line - 1])
    if found is None or re.search(r"[;{}]", plain[starts[line - 1] : found.start()]):
        raise Inexpressible("its source has no such item there; a macro may have made it")
    parameters, end = None, found.end()
    if plain[end] == "(":
        last = _closing(plain, end)
        inside = (
            (start + end + 1, stop + end + 1) for start, stop in _split(plain[end + 1 : last])
        )
        pairs = (text[start:stop].strip().partition(":") for start, stop in inside)
        parameters = tuple((key.strip(), type_.strip()) for key, colon, type_ in pairs if colon)
        end = last + 1
    rest = re.compile(r"\s*(?:->\s*([^;{]+?)|:\s*([^;{]+?))?\s*;").match(plain, end)
    if rest is None:
        raise Inexpressible("it is no declaration of an `extern` block")
    return SignatureSource(
        start=starts[line - 1],
        end=rest.end(),
        name=name,
        head=text[starts[line - 1] : found.end()].rstrip(),
        parameters=parameters,
        result="" if rest[1] is None else text[rest.start(1) : rest.end(1)],
    )


def find_item(text: str, line: int, name: str) -> ItemSource:
    """Return the type, alias or constant of that name that begins at or after a line.

    The line may be that of its attributes. Raises `Inexpressible` if there is none, or if it has
    type parameters.
    """
    plain = _blank(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    if not 0 < line <= len(starts):
        raise Inexpressible("its source has no such line")
    head = re.compile(rf"{_PUBLIC}{_WORD}(?P<name>(?:r#)?{re.escape(name)}\b)")
    found = head.search(plain, starts[line - 1])
    between = "" if found is None else plain[starts[line - 1] : found.start()]
    if found is None or re.sub(r"#\[(?:[^\[\]]|\[[^\]]*\])*\]", "", between).strip():
        raise Inexpressible("its source has no such item there; a macro may have made it")
    start = _before(text, plain, found.start())
    own_line = text.rfind("\n", 0, found.start()) + 1
    before = text[start : found.start()]
    representation = _REPR.search(_blank(before))
    at = found.end()
    after = re.compile(r"\s*").match(plain, at)
    at = at if after is None else after.end()
    if found["word"] in {"const", "type"}:
        return _assigned(text, plain, found, start)
    if plain[at : at + 1] not in {"{", "("}:
        raise Inexpressible("it has type parameters, or no fields")
    end = _closing(plain, at)
    is_tuple = plain[at] == "("
    last = plain.index(";", end) + 1 if is_tuple else end + 1
    if is_tuple and plain[end + 1 : last - 1].strip():
        raise Inexpressible("it has bounds")
    return ItemSource(
        start=start,
        end=last,
        before=before,
        indent=text[own_line : found.start()] if not text[own_line : found.start()].strip() else "",
        public=found["public"] or "",
        word=found["word"],
        name=found["name"],
        representation=None if representation is None else representation[1].strip(),
        is_tuple=is_tuple,
        body=text[at + 1 : end],
    )


def _assigned(text: str, plain: str, found: re.Match[str], start: int) -> ItemSource:
    """Return a constant or an alias: its body is the value, or the type that it stands for."""
    rest = re.compile(r"(?:\s*:\s*([^=;]+?))?\s*=\s*([^;]+?)\s*;").match(plain, found.end())
    if rest is None or (rest[1] is None) != (found["word"] == "type"):
        raise Inexpressible("its value is not understood")
    return ItemSource(
        start=start,
        end=rest.end(),
        before=text[start : found.start()],
        indent="",
        public=found["public"] or "",
        word=found["word"],
        name=found["name"],
        representation=None,
        is_tuple=False,
        body=text[rest.start(2) : rest.end(2)],
        type=None if rest[1] is None else text[rest.start(1) : rest.end(1)],
    )


def _blank(text: str) -> str:
    """Return the text with comments and literals as blanks of the same length."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    return _TRIVIA.sub(blank, text)


def _before(text: str, plain: str, at: int) -> int:
    """Return where the attributes and comments directly above an item begin."""
    start = text.rfind("\n", 0, at) + 1
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        words, code = text[line : start - 1].strip(), plain[line : start - 1].strip()
        is_attribute = code.startswith("#[") and code.endswith("]")
        if not (words.startswith("//") and not words.startswith("//!")) and not is_attribute:
            break
        start = line
    return start


def _closing(plain: str, at: int) -> int:
    depth = 0
    for place in range(at, len(plain)):
        depth += (plain[place] in _OPEN) - (plain[place] in _CLOSE)
        if not depth:
            return place
    raise Inexpressible("its source ends in the middle")


def _split(plain: str) -> Iterator[tuple[int, int]]:
    """Yield the parts between commas that are in no bracket."""
    depth = start = 0
    for place, char in enumerate(plain):
        depth += (char in "([{<") - (char in ")]}")
        depth -= char == ">" and plain[place - 1 : place] != "-"
        if char == "," and not depth:
            yield start, place
            start = place + 1
    yield start, len(plain)
