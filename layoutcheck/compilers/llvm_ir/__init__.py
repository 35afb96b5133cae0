"""A probe of accessors as LLVM IR -> the bits of its record that each reads and writes.

The methods of bindgen's bit-fields are no `const fn`, so that rustc cannot evaluate them, and
nothing can run on the target. rustc therefore compiles them for the target, and the few dozen
instructions of each are executed here, on records of which every bit is a variable (ADR 18).
"""

from __future__ import annotations

from layoutcheck.compilers.llvm_ir.accessor_bits import read_accessors
from layoutcheck.compilers.llvm_ir.symbolic_values import Question

__all__ = ["Question", "read_accessors"]
