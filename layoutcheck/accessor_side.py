"""A compiled crate's accessors of bit-fields -> the bits that each reads and writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from layoutcheck.accessors import read_accessors
from layoutcheck.bindings.surface import SurfaceType
from layoutcheck.bit_access import BitAccess
from layoutcheck.errors import CompileError
from layoutcheck.layout import RecordLayout
from layoutcheck.probe.accessors import render_accessor
from layoutcheck.target import Target
from layoutcheck.toolchain.rust import ACCESSORS, compile_rust
from layoutcheck.tools import Tools

__all__ = ["ask_accessors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One method `name`, asked about by `key`; `writes` if there is one that sets it, too."""

    key: str
    type: SurfaceType
    name: str
    writes: bool
    byte_size: int

    @property
    def question(self) -> tuple[str, str]:
        path = self.type.public_path or ""
        return self.key, render_accessor(self.key, path, self.name, writes=self.writes)


def ask_accessors(
    types: Sequence[SurfaceType],
    records: Mapping[str, RecordLayout],
    target: Target,
    tools: Tools,
    *,
    crate_flags: Sequence[str],
    work: Path,
) -> Mapping[str, tuple[BitAccess, ...]]:
    """What the accessors of `types` do with their record's bits, by the type's Rust path.

    `records` are those that rustc described, by the type's place in `types`. An accessor that is
    not understood says why; that is so for all where rustc cannot compile them.
    """
    asked = tuple(_asked(types, records))
    found: defaultdict[str, tuple[BitAccess, ...]] = defaultdict(tuple)
    if not asked:
        return found
    refused: Mapping[str, str] = {}
    text = ""
    try:
        compiled = compile_rust(
            tools.rust(target),
            target=target,
            crate_flags=crate_flags,
            questions=[one.question for one in asked],
            work=work,
            probe=ACCESSORS,
        )
        refused, text = compiled.refused, compiled.output.read_text(encoding="utf-8")
    except CompileError as error:
        refused = dict.fromkeys((one.key for one in asked), error.what)
    compiled_ones = [one for one in asked if one.key not in refused]
    read = read_accessors(text, [(o.key, o.name, o.writes, o.byte_size) for o in compiled_ones])
    for one, accesses in zip(compiled_ones, read, strict=True):
        found[one.type.rust_path] += accesses
    for one in asked:
        if one.key in refused:
            access = BitAccess(name=one.name, verb="reads", unknown=f"rustc: {refused[one.key]}")
            found[one.type.rust_path] += (access,)
    return found


def _asked(types: Sequence[SurfaceType], records: Mapping[str, RecordLayout]) -> Iterator[_Asked]:
    for number, type_ in enumerate(types):
        record = records.get(str(number))
        if record is None or not type_.repr:
            continue
        for place, (name, writes) in enumerate(type_.accessors):
            yield _Asked(
                key=f"{number}_{place}",
                type=type_,
                name=name,
                writes=writes,
                byte_size=record.byte_size,
            )
