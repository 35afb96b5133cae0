"""rustdoc JSON of a type -> its methods that may be accessors of bit-fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["accessors_of"]

SETTER: Final = "set_"


def accessors_of(index: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """The methods that only read a value, by name, and whether there is one that sets it.

    `body` is the type's own. bindgen writes `ip_hl(&self) -> u32` and `set_ip_hl(&mut self, u32)`.
    What another crate cannot call is left out, and so is what has parameters of its own.
    """
    methods = dict(_methods(index, body))
    return tuple(
        (name, _is_setter(methods.get(SETTER + name)))
        for name, function in methods.items()
        if _is_getter(function)
    )


def _methods(
    index: Mapping[str, Any], body: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for impl in body["impls"]:
        item = index[str(impl)]
        if item is None:  # an impl of a trait, which was left out
            continue
        block = item["inner"]["impl"]
        if block["trait"] is not None:
            continue
        for key in block["items"]:
            item = index[str(key)]
            if item["visibility"] == "public" and "function" in item["inner"]:
                yield item["name"], item["inner"]["function"]


def _is_getter(function: Mapping[str, Any]) -> bool:
    match function["sig"]["inputs"]:
        case [["self", {"borrowed_ref": {"is_mutable": False}}]]:
            has_result = function["sig"]["output"] not in (None, {"tuple": []})
            return has_result and not function["generics"]["params"]
    return False


def _is_setter(function: Mapping[str, Any] | None) -> bool:
    if function is None or function["generics"]["params"]:
        return False
    match function["sig"]["inputs"]:
        case [["self", {"borrowed_ref": {"is_mutable": True}}], _]:
            return True
    return False
