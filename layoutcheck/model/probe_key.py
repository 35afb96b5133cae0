"""The key by which a probe's question and its answer are matched, and how a symbol spells it. Pure.

Everywhere but in the text of a probe a key is a `ProbeKey`: no other module makes or cuts its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

__all__ = ["KEY_PATTERN", "KeyKind", "ProbeKey"]

KeyKind: TypeAlias = Literal["type", "item", "owner", "variant", "accessor", "scalar", "name"]
"""Subject of a question.

`type` and `item` are those of a crate's surface, or of another list. `owner` is the enum for the
type of an item's `impl`, `variant` a constant for a variant of an item, `accessor` a method of
a type. `scalar` is one that a type may be passed as, `name` one of a list of names.
"""

_PARTS: Final = (rf"{'|'.join(get_args(KeyKind))}", "0|[1-9][0-9]*", "[1-9][0-9]*")
KEY_PATTERN: Final = "(?:{})_(?:{})(?:_(?:{}))?".format(*_PARTS)
"""The regular expression, without groups, of the text of a key."""
_KEY: Final = re.compile("({})_({})(?:_({}))?".format(*_PARTS))
_KINDS: Final[Mapping[str, KeyKind]] = MappingProxyType({kind: kind for kind in get_args(KeyKind)})


@dataclass(frozen=True, slots=True, order=True)
class ProbeKey:
    """The question about the type, item or the like at the place `number` of its list.

    Where several questions are about one, `rank` numbers them: C names that may be meant, likeliest
    first, or methods of a type. As text it is a part of a C or Rust name: `item_3`, `type_0_2`.
    """

    kind: KeyKind
    number: int
    rank: int = 0

    def __str__(self) -> str:
        # Without a rank that is 0, so that keys of one kind sort as their numbers' digits do:
        # rustc describes what it is asked for in the order of the symbols' names.
        rank = f"_{self.rank}" if self.rank else ""
        return f"{self.kind}_{self.number}{rank}"

    @classmethod
    def parse(cls, text: str) -> ProbeKey:
        """Return the key that has this text. Raises `ValueError` if there is none."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no key of a probe")
        kind, number, rank = found.groups()
        return cls(_KINDS[kind], int(number), int(rank or 0))
