"""A file of Rust -> a variant whose types are hidden, so that rustdoc writes less about them.

For each type without `#[doc(hidden)]`, rustdoc computes which of all traits it has by `auto` and by
blanket impls. This takes half of its time and makes two thirds of its output (source: rustdoc's
pass collect_trait_impls). layoutcheck reads none of it, and hidden items are listed like all
others.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["hide_types"]

HIDDEN: Final = "#[doc(hidden)] "
# A type at the start of its line, after attributes. A type elsewhere stays and only costs time.
_TYPE: Final = re.compile(
    r"^(?=[ \t]*(?:#\[[^\]\n]*\][ \t]*)*"
    r"(?:pub(?:\([\w: ]+\))?[ \t]+)?(?:struct|union|enum)[ \t]+\w)",
    re.MULTILINE,
)
_OWN_MACROS: Final = re.compile(r"\bmacro(?:_rules\b|\s+\w)")


def hide_types(text: str, *others: str) -> str:
    """Return the text with the attribute before each type; every line keeps its number.

    A macro may expand differently for a type with one more attribute. The text is returned
    unchanged if it defines a macro, or if one of the `others`, which belong to the same crate,
    does.
    """
    if any("macro" in one and _OWN_MACROS.search(one) for one in (text, *others)):
        return text
    return _TYPE.sub(HIDDEN, text)
