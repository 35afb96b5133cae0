"""walk/handles.py: a pointer to a named type without a size."""

from __future__ import annotations

from typing import Final

import pytest

from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.handles import handle_words
from layoutcheck.model.layout import FunctionType, PointerType, RecordLayout, Type, TypedefType
from tests.layouts import CHAR, I32, U8, record


def _declared(name: str) -> RecordLayout:
    return RecordLayout(
        name=name, kind="struct", byte_size=0, alignment=None, members=(), is_declaration=True
    )


DEV: Final = _declared("_device")
IFNET: Final = record("ifnet", ("index", I32))
CALL: Final = FunctionType(result=None, parameters=(), variadic=False)
RUST_DEV: Final = record("k::device")
RUST_IFNET: Final = record("k::ifnet")
RUST_OTHER: Final = record("k::Handle")


def to(pointee: Type) -> PointerType:
    """A pointer."""
    return PointerType(byte_size=8, pointee=pointee)


@pytest.mark.parametrize(
    ("c", "rust", "is_same"),
    [
        (DEV, RUST_DEV, True),
        (DEV, RUST_OTHER, True),  # a name that C does not have is no evidence
        (TypedefType(name="device_t", target=DEV), RUST_OTHER, True),
        (IFNET, RUST_IFNET, True),
        (DEV, RUST_IFNET, False),  # C's struct ifnet is another record
        (IFNET, RUST_DEV, True),  # C has no struct device
        (to(DEV), RUST_DEV, False),
        (DEV, to(RUST_DEV), False),
        (DEV, CALL, False),
        (CALL, RUST_OTHER, False),
        (I32, RUST_OTHER, True),
        (to(CHAR), U8, False),  # `char **` is no text
        (CHAR, to(U8), True),  # a `caddr_t` may be of anything
    ],
)
def test_pointees(c: Type, rust: Type, *, is_same: bool) -> None:
    """A handle is no pointer and no function, nor another record of C's."""
    definitions = Definitions()
    definitions.learn({}, [to(DEV), to(IFNET)])
    inner = c.target if isinstance(c, TypedefType) else c
    words = handle_words(c, inner, rust, definitions)
    assert (words is None) is is_same, words
