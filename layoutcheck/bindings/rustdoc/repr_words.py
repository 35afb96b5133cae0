"""rustdoc JSON of a type -> the words of its `repr`, and whether they fix its layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

__all__ = [
    "Kind",
    "fixes_layout",
    "is_generic",
    "may_be_of_c",
    "repr_words",
    "words_on_layout",
]

Kind = Literal["struct", "union", "enum"]

_REPR_TEXT = re.compile(r"#\[repr\((.*)\)\]", re.DOTALL)
_REPR_WORD = re.compile(r"[A-Za-z_]\w*(?:\s*\(\s*\d+\s*\))?")


def repr_words(attributes: list[Any]) -> tuple[str, ...]:
    """Return the words of all `repr` attributes, in the order kind, integer, packed, align."""
    words: list[str] = []
    for attribute in attributes:
        if isinstance(attribute, str):
            written = _REPR_TEXT.match(attribute.strip())
            words += _REPR_WORD.findall(written[1]) if written else ()
        elif isinstance(attribute, dict) and "repr" in attribute:
            body = attribute["repr"]
            words += {"c": ["C"], "rust": []}.get(body["kind"], [body["kind"]])
            if body["int"]:
                words.append(body["int"])
            for word in ("packed", "align"):
                if body[word]:
                    words.append(f"{word}({body[word]})")
    return tuple("packed" if word == "packed(1)" else "".join(word.split()) for word in words)


def fixes_layout(kind: Kind, words: tuple[str, ...]) -> bool:
    """Return whether a type's `repr` fixes its layout, or for an enum its integer type.

    `packed` and `align` alone leave the members' order to rustc (the Rust Reference, "Type
    layout").
    """
    if kind == "enum":
        return any(word.partition("(")[0] != "align" for word in words)
    return "C" in words or "transparent" in words


def words_on_layout(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that affect a layout without fixing it."""
    return tuple(word for word in words if word.partition("(")[0] in ("packed", "align"))


def may_be_of_c(kind: Kind, body: Mapping[str, Any]) -> bool:
    """Return whether the fields of a type without `repr` can show that it is a record of C's."""
    has_names = kind == "union" or (kind == "struct" and "plain" in body["kind"])
    return has_names and not is_generic(body)


def is_generic(body: Mapping[str, Any]) -> bool:
    """Return whether a type has parameters that its layout may depend on: not lifetimes."""
    return any("lifetime" not in parameter["kind"] for parameter in body["generics"]["params"])
