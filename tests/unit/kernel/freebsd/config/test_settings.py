"""settings.py: the statements that set an option."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.option_table import parse_option_table
from layoutcheck.kernel.freebsd.config.settings import Setting, Settings, find_settings
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.location import SourceLocation

TABLE = "MAXUSERS\nHAMMER opt_cpu.h\nPOWERPC64\nA\nOLD\nDEV_BPF\n"


def settings(statements: str, machine: str = "amd64") -> Settings:
    """Return the settings of a conf with these statements from line 4 on."""
    table = parse_option_table(
        [SourceText(path="options", text=TABLE)], SourceText(path="compat", text="OLD A\n")
    )
    text = f"machine {machine}\nident T\ncpu HAMMER\n{statements}"
    return find_settings(parse_conf(SourceText(path="T", text=text)), table)


def at(line: int) -> SourceLocation:
    """A line of the conf."""
    return SourceLocation(path="T", line=line)


def test_every_statement_that_sets_an_option() -> None:
    """The last setting counts. An old name is mapped, and an option may be unknown."""
    found = settings('options A,OLD=2\ndevice bpf,x\nnooptions DEV_X\noptions NEW=\\"a b\\"\n')
    assert found.by_option == {
        "MAXUSERS": [Setting("0", "maxusers 0", None)],
        "HAMMER": [Setting("1", "cpu HAMMER", at(3))],
        "DEV_BPF": [Setting("1", "device bpf", at(5))],
        "A": [Setting("1", "options A", at(4)), Setting("2", "options OLD=2", at(4))],
        "NEW": [Setting('"a b"', 'options NEW=\\"a b\\"', at(7))],
    }
    assert found.messages == ("Mapping option OLD to A.",)


def test_the_architecture_is_an_option() -> None:
    """The architecture is an option if the table has one of that name."""
    found = settings("", "powerpc powerpc64").by_option
    assert found["POWERPC64"] == [Setting("1", "machine powerpc powerpc64", at(1))]


@pytest.mark.parametrize(
    ("said", "value", "message"),
    [
        (7, "7", ()),
        (1, "2", ("minimum of 2 maxusers assumed",)),
        (600, "600", ("warning: maxusers > 512 (600)",)),
    ],
)
def test_maxusers(said: int, value: str, message: tuple[str, ...]) -> None:
    """The place of MAXUSERS is that of the statement, for any value."""
    found = settings(f"maxusers {said}\n")
    assert found.by_option["MAXUSERS"] == [Setting(value, f"maxusers {said}", at(4))]
    assert found.messages == message
