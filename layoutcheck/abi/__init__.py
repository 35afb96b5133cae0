"""A second opinion: layouts computed from C's declarations and a psABI, without a compiler.

It shares no code with `dwarf`: what both say of a record is not one reader's mistake.
"""

from layoutcheck.abi.compute_layout import Calculator
from layoutcheck.abi.parsing import Unit
from layoutcheck.abi.psabi import PSABIS, PsAbi, find_psabi

__all__ = ["PSABIS", "Calculator", "PsAbi", "Unit", "find_psabi"]
