"""The names by which a probe says what it asks for, and the DWARF reader finds the answers.

A variable named `SUBJECT` and a key points to a subject (C), or is a `WRAPPER` of such a pointer
(Rust). An array named `ALIGNMENT` and the same key has as many elements as the subject's alignment.
`PRESENT` is in every probe, so that one without subjects has debug information, too.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ALIGNMENT", "PRESENT", "SUBJECT", "WRAPPER"]

SUBJECT: Final = "layoutcheck_subject_"
ALIGNMENT: Final = "layoutcheck_alignment_"
PRESENT: Final = "layoutcheck_present"
WRAPPER: Final = "Layoutcheck"
