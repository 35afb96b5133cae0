"""C names -> the text of one C translation unit that asks clang for them. No input or output.

Each question has a line of its own in a file of its own, `QUESTIONS_FILE`, as clang's diagnostics
name it: so an error there says which name C does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import ALIGNMENT, BUILT_IN, CONSTANT, ITEM, PRESENT, SUBJECT

__all__ = [
    "QUESTIONS_FILE",
    "CQuestion",
    "Retry",
    "Way",
    "never",
    "render_c_probe",
    "retry_as_array",
]

QUESTIONS_FILE: Final = "layoutcheck-questions.c"
# No `#pragma pack` is in force, and no keyword is a macro for another.
_AS_USUAL: Final = (
    "_Static_assert(sizeof(struct { char c; long long l; }) == "
    "__SIZEOF_LONG_LONG__ + _Alignof(long long)"
    " && sizeof(char) == 1 && sizeof(short) == __SIZEOF_SHORT__ && sizeof(int) == __SIZEOF_INT__"
    ' && sizeof(long) == __SIZEOF_LONG__ && (unsigned char)-1 > (signed char)-1, "as usual");'
)

Way: TypeAlias = Literal[
    "type",
    "constant",
    "enum",
    "alias",
    "object",
    "linked",
    "array",
    "macro",
    "local",
    "thread",
    "regparm",
]
"""Way to ask for a name: see `_LINES`."""


class CQuestion(NamedTuple):
    """A name in C to ask for in some way, and the key by which the answer is known."""

    way: Way
    key: ProbeKey
    name: str

    @property
    def line(self) -> str:
        """The text that asks for it."""
        return _LINES[self.way](self.key, self.name)


Retry: TypeAlias = Callable[[CQuestion, str], CQuestion | None]
"""A question and why clang refuses it -> the one to ask for instead, if there is one."""

# So begin clang's words on an array as the value of another: "must be an initializer list or ...".
_NO_VALUE_OF_ARRAY: Final = "array initializer must be "
# The text of what a macro expands to.
_TEXT: Final = "layoutcheck_text"
_TEXT_MACROS: Final = f"#define {_TEXT}_(x) #x\n#define {_TEXT}(x) {_TEXT}_(x)"


def render_type(key: ProbeKey, c_type: str) -> str:
    """Ask for a type.

    A pointer makes clang describe it; an array of as many elements as the type's alignment puts
    that into the debug information, which otherwise has it only where it was forced.
    """
    return f"{c_type} *{SUBJECT}{key}; char {ALIGNMENT}{key}[_Alignof({c_type})];"


def render_constant(key: ProbeKey, name: str) -> str:
    """Ask for a constant's type and value: initialised data that nobody has to run."""
    return f"__typeof__({name}) {CONSTANT}{key} = {name};"


def render_object(key: ProbeKey, name: str) -> str:
    """Ask for the type of a function or a variable, which need not exist.

    A type, an enumerator or any other value has no address.
    """
    return f"__typeof__(&{name}) {ITEM}{key};"


def render_enum(key: ProbeKey, name: str) -> str:
    """Ask for a type, or for that of what has a name."""
    return f"__typeof__({name}) *{ITEM}{key};"


def render_alias(key: ProbeKey, name: str) -> str:
    """Ask for what a type's name stands for; no function or variable is meant."""
    return f"{name} *{ITEM}{key};"


def render_linked(key: ProbeKey, name: str) -> str:
    """Ask for the same and for the symbol that it is linked by."""
    return f"__typeof__({name}) *{ITEM}{key} = &{name};"


def render_array(key: ProbeKey, name: str) -> str:
    """Ask for the type and the value of a constant that is an array, which initialises no other.

    The same object is given another name; `name` may be a macro for the object's.
    """
    alias = f"{CONSTANT}{key} __attribute__((alias({_TEXT}({name}))))"
    return f"{render_object(key, name)} extern __typeof__({name}) {alias};"


def retry_as_array(question: CQuestion, why: str) -> CQuestion | None:
    """Return the question as an array, if a constant turns out to be one."""
    is_array = question.way == "constant" and why.startswith(_NO_VALUE_OF_ARRAY)
    return question._replace(way="array") if is_array else None


def never(question: CQuestion, why: str) -> None:
    """Ask in no other way for what clang refuses."""


def redeclare_local(_key: ProbeKey, name: str) -> str:
    """Declare it again as local to the unit: an error unless it is so (C17 6.2.2, paragraph 7)."""
    return f"static __typeof__({name}) {name};"


def redeclare_shared(_key: ProbeKey, name: str) -> str:
    """Declare it again as all threads': an error if each has its own (C17 6.7.1, paragraph 3)."""
    return f"extern __typeof__({name}) {name};"


def redeclare_without_registers(_key: ProbeKey, name: str) -> str:
    """Declare it again without parameters in registers: an error if a function has some."""
    return f"extern __typeof__({name}) {name} __attribute__((regparm(0)));"


def render_expansion(key: ProbeKey, name: str) -> str:
    """For the preprocessor: a macro's key and what it expands to; of a name of clang's own the key.

    Of any other name nothing.
    """
    is_clangs = f"!__is_identifier({name}) || __has_builtin({name})"
    return f"\n#ifdef {name}\n{ITEM}{key} {name}\n#elif {is_clangs}\n{BUILT_IN}{key}\n#endif"


_LINES: Final[Mapping[Way, Callable[[ProbeKey, str], str]]] = {
    "type": render_type,
    "constant": render_constant,
    "enum": render_enum,
    "alias": render_alias,
    "object": render_object,
    "linked": render_linked,
    "array": render_array,
    "macro": render_expansion,
    "local": redeclare_local,
    "thread": redeclare_shared,
    "regparm": redeclare_without_registers,
}


def render_c_probe(includes: Sequence[str], questions: Sequence[CQuestion]) -> str:
    """The text of a unit that includes `includes` in order and asks each question.

    The N-th include is on line N; the N-th question on line N of `QUESTIONS_FILE`. What follows
    them compiles only if no include left something open.
    """
    lines = [f"#include <{include}>" for include in includes]
    lines.append(f'{_TEXT_MACROS}\n# 1 "{QUESTIONS_FILE}"')
    lines += [question.line for question in questions]
    lines.append(f"char {PRESENT}; {_AS_USUAL}")
    return "\n".join(lines) + "\n"
