"""A C record and a Rust record -> which member stands for which: all naming idioms live here.

What pairs with what, in this order: a member of the same name (Rust's may have a trailing `_`, or
another name by the manifest); the fields of a tuple struct with C's members in order; a member of
one of C's anonymous structs and unions, which Rust may have at its own level; bindgen's
`__bindgen_anon_N` with C's N-th anonymous member; a Rust record where C has an anonymous one; a
member of a C record that Rust has at its own level; a flexible array of any name; a Rust unit of
bits (bindgen's `_bitfield_N`) with the bit-fields in it, and whatever method has a bit-field's name
with that. Rust's padding, markers and opaque bytes
stand for what they cover.
"""

from __future__ import annotations

from layoutcheck.judge.pairing.paired_members import (
    Accessed,
    BitField,
    MemberPair,
    Nested,
    RecordPair,
)
from layoutcheck.judge.pairing.rules import pair_records

__all__ = ["Accessed", "BitField", "MemberPair", "Nested", "RecordPair", "pair_records"]
