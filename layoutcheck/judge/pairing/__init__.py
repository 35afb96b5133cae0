"""Pair the members of a C record and a Rust record. All naming idioms are in this folder.

The rules, in this order:

- a member pairs with the member of its name. Rust's name may have a trailing `_`, or may be another
  one by the manifest. Rust may have the members of C's anonymous structs and unions at its own
  level;
- the fields of a tuple struct pair with C's members in order;
- bindgen's `__bindgen_anon_N` pairs with C's N-th anonymous member;
- a Rust record pairs with C's anonymous record at its place;
- a member that Rust has at its own level pairs with a member inside a C record;
- a flexible array pairs with C's, whatever its name;
- a Rust storage unit (bindgen's `_bitfield_N`) pairs with the bit-fields in it, and a method pairs
  with the bit-field of its name.

Rust's padding, markers and fillers stand for the C members that they cover.
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
