"""`vnode_if.src` -> the text of the three headers that declare vnode operations; no file is read.

FreeBSD's build makes them with `sys/tools/vnode_if.awk`, options -h, -p and -q. The declarations
here are equal to 13.2's, token by token. The scripts of 10.4 and 14 write the same, except for the
member `registered`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.config.quoting import quote
from layoutcheck.location import SourceLocation

__all__ = ["render_vnode_headers"]

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_WORD: Final = string.ascii_letters + string.digits + "_"
_DIRECTIONS: Final = ("IN", "OUT", "INOUT")
# Lines about the locks of parameters and about calls before and after; not needed here.
_NO_OPERATION: Final = ("#", "%%", "%!")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    """An operation such as vop_open, and its parameters as (type, name)."""

    name: str
    parameters: tuple[tuple[str, str], ...]


def render_vnode_headers(text: str, *, path: str, has_registered: bool) -> Mapping[str, str]:
    """Return the headers of the file `text` by their names; `path` is its name in errors.

    `has_registered`: `struct vop_vector` ends with that member, as it does since 13. Raises
    `HeaderTreeError` with the line that is not understood.
    """
    operations = tuple(_parse(text, path))
    return {
        "vnode_if.h": _joined(_declarations(operations, has_registered=has_registered)),
        "vnode_if_newproto.h": _joined(_vector(operations, has_registered=has_registered)),
        "vnode_if_typedef.h": _joined(_typedefs(operations)),
    }


def _parse(text: str, path: str) -> Iterator[_Operation]:
    lines = iter(enumerate(text.split("\n"), start=1))
    for number, line in lines:
        words = line.split()
        if not words or words[0].startswith(_NO_OPERATION):
            continue
        location = SourceLocation(path=path, line=number)
        if not _NAME.fullmatch(words[0]) or words[1:] != ["{"]:
            raise HeaderTreeError(f"{quote(line)} begins no vnode operation", where=location)
        parameters = tuple(_parameters(lines, words[0], location))
        if not parameters:
            raise HeaderTreeError(f"{words[0]} has no parameter, so no vnode", where=location)
        yield _Operation(name=words[0], parameters=parameters)


def _parameters(
    lines: Iterator[tuple[int, str]], operation: str, location: SourceLocation
) -> Iterator[tuple[str, str]]:
    """Yield the parameters in the lines up to the closing brace."""
    for number, line in lines:
        words = _without_comment(line).split()
        if words and words[0].startswith("};"):
            return
        if words:
            yield _parameter(words, SourceLocation(path=location.path, line=number))
    raise HeaderTreeError(f"{operation} has no end", where=location)


def _parameter(words: list[str], location: SourceLocation) -> tuple[str, str]:
    """Return ("struct vnode *", "vp") for the words of "IN WILLRELE struct vnode *vp;"."""
    declared = " ".join(words[2 if words[1:2] == ["WILLRELE"] else 1 :])
    type_ = declared.removesuffix(";").rstrip().rstrip(_WORD)
    name = declared.removesuffix(";").rstrip()[len(type_) :]
    if words[0] not in _DIRECTIONS or not declared.endswith(";") or not name or not type_:
        raise HeaderTreeError(
            f'{quote(" ".join(words))} is no parameter such as "IN struct vnode *vp;"',
            where=location,
        )
    return type_.rstrip(), name


def _without_comment(line: str) -> str:
    start, end = line.find("/*"), line.rfind("*/")
    return line[:start] + line[end + 2 :] if 0 <= start < end - 1 else line


def _declarations(operations: Iterable[_Operation], *, has_registered: bool) -> Iterator[str]:
    yield "extern struct vnodeop_desc vop_default_desc;"
    yield '#include "vnode_if_typedef.h"'
    yield '#include "vnode_if_newproto.h"'
    for operation in operations:
        name, upper = operation.name, operation.name.upper()
        parameters = ", ".join(f"{type_} {one}" for type_, one in operation.parameters)
        first = operation.parameters[0][1]
        yield f"struct {name}_args {{\n\tstruct vop_generic_args a_gen;"
        for type_, parameter in operation.parameters:
            yield f"\t{type_} a_{parameter};"
        yield "};"
        yield f"extern struct vnodeop_desc {name}_desc;"
        yield f"int {upper}_AP(struct {name}_args *);"
        yield f"int {upper}_APV(struct vop_vector *vop, struct {name}_args *);"
        # This body is that of 12 and earlier, and of all later kernels with INVARIANTS. Without
        # INVARIANTS, the build's body calls the vnode's operation itself if no probe is enabled.
        yield f"static __inline int {upper}({parameters})\n{{\n\tstruct {name}_args a;"
        yield f"\ta.a_gen.a_desc = &{name}_desc;"
        for _, parameter in operation.parameters:
            yield f"\ta.a_{parameter} = {parameter};"
        yield f"\treturn ({upper}_APV({first}->v_op, &a));\n}}"
    if has_registered:
        yield "void vfs_vector_op_register(struct vop_vector *orig_vop);"


def _vector(operations: Iterable[_Operation], *, has_registered: bool) -> Iterator[str]:
    yield "struct vop_vector {\n\tstruct vop_vector *vop_default;\n\tvop_bypass_t *vop_bypass;"
    for operation in operations:
        yield f"\t{operation.name}_t *{operation.name};"
    if has_registered:
        yield "\tbool registered;"
    yield "};"


def _typedefs(operations: Iterable[_Operation]) -> Iterator[str]:
    for operation in operations:
        name = operation.name
        yield f"struct {name}_args;\ntypedef int {name}_t(struct {name}_args *);"


def _joined(pieces: Iterable[str]) -> str:
    return "\n".join(pieces) + "\n"
