"""Options to headers: the table, the lines and their order, and what config(8) says."""

from __future__ import annotations

import time

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.conf import parse_conf
from layoutcheck.kernel.options import (
    OptionHeaders,
    OptionTable,
    parse_option_table,
    read_option_table,
    render_options,
    suggestion,
)
from layoutcheck.kernel.source import SourceText, read_nothing

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


@pytest.mark.parametrize(
    "line",
    ["EVIL /tmp/x.h", "EVIL ../../x.h", "EVIL sub/x.h", "EVIL ..", "EVIL x", "EVIL !", "../EVIL"],
)
def test_a_header_is_no_path(line: str) -> None:
    """A table, which a conf may bring along, says into which files is written: plain names."""
    with pytest.raises(KernConfError, match="no name of a header") as caught:
        table(f"SMP opt_global.h\n{line}\n")
    assert caught.value.where == "options:2"


def test_a_table_names_option_and_header() -> None:
    """Without one the header is named after the option; the line is kept."""
    entries = {entry.name: entry for entry in table().entries}
    assert entries["INET"].header == "opt_inet.h"
    assert entries["HZ"].header == "opt_param.h"
    assert str(entries["HZ"].location) == "options:5"
    assert "OTHER" not in entries
    assert table().headers[:3] == ("opt_arch.h", "opt_bpf.h", "opt_cpu.h")


def test_an_option_is_declared_once() -> None:
    """The second place and the first are named."""
    with pytest.raises(KernConfError, match="Duplicate option A") as caught:
        table("A\nB\nA opt_x.h\n")
    assert caught.value.where == "options:3"
    assert "options:1" in str(caught.value.hint)


def test_every_header_is_there_the_empty_ones_too() -> None:
    """CPU, MAXUSERS and the architecture are options that config(8) adds."""
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
    """`=0` defines as well; the same value twice is no matter."""
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
    """The rest of the header goes with them."""
    found = render('options A,B="1 2 3",C\n', table("A g.h\nB g.h\nC g.h\nMAXUSERS\nHAMMER\n"))
    assert found.headers["g.h"] == "#define A 1\n#define B 1\n"
    assert "config(8) loses what follows" in found.messages[0]


@pytest.mark.parametrize(
    ("number", "value", "message"),
    [(1, "2", "minimum of 2 maxusers assumed"), (600, "600", "warning: maxusers > 512 (600)")],
)
def test_maxusers_has_bounds(number: int, value: str, message: str) -> None:
    """As config(8) sets them; 0 means that the kernel chooses."""
    found = render(f"maxusers {number}\n")
    assert found.headers["opt_maxusers.h"] == f"#define MAXUSERS {value}\n"
    assert found.messages == (message,)


def test_an_old_name_is_mapped() -> None:
    """Names that the table does not have may be another machine's."""
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
    """It is named with its line; `DEV_*` and what `nooptions` names may be unknown."""
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


def test_the_files_of_a_tree() -> None:
    """`options`, `options.<machine>`, the conf's own; the first must be there."""
    texts = {"options": "A\nMAXUSERS\n", "options.amd64": "B\n", "options-compat": "A B\n"}

    def read(name: str) -> SourceText | None:
        return SourceText(path=name, text=texts[name]) if name in texts else None

    found = read_option_table(read, "amd64", [SourceText(path="own", text="C\n")])
    assert [entry.name for entry in found.entries] == ["MAXUSERS", "B", "C"]
    assert dict(found.aliases) == {"A": "B"}
    with pytest.raises(KernConfError, match="there is no sys/conf/options"):
        read_option_table(read_nothing, "amd64")


def test_headers_alone() -> None:
    """What most callers want."""
    conf = parse_conf(SourceText(path="T", text="machine m\nident T\ncpu HAMMER\n"))
    assert render_options(conf, table()).headers["opt_cpu.h"] == "#define HAMMER 1\n"


LONG = 1_000_000
HOSTILE = {
    "options": "".join(f"O{n}\n" for n in range(LONG // 7)),
    "headers": "".join(f"O{n} opt_{n}.h\n" for n in range(LONG // 18)),
    "one name": "A" * LONG + "\n",
    "one header": "A opt_" + "a" * LONG + ".h\n",
    "blanks": "A" + " " * LONG,
    "backslashes": "\\" * LONG,
    "continued": "A" + "\\\n" * (LONG // 2) + "opt_a.h\n",
    "comments": "# !\n" * (LONG // 4),
    "more words": "A opt_a.h # " + "x " * (LONG // 2) + "\n",
    "alike": "".join(f"{'N' * 24}{n:06}\n" for n in range(LONG // 31)),
    "alike and long": "".join(f"{'N' * 94}{n:06} opt_a.h\n" for n in range(LONG // 109)),
    "random": "".join(map(chr, range(1, 256))) * (LONG // 255),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_megabyte_of_a_table_takes_a_second(kind: str) -> None:
    """A tree's tables are not to be trusted either; nor what is suggested from them."""
    text = f"MAXUSERS\nHAMMER opt_cpu.h\n{HOSTILE[kind]}"

    def read_and_render(compat: str | None) -> None:
        render(f"options {'N' * 24}ABCDEF\n", table(text, compat=compat))

    for compat in (None, HOSTILE[kind]):
        started = time.process_time()
        with pytest.raises(KernConfError):
            read_and_render(compat)
        assert time.process_time() - started < 2


@pytest.mark.parametrize("value", ["", "=2", '="1 2"', '="1 2 3 4 5"', '="\t"'])
def test_many_options_of_one_header_take_a_second(value: str) -> None:
    """Also if their values have blanks, and config(8) reads every line anew for each of them."""
    names = [f"O{number}" for number in range(8_000)]
    lines = "".join(f"{name} opt_o.h\n" for name in names)
    options = table(f"MAXUSERS\nHAMMER opt_cpu.h\n{lines}")
    statements = "".join(f"options {name}{value}\n" for name in names)
    started = time.process_time()
    assert render(statements, options).headers["opt_o.h"]
    assert time.process_time() - started < 2


def test_suggestions() -> None:
    """The right name in the wrong case first, else what is like it, else nothing."""
    assert suggestion("smp", ["SMP", "SNP"]) == "did you mean SMP?"
    assert suggestion("invariant", ["INVARIANTS", "invariants"]) == "did you mean invariants?"
    assert suggestion("zzz" * 1000, ["SMP"]) is None
