"""Records and enums that are nearly those of the bindings, for kinds of mistakes to use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from tests.mutation.declarations import Bindings, Declaration, Scalar
from tests.mutation.judge import Facts

__all__ = ["has_no_padding", "render_enum", "twin_of", "with_other_sign"]


def has_no_padding(record: Declaration, facts: Facts) -> bool:
    """Return whether a struct of several members has no padding: no order makes it smaller."""
    sizes = [size for _, size in facts.fields.values()]
    is_plain = record.kind == "struct" and record.repr == ("C",) and len(sizes) > 1
    return is_plain and all(sizes) and sum(sizes) == facts.byte_size


def twin_of(
    record: Declaration, records: Mapping[str, Facts], named: Collection[str]
) -> str | None:
    """Return another record of C of equal size and alignment, with other members.

    Wrappers and members of the record are left out (docs/adr/0006).
    """
    own, inside = records[record.name], {field.type for field in record.fields}
    for name in named:
        facts = records[name]
        alike = (facts.byte_size, facts.alignment) == (own.byte_size, own.alignment)
        is_wrapper = sum(size > 0 for _, size in facts.fields.values()) == 1
        is_apart = own.fields.keys().isdisjoint(facts.fields) and name not in inside
        if alike and own.byte_size and is_apart and not is_wrapper and name != record.name:
            return name
    return None


def with_other_sign(bindings: Bindings, record: Declaration) -> Iterator[tuple[int, str, str]]:
    """Yield the first plain integer member: its place, the type of the other sign, its name."""
    for index, field in enumerate(record.fields):
        scalar = bindings.scalar(field.type)
        if scalar and field.c_name and not (scalar.is_char or scalar.enumerators):
            other = replace(scalar, signed=not scalar.signed)
            yield index, other.spell(), field.c_name
            return


def render_enum(name: str, scalar: Scalar, *, step: int) -> str:
    """Return a Rust enum with neutral names; its highest value is `step` more than in C."""
    *values, last = sorted(set(scalar.enumerators))
    listed = "".join(f"    Mutant{n} = {v},\n" for n, v in enumerate((*values, last + step)))
    derived = "#[derive(Clone, Copy)]\n"
    return f"{derived}#[repr({scalar.spell()})]\npub enum {name} {{\n{listed}}}\n"
