"""bit_access.py: the bit-fields that a method may access, by its name."""

from __future__ import annotations

from typing import Literal

import pytest

from layoutcheck.model.bit_access import BitAccess


@pytest.mark.parametrize(
    ("name", "verb", "stems"),
    [
        ("f", "reads", [("f", True)]),
        ("f", "writes", [("f", False)]),
        ("f", "makes", [("f", True)]),
        ("f", "masks", [("f", True)]),
        ("set_f", "writes", [("set_f", False), ("f", True), ("f", True)]),
        ("set_f_raw", "writes", [("set_f_raw", False), ("f_raw", True), ("f", True)]),
        ("f_raw", "reads", [("f_raw", True), ("f", True)]),
        ("f_raw", "writes", [("f_raw", False), ("f", False)]),
        ("get_f", "reads", [("get_f", True), ("f", False)]),
        ("get_f_raw", "reads", [("get_f_raw", True), ("get_f", True), ("f", False)]),
        ("with_f", "writes", [("with_f", False), ("f", False)]),
        ("set_f", "reads", [("set_f", True)]),
        ("set_f", "makes", [("set_f", True)]),
        ("get_f", "masks", [("get_f", True)]),
    ],
)
def test_stems(
    name: str,
    verb: Literal["reads", "writes", "makes", "masks"],
    stems: list[tuple[str, bool]],
) -> None:
    """The likeliest stem comes first, with a flag that it is certain."""
    assert list(BitAccess(name=name, verb=verb).stems()) == stems


def test_a_method_of_another_form() -> None:
    """The prefixes `get_` and `with_` of a method with another form are ignored; `set_` is not."""
    getter = BitAccess(name="get_f", verb="reads", is_plain=False)
    assert list(getter.stems()) == [("get_f", True)]
    setter = BitAccess(name="set_f", verb="writes", is_plain=False)
    assert ("f", True) in setter.stems()
