"""effects_text.py: options and types on a terminal."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.effects import Failure
from layoutcheck.report.effects_text import render_effects
from tests.option_effects import HOLDER, STATS, effect, sensitivity

TYPES = """\
struct gadget (sys/gadget.h:12): 16 bytes under GENERIC
  STATS (opt_global.h; not set, tried as 1): 16 -> 24
    + pokes: unsigned long, offset 4, 8 bytes
    > a to b (2 members): +8 bytes
    > c: offset 12 -> offset 24
    ~ d: short (2 bytes) -> int (4 bytes)
    - e: short, offset 16, 2 bytes

struct drawer: 32 bytes under GENERIC
  STATS (opt_global.h; not set, tried as 1): 32 -> 48, because of struct gadget
    ~ gadgets: struct gadget[2], 32 bytes -> 48 bytes

struct late: not there under GENERIC
  LATE (opt_global.h; set to 3): absent -> 8

struct calm (sys/gadget.h:12): 4 bytes under GENERIC
  No option changes it.

FreeBSD 15.0 amd64 GENERIC (conf: built in; headers: headers of a test; clang
  19.1.7). Sizes: without -> with the option.
4 types; of 5 options that the headers mention, each toggled alone, 2 change a
  layout.
problem: LOUD, toggled: <sys/gadget.h> does not compile: sys/gadget.h:3: "LOUD
  requires NOISE"; not compared: struct gadget
without effect: MAXCPU=2048, SMP
problem: <sys/odd.h> does not compile, whatever the options: sys/odd.h:1: what
  is this
"""
OPTIONS = """\
LATE (opt_global.h; set to 3)
  1 only with it: struct late

STATS (opt_global.h; not set, tried as 1)
  struct gadget  16 -> 24  +pokes ~d -e
  1 that hold these: struct drawer

"""


def test_types() -> None:
    """Each type has its changes; moves by the same amount are on one line."""
    assert render_effects(sensitivity()) == TYPES


def test_everything() -> None:
    """Each option with effects is listed with the records that it changes directly."""
    text = render_effects(sensitivity(everything=True))
    assert text == OPTIONS + TYPES[TYPES.index("FreeBSD") :]


def test_many_records_are_counted() -> None:
    """Many records are counted, not listed, on a terminal."""
    changes = [replace(STATS, c_name=f"struct s{number}") for number in range(300)]
    come = [replace(STATS, c_name=f"struct c{number}", without=None) for number in range(300)]
    go = [replace(STATS, c_name=f"struct g{number}", with_option=None) for number in range(300)]
    holders = [replace(HOLDER, c_name=f"struct h{number}") for number in range(300)]
    found = replace(
        sensitivity(everything=True),
        effects=(effect("MUCH", *changes, *come, *go, *holders),),
        left_out=tuple(Failure(header=f"h{n}.h", reason="why") for n in range(100)),
    )
    lines = render_effects(found).splitlines()
    assert len(lines) < 40
    assert lines[1].startswith("  struct s0  16 -> 24  +pokes")
    assert lines[9:15] == [
        "  and 292 more",
        "  300 that hold these: struct h0, struct h1, struct h2, struct h3, struct h4,",
        "    ...",
        "  300 only with it: struct c0, struct c1, struct c2, struct c3, struct c4, ...",
        "  300 only without it: struct g0, struct g1, struct g2, struct g3, struct g4,",
        "    ...",
    ]
    assert "problem: 100 headers do not compile, whatever the options: --json says why" in lines
    assert max(map(len, lines)) <= 80


def test_what_a_terminal_would_obey_is_shown() -> None:
    """Escape codes in names and reasons of headers are made visible."""
    odd = replace(STATS, c_name="struct \x1b[31m")
    found = replace(
        sensitivity(everything=True),
        effects=(effect("X\x1b", odd, failures=(Failure(header="a", reason="\x1b]0;title"),)),),
    )
    assert "\x1b" not in render_effects(found)
    assert "\x1b" not in render_effects(replace(found, everything=False))
