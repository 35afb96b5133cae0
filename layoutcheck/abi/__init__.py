"""A second opinion: layouts computed from C's declarations and a psABI, without a compiler.

It shares no code with `compilers/dwarf`, so a fault of one reader cannot make both agree.
"""

from layoutcheck.abi.compute_layout import Calculator
from layoutcheck.abi.parsing import Unit
from layoutcheck.abi.psabi import PSABIS, PsAbi, find_psabi

__all__ = ["PSABIS", "Calculator", "PsAbi", "Unit", "find_psabi"]
