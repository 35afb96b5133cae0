"""reader.py: a manifest's meaning, and its errors with their lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Headers, Kernel
from layoutcheck.manifest.reader import Bindings, Rename, names_path, read_manifest
from layoutcheck.model.checks import SUMMARIES

BINDINGS = '[bindings]\npath = "."\n'


def write(folder: Path, text: str, name: str = "layoutcheck.toml") -> Path:
    """Return the manifest file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_everything(tmp_path: Path) -> None:
    """Every key is read. Paths start at the manifest's folder."""
    manifest = read_manifest(
        write(
            tmp_path,
            """\
[bindings]
crate = "freebsd-kpi-r14-0"
version = "0.2.0"
features = ["BUILD_CONFIG_KERNEL"]
default-features = false
[bindings.env]
KPI = "{kernel-conf}"
A = "1"
[kernel]
release = "14.3"
arch = ["amd64", "aarch64"]
conf = "GENERIC"
headers = "../src"
include = ["sys/param.h"]
defines = ["A=1"]
[rename]
"kpi::Mutex" = "struct  mtx"
"Mutex.inner" = "lock_object"
[opaque]
types = ["thread", "kpi::*"]
[[waive]]
subject = "proc"
reason = "known"

[[waive]]
subject = "*"
check = "member-offset"
member = "p_*"
reason = "upstream"
""",
        )
    )
    assert manifest.bindings == Bindings(
        crate="freebsd-kpi-r14-0",
        version="0.2.0",
        features=("BUILD_CONFIG_KERNEL",),
        default_features=False,
        env=(("A", "1"), ("KPI", "{kernel-conf}")),
    )
    assert str(manifest.bindings) == "freebsd-kpi-r14-0 0.2.0"
    assert manifest.kernel == Kernel(
        release=("14.3",),
        arch=("amd64", "aarch64"),
        conf=("GENERIC",),
        headers=(Headers(where=str(tmp_path / "../src")),),
        include=("sys/param.h",),
        defines=("A=1",),
    )
    assert manifest.renames == (
        Rename(rust="kpi::Mutex", member=None, c="struct mtx"),
        Rename(rust="Mutex", member="inner", c="lock_object"),
    )
    assert manifest.opaque == ("thread", "kpi::*")
    assert [
        (w.subject, w.check, w.member, w.reason, w.location.line) for w in manifest.waivers
    ] == [
        ("proc", "*", "*", "known", 21),
        ("*", "member-offset", "p_*", "upstream", 25),
    ]


def test_defaults(tmp_path: Path) -> None:
    """Keys that are left out have defaults."""
    manifest = read_manifest(write(tmp_path, BINDINGS))
    assert manifest.bindings == Bindings(path=tmp_path)
    assert manifest.kernel == Kernel()
    assert manifest.kernel.arch == ("amd64",)
    assert manifest.kernel.headers == (Headers(where="ziglang"),)
    assert (manifest.renames, manifest.opaque, manifest.waivers) == ((), (), ())


def test_source(tmp_path: Path) -> None:
    """A source file is read with its prelude and edition."""
    text = '[bindings]\nsource = "b.rs"\nprelude = "p.rs"\nedition = "2018"\n'
    bindings = read_manifest(write(tmp_path, text)).bindings
    assert (bindings.source, bindings.prelude) == (tmp_path / "b.rs", tmp_path / "p.rs")
    assert (bindings.edition, str(bindings)) == ("2018", str(tmp_path / "b.rs"))


def test_pyproject(tmp_path: Path) -> None:
    """A pyproject.toml has the same keys under [tool.layoutcheck], with its own lines."""
    text = '[project]\nbogus = 1\n[tool.layoutcheck.bindings]\npath = "crate"\n'
    assert read_manifest(write(tmp_path, text, "pyproject.toml")).bindings.path == (
        tmp_path / "crate"
    )
    with pytest.raises(ManifestError, match=r"pyproject\.toml:6: unknown key 'bogus'"):
        read_manifest(write(tmp_path, f"{text}[tool.layoutcheck]\nbogus = 1\n", "pyproject.toml"))
    waiver = '[[tool.layoutcheck.waive]]\nsubject = "a"\n'
    with pytest.raises(ManifestError, match=r"5: \[tool\.layoutcheck\.waive\]: a waiver needs a"):
        read_manifest(write(tmp_path, text + waiver, "pyproject.toml"))
    with pytest.raises(ManifestError, match=r"has no \[tool\.layoutcheck\] table"):
        read_manifest(write(tmp_path, "[project]\n", "pyproject.toml"))


M = 'member = "c"'
W = '[[waive]]\nsubject = "a"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("", 0, "there is no [bindings] table", 'path = "."'),
        ("[bindings]\n", 1, "there is no [bindings] table", 'path = "."'),
        ("bindings = 1\n", 1, "bindings is not a table", "[bindings]"),
        ("[bindings\n", 1, "not a TOML file", ""),
        (f"{BINDINGS}a = = 1\n", 3, "not a TOML file", ""),
        (f"{BINDINGS}path = 'x'\n", 3, "not a TOML file", ""),
        (f"{BINDINGS}a = {'[' * 5000}\n", 0, "not a TOML file", ""),
        (f"{BINDINGS}\n[kernal]\n", 4, "unknown key 'kernal'", "did you mean kernel?"),
        (f"{BINDINGS}zzz = 1\n", 3, "[bindings]: unknown key 'zzz'", "known: path, crate"),
        (f"{BINDINGS}\nfeature = []\n", 4, "unknown key 'feature'", "mean features?"),
        ("bindings = { path = '.', featurs = [] }\n", 1, "unknown key 'featurs'", "features?"),
        ("bindings.path = '.'\nbindings.envi = 1\n", 2, "unknown key 'envi'", "mean env?"),
        ("[bindings]\nfeatures = []\n", 1, "needs exactly one of", ""),
        (f'{BINDINGS}crate = "a"\nversion = "1.0.0"\n', 3, "exactly one of", "path and crate"),
        ('[bindings]\n\ncrate = "a"\n', 3, "crate and version go together", "exact version"),
        ('[bindings]\ncrate = "a"\nversion = "1.0"\n', 3, "version is '1.0'", "exact version"),
        ('[bindings]\ncrate = "a"\nversion = "^1.0.0"\n', 3, "version is '^1.0.0'", "exact"),
        ('[bindings]\ncrate = "a b"\nversion = "1.0.0"\n', 2, "crate is 'a b'", "libc"),
        (f'{BINDINGS}version = "1.0.0"\n', 3, "version goes with crate, not with path", ""),
        (f'{BINDINGS}prelude = "p.rs"\n', 3, "prelude goes with source", ""),
        (f'{BINDINGS}edition = "2021"\n', 3, "edition goes with source", ""),
        ('[bindings]\nsource = "a"\nfeatures = []\n', 3, "features goes with path or crate", ""),
        ('[bindings]\nsource = "a"\n[bindings.env]\nA = "1"\n', 3, "env goes with path", ""),
        ('[bindings]\nsource = "a"\nedition = "2020"\n', 3, "edition is '2020'", "2021"),
        ('[bindings]\nsource = "a"\nedition = 2021\n', 3, "edition is not a string", ""),
        ("[bindings]\npath = 1\n", 2, "path is not a string", ""),
        (f'{BINDINGS}default-features = "no"\n', 3, "is not true or false", ""),
        (f"{BINDINGS}features = [1]\n", 3, "features is not a list of strings", ""),
        (f"{BINDINGS}env = 1\n", 3, "env is not a table", ""),
        (f"{BINDINGS}[bindings.env]\nA = 1\n", 3, "env.A is not a string", ""),
        (f"{BINDINGS}[kernel]\nrelease = 14.10\n", 4, "release is 14.1", '"14.3"'),
        (f'{BINDINGS}[kernel]\nrelease = "current"\n', 4, "release is 'current'", '"14.3"'),
        (f"{BINDINGS}[kernel]\nrelease = true\n", 4, "release is True", '"14.3"'),
        (f'{BINDINGS}[kernel]\n\narch = "vax"\n', 5, "unknown architecture 'vax'", "amd64"),
        (f"{BINDINGS}[kernel]\nconf = 1\n", 4, "conf is not a list of strings", ""),
        (f"{BINDINGS}[kernel]\nheaders = 1\n", 4, "headers is not a string", ""),
        (f'{BINDINGS}[kernel]\nview = "x"\n', 4, "view is 'x'", '"module"'),
        (f'{BINDINGS}[rename]\nA = "a b c"\n', 4, "A: 'a b c' is no name of C's", "struct mtx"),
        (f"{BINDINGS}[rename]\nA = 1\n", 4, "A: 1 is no name of C's", "struct mtx"),
        (f'{BINDINGS}[rename]\n"A.b" = "1c"\n', 4, "A.b: '1c' is no name of C's", "lock_object"),
        (f'{BINDINGS}[rename]\nA.b = "c"\n', 4, "A is a table", "quote the key"),
        (f"{BINDINGS}[opaque]\ntypes = 1\n", 4, "types is not a list of strings", ""),
        (f"{BINDINGS}[opaque]\ntype = []\n", 4, "unknown key 'type'", "mean types?"),
        (f"{BINDINGS}[bits]\na = 1\n", 4, "a is not a table", '[bits."a"]'),
        (f"{BINDINGS}[bits.a]\n\nb = 1\n", 5, "'b' is no C bit-field with a member", "th_off"),
        (f'{BINDINGS}[bits.a]\n"b c" = {{}}\n', 4, "'b c' is no C bit-field", "th_off"),
        (f"{BINDINGS}[bits.a]\nb = {{ mask = 1 }}\n", 4, "b needs a member", "th_off"),
        (f'{BINDINGS}[bits.a]\nb = {{ member = "" }}\n', 4, "b needs a member", "th_off"),
        (f"{BINDINGS}[bits.a]\nb = {{ {M} }}\n", 4, "the mask of b is neither", "th_off"),
        (f"{BINDINGS}[bits.a]\nb = {{ {M}, mask = 0 }}\n", 4, "the mask of b is neither", ""),
        (f"{BINDINGS}[bits.a]\nb = {{ {M}, mask = true }}\n", 4, "the mask of b is neither", ""),
        (f"{BINDINGS}[bits.a]\nb = {{ {M}, mask = 1, shift = -1 }}\n", 4, "the shift of b", ""),
        (f"{BINDINGS}[bits.a]\nb = {{ {M}, musk = 1 }}\n", 4, "unknown key 'musk'", "mean mask?"),
        (f'{BINDINGS}[waive]\nsubject = "a"\n', 3, "waive is not a list of tables", "[[waive]]"),
        (f'{BINDINGS}{W}expires = "2030-01-01"\n', 6, "expires is not a date", "without quotes"),
        (f"{BINDINGS}{W}expires = 2030-01-01T00:00:00\n", 6, "expires is not a date", "quotes"),
        (f"{BINDINGS}{W}count = 0\n", 6, "count is no number", "count = 3"),
        (f"{BINDINGS}{W}count = true\n", 6, "count is no number", "count = 3"),
        (f"{BINDINGS}{W}{W}reasons = 1\n", 9, "unknown key 'reasons'", "mean reason?"),
        (f'{BINDINGS}{W}[[waive]]\nreason = "r"\n', 6, "a waiver needs a subject", "Rust path"),
        (f'{BINDINGS}{W}[[waive]]\nsubject = "a"\n', 6, "a waiver needs a reason", "hole"),
        (f"{BINDINGS}{W}{W.replace(chr(34) + 'r', chr(34) + ' ')}", 6, "needs a reason", "hole"),
        (f'{BINDINGS}{W}[[waive]]\nreason = "r"\nsubject = 5\n', 8, "subject is not a str", ""),
        (f'waive = [{{ subject = "a" }}]\n{BINDINGS}', 1, "needs a reason", "hole"),
        (f'{BINDINGS}{W}check = ""\n', 6, "check is empty", "leave check out"),
        (f'{BINDINGS}{W}member = " "\n', 6, "member is empty", "leave member out"),
        (f'{BINDINGS}{W}check = "member-ofset"\n', 6, "'member-ofset'", "mean member-offset?"),
        (f'{BINDINGS}{W}check = "recrod-*"\n', 6, "names no check", ""),
        (f'{BINDINGS}[kernel]\nheaders = ""\n', 4, "headers is ''", "ziglang"),
        (f"{BINDINGS}[kernel]\ninclude = ['a\"b']\n", 4, "include has 'a\"b'", "sys/param.h"),
        (f"{BINDINGS}[kernel]\ninclude = '<a.h>'\n", 4, "include has '<a.h>'", "sys/param.h"),
        (f"{BINDINGS}[kernel]\ninclude = ''\n", 4, "include has ''", "sys/param.h"),
        (f'{BINDINGS}[kernel]\ninclude = "a\\nb"\n', 4, "include has", "sys/param.h"),
        (f"{BINDINGS}[kernel]\ndefines = ['A B']\n", 4, "defines has 'A B'", "HZ=100"),
        (f"{BINDINGS}[kernel]\ndefines = ['-DA']\n", 4, "defines has '-DA'", "HZ=100"),
        (f'{BINDINGS}[bindings.env]\n"A=B" = "1"\n', 3, "'A=B' is no name of a variable", ""),
        (f'{BINDINGS}[bindings.env]\n"" = "1"\n', 3, "'' is no name of a variable", ""),
        ('[bindings]\npath = "a\\u0000"\n', 2, "path holds the character NUL", ""),
        (f'{BINDINGS}[bindings.env]\nA = "\\u0000"\n', 4, "A holds the character NUL", ""),
        (f'{BINDINGS}{W}member = "\\u0000"\n', 6, "member holds the character NUL", ""),
        (f'{BINDINGS}[rename]\n"A\\u0000" = "b"\n', 3, "holds the character NUL", ""),
        (f'{BINDINGS}[kernel]\nconf = ["A", "\\u0000"]\n', 4, "conf holds the character NUL", ""),
    ],
)
def test_errors(tmp_path: Path, text: str, line: int, message: str, hint: str) -> None:
    """Each error has the line, the mistake and a hint."""
    path = write(tmp_path, text)
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert caught.value.where == (f"{path}:{line}" if line else str(path))
    assert message in caught.value.what
    assert hint in (caught.value.hint or "")


def test_masks(tmp_path: Path) -> None:
    """Numbers and constants' names, in tables or inline; the shift may be left out."""
    text = """[bits."m::tcphdr"]
th_off = { member = "bits", mask = 0xf0 }
[bits.ip.ip_hl]
member = "a.b"
mask = "IP::HL"
shift = 4
"""
    manifest = read_manifest(write(tmp_path, BINDINGS + text))
    told = [(m.record, m.field, m.member, m.mask, m.shift) for m in manifest.masks]
    assert told == [
        ("m::tcphdr", "th_off", "bits", 0xF0, 0),
        ("ip", "ip_hl", "a.b", "IP::HL", 4),
    ]


def test_the_last_day_and_the_number_of_items(tmp_path: Path) -> None:
    """A waiver has both, or neither."""
    text = f"{BINDINGS}{W}expires = 2030-12-31\ncount = 3\n{W}"
    one, other = read_manifest(write(tmp_path, text)).waivers
    assert (one.expires, one.count) == (date(2030, 12, 31), 3)
    assert (other.expires, other.count) == (None, None)


@pytest.mark.parametrize("check", [*SUMMARIES, "indeterminate", "*", "member-*", "*-s?ze"])
def test_waived_checks(tmp_path: Path, check: str) -> None:
    """Every check can be named, alone or by a pattern."""
    manifest = read_manifest(write(tmp_path, f'{BINDINGS}{W}check = "{check}"\n'))
    assert [waiver.check for waiver in manifest.waivers] == [check]


def test_unreadable(tmp_path: Path) -> None:
    """A missing file, a folder, and a file that is no UTF-8 are errors."""
    with pytest.raises(ManifestError, match="No such file"):
        read_manifest(tmp_path / "none.toml")
    with pytest.raises(ManifestError, match="directory"):
        read_manifest(tmp_path)
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ManifestError, match="not a TOML file"):
        read_manifest(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("mtx", "kpi::sys::mtx", True),
        ("sys::mtx", "kpi::sys::mtx", True),
        ("kpi::sys::mtx", "kpi::sys::mtx", True),
        ("kpi::mtx", "kpi::sys::mtx", False),
        ("mt", "kpi::sys::mtx", False),
        ("mt?", "kpi::sys::mtx", True),
        ("sys::*", "kpi::sys::mtx", True),
        ("*", "kpi::mtx", True),
        ("MTX", "kpi::mtx", False),
    ],
)
def test_names_path(pattern: str, path: str, *, named: bool) -> None:
    """A pattern is a whole path, a path without the crate, or a last segment."""
    assert names_path(pattern, path) is named
