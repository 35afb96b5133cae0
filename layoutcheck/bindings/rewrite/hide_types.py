"""A file of Rust -> the same file with its types hidden, so that rustdoc says less of them.

Of each type that is not `#[doc(hidden)]` rustdoc works out which of all traits it has by `auto` and
by blanket impls: half of its time, and two thirds of what it writes (source: rustdoc's pass
collect_trait_impls). None of this is read here, and hidden items are listed like all others.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["hide_types"]

HIDDEN: Final = "#[doc(hidden)] "
# A type at the start of its line, behind attributes; one that stands elsewhere only costs time.
_TYPE: Final = re.compile(
    r"^(?=[ \t]*(?:#\[[^\]\n]*\][ \t]*)*"
    r"(?:pub(?:\([\w: ]+\))?[ \t]+)?(?:struct|union|enum)[ \t]+\w)",
    re.MULTILINE,
)
_OWN_MACROS: Final = re.compile(r"\bmacro(?:_rules\b|\s+\w)")


def hide_types(text: str, *others: str) -> str:
    """The text with the attribute before each type; every line keeps its number.

    A macro may make something else of a type with one more attribute: where the text, or one of the
    `others` that belong to the same crate, defines one, the text is left as it is.
    """
    if any("macro" in one and _OWN_MACROS.search(one) for one in (text, *others)):
        return text
    return _TYPE.sub(HIDDEN, text)
