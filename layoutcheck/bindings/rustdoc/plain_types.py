"""Plain types in rustdoc JSON, such as those of constants -> text that is valid in any crate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from layoutcheck.bindings.rustdoc.naming import render_path

__all__ = ["PlainTypes"]

Json = Mapping[str, Any]

_CORE_TYPE: Final = re.compile(r"c_\w+")


class PlainTypes:
    """The plain types of one document: numbers, texts, pointers, arrays of these, and aliases."""

    def __init__(self, document: Json) -> None:
        self._index: Json = document["index"]
        self._paths: Json = document["paths"]

    def written(self, type_: Json) -> str | None:
        """Return a plain type as text that is valid in any crate; None for any other type."""
        match type_:
            case {"primitive": str(name)}:
                return name
            case {"raw_pointer": {"is_mutable": False, "type": pointee}} if self._is_char(pointee):
                return "*const c_char"
            case {"raw_pointer": _}:
                return "*const ()"
            case {"borrowed_ref": {"type": inner}}:
                return self._behind_reference(inner)
            case {"array": {"type": element}}:
                return _array(self.written(element))
            case {"resolved_path": {"id": identity}}:
                return self._resolved(identity)
            case _:
                return None

    def _is_char(self, type_: Json) -> bool:
        """Return whether a read-only pointer to this type is one to a C string."""
        return self.written(type_) in {"i8", "::core::ffi::c_char"}

    def _behind_reference(self, type_: Json) -> str | None:
        match type_:
            case {"primitive": "str"}:
                return "&str"
            case {"array": {"type": element}} | {"slice": element}:
                array = _array(self.written(element))
                return None if array is None or array.startswith("[[") else f"&{array}"
            case {"resolved_path": {"path": path}} if path.rpartition("::")[2] == "CStr":
                return "&CStr"
            case _:
                return None

    def _resolved(self, identity: int | str) -> str | None:
        """Return the target of an alias of the crate, also a private one; a foreign one's path."""
        item = self._index.get(str(identity))
        if item is not None and item["crate_id"] == 0:
            alias = item["inner"].get("type_alias")
            return None if alias is None else self.written(alias["type"])
        summary = self._paths.get(str(identity))
        if summary is None or summary["kind"] != "type_alias":
            return None
        segments = summary["path"]
        if segments[0] in {"core", "std"} and _CORE_TYPE.fullmatch(segments[-1]):
            return f"::core::ffi::{segments[-1]}"  # the module that declares it is private
        return f"::{render_path(tuple(segments))}"


def _array(element: str | None) -> str | None:
    """Return an array or slice of numbers, or of such arrays, as a slice; None for any other."""
    return None if element is None or element.startswith(("&", "*")) else f"[{element}]"
