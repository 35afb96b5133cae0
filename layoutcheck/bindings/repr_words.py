"""rustdoc JSON's attributes of a type -> the words of its `repr`; whether they fix its layout."""

from __future__ import annotations

import re
from typing import Any, Literal

__all__ = ["Kind", "fixes_layout", "fixes_order", "repr_words"]

Kind = Literal["struct", "union", "enum"]

_REPR_TEXT = re.compile(r"#\[repr\((.*)\)\]", re.DOTALL)
_REPR_WORD = re.compile(r"[A-Za-z_]\w*(?:\s*\(\s*\d+\s*\))?")


def repr_words(attributes: list[Any]) -> tuple[str, ...]:
    """The words of all `repr` attributes, in the order kind, integer, packed, align."""
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
    """Whether a type's `repr` says how it is laid out, or for an enum which integer it is."""
    names = {word.partition("(")[0] for word in words}
    if kind == "enum":
        return bool(names - {"align"})
    return bool(names & {"C", "transparent", "packed", "align"})


def fixes_order(words: tuple[str, ...]) -> bool:
    """Whether a struct's or union's members stand as they are declared.

    `packed` and `align` alone do not say so (the Rust Reference, "The alignment modifiers").
    """
    return bool({"C", "transparent"} & set(words))
