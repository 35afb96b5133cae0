"""C names -> the text of one C translation unit that asks clang for them. No input or output.

Each question has its own line. In clang's diagnostics, these lines are in a file of their own,
`QUESTIONS_FILE`. So an error in that file tells which name C does not have.
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
# Check that no `#pragma pack` is in force, and that no keyword is a macro for another.
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
    """A name in C, the way to ask for it, and the key of the answer."""

    way: Way
    key: ProbeKey
    name: str

    @property
    def line(self) -> str:
        """Text that asks for the name."""
        return _LINES[self.way](self.key, self.name)


Retry: TypeAlias = Callable[[CQuestion, str], CQuestion | None]
"""A question and the reason why clang refuses it -> the question to ask instead, if any."""

# Beginning of clang's error on an array as the value of another: "must be an initializer list or".
_NO_VALUE_OF_ARRAY: Final = "array initializer must be "
# A macro that makes a string of another macro's expansion.
_TEXT: Final = "layoutcheck_text"
_TEXT_MACROS: Final = f"#define {_TEXT}_(x) #x\n#define {_TEXT}(x) {_TEXT}_(x)"


def render_type(key: ProbeKey, c_type: str) -> str:
    """Ask for a type.

    A pointer makes clang describe the type. The debug information has an alignment only if it was
    forced. So an array puts the type's alignment there, as the number of its elements.
    """
    return f"{c_type} *{SUBJECT}{key}; char {ALIGNMENT}{key}[_Alignof({c_type})];"


def render_constant(key: ProbeKey, name: str) -> str:
    """Ask for a constant's type and value, as initialised data. No code has to run."""
    return f"__typeof__({name}) {CONSTANT}{key} = {name};"


def render_object(key: ProbeKey, name: str) -> str:
    """Ask for the type of a function or a variable, which need not exist.

    A type, an enumerator or any other value has no address.
    """
    return f"__typeof__(&{name}) {ITEM}{key};"


def render_enum(key: ProbeKey, name: str) -> str:
    """Ask for a type, or for the type of whatever has the name."""
    return f"__typeof__({name}) *{ITEM}{key};"


def render_alias(key: ProbeKey, name: str) -> str:
    """Ask for the type that a name stands for. Names of functions and variables are refused."""
    return f"{name} *{ITEM}{key};"


def render_linked(key: ProbeKey, name: str) -> str:
    """Ask for the type of a function or a variable, and for the symbol that it is linked by."""
    return f"__typeof__({name}) *{ITEM}{key} = &{name};"


def render_array(key: ProbeKey, name: str) -> str:
    """Ask for the type and the value of a constant that is an array.

    An array cannot initialise another one, so the object is given another name. `name` may be a
    macro for the object's name.
    """
    alias = f"{CONSTANT}{key} __attribute__((alias({_TEXT}({name}))))"
    return f"{render_object(key, name)} extern __typeof__({name}) {alias};"


def retry_as_array(question: CQuestion, why: str) -> CQuestion | None:
    """Return the question as an array, if a constant turns out to be one."""
    is_array = question.way == "constant" and why.startswith(_NO_VALUE_OF_ARRAY)
    return question._replace(way="array") if is_array else None


def never(question: CQuestion, why: str) -> None:
    """Return no other question: a refused question is not asked again."""


def redeclare_local(_key: ProbeKey, name: str) -> str:
    """Declare a name again as local: an error unless it is local (C17 6.2.2, paragraph 7)."""
    return f"static __typeof__({name}) {name};"


def redeclare_shared(_key: ProbeKey, name: str) -> str:
    """Declare a name again as shared: an error if it is thread-local (C17 6.7.1, paragraph 3)."""
    return f"extern __typeof__({name}) {name};"


def redeclare_without_registers(_key: ProbeKey, name: str) -> str:
    """Declare a name again without parameters in registers: an error if the function has some."""
    return f"extern __typeof__({name}) {name} __attribute__((regparm(0)));"


def render_expansion(key: ProbeKey, name: str) -> str:
    """Ask the preprocessor for a macro's expansion.

    It gives the key and the expansion of a macro, and the key alone of a name of clang's own. It
    gives nothing for any other name.
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
    """Return the text of a unit that includes `includes` in order and asks each question.

    The N-th include is on line N. The N-th question is on line N of `QUESTIONS_FILE`. The line
    after the questions compiles only if no include left something open.
    """
    lines = [f"#include <{include}>" for include in includes]
    lines.append(f'{_TEXT_MACROS}\n# 1 "{QUESTIONS_FILE}"')
    lines += [question.line for question in questions]
    lines.append(f"char {PRESENT}; {_AS_USUAL}")
    return "\n".join(lines) + "\n"
