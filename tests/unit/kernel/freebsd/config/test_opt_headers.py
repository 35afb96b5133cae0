"""Options to headers: the table, the lines and their order, and config(8)'s messages."""

from __future__ import annotations

import time

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.opt_headers import OptionHeaders, render_options
from layoutcheck.kernel.freebsd.config.option_table import (
    OptionTable,
    parse_option_table,
)
from layoutcheck.kernel.freebsd.config.source import SourceText

TABLE = """# comment !
SMP	opt_global.h
VIMAGE	opt_global.h	# a third word: OTHER opt_other.h
INET
HZ opt_param.h
MAXDSIZ opt_param.h
MAXUSERS
DEV_BPF opt_bpf.h
OLD opt_old.h
HAMMER opt_cpu.h
amd64 opt_arch.h
"""


def table(text: str = TABLE, compat: str | None = None) -> OptionTable:
    """The table in `text`."""
    old = None if compat is None else SourceText(path="options-compat", text=compat)
    return parse_option_table([SourceText(path="options", text=text)], old)


def render(statements: str, options: OptionTable | None = None) -> OptionHeaders:
    """The headers of a conf for amd64 with these statements."""
    text = f"machine amd64\nident T\ncpu HAMMER\n{statements}"
    return render_options(parse_conf(SourceText(path="T", text=text)), options or table())


def test_every_header_is_there_the_empty_ones_too() -> None:
    """Every header is rendered, even empty. config(8) adds CPU, MAXUSERS and the architecture."""
    assert dict(render("options SMP\ndevice bpf\n").headers) == {
        "opt_global.h": "#define SMP 1\n",
        "opt_inet.h": "",
        "opt_param.h": "",
        "opt_maxusers.h": "#define MAXUSERS 0\n",
        "opt_bpf.h": "#define DEV_BPF 1\n",
        "opt_old.h": "",
        "opt_cpu.h": "#define HAMMER 1\n",
        "opt_arch.h": "#define amd64 1\n",
    }


def test_the_last_value_counts_and_a_new_one_is_warned_of() -> None:
    """`=0` defines an option. A different second value has a warning, an equal one has none."""
    found = render("options HZ=100\noptions HZ=0\noptions SMP\noptions SMP=1\n")
    assert found.headers["opt_param.h"] == "#define HZ 0\n"
    assert found.messages == ('T: option "HZ" redefined from 100 to 0',)


def test_lines_turn_round_as_config_rewrites_a_header() -> None:
    """Three options in one header, from the end of the table to its start."""
    found = render("options A,B,C\n", table("A g.h\nB g.h\nC g.h\nMAXUSERS\nHAMMER\n"))
    assert found.headers["g.h"] == "#define A 1\n#define C 1\n#define B 1\n"


def test_a_value_with_blanks_loses_what_follows() -> None:
    """config(8) reads its own header back word by word; alone in a header it comes through."""
    assert (
        render('options MAXDSIZ="(2 * 3)"\n').headers["opt_param.h"] == "#define MAXDSIZ (2 * 3)\n"
    )
    found = render('options MAXDSIZ="(2 * 3)",HZ=100\n')
    assert found.headers["opt_param.h"] == "#define HZ 100\n#define MAXDSIZ (2\n"


def test_lines_that_are_lost_are_warned_of() -> None:
    """A lost line has a warning. The lines after it are lost as well."""
    found = render('options A,B="1 2 3",C\n', table("A g.h\nB g.h\nC g.h\nMAXUSERS\nHAMMER\n"))
    assert found.headers["g.h"] == "#define A 1\n#define B 1\n"
    assert "config(8) loses what follows" in found.messages[0]


@pytest.mark.parametrize(
    ("number", "value", "message"),
    [(1, "2", "minimum of 2 maxusers assumed"), (600, "600", "warning: maxusers > 512 (600)")],
)
def test_maxusers_has_bounds(number: int, value: str, message: str) -> None:
    """`maxusers` has the bounds of config(8); with 0 the kernel chooses."""
    found = render(f"maxusers {number}\n")
    assert found.headers["opt_maxusers.h"] == f"#define MAXUSERS {value}\n"
    assert found.messages == (message,)


def test_an_old_name_is_mapped() -> None:
    """An old name is mapped. A name that the table lacks may be another machine's."""
    found = render("options OLD\n", table(compat="OLD SMP\nNOTHERE SMP\n"))
    assert found.headers["opt_global.h"] == "#define SMP 1\n"
    assert found.messages == ("Mapping option OLD to SMP.",)
    with pytest.raises(KernConfError, match="compat file requires two words per line at OLD"):
        table(compat="OLD\n")


@pytest.mark.parametrize(
    ("statements", "where", "what", "hint"),
    [
        ("options SMP\noptions smp\n", "T:5", 'unknown option "smp"', "did you mean SMP?"),
        ("options VIMAGES\n", "T:4", 'unknown option "VIMAGES"', "did you mean VIMAGE?"),
        ("options QQQ\noptions ZZZ\n", "T:5", '"ZZZ" (and unknown too: QQQ)', None),
        ("cpu QQQ\noptions ZZZ\n", "T:4", 'unknown option "QQQ"', None),
    ],
)
def test_an_unknown_option_is_an_error(
    statements: str, where: str, what: str, hint: str | None
) -> None:
    """An unknown option is an error with its line. `DEV_*` and `nooptions` may be unknown."""
    with pytest.raises(KernConfError) as caught:
        render(statements)
    assert what in caught.value.what
    assert (caught.value.where, caught.value.hint) == (where, hint)
    assert render("options DEV_QQQ\nnooptions ZZZ\n").headers


def test_many_unknown_options_are_not_all_listed() -> None:
    """The message stays short."""
    with pytest.raises(KernConfError) as caught:
        render("".join(f"options Q{number}\n" for number in range(9000)))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("value", ["", "=2", '="1 2"', '="1 2 3 4 5"', '="\t"'])
def test_many_options_of_one_header_take_a_second(value: str) -> None:
    """Many options of one header take less than 2 seconds, also with values with blanks."""
    names = [f"O{number}" for number in range(8_000)]
    lines = "".join(f"{name} opt_o.h\n" for name in names)
    options = table(f"MAXUSERS\nHAMMER opt_cpu.h\n{lines}")
    statements = "".join(f"options {name}{value}\n" for name in names)
    started = time.process_time()
    assert render(statements, options).headers["opt_o.h"]
    assert time.process_time() - started < 2
