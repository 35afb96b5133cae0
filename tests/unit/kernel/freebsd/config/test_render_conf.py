"""A rendered configuration stands alone: it parses to the same configuration."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import KernConf, parse_conf
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.location import SourceLocation

NOWHERE = SourceLocation(path="")


def parse(text: str) -> KernConf:
    """The configuration in `text`."""
    return parse_conf(SourceText(path="T", text=text), name="T", origin="O")


def without_places(conf: KernConf) -> KernConf:
    """Return `conf` with equal places, and without removals and messages."""
    stripped: dict[str, Any] = {
        field.name: tuple(
            replace(item, location=NOWHERE) if hasattr(item, "location") else item
            for item in getattr(conf, field.name)
        )
        for field in fields(conf)
        if isinstance(getattr(conf, field.name), tuple)
    }
    gone: dict[str, Any] = {"removals": (), "includes": (), "messages": ()}
    gone |= {"machine_location": None, "maxusers_location": None}
    return replace(conf, **{**stripped, **gone})


def test_the_text_has_one_statement_a_line() -> None:
    """The text has one statement a line, and the origin in a comment of one line."""
    conf = parse(
        'machine arm64 aarch64\nident T\ncpu A\ndevice b,c\nnooptions DEV_C\noptions D,E="x y"\n'
        'makeoptions F=1\nmakeoptions F+="2 3"\nmaxusers 7\nenvvar g=h\nfiles "dir/i"\n'
    )
    assert render_conf(replace(conf, origin="a\nb")).splitlines() == [
        "# T, from a b",
        "machine\tarm64 aarch64",
        "ident\tT",
        "cpu\tA",
        "maxusers\t7",
        "makeoptions\tF=1",
        'makeoptions\tF+="2 3"',
        "device\tb",
        "device\tc",
        "nooptions\tDEV_C",
        "options\tD",
        'options\tE="x y"',
        'files\t"dir/i"',
        "envvar\tg=h",
    ]


NAMES = st.one_of(
    st.from_regex(r"[A-Za-z_][-A-Za-z_0-9]{0,3}", fullmatch=True),
    st.sampled_from(['"options"', '"a b"', '\\"q\\"', '\\"\\"', '"#"', '"a=b"', "DEV_A", "dev_a"]),
    st.from_regex(r'"[^"\n\0]{1,4}"', fullmatch=True),
)
VALUES = st.one_of(
    st.from_regex(r"[^# \t\n\"\0][^# \t\n\0]{0,4}", fullmatch=True),
    st.from_regex(r'\\?"[^"\n\0]{1,4}\\?"', fullmatch=True),
    st.sampled_from(['"a"b', '""', '\\"a\\"b', '\\"\\"', '\\"a"b', "device", "-1", '"device"']),
)
STATEMENTS = st.one_of(
    st.builds("options {}".format, NAMES),
    st.builds("options {}={}".format, NAMES, VALUES),
    st.builds("nooptions {}".format, NAMES),
    st.builds("device {}".format, st.one_of(NAMES, st.sampled_from(["a", "A", "b"]))),
    st.builds("nodevice {}".format, st.sampled_from(["a", "A", "b"])),
    st.builds("nooptions {}".format, st.sampled_from(["DEV_A", "DEV_B"])),
    st.builds("options DEV_A={}".format, VALUES),
    st.builds("cpu {}".format, NAMES),
    st.builds("ident {}".format, NAMES),
    st.builds("makeoptions {}{}{}".format, NAMES, st.sampled_from(["=", "+="]), VALUES),
    st.builds("makeoptions {}{}".format, NAMES, st.sampled_from(["", "="])),
    st.builds("maxusers {}".format, st.integers(-(2**33), 2**33)),
    st.builds("envvar {}".format, st.text(max_size=5).filter(lambda text: "\n" not in text)),
    st.builds("{} {}".format, st.sampled_from(["files", "hints", "env", "includeoptions"]), NAMES),
)


@settings(max_examples=400, deadline=None)
@given(machine=NAMES, architecture=NAMES, statements=st.lists(STATEMENTS, max_size=12))
def test_parsing_what_was_rendered_gives_the_same(
    machine: str, architecture: str, statements: list[str]
) -> None:
    """A rendered conf parses to the same conf, except for places."""
    head = f"machine {machine} {architecture}\nident T\ncpu HAMMER\n"
    text = head + "".join(f"{s}\n" for s in statements)
    try:
        conf = parse(text)
    except KernConfError:
        assume(False)
        raise
    assert without_places(parse(render_conf(conf))) == without_places(conf)


@pytest.mark.parametrize(
    "statements",
    [
        "device A\nnooptions DEV_A\ndevice a\n",
        "device a\nnooptions DEV_A\noptions DEV_A=5\n",
        "options DEV_A=5\ndevice a\n",
        "device a\noptions DEV_A=5\n",
        'makeoptions A="x\n y"\nident B\n',
        "makeoptions A=\nident B\n",
    ],
)
def test_devices_and_their_options_stay_apart(statements: str) -> None:
    """Devices and options that set `DEV_A` keep their values, as do values of several lines."""
    conf = parse(f"machine amd64\nident T\ncpu HAMMER\n{statements}")
    again = parse(render_conf(conf))
    assert without_places(again) == without_places(conf)
    assert again.value("DEV_A") == conf.value("DEV_A")
