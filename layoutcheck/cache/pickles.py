"""Pickle dataclasses and enumerations of this package, and read them again; nothing else.

pickle keeps objects that are shared shared. The deferred fields of a value (`model/deferred.py`)
are in a second pickle, which is read when one of them is first used.
"""

from __future__ import annotations

import io
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

from layoutcheck.garbage import collection_off
from layoutcheck.model.deferred import Late

__all__ = ["dump", "load"]

T = TypeVar("T")
_Setters: TypeAlias = tuple[Callable[[object, object], None], ...]

_NAMES: Final[dict[type, tuple[str, ...]]] = {}
_SETTERS: Final[dict[type, _Setters]] = {}
_EARLY_SETTERS: Final[dict[type, _Setters]] = {}


def dump(value: object) -> bytes:
    """Return the bytes from which `load` makes the value again."""
    late: list[tuple[object, ...]] = []
    first = _dump(value, late)
    # Only one level is deferred: the second pickle holds its own deferred fields in full.
    return first + _dump(late, None) if late else first


def load(content: bytes) -> Any:  # noqa: ANN401 - whatever was dumped
    """Return the value that `dump` was given. Raises any exception for other bytes."""
    reader = zlib.decompressobj()
    first = reader.decompress(content)
    rest = _Rest(reader.unused_data)
    with collection_off():
        return _Unpickler(io.BytesIO(first), rest).load()


class _Rest:
    """The values of deferred fields, unpickled on the first use."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._values: Sequence[Sequence[object]] | None = None

    def get(self, number: int) -> Sequence[object]:
        """Return the values of the fields of the object that was dumped as the `number`th."""
        values = self._values
        if values is None:
            values = self._values = load(self._content)
        return values[number]


def _dump(value: object, late: list[tuple[object, ...]] | None) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, late).dump(value)
    return zlib.compress(stream.getbuffer(), level=1)


class _Pickler(pickle.Pickler):
    """Pickler of dataclasses as the values of their fields, in the order of the fields.

    The values of deferred fields are appended to `late`; they stay in place if `late` is None.
    """

    def __init__(self, stream: io.BytesIO, late: list[tuple[object, ...]] | None) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._late = late

    def reducer_override(self, obj: Any) -> Any:  # noqa: ANN401 - pickle's
        """Return the call that makes the object again."""
        if isinstance(obj, MappingProxyType):
            return _mapping, (dict(obj),)
        if isinstance(obj, Enum):  # Python's own way to pickle an Enum differs by version
            return _member, (type(obj), obj.value)
        if isinstance(obj, Path):
            return _path, (str(obj),)
        if self._late is not None and isinstance(obj, Late) and obj.may_be_late:
            self._late.append(tuple(getattr(obj, name) for name in obj.LATE))
            early = (getattr(obj, name) for name in _early_names(type(obj)))
            return _make_late, (type(obj), len(self._late) - 1, *early)
        if is_dataclass(obj) and not isinstance(obj, type):
            kind = type(obj)
            return _make, (kind, *[getattr(obj, name) for name in _names(kind)])
        if isinstance(obj, tuple):  # a named tuple, which `load` would always refuse
            raise pickle.PicklingError(f"{type(obj)} is no dataclass")
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Reader of `_Pickler`'s output: paths, and this package's dataclasses and enumerations."""

    def __init__(self, stream: io.BytesIO, rest: _Rest) -> None:
        super().__init__(stream)
        self._rest = rest

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - pickle's
        """Return the object that a name in a pickle stands for."""
        if module == __name__ and name == "_make_late":
            return partial(_make_late, self._rest)
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


def _make_late(rest: _Rest, kind: type[Late], number: int, *values: object) -> Late:
    """Return a dataclass like `_make`'s, with its deferred fields still unread."""
    if kind not in _EARLY_SETTERS:
        _EARLY_SETTERS[kind] = _setters(kind, _early_names(kind))
    made = kind.__new__(kind)
    for setter, value in zip(_EARLY_SETTERS[kind], values, strict=True):
        setter(made, value)
    object.__setattr__(made, "rest", rest)
    object.__setattr__(made, "number", number)
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


def _early_names(kind: type[Late]) -> tuple[str, ...]:
    return tuple(name for name in _names(kind) if name not in kind.LATE)


def _setters(kind: type, names: Sequence[str]) -> _Setters:
    return tuple(getattr(kind, name).__set__ for name in names)
