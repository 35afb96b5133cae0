"""bindgen's text -> its record declarations, as values that can be changed and written again.

This reads bindgen's output, formatted by rustfmt, and no other Rust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

__all__ = ["Bindings", "Declaration", "Field", "Scalar", "parse_bindings"]

_RECORD: Final = re.compile(
    r"^(?P<repr>(?:#\[repr\([^\n]*\)\]\n)+)(?:#\[derive\((?P<derives>[^\n]*)\)\]\n)?"
    r"pub (?P<kind>struct|union) (?P<name>\w+) \{\n(?P<body>.*?)^\}\n",
    re.MULTILINE | re.DOTALL,
)
_REPR: Final = re.compile(r"#\[repr\((.*)\)\]")
_IMPL: Final = re.compile(r"^impl (\w+) \{\n.*?^\}\n", re.MULTILINE | re.DOTALL)
_FIELD: Final = re.compile(
    r"^    (pub )?(\w+):\s+(.*?),\n(?=    (?:pub )?\w+:\s|\Z)", re.MULTILINE | re.DOTALL
)
_ALIAS: Final = re.compile(r"^pub type (\w+) =\s+(.*?);\n", re.MULTILINE | re.DOTALL)
_USE: Final = re.compile(r"^pub use self::(\w+) as (\w+);\n", re.MULTILINE)
_ENUMERATOR: Final = re.compile(r"^pub const \w+: (\w+) =\s+(-?\d+);\n", re.MULTILINE)
_ARRAY: Final = re.compile(r"\[(.*); (\d+)(?:usize)?\]", re.DOTALL)
_INNER: Final = "__bindgen_ty_"

BINDGENS: Final = ("_bitfield_", "__bindgen_", "_unused", "_address", "bindgen_union_field")
"""Prefixes of the names of fields that bindgen has invented."""

CHAR: Final = "::core::ffi::c_char"
INTEGERS: Final = {
    CHAR: (True, 1),
    "::core::ffi::c_schar": (True, 1),
    "::core::ffi::c_uchar": (False, 1),
    "::core::ffi::c_short": (True, 2),
    "::core::ffi::c_ushort": (False, 2),
    "::core::ffi::c_int": (True, 4),
    "::core::ffi::c_uint": (False, 4),
    "::core::ffi::c_long": (True, 8),
    "::core::ffi::c_ulong": (False, 8),
    "::core::ffi::c_longlong": (True, 8),
    "::core::ffi::c_ulonglong": (False, 8),
    "isize": (True, 8),
    "usize": (False, 8),
    **{f"{sign}{8 * size}": (sign == "i", size) for sign in "iu" for size in (1, 2, 4, 8)},
}
"""Sign and bytes of Rust's names for integers, on a 64-bit target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """An integer: signed or not, of a number of bytes.

    `is_char` is C's plain char; `enumerators` are the values of the enum that it is in C.
    """

    signed: bool
    byte_size: int
    is_char: bool = False
    enumerators: tuple[int, ...] = ()

    def spell(self) -> str:
        """Return Rust's own name for it."""
        return f"{'i' if self.signed else 'u'}{8 * self.byte_size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as it is written."""

    name: str
    type: str

    @property
    def c_name(self) -> str | None:
        """C's name for it; None for bindgen's own fields."""
        if self.name.startswith(BINDGENS):
            return None
        return self.name if self.name.endswith("__") else self.name.removesuffix("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A struct or union; `repr` are its words in order, `methods` the text of its impl.

    `is_copy` is whether it may be a variant of a union.
    """

    name: str
    kind: Literal["struct", "union"]
    repr: tuple[str, ...]
    fields: tuple[Field, ...]
    methods: str = ""
    is_copy: bool = False

    def render(self, *, in_union: bool = False) -> str:
        """Return the declaration as Rust text; without derives, unless a union must hold it."""
        written = ["#[derive(Clone, Copy)]\n"] if in_union and self.is_copy else []
        written += [f"#[repr({', '.join(self.repr)})]\n"] if self.repr else []
        written.append(f"pub {self.kind} {self.name} {{\n")
        written += [f"    pub {field.name}: {field.type},\n" for field in self.fields]
        return "".join((*written, "}\n", self.methods))

    def word(self, name: str) -> str | None:
        """Return the word of `repr` that is, or begins with, `align` or `packed`."""
        return next((w for w in self.repr if w.partition("(")[0] == name), None)

    def with_type(self, index: int, type_: str) -> Declaration:
        """Return it with another type of a field."""
        changed = replace(self.fields[index], type=type_)
        return replace(self, fields=(*self.fields[:index], changed, *self.fields[index + 1 :]))

    def without(self, index: int) -> Declaration:
        """Return it without a field."""
        return replace(self, fields=self.fields[:index] + self.fields[index + 1 :])

    def with_field(self, index: int, field: Field) -> Declaration:
        """Return it with one more field, before the one at the index."""
        return replace(self, fields=(*self.fields[:index], field, *self.fields[index:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """A file of bindgen's: its records by name, and its aliases of types."""

    text: str
    records: Mapping[str, Declaration]
    aliases: Mapping[str, str]
    enumerators: Mapping[str, tuple[int, ...]]

    def resolve(self, type_: str) -> str:
        """Return the type without aliases."""
        while type_ in self.aliases:
            type_ = self.aliases[type_]
        return type_

    def scalar(self, type_: str) -> Scalar | None:
        """Return the integer that a type is, if it is one."""
        values: tuple[int, ...] = ()
        while type_ in self.aliases:
            values = values or self.enumerators.get(type_, ())
            type_ = self.aliases[type_]
        if type_ not in INTEGERS:
            return None
        signed, size = INTEGERS[type_]
        return Scalar(signed=signed, byte_size=size, is_char=type_ == CHAR, enumerators=values)

    def array(self, type_: str) -> tuple[str, int] | None:
        """Return an array's element and count, if the type is one."""
        found = _ARRAY.fullmatch(self.resolve(type_))
        return (found[1], int(found[2])) if found else None

    def record(self, type_: str) -> Declaration | None:
        """Return the record that a type is, if it is one."""
        return self.records.get(self.resolve(type_))

    def holders(self, name: str) -> Iterator[Declaration]:
        """Return the records around one without a name in C, up to one with a name."""
        while _INNER in name:
            word = re.compile(rf"\b{name}\b")
            around = (
                record
                for record in self.records.values()
                if any(word.search(field.type) and "*" not in field.type for field in record.fields)
            )
            holder = next(around, None)
            if holder is None:
                return
            yield holder
            name = holder.name


def parse_bindings(text: str) -> Bindings:
    """Return the records and the aliases of types in a file of bindgen's."""
    methods = {found[1]: found[0] for found in _IMPL.finditer(text)}
    records = {}
    for found in _RECORD.finditer(text):
        fields = _FIELD.findall(found["body"])
        words = re.findall(r"\w+(?:\(\d+\))?", ",".join(_REPR.findall(found["repr"])))
        records[found["name"]] = Declaration(
            name=found["name"],
            kind="struct" if found["kind"] == "struct" else "union",
            repr=tuple(words),
            fields=tuple(
                Field(name=name, type=" ".join(type_.split())) for _, name, type_ in fields
            ),
            methods=methods.get(found["name"], ""),
            is_copy="Copy" in (found["derives"] or ""),
        )
    enumerators: dict[str, tuple[int, ...]] = {}
    for name, value in _ENUMERATOR.findall(text):
        enumerators[name] = (*enumerators.get(name, ()), int(value))
    aliases = {name: " ".join(type_.split()) for name, type_ in _ALIAS.findall(text)}
    return Bindings(
        text=text,
        records=records,
        aliases=aliases | {alias: name for name, alias in _USE.findall(text)},
        enumerators=enumerators,
    )
