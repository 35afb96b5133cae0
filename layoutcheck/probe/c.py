"""C type names -> the text of one C translation unit that asks clang for them. No input or output.

Each candidate has a line of its own in a file of its own, `CANDIDATES_FILE`, as clang's diagnostics
name it: so an error there says which candidate is no type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.symbols import ALIGNMENT, PRESENT, SUBJECT

__all__ = ["CANDIDATES_FILE", "render_c_probe"]

CANDIDATES_FILE: Final = "layoutcheck-candidates.c"
# No `#pragma pack` is in force, and no keyword is a macro for another.
_AS_USUAL: Final = (
    "_Static_assert(sizeof(struct { char c; long long l; }) == "
    "__SIZEOF_LONG_LONG__ + _Alignof(long long)"
    " && sizeof(char) == 1 && sizeof(short) == __SIZEOF_SHORT__ && sizeof(int) == __SIZEOF_INT__"
    ' && sizeof(long) == __SIZEOF_LONG__ && (unsigned char)-1 > (signed char)-1, "as usual");'
)


def render_c_probe(includes: Sequence[str], candidates: Sequence[tuple[str, str]]) -> str:
    """The text of a unit that includes `includes` in order and asks for each (key, C type).

    The N-th include is on line N; the N-th candidate on line N of `CANDIDATES_FILE`. What follows
    them compiles only if no include left something open. A pointer
    makes clang describe the type; an array of as many elements as the type's alignment puts that
    into the debug information, which otherwise has it only where it was forced.
    """
    lines = [f"#include <{include}>" for include in includes]
    lines.append(f'# 1 "{CANDIDATES_FILE}"')
    lines += [
        f"{c_type} *{SUBJECT}{key}; char {ALIGNMENT}{key}[_Alignof({c_type})];"
        for key, c_type in candidates
    ]
    lines.append(f"char {PRESENT}; {_AS_USUAL}")
    return "\n".join(lines) + "\n"
