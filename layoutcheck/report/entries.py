"""A record layout -> the entries of one side of a table: its members, holes and padding in order.

Members of C's anonymous structs and unions follow the entry that holds them, with their path in C
code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from layoutcheck.model.layout import Hole, Member, RecordLayout, strip

__all__ = ["Entry", "entries_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One side of a row. Offsets count from the beginning of the whole record.

    - `path`: the dotted path ("" for a hole; for an anonymous record, its name in pairing); `name`
      is its last part.
    - `depth`: number of anonymous records around it.
    - `declaration`: the member as its language declares it; `brief` omits a function's parameters.
    - `bit_offset`: None for a member of a record that was cut off.
    """

    kind: Literal["member", "hole", "padding"]
    path: str
    name: str
    declaration: str
    brief: str
    depth: int
    bit_offset: int | None
    bit_size: int
    is_bit_field: bool = False

    @property
    def bit_end(self) -> int:
        """Return the first bit after it; 0 if it is not known."""
        return (self.bit_offset or 0) + self.bit_size

    @property
    def offset_text(self) -> str:
        """Return `24`, or `24:3` for a bit-field and for an entry that starts inside a byte."""
        if self.bit_offset is None:
            return "?"
        byte, bit = divmod(self.bit_offset, 8)
        return f"{byte}:{bit}" if bit or self.is_bit_field else str(byte)

    @property
    def size_text(self) -> str:
        """Return the size in bytes, or `:5` for five bits."""
        if self.bit_offset is None:
            return "?"
        if self.is_bit_field or self.bit_size % 8:
            return f":{self.bit_size}"
        return str(self.bit_size // 8)


def entries_of(record: RecordLayout | None, declare: Callable[..., str]) -> list[Entry]:
    """Return the entries of a record; `declare` is `c_declaration` or `rust_declaration`."""
    return [] if record is None else list(_walk(record, declare, base=0, prefix="", depth=0))


def _walk(
    record: RecordLayout, declare: Callable[..., str], *, base: int, prefix: str, depth: int
) -> Iterator[Entry]:
    for part in _parts(record):
        if isinstance(part, Hole):
            kind: Literal["hole", "padding"] = "padding" if part.is_padding else "hole"
            text = f"/* {kind} */"
            yield Entry(
                kind=kind,
                path="",
                name="",
                declaration=text,
                brief=text,
                depth=depth,
                bit_offset=base + part.bit_offset,
                bit_size=part.bit_size,
            )
            continue
        name = part.name or ""
        path = prefix + (name or _anonymous(part))
        yield Entry(
            kind="member",
            path=path,
            name=name,
            declaration=declare(part.type, name),
            brief=declare(part.type, name, brief=True),
            depth=depth,
            bit_offset=base + part.bit_offset,
            bit_size=part.bit_size,
            is_bit_field=part.is_bit_field,
        )
        inner = strip(part.type)
        if isinstance(inner, RecordLayout) and inner.name is None:
            yield from _walk(
                inner,
                declare,
                base=base + part.bit_offset,
                prefix=f"{path}." if name else prefix,
                depth=depth + 1,
            )


def _anonymous(member: Member) -> str:
    """Return pairing's name of a member without a name: its kind and its line."""
    inner = strip(member.type)
    kind = inner.kind if isinstance(inner, RecordLayout) else "member"
    line = f" at line {member.declared_at.line}" if member.declared_at else ""
    return f"(anonymous {kind}{line})"


def _parts(record: RecordLayout) -> Iterator[Member | Hole]:
    """Yield the members in their order, each hole before the first member after it."""
    holes = list(record.holes())
    for member in record.members:
        while holes and holes[0].bit_offset < member.bit_offset:
            yield holes.pop(0)
        yield member
    yield from holes
