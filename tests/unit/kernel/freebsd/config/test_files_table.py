"""files_table.py: the devices of a kernel, and its warnings."""

from __future__ import annotations

import time

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import parse_conf
from layoutcheck.kernel.freebsd.config.files_table import (
    FileTable,
    check_conf_files,
    check_devices,
    read_file_table,
    read_option_files,
)
from layoutcheck.kernel.freebsd.config.source import SourceText, limited_reader, read_nothing

FILES = r"""# a comment names no device: nodev
kern/a.c	standard
dev/b.c	optional bpf | vlan inet !sc \
	compile-with "cc nodev" \
	dependency "it's nodev"
dev/c.c	optional zfs warning "is a warning"
dev/d.c	optional gcov ! smp | hammer big warning "of two ways"
 dev/e.c optional profiled profiling-routine local
include "conf/files.more"
"""


def table(**more: str) -> FileTable:
    """The table of `FILES`, and of files by name."""
    texts = {"conf/files": FILES, "conf/files.more": "dev/f.c optional more\n", **more}

    def read(name: str) -> SourceText | None:
        return SourceText(path=name, text=texts[name]) if name in texts else None

    found = read_file_table(read, "amd64", [SourceText(path="own", text="o.c optional own")])
    assert found is not None
    return found


def check(text: str) -> tuple[str, ...]:
    """The warnings for a conf of the given statements."""
    head = "machine amd64\nident T\ncpu HAMMER\n"
    return check_devices(parse_conf(SourceText(path="T", text=head + text)), table())


def test_the_names_are_what_source_files_depend_on() -> None:
    """Names are those that source files depend on, without words of rules and comments."""
    assert table(**{"conf/files.amd64": "x.c optional amd\n"}).names == {
        *("bpf", "vlan", "inet", "sc", "zfs", "gcov", "smp", "hammer", "big", "profiled"),
        *("more", "own", "amd"),
    }


def test_a_device_that_nothing_depends_on_is_an_error() -> None:
    """An unknown device is an error with its line, a suggestion, and the other unknown ones."""
    assert check("device bpf,vlan,own\n") == ()
    with pytest.raises(KernConfError, match='device "vlam" is unknown') as caught:
        check("device bpf\ndevice vlam\ndevice nope\n")
    assert caught.value.where == "T:5"
    assert 'and so are "nope"' in caught.value.what
    assert "vlan" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("options ZFS\n", ("WARNING: is a warning",)),
        ("options ZFS=1\n", ()),
        ("device zfs\n", ("WARNING: is a warning",)),
        ("options GCOV\n", ("WARNING: of two ways",)),
        ("options GCOV,SMP\n", ()),
        ("options BIG\n", ("WARNING: of two ways",)),
    ],
)
def test_a_source_file_that_is_built_may_warn(text: str, warnings: tuple[str, ...]) -> None:
    """A file is built for a device, or an option or cpu without a value, of any case."""
    assert check(text) == warnings


def test_without_a_table_nothing_is_known() -> None:
    """A tree without conf/files cannot say which devices there are."""
    assert read_file_table(read_nothing, "amd64") is None


def test_files_that_include_themselves_end() -> None:
    """The table of a tree is not endless."""
    read_nested = {"conf/files": 'include "conf/files"\na.c optional a\n'}

    def read(name: str) -> SourceText | None:
        return SourceText(path=name, text=read_nested[name]) if name in read_nested else None

    found = read_file_table(read, "amd64")
    assert found is not None
    assert found.names == {"a"}


LONG = 1_000_000
HOSTILE = {
    "lines": "".join(f"a.c optional d{n}\n" for n in range(LONG // 20)),
    "one line": "a.c optional " + "d | " * (LONG // 4) + "\n",
    "signs": "a.c optional " + "!" * LONG + "\n",
    "quotes": "a.c optional " + "\"'" * (LONG // 2) + "\n",
    "unended": "a.c optional " + 'warning "' * (LONG // 9) + "\n",
    "unended both": "a.c optional " + "warning '\" " * (LONG // 11) + "\n",
    "backslashes": 'a.c optional warning "' + "\\" * LONG + "\n",
    "quoted quotes": 'a.c optional warning "' + '\\"' * (LONG // 2) + "\n",
    "blanks": 'a.c optional "' + "warning" + " " * LONG + "\n",
    "keywords": 'a.c optional "' + "clean " * (LONG // 6) + "\n",
    "continued": "a.c optional " + "\\\n" * (LONG // 2),
    "warnings": 'a.c optional d warning "x"\n' * (LONG // 27),
    "alike": "".join(f"a.c optional {'n' * 24}{n:06}\n" for n in range(LONG // 44)),
    "includes": 'include "conf/files"\n' * 10,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_megabyte_of_a_table_takes_a_second(kind: str) -> None:
    """A hostile table is refused within 2 seconds, for any patterns and includes."""
    text = HOSTILE[kind]
    read = limited_reader(lambda name: SourceText(path=name, text=text) if "s" in name else None)
    conf = f"machine m\nident T\ncpu C\ndevice {'n' * 24}abcdef\n"
    started = time.process_time()
    with pytest.raises(KernConfError, match=r"is unknown|too many files"):
        check_devices(
            parse_conf(SourceText(path="T", text=conf)),
            read_file_table(read, "x") or FileTable(names=frozenset(), warnings=(), messages=()),
        )
    assert time.process_time() - started < 2


@pytest.mark.parametrize("statement", ["files", "env", "hints"])
def test_a_file_that_the_conf_names_must_be_there(statement: str) -> None:
    """A file that the conf names must exist, since config(8) opens all of them."""
    conf = parse_conf(SourceText(path="T", text=f'machine m\nident T\ncpu C\n{statement} "gone"\n'))
    with pytest.raises(KernConfError, match="gone: No such file or directory") as caught:
        check_conf_files(conf, read_nothing, [])
    assert caught.value.where == "T:4"
    said: list[str] = []
    found = check_conf_files(conf, lambda n: SourceText(path=n, text="", outside=True), said)
    assert said == ["WARNING: T:4: gone is outside the source tree"]
    assert [source.path for source in found] == (["gone"] if statement == "files" else [])


def test_a_file_that_cannot_be_read_is_named_with_its_statement() -> None:
    """A file that cannot be read is an error at its statement, for both kinds of files."""
    text = 'machine m\nident T\ncpu C\nfiles "f"\nincludeoptions "o"\n'
    conf = parse_conf(SourceText(path="T", text=text))

    def refuse(name: str) -> SourceText | None:
        raise KernConfError("not a regular file", where=name)

    with pytest.raises(KernConfError, match="f: not a regular file") as caught:
        check_conf_files(conf, refuse, [])
    assert caught.value.where == "T:4"
    with pytest.raises(KernConfError, match="o: not a regular file") as caught:
        read_option_files(conf, refuse, [])
    assert caught.value.where == "T:5"


def test_option_files_that_are_not_there_are_none() -> None:
    """A missing option file is ignored, as in config(8). One outside the tree has a warning."""
    text = 'machine m\nident T\ncpu C\nincludeoptions "gone"\nincludeoptions "o"\n'
    conf = parse_conf(SourceText(path="T", text=text))
    source = SourceText(path="o", text="A", outside=True)
    said: list[str] = []
    found = read_option_files(conf, lambda name: source if name == "o" else None, said)
    assert found == (source,)
    assert said == ["WARNING: T:5: o is outside the source tree"]


def test_a_table_outside_the_tree_is_warned_of() -> None:
    """A file outside the tree that a table includes has a warning."""
    texts = {"conf/files": 'include "/x"\n', "/x": "a.c optional a\n"}

    def read(name: str) -> SourceText | None:
        outside = name.startswith("/")
        return SourceText(path=name, text=texts[name], outside=outside) if name in texts else None

    found = read_file_table(read, "amd64")
    assert found is not None
    assert found.messages == ("WARNING: conf/files: /x is outside the source tree",)
    conf = parse_conf(SourceText(path="T", text="machine m\nident T\ncpu C\ndevice a\n"))
    assert check_devices(conf, found) == found.messages
