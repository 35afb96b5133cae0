"""bits.py: the masks of a manifest's table `[bits]`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.bits import EXAMPLE, Mask, read_bits
from layoutcheck.manifest.toml_reader import TomlReader

PATH = Path("/nowhere/layoutcheck.toml")


def masks(text: str) -> tuple[Mask, ...]:
    """The masks of a manifest's text."""
    return read_bits(TomlReader(PATH, text, ""), tomllib.loads(text)["bits"])


def test_masks_in_order() -> None:
    """Masks are numbers or Rust paths of constants. A shift is 0 by default."""
    text = """[bits."m::tcphdr"]
th_off = { member = "bits", mask = 0xf0 }
[bits.ip.ip_hl]
member = "a.b"
mask = "IP::HL"
shift = "IP::SHIFT"
"""
    assert masks(text) == (
        Mask(record="m::tcphdr", field="th_off", member="bits", mask=0xF0, shift=0),
        Mask(record="ip", field="ip_hl", member="a.b", mask="IP::HL", shift="IP::SHIFT"),
    )
    assert masks("[bits]\n") == ()
    assert masks("[bits.a]\n") == ()


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[bits]\na = 1\n", 2, "[bits]: a is not a table", 'write [bits."a"]'),
        (
            '[bits."m::a"]\nb = 1\n',
            2,
            "[bits.m::a]: 'b' is no C bit-field with a member and a mask",
            EXAMPLE,
        ),
        (
            '[bits.a]\n"b.c" = { member = "m", mask = 1 }\n',
            2,
            "[bits.a]: 'b.c' is no C bit-field with a member and a mask",
            EXAMPLE,
        ),
        (
            "[bits.a]\nb = { mask = 1 }\n",
            2,
            "[bits.a]: b needs a member, the Rust one that its bits are in",
            EXAMPLE,
        ),
        (
            '[bits.a]\nb = { member = "m n", mask = 1 }\n',
            2,
            "[bits.a]: b needs a member, the Rust one that its bits are in",
            EXAMPLE,
        ),
        (
            '[bits.a]\nb = { member = "m", mask = 0 }\n',
            2,
            "[bits.a]: the mask of b is neither a number of 1 or more nor a constant",
            EXAMPLE,
        ),
        (
            '[bits.a]\nb = { member = "m", mask = " " }\n',
            2,
            "[bits.a]: the mask of b is neither a number of 1 or more nor a constant",
            EXAMPLE,
        ),
        (
            '[bits.a]\nb = { member = "m", mask = 1, shift = -1 }\n',
            2,
            "[bits.a]: the shift of b is neither a number of 0 or more nor a constant",
            EXAMPLE,
        ),
        (
            '[bits.a]\nb = { member = "m", mask = 1, shift = true }\n',
            2,
            "[bits.a]: the shift of b is neither a number of 0 or more nor a constant",
            EXAMPLE,
        ),
    ],
)
def test_a_mask_that_is_wrong(text: str, line: int, message: str, hint: str) -> None:
    """The error has the line of the field."""
    with pytest.raises(ManifestError) as caught:
        masks(text)
    assert str(caught.value) == f"{PATH}:{line}: {message}\nhint: {hint}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[bits.a]\nb = { member = "m", musk = 1 }\n', 2),
        ('[bits.a]\nb = { member = "m", musk = 1 }\nc = { member = "m", musk = 1 }\n', 2),
        ('[bits.a]\nc = { member = "m", mask = 1 }\nb = { member = "m", musk = 1 }\n', 3),
        ('[bits]\na = { b = { member = "m", musk = 1 } }\n[rename]\nmusk = "x"\n', 2),
        ('[bits.a.b]\nmember = "m"\nmusk = 1\n', 3),
        ('bits = { a = { b = { member = "m", musk = 1 } } }\n', 1),
    ],
)
def test_the_line_of_a_key_that_is_not_known(text: str, line: int) -> None:
    """An unknown key has its own line, even if it occurs again later or elsewhere."""
    with pytest.raises(ManifestError) as caught:
        masks(text)
    assert str(caught.value) == (
        f"{PATH}:{line}: [bits.a]: unknown key 'musk'\nhint: did you mean mask?"
    )
