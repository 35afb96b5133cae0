"""Corrupted IR of rustc gives accesses or a reason, within the limits of time and memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

import pytest

from layoutcheck.compilers.llvm_ir import read_accessors
from tests.accessor_probes import Asked, compile_accessors
from tests.limits import limited

pytestmark = pytest.mark.needs_rustc

TEXTS: Final = 200
SECONDS: Final = 10
METHODS: Final = """
pub fn low(&self) -> u8 { self.unit.get(3, 4) as u8 }
pub fn set_low(&mut self, v: u8) { self.unit.set(3, 4, v as u64) }
pub fn high(&self) -> i32 { self.word as i32 >> 28 }
pub fn set_high(&mut self, v: i32) { self.word = self.word & 0xfffffff | (v as u32) << 28 }
"""
NUMBER: Final = re.compile(r"-?\b\d+\b")
TYPE: Final = re.compile(r"\bi(?:8|16|32|64)\b|\bptr\b")
NAME: Final = re.compile(r"%[\w.]+")
WORD: Final = re.compile(r"\b[a-z]{2,}\b")
NUMBERS: Final = ("0", "-1", "1", "64", "99999999999999999999", "-9223372036854775808", "70000")
TYPES: Final = (
    "i0",
    "i1",
    "i8",
    "i64",
    "i128",
    "i99999999",
    "ptr",
    "[9 x i8]",
    "[99999999999 x i64]",
)
WORDS: Final = ("alloca", "load", "store", "br", "ret", "switch", "phi", "udiv", "ashr", "select")


Change: TypeAlias = Callable[[str, Random], str]


def _replace(pattern: re.Pattern[str], others: Callable[[str], tuple[str, ...]]) -> Change:
    """Replace one match of the pattern."""

    def change(text: str, random: Random) -> str:
        found = list(pattern.finditer(text))
        if not found:
            return text
        one = random.choice(found)
        return text[: one.start()] + random.choice(others(text)) + text[one.end() :]

    return change


def _lines(text: str, random: Random) -> str:
    """Delete, double or move a line."""
    lines = text.splitlines(keepends=True)
    line = lines.pop(random.randrange(len(lines)))
    for _ in range(random.randrange(3)):
        lines.insert(random.randrange(len(lines) + 1), line)
    return "".join(lines)


def _cut(text: str, random: Random) -> str:
    """Cut off the end."""
    return text[: random.randrange(len(text))]


def _characters(text: str, random: Random) -> str:
    """Replace some characters."""
    for _ in range(random.randrange(1, 9)):
        at = random.randrange(len(text))
        text = text[:at] + random.choice('"%@(){}[],=:; \n\0x9é') + text[at + 1 :]
    return text


CHANGES: Final[tuple[Change, ...]] = (
    _replace(NUMBER, lambda _: NUMBERS),
    _replace(TYPE, lambda _: TYPES),
    _replace(NAME, lambda text: tuple(NAME.findall(text))),
    _replace(WORD, lambda _: WORDS),
    _lines,
    _cut,
    _characters,
)


@pytest.fixture(scope="module", params=["amd64", "powerpc64"])
def compiled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Asked]:
    """Return the probe's own functions, without rustc's others in the module."""
    return compile_accessors(METHODS, tmp_path_factory.mktemp("ir"), request.param)


def test_corrupted_texts_are_read_or_refused(compiled: tuple[str, Asked]) -> None:
    """Each accessor has an answer; a failure names its seed."""
    whole, asked = compiled
    right = read_accessors(whole, asked)
    assert not any(access.unknown for (access,) in right.values())
    refused = different = 0
    for seed in range(TEXTS):
        random = Random(seed)  # noqa: S311 - repeatable
        text = whole
        for _ in range(random.choice((1, 1, 2, 5))):
            text = random.choice(CHANGES)(text, random) or "\n"
        try:
            with limited(SECONDS):
                read = read_accessors(text, asked)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        assert len(read) == len(asked)
        refused += any(access.unknown for (access,) in read.values())
        different += read != right
    assert refused > TEXTS // 10
    assert different > TEXTS // 8
