"""Compare a C type and the Rust type in its place: types in, differences and record pairs out.

The walk does not compare the records that it meets: it emits them as edges, for the comparison of
records (`judge.compare_pairs`).
"""

from __future__ import annotations

from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.differences import Difference, Edge, Place, RustFacts
from layoutcheck.judge.walk.parts import pointed_function
from layoutcheck.judge.walk.types import TypeWalk

__all__ = [
    "Definitions",
    "Difference",
    "Edge",
    "Place",
    "RustFacts",
    "TypeWalk",
    "pointed_function",
]
