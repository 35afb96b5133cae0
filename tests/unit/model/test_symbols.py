"""symbols.py: the key in the name of each variable and function of a probe."""

from __future__ import annotations

import pytest

from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import ALIGNMENT, CONSTANT, ITEM, SUBJECT, TYPE, key_in

KEY = ProbeKey("item", 12, 3)


@pytest.mark.parametrize("prefix", [SUBJECT, ALIGNMENT, CONSTANT, ITEM, TYPE])
def test_a_name_has_its_key(prefix: str) -> None:
    """A name has its key behind the prefix of the question."""
    assert key_in(f"{prefix}{KEY}", prefix) == KEY


def test_an_instance_of_the_generic_has_a_number() -> None:
    """Rustc writes the arguments of a generic function behind its name in DWARF."""
    name = f'{ITEM}<7, unsafe extern "C" fn(*mut u8) -> u32>'
    assert key_in(name, ITEM) == ProbeKey("item", 7)


@pytest.mark.parametrize("rest", ["", "7", "<7>", "<x, u8>", "item_7,", "item_7_0"])
def test_a_name_without_a_key_is_refused(rest: str) -> None:
    """A name without a key is refused, because no probe asked for it."""
    with pytest.raises(ValueError, match="is no key of a probe"):
        key_in(f"{ITEM}{rest}", ITEM)
