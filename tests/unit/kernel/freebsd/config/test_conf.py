"""A configuration from text and from files. No content of a file crashes the reader."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import (
    ConfDevice,
    ConfRemoval,
    KernConf,
    parse_conf,
    read_conf,
)
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.source import SourceText, folder_reader
from layoutcheck.location import SourceLocation

HEAD = "machine amd64\nident T\ncpu HAMMER\n"


def conf(text: str) -> KernConf:
    """The configuration in `text`."""
    return parse_conf(SourceText(path="dir/T", text=text))


def outcome(read: Callable[[], KernConf]) -> str:
    """Return the `ident` that `read` finds, or its error."""
    try:
        return read().ident
    except KernConfError as error:
        return str(error)


def test_a_configuration_holds_what_is_in_effect() -> None:
    """Statements in effect are kept with their places; name and origin come from the path."""
    found = conf(HEAD + "options A\noptions B=2,A=1\ndevice bpf\nmaxusers 9\n")
    assert (found.name, found.origin, found.ident) == ("T", "dir/T", "T")
    assert (found.machine, found.machine_arch, found.maxusers) == ("amd64", "amd64", 9)
    assert [(o.name, o.value, o.location.line) for o in found.options] == [
        ("A", None, 4),
        ("B", "2,A=1", 5),
    ]
    assert found.devices == (
        ConfDevice(name="bpf", sets_option=True, location=SourceLocation(path="dir/T", line=6)),
    )
    assert [cpu.name for cpu in found.cpus] == ["HAMMER"]


def test_the_value_of_an_option_is_the_last_one() -> None:
    """The last value counts: 1 if none is given, None if the option is off. Devices set theirs."""
    found = conf(HEAD + "options A,B=1\noptions B=2\ndevice bpf\ndevice x\nnooptions DEV_X\n")
    assert [found.value(name) for name in ("A", "B", "C")] == ["1", "2", None]
    assert [found.value(name) for name in ("DEV_BPF", "DEV_X")] == ["1", None]


def test_what_was_removed_and_included_is_kept(tmp_path: Path) -> None:
    """The last statement that removed an option is kept. So are the places of includes."""
    (tmp_path / "A").write_text("options X,Y\ndevice bpf\nmaxusers 9\n")
    path = tmp_path / "T"
    path.write_text(
        f"{HEAD}cpu OLD\ninclude A\nnooptions X,NEVER\nnodevice bpf\nnocpu OLD\n"
        "options Y\nnooptions Y\noptions Y\n"
    )
    found = read_conf(path)

    def at(line: int, file: str = "T") -> SourceLocation:
        return SourceLocation(path=str(tmp_path / file), line=line)

    assert found.removals == (
        ConfRemoval(option="X", statement="nooptions X", location=at(6)),
        ConfRemoval(option="DEV_BPF", statement="nodevice bpf", location=at(7)),
        ConfRemoval(option="OLD", statement="nocpu OLD", location=at(8)),
        ConfRemoval(option="Y", statement="nooptions Y", location=at(10)),
    )
    assert [(i.name, i.location) for i in found.includes] == [(str(tmp_path / "A"), at(5))]
    assert (found.machine_location, found.maxusers_location) == (at(1), at(3, "A"))
    assert [(o.name, o.location.line) for o in found.options] == [("Y", 11)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ident T\ncpu HAMMER\n", "Specify machine type"),
        ("machine amd64\ncpu HAMMER\n", "no ident line specified"),
        ("machine amd64\nident T\ncpu HAMMER\nnocpu HAMMER\n", "cpu type must be specified"),
    ],
)
def test_what_every_conf_must_say(text: str, what: str) -> None:
    """The error is about the whole file, and the hint says what to add."""
    with pytest.raises(KernConfError, match=what) as caught:
        conf(text)
    assert caught.value.where == "dir/T"
    assert caught.value.hint is not None


def test_defaults_come_first() -> None:
    """A conf can remove statements of its defaults."""
    found = parse_conf(
        SourceText(path="T", text="ident T\nnodevice io\n"),
        defaults=SourceText(path="DEFAULTS", text="machine amd64\ncpu HAMMER\ndevice io,mem\n"),
        name="N",
        origin="O",
    )
    assert [device.name for device in found.devices] == ["mem"]
    assert (found.name, found.origin) == ("N", "O")


def test_a_file_is_read_with_its_defaults_and_includes(tmp_path: Path) -> None:
    """Includes are searched beside the conf, then in ../../conf, then where `search` says."""
    folder = tmp_path / "sys" / "amd64" / "conf"
    common = tmp_path / "sys" / "conf"
    elsewhere = tmp_path / "elsewhere"
    for path in (folder, common, elsewhere):
        path.mkdir(parents=True)
    (folder / "DEFAULTS").write_text("machine amd64\ncpu HAMMER\n")
    (folder / "T").write_text('ident T\ninclude A\ninclude "std.x"\ninclude C\n')
    (folder / "A").write_text("options A\n")
    (common / "std.x").write_text("options X\n")
    (elsewhere / "C").write_text("options C\n")
    found = read_conf(folder / "T", search=[folder_reader([elsewhere], roots=[elsewhere])])
    assert [option.name for option in found.options] == ["A", "X", "C"]
    assert found.options[1].location == SourceLocation(
        path=str(folder / "../../conf/std.x"), line=1
    )
    assert not found.messages
    with pytest.raises(KernConfError, match="cannot open included file 'C'"):
        read_conf(folder / "T")


def test_a_circle_of_files_is_refused(tmp_path: Path) -> None:
    """A circle of includes is refused, also through a symbolic link with ever longer names."""
    (tmp_path / "T").write_text(f"{HEAD}include A\n")
    (tmp_path / "A").write_text("include T\n")
    with pytest.raises(KernConfError, match="include each other"):
        read_conf(tmp_path / "T")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "B").write_text(f"{HEAD}include ./self/B\n")
    with pytest.raises(KernConfError, match=r"include each other|too much is included"):
        read_conf(tmp_path / "B")


def test_a_file_outside_the_tree_is_read_with_a_warning(tmp_path: Path) -> None:
    """A file outside the tree is read, and a warning names it."""
    folder = tmp_path / "sys" / "amd64" / "conf"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret"
    secret.write_text("options A\n")
    (folder / "T").write_text(f"{HEAD}include {secret}\n")
    assert read_conf(folder / "T").messages == (
        f"WARNING: {folder / 'T'}:4: {secret} is outside the source tree",
    )


def test_a_conf_in_a_home_has_no_tree(tmp_path: Path) -> None:
    """A conf in a home has no tree: `../..` and a `DEFAULTS` that links there are outside."""
    folder = tmp_path / "me" / "conf"
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("options A\n")
    (tmp_path / "defaults").write_text("machine amd64\n")
    (folder / "DEFAULTS").symlink_to(tmp_path / "defaults")
    (folder / "T").write_text("ident T\ncpu HAMMER\ninclude ../../secret\n")
    assert read_conf(folder / "T").messages == (
        f"WARNING: {folder / 'DEFAULTS'}: {folder / 'DEFAULTS'} is outside the source tree",
        f"WARNING: {folder / 'T'}:3: {folder / '../../secret'} is outside the source tree",
    )
    assert not read_conf(folder / "T", roots=[tmp_path]).messages


def test_an_error_carries_the_warnings_before_it(tmp_path: Path) -> None:
    """An error carries the warnings about files outside that were read before it."""
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("it is a secret\n")
    path = tmp_path / "own" / "T"
    path.write_text(f"{HEAD}include ../secret\n")
    with pytest.raises(KernConfError, match="no statement begins with 'it'") as caught:
        read_conf(path)
    assert caught.value.messages == (
        f"WARNING: {path}:4: {tmp_path / 'own' / '../secret'} is outside the source tree",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/dev/zero", "not a regular file"),
        ("/dev/stdin", "not a regular file"),
        ("pipe", "not a regular file"),
        ("folder", "not a regular file"),
        ("sparse", "too many bytes"),
        ("loop", "cannot be read"),
        ("zero", "a zero byte"),
    ],
)
def test_what_is_no_text_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    """A file that is no text is an error at once, at its statement and with its name."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("zero").write_bytes(b"options A\0\n")
    with Path("sparse").open("wb") as file:
        file.truncate(10 * 1024**3)
    Path("T").write_text(f"{HEAD}include {name}\n")
    # A pipe replaces the test's standard input.
    reading, writing = os.pipe()
    standard_input = os.dup(0)
    try:
        os.dup2(reading, 0)
        with pytest.raises(
            KernConfError, match=f"cannot open included file {name}.*{why}"
        ) as caught:
            read_conf(Path("T"))
    finally:
        os.dup2(standard_input, 0)
        for descriptor in (reading, writing, standard_input):
            os.close(descriptor)
    assert caught.value.where == "T:5"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the confs of the property tests."""
    return tmp_path_factory.mktemp("random")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400))
def test_random_bytes_never_crash_the_reader(place: Path, data: bytes) -> None:
    """Random bytes are a configuration, or one clear error."""
    path = place / "T"
    path.write_bytes(HEAD.encode() + data)
    found = outcome(lambda: read_conf(path))
    assert found.startswith(str(path)) or read_conf(path).ident == found


WORDS = [
    *("options", "nooptions", "device", "nodevice", "include", "ident", "machine", "cpu"),
    *("nocpu", "makeoptions", "maxusers", "envvar", "hints", "files", "env"),
    *(" ", "\t", "\n", "\n ", ";", ",", "=", "+=", '"', '\\"', "#", "\\", "A", "B1", "7", "T"),
]


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_the_words_of_config_never_crashes(parts: list[str]) -> None:
    """Random words of config(5), which are valid more often than random bytes, never crash."""
    text = HEAD + "".join(parts)
    found = outcome(lambda: conf(text))
    assert found.startswith("dir/T") or conf(text).ident == found


LONG = 1_000_000
HOSTILE = {
    "random": hashlib.shake_256(b"layoutcheck").digest(LONG).decode("utf-8", "replace"),
    "options": "options A\n" * (LONG // 10),
    "on and off": "cpu A\nnocpu A\noptions B\nnooptions B\n" * (LONG // 40),
    "devices": "".join(f"device d{n}\nnodevice d{n // 2}\n" for n in range(LONG // 35)),
    "semicolons": ";" * LONG,
    "blanks": "options A" + " " * (LONG - 100),
    "continued": "options A," + "\n " * (LONG // 3),
    "quotes": 'options A="x"\n' * (LONG // 15),
    "quoted quotes": "options A=" + '\\"' * (LONG // 3),
    "one quote": 'makeoptions A="' + "\n" * (LONG - 100),
    "digits": "maxusers " + "1" * (LONG - 100) + "\n",
    "value": "options A=" + "x" * (LONG - 100) + "\n",
    "one name": "options " + "A" * (LONG - 100) + "\n",
    "one line": "options " + ",".join(f"A{n}" for n in range(LONG // 8)) + "\n",
    "device list": "device " + ",".join(f"d{n}" for n in range(LONG // 8)) + "\n",
    "100,000 options": "".join(f"options A{n}\n" for n in range(LONG // 17)),
    "100,000 cpus": "".join(f"cpu A{n}\n" for n in range(LONG // 11)),
    "many copies": "options " + ",".join(["A"] * (LONG // 4)) + "\n",
    "nooptions": "nooptions A\n" * (LONG // 12),
    "one device": "device d\n" * (LONG // 9),
    "variables": 'makeoptions A+="b c"\n' * (LONG // 21),
    "files": 'files "x"\nhints "y"\n' * (LONG // 21),
    "backslashes": "options A=" + "\\" * (LONG - 100) + "\n",
    "comments": "options A" + "#\n " * (LONG // 3) + "\n",
    "commas": "options A" + "," * (LONG - 100) + "\n",
    "unended": 'options "\n' * (LONG // 10),
    "machine": f'machine amd64 "{"x" * (LONG - 100)}"\n',
    "not UTF-8": "options A\n" + "\ufffd" * (LONG - 100),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_megabyte_takes_about_a_second(kind: str) -> None:
    """A hostile megabyte is read or refused within a second, with a short message."""
    started = time.process_time()
    found = outcome(lambda: conf(HEAD + HOSTILE[kind]))
    assert time.process_time() - started < 1
    assert found == "T" or (found.startswith("dir/T") and len(found) < 500)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_megabyte_is_rendered_in_a_second(kind: str) -> None:
    """A megabyte that is a valid conf is rendered in a second."""
    try:
        found = conf(HEAD + HOSTILE[kind])
    except KernConfError:
        return
    started = time.process_time()
    assert render_conf(found)
    assert time.process_time() - started < 1


def test_a_megabyte_of_bytes_that_are_no_utf8(place: Path) -> None:
    """A megabyte of bytes that are no UTF-8 is refused in a second, after the statements before."""
    path = place / "BYTES"
    path.write_bytes(HEAD.encode() + b"options A\n" + b"\xff\xfe" * (LONG // 2 - 100))
    started = time.process_time()
    assert "no statement begins with" in outcome(lambda: read_conf(path))
    assert time.process_time() - started < 1


def test_includes_have_an_end(tmp_path: Path) -> None:
    """A limit ends 20 files that each include the next one twice, a million in all."""
    for number in range(20):
        (tmp_path / f"f{number}").write_text(f"include f{number + 1}\n" * 2)
    (tmp_path / "f20").write_text("options A\n")
    (tmp_path / "T").write_text(f"{HEAD}include f0\n")
    started = time.process_time()
    assert "too much is included" in outcome(lambda: read_conf(tmp_path / "T"))
    assert time.process_time() - started < 1
