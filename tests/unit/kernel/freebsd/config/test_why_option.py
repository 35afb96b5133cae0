"""why_option.py: the statements that explain an option's value."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.why_option import explain_option
from layoutcheck.run.kernconf import resolve

TREE = Path(__file__).parents[5] / "fixtures" / "kernel" / "source_tree"


def why(option: str, conf: str = "QUIET") -> list[str]:
    """The lines for an option, without the path to the tree."""
    resolved = resolve(conf, machine="amd64", tree=TREE, release=None)
    return explain_option(resolved, option).replace(f"{TREE}/sys/", "").split("\n")


@pytest.mark.parametrize(
    ("option", "lines"),
    [
        (
            "SMP",
            [
                "SMP is 1",
                "amd64/conf/GENERIC:4: options SMP",
                "amd64/conf/QUIET:1: includes amd64/conf/GENERIC",
                "conf/options:8: opt_global.h has #define SMP 1",
            ],
        ),
        (
            "GADGET_NAME",
            [
                'GADGET_NAME is "q"',
                'amd64/conf/QUIET:6: options GADGET_NAME=\\"q\\"',
                (
                    'amd64/conf/GENERIC:6: options GADGET_NAME=\\"g\\",'
                    " overridden by the later statement"
                ),
                'conf/options:4: opt_gadget.h has #define GADGET_NAME "q"',
            ],
        ),
        (
            "GADGET_DEBUG",
            [
                "GADGET_DEBUG is not set",
                "amd64/conf/../../conf/std.quiet:1: nooptions GADGET_DEBUG",
                "amd64/conf/QUIET:4: includes amd64/conf/../../conf/std.quiet",
                "conf/options:3: opt_gadget.h does not define it",
            ],
        ),
        (
            "DEV_WIDGET",
            [
                "DEV_WIDGET is not set",
                "amd64/conf/QUIET:5: nodevice widget",
                "conf/options:6: opt_dev_widget.h does not define it",
            ],
        ),
        (
            "DEV_GADGET",
            [
                "DEV_GADGET is 1",
                "amd64/conf/GENERIC:9: device gadget",
                "amd64/conf/QUIET:1: includes amd64/conf/GENERIC",
                "no header defines DEV_GADGET",
            ],
        ),
        (
            "GADGET_COUNTERS",
            [
                "GADGET_COUNTERS is an old name of GADGET_STATS",
                "GADGET_STATS is 1",
                "amd64/conf/GENERIC:7: options GADGET_STATS",
                "amd64/conf/QUIET:1: includes amd64/conf/GENERIC",
                "conf/options:5: opt_gadget.h has #define GADGET_STATS 1",
            ],
        ),
        (
            "CHIP",
            [
                "CHIP is 1",
                "amd64/conf/DEFAULTS:2: cpu CHIP",
                "conf/options.amd64:1: opt_global.h has #define CHIP 1",
            ],
        ),
        (
            "MAXUSERS",
            [
                "MAXUSERS is 8",
                "amd64/conf/QUIET:7: maxusers 8",
                "conf/options:7: opt_param.h has #define MAXUSERS 8",
            ],
        ),
    ],
)
def test_every_place_has_its_line(option: str, lines: list[str]) -> None:
    """Lines show the value, its statement, the overridden ones, and the header."""
    assert why(option) == lines


def test_what_no_statement_says() -> None:
    """An option that nothing sets and one that config(8) sets have lines of their own."""
    resolved = resolve("GENERIC", machine="arm64", tree=TREE, release=None)
    unset, table = explain_option(resolved, "GADGET_STATS").split("\n")
    assert unset == "GADGET_STATS is not set: no statement sets it"
    assert table.endswith("sys/conf/options:5: opt_gadget.h does not define it")
    itself, table = why("MAXUSERS", "GENERIC")
    assert itself == "MAXUSERS is 0: config(8) sets it itself"
    assert table == "conf/options:7: opt_param.h has #define MAXUSERS 0"


def test_a_value_that_the_header_loses(tmp_path: Path) -> None:
    """An option after a value with blanks is lost in the header, as config(8) rereads it."""
    path = tmp_path / "MINE"
    path.write_text('include GENERIC\noptions GADGET_NAME="1 2 3"\n')
    lines = why("GADGET_STATS", str(path))
    assert lines[0] == "GADGET_STATS is 1"
    assert lines[-1] == "conf/options:5: opt_gadget.h does not define it"


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("GADGET_STAT", "did you mean GADGET_STATS?"),
        ("smp", "did you mean SMP?"),
        ("widget", "did you mean DEV_WIDGET?"),
        ("QQQ", None),
    ],
)
def test_there_is_no_such_option(option: str, hint: str | None) -> None:
    """An unknown option has the most similar name as hint, also a device's."""
    with pytest.raises(KernConfError, match=f'unknown option "{option}"') as caught:
        why(option)
    assert caught.value.hint == hint
    assert str(caught.value.where).endswith("amd64/conf/QUIET")


def test_of_a_built_in_conf() -> None:
    """Places of a built-in conf are in layoutcheck's own files."""
    resolved = resolve("GENERIC-DEBUG", machine="amd64", tree=None, release="14")
    lines = explain_option(resolved, "SMP").split("\n")
    assert lines[0] == "SMP is 1"
    assert lines[1].startswith("layoutcheck/kernel/freebsd/confs/")
    assert lines[1].endswith(": options SMP")
    assert ": includes layoutcheck/kernel/freebsd/confs/" in lines[2]
