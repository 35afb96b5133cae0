"""Dataclasses -> JSON objects and back, field by field; errors name the place in the JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin
from typing import get_type_hints as hints_of

from layoutcheck.errors import LayoutcheckError

__all__ = ["JsonValue", "Objects"]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
T = TypeVar("T")
Read: TypeAlias = Callable[[JsonValue], Any]
Write: TypeAlias = Callable[[Any], JsonValue]


class _WrongError(ValueError):
    """A wrong value; `path` leads to it and grows while the error passes through its holders."""

    def __init__(self, what: str, path: str = "") -> None:
        super().__init__(what)
        self.path = path

    def below(self, step: str) -> _WrongError:
        """Return the error with one more step before its path."""
        self.path = step + self.path
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """Converter of dataclasses: a field is a key of the same name, with these exceptions.

    - `keys`: fields with another key. `says.c` is the key `c` of an object `says`.
    - `pairs`: fields of pairs that are objects with two keys, not arrays.
    - `left_out`: fields that are not written.
    - `cut`: function that is applied to a field before it is written.
    - `derived`: keys that are written before the key of a field, and not read.
    - `tags`: values of the key `is`, which tells the classes of a union apart.
    - `older`: function that adds keys which objects of older reports lack.

    A tuple has items of one type.
    """

    keys: Mapping[type, Mapping[str, str]]
    pairs: Mapping[tuple[type, str], tuple[str, str]] = field(default_factory=dict)
    left_out: Collection[tuple[type, str]] = ()
    cut: Mapping[tuple[type, str], Callable[[Any], object]] = field(default_factory=dict)
    derived: Mapping[tuple[type, str], tuple[str, Write]] = field(default_factory=dict)
    tags: Mapping[type, str] = field(default_factory=dict)
    older: Mapping[type, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    _reads: dict[object, Read] = field(default_factory=dict, init=False)
    _writes: dict[type, Write] = field(default_factory=dict, init=False)

    def to_json(self, value: Any) -> Any:  # noqa: ANN401 - what a field holds, and its JSON
        """Return the value as JSON."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple:
            return [self.to_json(item) for item in value]
        if isinstance(value, Enum):
            return value.value
        if kind not in self._writes:
            self._writes[kind] = self._writer(kind)
        return self._writes[kind](value)

    def from_json(self, value: JsonValue, type_: type[T], path: str) -> T:
        """Return the value of this type. Raises `LayoutcheckError`, with a place below `path`."""
        try:
            return cast("T", self._reader(type_)(value))
        except _WrongError as error:
            what, path = str(error), path + error.path
        except RecursionError:
            what = "too many values stand inside each other"
        hint = "the value was not written by layoutcheck, or was changed afterwards"
        raise LayoutcheckError(what, where=path, hint=hint)

    def _fields(self, class_: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401 - a dataclass
        """Return each field's name, the object around its key ("" for none), and the key."""
        names = (one.name for one in fields(class_) if (class_, one.name) not in self.left_out)
        keys = self.keys.get(class_, {})
        parts = ((name, keys.get(name, name).rpartition(".")) for name in names)
        return [(name, outer, key) for name, (outer, _, key) in parts]

    def _writer(self, class_: type) -> Write:
        tag, to_json = self.tags.get(class_), self.to_json
        derive, cuts, pairs = self.derived.get, self.cut.get, self.pairs.get
        plan = [
            (name, outer, key, derive((class_, name)), cuts((class_, name)), pairs((class_, name)))
            for name, outer, key in self._fields(class_)
        ]

        def write(value: object) -> JsonValue:
            made: dict[str, Any] = {} if tag is None else {"is": tag}
            for name, outer, key, derived, cut, pair in plan:
                held = getattr(value, name)
                if derived is not None:
                    made[derived[0]] = derived[1](value)
                if pair is not None:
                    held = [dict(zip(pair, item, strict=True)) for item in held]
                elif type(held) not in _PLAIN:
                    held = to_json(held if cut is None else cut(held))
                place = made.setdefault(outer, {}) if outer else made
                place[key] = held
            return made

        return write

    def _reader(self, type_: Any) -> Read:  # noqa: ANN401 - a union is no type
        if type_ not in self._reads:
            self._reads[type_] = self._new_reader(type_)
        return self._reads[type_]

    def _new_reader(self, type_: Any) -> Read:  # noqa: ANN401 - the same
        args = get_args(type_)
        if type_ in _PLAIN:
            return _plain(*_PLAIN[type_])
        if get_origin(type_) is Literal:
            return _choice({one: one for one in args})
        if get_origin(type_) is tuple:
            return _array(self._reader(args[0]), None if args[-1] is ... else len(args))
        if get_origin(type_) in (Union, UnionType):
            some = [one for one in args if one is not NoneType]
            read = self._reader(some[0]) if len(some) == 1 else self._tagged(some)
            return read if len(some) == len(args) else _optional(read)
        if issubclass(type_, Enum):
            return _choice({one.value: one for one in type_})
        return self._dataclass(type_)

    def _tagged(self, classes: Collection[type]) -> Read:
        which = _object({"is": ("class", _choice({self.tags[one]: one for one in classes}))})
        # Each class's reader is made when it is met: a type may hold its own kind.
        return lambda value: self._reader(which(value)["class"])(value)

    def _dataclass(self, class_: Any) -> Read:  # noqa: ANN401 - a dataclass
        hints = hints_of(class_)
        groups: dict[str, dict[str, tuple[str, Read]]] = {"": {}}
        for name, outer, key in self._fields(class_):
            pair = self.pairs.get((class_, name))
            read = self._reader(hints[name]) if pair is None else self._pairs(pair, hints[name])
            groups.setdefault(outer, {})[key] = name, read
        whole = _object(groups.pop("") | {key: (key, _object(its)) for key, its in groups.items()})
        older = self.older.get(class_)

        def read_dataclass(value: JsonValue) -> object:
            made = whole(older(value) if older and isinstance(value, dict) else value)
            for key in groups:
                made |= made.pop(key)
            return class_(**made)

        return read_dataclass

    def _pairs(self, keys: tuple[str, str], type_: Any) -> Read:  # noqa: ANN401 - the same
        types = get_args(get_args(type_)[0])
        its = {key: (key, self._reader(one)) for key, one in zip(keys, types, strict=True)}
        read = _object(its)
        return _array(lambda value: tuple(read(value).values()))


_PLAIN: Final[Mapping[object, tuple[str, tuple[type, ...]]]] = {
    str: ("a string", (str,)),
    int: ("a whole number", (int,)),
    float: ("a number", (float, int)),
    bool: ("true or false", (bool,)),
    NoneType: ("null", (NoneType,)),
}


def _plain(words: str, types: tuple[type, ...]) -> Read:
    def read(value: JsonValue) -> JsonValue:
        if type(value) in types:
            return value
        raise _WrongError(f"{words} is expected here")

    return read


def _choice(known: Mapping[str, object]) -> Read:
    def read(value: JsonValue) -> object:
        if not isinstance(value, str):
            raise _WrongError("a string is expected here")
        if value not in known:
            raise _WrongError(f"{value!r} is none of {', '.join(map(repr, known))}")
        return known[value]

    return read


def _optional(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _array(read: Read, length: int | None = None) -> Read:
    def read_all(value: JsonValue) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _WrongError("an array is expected here")
        if length not in (None, len(value)):
            raise _WrongError(f"an array of {length} is expected here")
        made: list[object] = []
        try:
            for item in value:
                made.append(read(item))  # noqa: PERF401 - the length says where it ends
        except _WrongError as error:
            raise error.below(f"[{len(made)}]") from None
        return tuple(made)

    return read_all


def _object(members: Mapping[str, tuple[str, Read]]) -> Callable[[JsonValue], dict[str, Any]]:
    """Return a reader of objects that have these keys; each value gets the name beside its key."""
    plan = [(key, name, read) for key, (name, read) in members.items()]

    def read_object(value: JsonValue) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _WrongError("an object is expected here")
        made = {}
        for key, name, read in plan:
            if key not in value:
                raise _WrongError(f"the key {key!r} is missing")
            try:
                made[name] = read(value[key])
            except _WrongError as error:
                raise error.below(f".{key}") from None
        return made

    return read_object
