"""C names -> the text of one C translation unit that asks clang for them. No input or output.

Each candidate has a line of its own in a file of its own, `CANDIDATES_FILE`, as clang's diagnostics
name it: so an error there says which candidate C does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from layoutcheck.model.symbols import ALIGNMENT, BUILT_IN, CONSTANT, ITEM, PRESENT, SUBJECT

__all__ = [
    "CANDIDATES_FILE",
    "Line",
    "Retry",
    "never",
    "render_any",
    "render_c_probe",
    "render_expansion",
    "render_redeclaration",
    "render_type",
    "retry_as_array",
]

CANDIDATES_FILE: Final = "layoutcheck-candidates.c"
# No `#pragma pack` is in force, and no keyword is a macro for another.
_AS_USUAL: Final = (
    "_Static_assert(sizeof(struct { char c; long long l; }) == "
    "__SIZEOF_LONG_LONG__ + _Alignof(long long)"
    " && sizeof(char) == 1 && sizeof(short) == __SIZEOF_SHORT__ && sizeof(int) == __SIZEOF_INT__"
    ' && sizeof(long) == __SIZEOF_LONG__ && (unsigned char)-1 > (signed char)-1, "as usual");'
)

Line: TypeAlias = Callable[[str, str], str]
"""A candidate's key and its name in C -> the line that asks for it."""

Retry: TypeAlias = Callable[[str, str], str | None]
"""A candidate's key and why clang refuses it -> the key to ask by instead, if there is one."""

# So begin clang's words on an array as the value of another: "must be an initializer list or ...".
_NO_VALUE_OF_ARRAY: Final = "array initializer must be "
# The text of what a macro expands to.
_TEXT: Final = "layoutcheck_text"
_TEXT_MACROS: Final = f"#define {_TEXT}_(x) #x\n#define {_TEXT}(x) {_TEXT}_(x)"


def render_type(key: str, c_type: str) -> str:
    """Ask for a type.

    A pointer makes clang describe it; an array of as many elements as the type's alignment puts
    that into the debug information, which otherwise has it only where it was forced.
    """
    return f"{c_type} *{SUBJECT}{key}; char {ALIGNMENT}{key}[_Alignof({c_type})];"


def render_constant(key: str, name: str) -> str:
    """Ask for a constant's type and value: initialised data that nobody has to run."""
    return f"__typeof__({name}) {CONSTANT}{key} = {name};"


def render_object(key: str, name: str) -> str:
    """Ask for the type of a function or a variable, which need not exist.

    A type, an enumerator or any other value has no address.
    """
    return f"__typeof__(&{name}) {ITEM}{key};"


def render_enum(key: str, name: str) -> str:
    """Ask for a type, or for that of what has a name."""
    return f"__typeof__({name}) *{ITEM}{key};"


def render_alias(key: str, name: str) -> str:
    """Ask for what a type's name stands for; no function or variable is meant."""
    return f"{name} *{ITEM}{key};"


def render_linked(key: str, name: str) -> str:
    """Ask for the same and for the symbol that it is linked by."""
    return f"__typeof__({name}) *{ITEM}{key} = &{name};"


def render_array(key: str, name: str) -> str:
    """Ask for the type and the value of a constant that is an array, which initialises no other.

    The same object is given another name; `name` may be a macro for the object's.
    """
    alias = f"{CONSTANT}{key} __attribute__((alias({_TEXT}({name}))))"
    return f"{render_object(key, name)} extern __typeof__({name}) {alias};"


def retry_as_array(key: str, why: str) -> str | None:
    """Return the key by which `render_any` asks for an array, if a constant turns out to be one."""
    kind, _, rest = key.partition(" ")
    is_array = kind == "constant" and why.startswith(_NO_VALUE_OF_ARRAY)
    return f"array {rest}" if is_array else None


def never(key: str, why: str) -> None:
    """Ask in no other way for what clang refuses."""


def render_any(key: str, name: str) -> str:
    """Ask for what the key's first word says: one of `_LINES`."""
    kind, _, key = key.partition(" ")
    return _LINES[kind](key, name)


_LINES: Final[Mapping[str, Line]] = {
    "type": render_type,
    "constant": render_constant,
    "enum": render_enum,
    "alias": render_alias,
    "object": render_object,
    "linked": render_linked,
    "array": render_array,
}


def render_redeclaration(key: str, name: str) -> str:
    """Declare a function or variable again, so that clang's error says how it was declared.

    What the key's first word asks: `local` is an error unless it is local to the unit (C17 6.2.2,
    paragraph 7), `thread` if it is one of each thread (6.7.1, paragraph 3), `regparm` says whether
    the function has some of its parameters in registers.
    """
    match key.partition(" ")[0]:
        case "local":
            return f"static __typeof__({name}) {name};"
        case "regparm":
            return f"extern __typeof__({name}) {name} __attribute__((regparm(0)));"
        case _:
            return f"extern __typeof__({name}) {name};"


def render_expansion(key: str, name: str) -> str:
    """For the preprocessor: a macro's key and what it expands to; of a name of clang's own the key.

    Of any other name nothing.
    """
    is_clangs = f"!__is_identifier({name}) || __has_builtin({name})"
    return f"\n#ifdef {name}\n{ITEM}{key} {name}\n#elif {is_clangs}\n{BUILT_IN}{key}\n#endif"


def render_c_probe(
    includes: Sequence[str], candidates: Sequence[tuple[str, str]], line: Line = render_type
) -> str:
    """The text of a unit that includes `includes` in order and asks for each (key, name in C).

    The N-th include is on line N; the N-th candidate on line N of `CANDIDATES_FILE`. What follows
    them compiles only if no include left something open.
    """
    lines = [f"#include <{include}>" for include in includes]
    lines.append(f'{_TEXT_MACROS}\n# 1 "{CANDIDATES_FILE}"')
    lines += [line(key, name) for key, name in candidates]
    lines.append(f"char {PRESENT}; {_AS_USUAL}")
    return "\n".join(lines) + "\n"
