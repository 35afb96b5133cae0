"""bindgen's text -> its constants, functions and variables; and clang's answers about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.compilers.programs.run_program import run
from tests.mutation.declarations import Bindings, Declaration
from tests.mutation.signatures import Signature, parse_pointer, parse_signature

__all__ = ["Constant", "Function", "Items", "Static", "parse_items", "prove_items"]

_CLANG_ERROR: Final = re.compile(r"^claims\.c:(\d+):\d+: error: (.*)$", re.MULTILINE)
_CONSTANT: Final = re.compile(r"^pub const (\w+): ([^=]+?) =\s+(.*?);\n", re.MULTILINE)
_EXTERN: Final = re.compile(
    r'^unsafe extern "C" \{\n(?:    #\[link_name = "\\u\{1\}(\w+)"\]\n)?(.*?)^\}\n',
    re.MULTILINE | re.DOTALL,
)
_FUNCTION: Final = re.compile(r"\s*pub fn (\w+)(\(.*);\s*", re.DOTALL)
_STATIC: Final = re.compile(r"\s*pub static (mut )?(\w+):\s+(.*?);\s*", re.DOTALL)
_C_OF: Final = {
    "c_char": "char",
    "c_schar": "signed char",
    "c_uchar": "unsigned char",
    "c_short": "short",
    "c_ushort": "unsigned short",
    "c_int": "int",
    "c_uint": "unsigned",
    "c_long": "long",
    "c_ulong": "unsigned long",
    "c_longlong": "long long",
    "c_ulonglong": "unsigned long long",
    "c_void": "void",
}
_RUST_OF: Final = {
    "bool": "_Bool",
    "usize": "unsigned long",
    "isize": "long",
    "f64": "double",
    "f32": "float",
    **{
        f"{sign}{8 * size}": c
        for size, c in ((1, "char"), (2, "short"), (4, "int"), (8, "long"))
        for sign, c in (("i", "signed char" if size == 1 else c), ("u", f"unsigned {c}"))
    },
}
_INLINES: Final = {
    f"{prefix}{name}": f"(a: {type_}, b: {type_}) -> {type_}"
    for prefix, type_ in (
        ("i", "::core::ffi::c_int"),
        ("", "::core::ffi::c_uint"),
        ("l", "::core::ffi::c_long"),
        ("ul", "::core::ffi::c_ulong"),
    )
    for name in ("max", "min")
}
"""`static __inline` functions of `sys/libkern.h`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant: `value` is the number, or the bytes as Rust writes them."""

    name: str
    type: str
    value: int | str

    @property
    def c_name(self) -> str:
        """C's name: bindgen puts the enum's before its enumerators'."""
        return self.name.removeprefix(f"{self.type}_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that C has; `symbol` is its linked symbol, if that is not its name."""

    name: str
    signature: Signature
    symbol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A variable that C has."""

    name: str
    type: str
    is_mutable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """All items of a file of bindgen's, or the ones that are right according to clang.

    `enums` are the names of enums that have a name in C; `inlines` are functions that are `static`
    in C, which bindgen leaves out.
    """

    constants: tuple[Constant, ...]
    functions: tuple[Function, ...]
    statics: tuple[Static, ...]
    enums: tuple[str, ...] = ()
    inlines: tuple[Function, ...] = ()

    def __len__(self) -> int:
        """Return the number of items in bindgen's file, without enums."""
        return len(self.constants) + len(self.functions) + len(self.statics)


def parse_items(text: str) -> Items:
    """The items in a file of bindgen's."""
    constants = [
        Constant(name=name, type=type_, value=value if value.startswith("b") else int(value, 0))
        for name, type_, value in _CONSTANT.findall(text)
        if re.fullmatch(r'-?\d+|b".*"', value)
    ]
    functions, statics = [], []
    for symbol, body in _EXTERN.findall(text):
        function, static = _FUNCTION.fullmatch(body), _STATIC.fullmatch(body)
        if function is not None:
            signature = parse_signature(" ".join(function[2].split()))
            functions.append(Function(name=function[1], signature=signature, symbol=symbol or None))
        elif static is not None:
            type_ = " ".join(static[3].split())
            statics.append(Static(name=static[2], type=type_, is_mutable=bool(static[1])))
    return Items(
        constants=tuple(constants),
        functions=tuple(functions),
        statics=tuple(statics),
        enums=tuple(dict.fromkeys(c.type for c in constants if c.c_name != c.name)),
        inlines=tuple(
            Function(name=name, signature=parse_signature(text)) for name, text in _INLINES.items()
        ),
    )


def prove_items(
    bindings: Bindings, items: Items, argv: Sequence[str], work: Path
) -> tuple[Items, int]:
    """Return the items that clang accepts as Rust declares them, and the number of claims.

    Values are compared in `_Static_assert`s; functions and variables by
    `__builtin_types_compatible_p`, with their types in C's words. `argv` compiles `wrapper.h` in
    `work`.
    """
    tags = {n: f"{r.kind} {n.removesuffix('_')}" for n, r in bindings.records.items()}
    sizes = [f"_Static_assert(sizeof({tag}) + 1, {_text(name)});" for name, tag in tags.items()]
    opaque = {name for name, record in bindings.records.items() if _is_opaque(record)}
    no_tag = _refused(sizes, list(tags), argv, work) - opaque
    tags |= dict(zip(no_tag, no_tag, strict=True))
    claims = {f"constant {c.name}": _claim_value(c) for c in items.constants}
    for function in (*items.functions, *items.inlines):
        type_ = _spell_function(function.signature, tags)
        claims[f"function {function.name}"] = _claim_type(function.name, type_)
    for static in items.statics:
        claims[f"static {static.name}"] = _claim_type(static.name, _spell(static.type, tags))
    for name in items.enums:
        claims |= {f"{enum}{name}": _claim_enum(f"{enum}{name}") for enum in ("enum ", "")}
    refused = _refused(list(claims.values()), list(claims), argv, work)
    right = Items(
        constants=tuple(c for c in items.constants if f"constant {c.name}" not in refused),
        functions=tuple(f for f in items.functions if f"function {f.name}" not in refused),
        statics=tuple(s for s in items.statics if f"static {s.name}" not in refused),
        inlines=tuple(f for f in items.inlines if f"function {f.name}" not in refused),
        enums=tuple(n for n in items.enums if not {f"enum {n}", n} <= refused),
    )
    return right, len(claims)


def _is_opaque(record: Declaration) -> bool:
    return all(field.name in {"_unused", "_address"} for field in record.fields)


def _refused(
    lines: Sequence[str], owners: Sequence[str], argv: Sequence[str], work: Path
) -> frozenset[str]:
    """Return the owners of the lines, one each, that clang refuses."""
    text = "\n".join(('#include "wrapper.h"', *lines))
    (work / "claims.c").write_text(f"{text}\n", encoding="utf-8")
    command = (*argv, "-fsyntax-only", "-std=gnu17", "-ferror-limit=0", "claims.c")
    said = run(command, cwd=work, timeout=600).stderr
    return frozenset(owners[int(line) - 2] for line, _ in _CLANG_ERROR.findall(said))


def _claim_value(constant: Constant) -> str:
    name, value = constant.c_name, constant.value
    if isinstance(value, str):
        text = value.removeprefix("b").removesuffix('\\0"') + '"'
        return f"_Static_assert(!__builtin_strcmp({name}, {text}), {_text(name)});"
    spelled = f"{value}" if abs(value) < 1 << 31 else f"{value}{'L' if value < 0 else 'UL'}"
    is_signed = f"({name} < 0) == ({value < 0:d})"
    return f"_Static_assert(({name}) == {spelled} && {is_signed}, {_text(name)});"


def _claim_type(name: str, type_: str) -> str:
    same = f"__builtin_types_compatible_p(__typeof__({name}), {type_})"
    return f"_Static_assert({same}, {_text(name)});"


def _claim_enum(type_: str) -> str:
    return f"_Static_assert(sizeof({type_}), {_text(type_)});"


def _text(name: str) -> str:
    return f'"{name}"'


def _spell_function(signature: Signature, tags: Mapping[str, str]) -> str:
    written = [_spell(parameter.type, tags) for parameter in signature.parameters]
    written += ["..."] * signature.is_variadic
    result = "void" if signature.result in (None, "!") else _spell(signature.result or "", tags)
    return f"__typeof__({result} ({', '.join(written) or 'void'}))"


def _spell(type_: str, tags: Mapping[str, str]) -> str:
    """Return a type of bindgen's in C's words; clang refuses a type that is unknown here."""
    pointed = parse_pointer(type_)
    if pointed is not None:
        return f"__typeof__({_spell_function(pointed, tags)} *)"
    for star, const in (("*mut ", ""), ("*const ", "const ")):
        if type_.startswith(star):
            return f"__typeof__({const}{_spell(type_.removeprefix(star), tags)} *)"
    array = re.fullmatch(r"\[(.*); (\d+)(?:usize)?\]", type_)
    if array is not None:
        return f"__typeof__({_spell(array[1], tags)} [{array[2] if array[2] != '0' else ''}])"
    core = type_.removeprefix("::core::ffi::")
    return _C_OF.get(core) or _RUST_OF.get(type_) or tags.get(type_) or type_
