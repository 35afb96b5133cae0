"""C types as `layoutcheck generate` gets them, for tests that need no compiler."""

from __future__ import annotations

from typing import Final

from layoutcheck.model.c_types import CTypes, ScalarKind
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.target import find_target

__all__ = ["AMD64", "I386", "c_types"]

AMD64: Final[dict[tuple[ScalarKind, int], int]] = {
    ("integer", 1): 1,
    ("integer", 2): 2,
    ("integer", 4): 4,
    ("integer", 8): 8,
    ("integer", 16): 16,
    ("float", 4): 4,
    ("float", 8): 8,
    ("pointer", 8): 8,
}
I386: Final[dict[tuple[ScalarKind, int], int]] = {
    ("integer", 1): 1,
    ("integer", 2): 2,
    ("integer", 4): 4,
    ("integer", 8): 4,
    ("float", 4): 4,
    ("float", 8): 4,
    ("pointer", 4): 4,
}


def c_types(*records: RecordLayout, arch: str = "amd64") -> CTypes:
    """These records, asked for by kind and name."""
    return CTypes(
        target=find_target(arch),
        records=tuple((f"{record.kind} {record.name}", record) for record in records),
        definitions={record.ref: record for record in records if record.ref is not None},
        alignments=I386 if arch == "i386" else AMD64,
    )
