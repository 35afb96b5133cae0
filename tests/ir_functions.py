"""Functions of LLVM's IR in text -> their effect on a record and a value."""

from __future__ import annotations

from layoutcheck.compilers.llvm_ir.formulas import TRUE
from layoutcheck.compilers.llvm_ir.interpreter import Machine
from layoutcheck.compilers.llvm_ir.memory import RECORD_BITS, value_variable
from layoutcheck.compilers.llvm_ir.symbolic_integers import bits_of

__all__ = ["BIG", "LITTLE", "RECORD", "call", "ir_function", "result_of"]

LITTLE = 'target datalayout = "e-m:e-i64:64-n8:16:32:64-S128"\n'
BIG = 'target datalayout = "E-m:e-Fn32-i64:64-n32:64"\n'
RECORD = bytes.fromhex("80 01 02 03 04 05 06 07")


def ir_function(body: str, *, parameters: str = "ptr %record, ptr noundef align 2 %value") -> str:
    """A module with one function `f` of these lines, and a comment before it."""
    lines = "\n".join(f"  {line.strip()}" for line in body.splitlines() if line.strip())
    return f"; a comment\ndefine noundef i64 @f({parameters}) unnamed_addr #0 {{\n{lines}\n}}\n"


def call(machine: Machine, record: bytes = RECORD, value: int = 0) -> tuple[int | None, bytes]:
    """Return the function's result and the record afterwards, for one record and a value."""
    outcome = machine.call("f", len(record))
    memory, formulas = outcome.memory, machine.formulas
    known = {value_variable(place): value >> place & 1 for place in range(64)}
    for byte, content in enumerate(record):
        for place in range(8):
            known[RECORD_BITS + memory.record_bit(byte, place)] = content >> place & 1

    def number(bits: tuple[int, ...]) -> int:
        return sum(formulas.where(bit, known) << place for place, bit in enumerate(bits))

    after = bytearray(record)
    for byte, bits in memory.written.items():
        after[byte] = number(bits)
    assert formulas.where(outcome.returns, known) == TRUE
    result = outcome.result
    return None if result is None else number(bits_of(result, 64)), bytes(after)


def result_of(body: str, *, layout: str = LITTLE) -> int | None:
    """Return the result of a function, called with a record and the value 0."""
    return call(Machine(layout + ir_function(body)))[0]
