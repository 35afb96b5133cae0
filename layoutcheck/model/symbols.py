"""The names by which a probe says what it asks for, and the DWARF reader finds the answers.

A variable named `SUBJECT` and a key points to a type (C), or is a `WRAPPER` of such a pointer
(Rust). An array named `ALIGNMENT` and the same key has as many elements as the type's alignment.
A variable named `CONSTANT` and a key has the type and the value of a constant (Rust: of one of its
own type, a `VALUE` of it). One named `ITEM` and a key points to a function, a variable or a type
that need not be a record (C); in Rust the parameter of an instance of the generic `ITEM`, whose
first argument is the number of an item's key, points to a function or a variable, and one named
`TYPE` and the key is a `WRAPPER` of a pointer to a type. rustc describes these in the order of
their names: what it says of a record that a function takes a pointer to is whole only if it has met
the record first. A C pointer that is initialised says which symbol it is linked by. C's arrays
cannot initialise others: the symbol `CONSTANT` and the key of one is another name for it, `ITEM`
points to its type.
`PRESENT` is in every probe, so that one without subjects has debug information, too. In the
preprocessor's text a line begins with `ITEM` and the key of a name that is a macro, one with
`BUILT_IN` and the key of a name that is the compiler's own. A function named `READS` or `WRITES`
and a key calls an accessor of a bit-field, one named `MAKES` a constructor.
"""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.model.probe_key import ProbeKey

__all__ = [
    "ALIGNMENT",
    "BUILT_IN",
    "CONSTANT",
    "ITEM",
    "MAKES",
    "PRESENT",
    "READS",
    "STRIDE",
    "SUBJECT",
    "TYPE",
    "VALUE",
    "WRAPPER",
    "WRITES",
    "key_in",
]

SUBJECT: Final = "layoutcheck_subject_"
ALIGNMENT: Final = "layoutcheck_alignment_"
CONSTANT: Final = "layoutcheck_constant_"
ITEM: Final = "layoutcheck_item_"
TYPE: Final = "layoutcheck_type_"
BUILT_IN: Final = "layoutcheck_built_in_"
PRESENT: Final = "layoutcheck_present"
WRAPPER: Final = "Layoutcheck"
VALUE: Final = "LayoutcheckValue"
READS: Final = "layoutcheck_reads_"
WRITES: Final = "layoutcheck_writes_"
MAKES: Final = "layoutcheck_makes_"
STRIDE: Final = 16
"""The bytes from one value of a constructor's to the next: no integer is larger."""

# As rustc writes the arguments of the generic `ITEM` behind its name.
_ARGUMENTS: Final = re.compile("<([0-9]+),")


def key_in(name: str, prefix: str) -> ProbeKey:
    """Return the key in the name of a variable or function, which begins with a prefix of these.

    Raises `ValueError` if it is none of a probe.
    """
    text = name[len(prefix) :]
    instance = _ARGUMENTS.match(text) if text.startswith("<") else None
    return ProbeKey.parse(text) if instance is None else ProbeKey("item", int(instance[1]))
