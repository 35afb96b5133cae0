"""Pickle dataclasses and enumerations of this package, and read them again; nothing else.

pickle keeps objects that are shared shared.
"""

from __future__ import annotations

import io
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

__all__ = ["dump", "load"]

T = TypeVar("T")
_Setters: TypeAlias = tuple[Callable[[object, object], None], ...]

_NAMES: Final[dict[type, tuple[str, ...]]] = {}
_SETTERS: Final[dict[type, _Setters]] = {}


def dump(value: object) -> bytes:
    """Return the bytes from which `load` makes the value again."""
    stream = io.BytesIO()
    _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return zlib.compress(stream.getbuffer(), level=1)


def load(content: bytes) -> Any:  # noqa: ANN401 - whatever was dumped
    """Return the value that `dump` was given. Raises any exception for other bytes."""
    return _Unpickler(io.BytesIO(zlib.decompress(content))).load()


class _Pickler(pickle.Pickler):
    """Pickler of dataclasses as the values of their fields, in the order of the fields."""

    def reducer_override(self, obj: Any) -> Any:  # noqa: ANN401 - pickle's
        """Return the call that makes the object again."""
        if isinstance(obj, MappingProxyType):
            return _mapping, (dict(obj),)
        if isinstance(obj, Enum):  # Python's own way to pickle an Enum differs by version
            return _member, (type(obj), obj.value)
        if isinstance(obj, Path):
            return _path, (str(obj),)
        if is_dataclass(obj) and not isinstance(obj, type):
            kind = type(obj)
            return _make, (kind, *[getattr(obj, name) for name in _names(kind)])
        if isinstance(obj, tuple):  # a named tuple, which `load` would always refuse
            raise pickle.PicklingError(f"{type(obj)} is no dataclass")
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Reader of `_Pickler`'s output: paths, and this package's dataclasses and enumerations."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - pickle's
        """Return the object that a name in a pickle stands for."""
        if module == __name__ and name in ("_make", "_mapping", "_member", "_path"):
            return globals()[name]
        if module.startswith("layoutcheck.") and "." not in name:
            __import__(module)
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of layoutcheck")


def _make(kind: type[T], *values: object) -> T:
    """Return a dataclass with slots, frozen or not, that has these values in its fields."""
    if kind not in _SETTERS:
        _SETTERS[kind] = _setters(kind, _names(kind))
    made = kind.__new__(kind)
    for setter, value in zip(_SETTERS[kind], values, strict=True):
        setter(made, value)
    return made


def _member(kind: type[Enum], value: object) -> Enum:
    return kind(value)


def _path(text: str) -> Path:
    return Path(text)


def _mapping(content: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(content)


def _names(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind))
    return _NAMES[kind]


def _setters(kind: type, names: Sequence[str]) -> _Setters:
    return tuple(getattr(kind, name).__set__ for name in names)
