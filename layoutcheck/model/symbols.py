"""Names of a probe's symbols, by which the DWARF reader finds the answers.

Each name is followed by the key of a question.

- `SUBJECT`: a variable that points to a type (C), or is a `WRAPPER` of such a pointer (Rust).
- `ALIGNMENT`: an array with as many elements as the type's alignment.
- `CONSTANT`: a variable with the type and the value of a constant; in Rust, for a constant of its
  own type, a `VALUE` of it. C's arrays cannot initialise others: the symbol `CONSTANT` of an array
  is another name for it, and `ITEM` points to its type.
- `ITEM`: in C, a variable that points to a function, a variable or any type. If it is initialised,
  it shows the symbol that it is linked by. In Rust, a generic function: the parameter of its
  instance, whose first argument is the number of an item's key, points to a function or a variable.
- `TYPE`: in Rust, a `WRAPPER` of a pointer to a type. rustc describes `ITEM` and `TYPE` in the
  order of their names: a record that a function takes a pointer to is described completely only if
  it was met before.
- `READS`, `WRITES`: a function that calls an accessor of a bit-field.
- `MAKES`: a function that calls a constructor.

`PRESENT` is in every probe, so that a probe without questions has debug information, too. In the
preprocessor's output, a line begins with `ITEM` and the key of a name that is a macro, or with
`BUILT_IN` and the key of a name of the compiler's own.
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
"""Distance of a constructor's values in bytes: no integer is larger."""

# As rustc writes the arguments of the generic `ITEM` behind its name.
_ARGUMENTS: Final = re.compile("<([0-9]+),")


def key_in(name: str, prefix: str) -> ProbeKey:
    """Return the key in the name of a variable or function, which begins with a prefix of these.

    Raises `ValueError` if it is none of a probe.
    """
    text = name[len(prefix) :]
    instance = _ARGUMENTS.match(text) if text.startswith("<") else None
    return ProbeKey.parse(text) if instance is None else ProbeKey("item", int(instance[1]))
