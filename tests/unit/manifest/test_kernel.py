"""kernel.py: the table `[kernel]` of a manifest."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Headers, Kernel, read_kernel
from layoutcheck.manifest.toml_reader import TomlReader

PATH = Path("/nowhere/layoutcheck.toml")


def kernel(text: str) -> Kernel:
    """The kernel of a table's lines."""
    whole = f"[kernel]\n{text}"
    return read_kernel(TomlReader(PATH, whole, ""), tomllib.loads(whole)["kernel"])


def test_an_empty_table_is_the_default() -> None:
    """The default is amd64, the headers of the ziglang package, the kernel's view."""
    assert kernel("") == Kernel()
    assert kernel("release = []\narch = []\nconf = []\n") == Kernel()


def test_one_value_or_a_list() -> None:
    """A release may be a whole number. A float is refused, because 14.10 would be 14.1."""
    assert kernel('release = 14\narch = "i386"\nconf = "GENERIC"\n') == Kernel(
        release=("14",), arch=("i386",), conf=("GENERIC",)
    )
    found = kernel('release = ["14.3", 15]\narch = ["amd64", "aarch64"]\nconf = ["A", "B"]\n')
    assert found == Kernel(release=("14.3", "15"), arch=("amd64", "aarch64"), conf=("A", "B"))


def test_a_matrix_is_the_same_in_a_table_of_its_own() -> None:
    """A matrix may be a table of its own, with the other keys in `[kernel]`."""
    found = kernel('arch = "i386"\n[kernel.matrix]\nrelease = ["14", "15"]\nconf = ["A"]\n')
    assert found == Kernel(release=("14", "15"), arch=("i386",), conf=("A",))


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ('headers = "ziglang"', [("ziglang", None)]),
        ('headers = "src"', [("/nowhere/src", None)]),
        ('headers = "/usr/src"', [("/usr/src", None)]),
        (
            'headers = { "14" = "/usr/src14", "15.0" = "ziglang" }',
            [("/usr/src14", "14"), ("ziglang", "15.0")],
        ),
        ('[kernel.headers]\n"14" = "src"', [("/nowhere/src", "14")]),
    ],
)
def test_places_of_headers(text: str, headers: list[tuple[str, str | None]]) -> None:
    """Headers are one place for all releases or one for each. Folders start at the manifest's."""
    expected = tuple(Headers(where=where, release=release) for where, release in headers)
    assert kernel(f"{text}\n").headers == expected


def test_includes_and_defines() -> None:
    """Without includes, or with "auto", each type's header is searched for."""
    assert kernel('include = "auto"\n').include == ()
    assert kernel('include = ["sys/param.h", "a b.h"]\n').include == ("sys/param.h", "a b.h")
    assert kernel('defines = ["A", "HZ=100"]\n').defines == ("A", "HZ=100")


@pytest.mark.parametrize("view", ["kernel", "module", "userland"])
def test_views(view: str) -> None:
    """Each view is known by its name."""
    assert kernel(f'view = "{view}"\n').view == view


TABLE = 'e.g. headers = { "14" = "/usr/src14", "15" = "ziglang" }'


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("releases = 1", 2, "unknown key 'releases'", "did you mean release?"),
        ("release = 14.10", 2, "release is 14.1", 'write it as "14.3"'),
        ('release = "14.3-RELEASE"', 2, "release is '14.3-RELEASE'", 'write it as "14.3"'),
        ("release = true", 2, "release is True", 'write it as "14.3"'),
        ('release = ["14", "x"]', 2, "release is 'x'", 'write it as "14.3"'),
        ('release = "\u0661"', 2, "release is '\u0661'", 'write it as "14.3"'),
        ('view = "user"', 2, "view is 'user'", 'say "kernel", "module" or "userland"'),
        ("view = 1", 2, "view is 1", 'say "kernel", "module" or "userland"'),
        (
            "include = []",
            2,
            "include names no header",
            'leave it out, or say "auto": then each type\'s header is searched for',
        ),
        ('include = ["a.h", "<b.h>"]', 2, "include has '<b.h>'", 'e.g. "sys/param.h"'),
        ('defines = "-DA"', 2, "defines has '-DA'", 'e.g. "INVARIANTS" or "HZ=100"'),
        ("headers = {}", 2, "headers is empty", TABLE),
        ("[kernel.headers]", 2, "headers is empty", TABLE),
        ('headers = { "14" = "" }', 2, "headers has '14' = ''", TABLE),
        ('headers = { "14" = 1 }', 2, "headers has '14' = 1", TABLE),
        ('headers = { "x" = "src" }', 2, "headers has 'x' = 'src'", TABLE),
        (
            'headers = " "',
            2,
            "headers is ' '",
            'say "ziglang", name a folder, or a folder for each release',
        ),
        (
            'conf = "A"\n[kernel.matrix]\nconf = "B"',
            2,
            "conf is also in [kernel.matrix]",
            "remove one of the two",
        ),
    ],
)
def test_a_table_that_is_wrong(text: str, line: int, message: str, hint: str) -> None:
    """A wrong table is an error with the line, the value and the right form."""
    with pytest.raises(ManifestError) as caught:
        kernel(f"{text}\n")
    assert str(caught.value) == f"{PATH}:{line}: [kernel]: {message}\nhint: {hint}"


def test_a_matrix_that_is_wrong() -> None:
    """A wrong matrix is an error with its own lines."""
    for text, message in (
        (
            "[kernel.matrix]\nview = 1\n",
            ":3: [kernel.matrix]: unknown key 'view'\nhint: known: release, arch, conf",
        ),
        (
            "[kernel.matrix]\nrelease = 1.5\n",
            ':3: [kernel.matrix]: release is 1.5\nhint: write it as "14.3"',
        ),
        ("matrix = 1\n", ":2: [kernel]: matrix is not a table"),
    ):
        with pytest.raises(ManifestError) as caught:
            kernel(text)
        assert str(caught.value) == f"{PATH}{message}"


def test_an_architecture_that_is_not_known() -> None:
    """An unknown architecture is an error that lists the known ones."""
    with pytest.raises(ManifestError) as caught:
        kernel('arch = ["amd64", "vax"]\n')
    assert str(caught.value).startswith(
        f"{PATH}:2: [kernel]: arch: unknown architecture 'vax'\nhint: "
    )
    assert "riscv64" in str(caught.value.hint)
