"""option_table.py: which options a kernel knows, and which header defines each."""

from __future__ import annotations

import time

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.opt_headers import OptionHeaders, render_options
from layoutcheck.kernel.freebsd.config.option_table import (
    OptionTable,
    parse_option_table,
    read_option_table,
    suggestion,
)
from layoutcheck.kernel.freebsd.config.source import SourceText, read_nothing

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


@pytest.mark.parametrize(
    "line",
    ["EVIL /tmp/x.h", "EVIL ../../x.h", "EVIL sub/x.h", "EVIL ..", "EVIL x", "EVIL !", "../EVIL"],
)
def test_a_header_is_no_path(line: str) -> None:
    """A table's header must be a plain name, because a conf may bring a table with it."""
    with pytest.raises(KernConfError, match="no name of a header") as caught:
        table(f"SMP opt_global.h\n{line}\n")
    assert caught.value.where == "options:2"


def test_a_table_names_option_and_header() -> None:
    """An option without a header has one named after it. The line is kept."""
    entries = {entry.name: entry for entry in table().entries}
    assert entries["INET"].header == "opt_inet.h"
    assert entries["HZ"].header == "opt_param.h"
    assert str(entries["HZ"].location) == "options:5"
    assert "OTHER" not in entries
    assert table().headers[:3] == ("opt_arch.h", "opt_bpf.h", "opt_cpu.h")


def test_an_option_is_declared_once() -> None:
    """A second declaration is an error with both places."""
    with pytest.raises(KernConfError, match="Duplicate option A") as caught:
        table("A\nB\nA opt_x.h\n")
    assert caught.value.where == "options:3"
    assert "options:1" in str(caught.value.hint)


def test_the_files_of_a_tree() -> None:
    """The files are `options`, `options.<machine>` and the conf's own. The first must exist."""
    texts = {"options": "A\nMAXUSERS\n", "options.amd64": "B\n", "options-compat": "A B\n"}

    def read(name: str) -> SourceText | None:
        return SourceText(path=name, text=texts[name]) if name in texts else None

    found = read_option_table(read, "amd64", [SourceText(path="own", text="C\n")])
    assert [entry.name for entry in found.entries] == ["MAXUSERS", "B", "C"]
    assert dict(found.aliases) == {"A": "B"}
    with pytest.raises(KernConfError, match="there is no sys/conf/options"):
        read_option_table(read_nothing, "amd64")


def test_headers_alone() -> None:
    """`render_options` returns the headers of a conf."""
    conf = parse_conf(SourceText(path="T", text="machine m\nident T\ncpu HAMMER\n"))
    assert render_options(conf, table()).headers["opt_cpu.h"] == "#define HAMMER 1\n"


def render(statements: str, options: OptionTable) -> OptionHeaders:
    """The headers of a conf for amd64 with these statements."""
    text = f"machine amd64\nident T\ncpu HAMMER\n{statements}"
    return render_options(parse_conf(SourceText(path="T", text=text)), options)


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
    """A hostile table is refused within 2 seconds, also with suggestions from it."""
    text = f"MAXUSERS\nHAMMER opt_cpu.h\n{HOSTILE[kind]}"

    def read_and_render(compat: str | None) -> None:
        render(f"options {'N' * 24}ABCDEF\n", table(text, compat=compat))

    for compat in (None, HOSTILE[kind]):
        started = time.process_time()
        with pytest.raises(KernConfError):
            read_and_render(compat)
        assert time.process_time() - started < 2


def test_suggestions() -> None:
    """The suggestion is the same name in another case, or a similar name, or none."""
    assert suggestion("smp", ["SMP", "SNP"]) == "did you mean SMP?"
    assert suggestion("invariant", ["INVARIANTS", "invariants"]) == "did you mean invariants?"
    assert suggestion("zzz" * 1000, ["SMP"]) is None
