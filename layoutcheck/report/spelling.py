"""Types -> the spelling of C or of Rust for a reader; shorter than `layout.spell`."""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    spell,
)

_MODULES: Final = re.compile(r"\b(?:\w+::)+")
_FUNCTION: Final = re.compile(r'(?:unsafe )?(?:extern "\w+" )?fn\(.*\)(?: -> [^>]+)?')

__all__ = ["c_declaration", "rust_declaration", "rust_type"]


def c_declaration(type_: Type | None, name: str, *, brief: bool = False) -> str:
    """Return the member as C declares it, `char *p_comm[20]`; `brief` omits parameters."""
    match type_:
        case PointerType(pointee=FunctionType() | ArrayType() as pointee):
            return c_declaration(pointee, f"(*{name})", brief=brief)
        case PointerType(pointee=pointee):
            return c_declaration(pointee, f"*{name}", brief=brief)
        case ArrayType(element=element, counts=counts):
            dimensions = "".join(f"[{'' if n is None else n}]" for n in counts)
            return c_declaration(element, f"{name}{dimensions}", brief=brief)
        case FunctionType(result=result, parameters=parameters, variadic=variadic):
            written = [c_declaration(parameter, "") for parameter in parameters]
            written += ["..."] * variadic
            inner = ".." if brief and written else ", ".join(written) or "void"
            return c_declaration(result, f"{name}({inner})", brief=brief)
        case QualifiedType(qualifier=qualifier, target=PointerType() as target):
            return c_declaration(target, f"{qualifier} {name}".rstrip(), brief=brief)
        case QualifiedType(qualifier=qualifier, target=target):
            return f"{qualifier} {c_declaration(target, name, brief=brief)}"
        case _:
            return f"{spell(type_)} {name}".rstrip()


def rust_declaration(type_: Type | None, name: str, *, brief: bool = False) -> str:
    """Return the field as Rust declares it, `comm: [i8; 20]`; `brief` omits parameters."""
    text = rust_type(type_, brief=brief)
    return f"{name}: {text}" if name else text


def rust_type(type_: Type | None, *, brief: bool = False) -> str:
    """Return the type, its path cut to the last name; `*T`, since mutability is not read."""
    match type_:
        case None:
            return "()"
        case PointerType(pointee=FunctionType() as function):
            return rust_type(function, brief=brief)
        case PointerType(pointee=pointee):
            return f"*{rust_type(pointee, brief=brief)}"
        case ArrayType(element=element, counts=counts):
            text = rust_type(element, brief=brief)
            for count in reversed(counts):
                text = f"[{text}; {'?' if count is None else count}]"
            return text
        case FunctionType(result=result, parameters=parameters, variadic=variadic):
            written = [rust_type(parameter) for parameter in parameters] + ["..."] * variadic
            inner = ".." if brief and written else ", ".join(written)
            return f"fn({inner})" + ("" if result is None else f" -> {rust_type(result)}")
        case QualifiedType(target=target):
            return rust_type(target, brief=brief)
        case BaseType(name=name) | TypedefType(name=name):
            return _last(name, brief=brief)
        case EnumType(name=tag) | RecordLayout(name=tag):
            return _last(tag or "{...}", brief=brief)


def _last(path: str, *, brief: bool = False) -> str:
    """Return the last name of a path, also in the arguments of a generic one."""
    short = _MODULES.sub("", path)
    return _FUNCTION.sub("fn(..)", short) if brief else short
