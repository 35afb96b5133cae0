"""types.py: the headers in which a type's C record is searched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.judge.judge_types import candidates_of
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.names.folder_names import Role
from layoutcheck.kernel.names.index import HeaderIndex, TreeNames
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings, Manifest, Rename
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import SetAside, Status, Verdict
from layoutcheck.run.search.types import Sought, seek, unsettled

TEXTS = {
    "sys/a.h": "struct s { int x; };\nATTRIBUTE(odd);\n",
    "sys/b.h": "struct s { long x; };\nstruct only { int y; };\n",
    "s.h": "struct s { char x; };\nstruct program { int z; };\n",
    "dev/c/s.h": "typedef int other;\n#define MADE(n) struct n##_t { int i; }\nMADE(pasted);\n",
}


@pytest.fixture
def index(tmp_path: Path) -> HeaderIndex:
    """A folder of headers."""
    for name, text in TEXTS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return HeaderIndex(TreeNames([tmp_path], find_target("amd64"), FREEBSD.rules), Role.TYPE)


def sought(
    index: HeaderIndex,
    name: str,
    hint: str | None = None,
    *,
    programs: bool = False,
    renames: Sequence[Rename] = (),
) -> Sought:
    """Return the search for a type `k::name`, with a hint of the crate's documentation or none."""
    type_ = SurfaceType(
        rust_path=f"k::{name}",
        kind="struct",
        repr=("C",),
        generic=False,
        public_path=f"k::{name}",
        location=SourceLocation(path="lib.rs", line=1),
        opaque=False,
        fields=("x",),
    )
    says = Manifest(
        path=Path("layoutcheck.toml"), bindings=Bindings(path=Path()), renames=tuple(renames)
    )
    candidates = candidates_of(says, [type_])
    (found,) = seek(candidates, {f"k::{name}": hint}, index, programs=programs)
    assert found.path == f"k::{name}"
    assert [c_name for _, c_name in found.names] == [one.c_name for one in candidates]
    return found


def test_headers_that_define_a_type(index: HeaderIndex) -> None:
    """Headers in folders count for the kernel, and all headers for a program."""
    found = sought(index, "s")
    assert found.headers == ("sys/a.h", "sys/b.h")
    assert found.definers == {"sys/a.h", "sys/b.h", "s.h"}
    assert found.documented == ()
    assert {*sought(index, "s", programs=True).headers} == found.definers


def test_headers_for_programs_alone(index: HeaderIndex) -> None:
    """A header in no folder is tried if there is no other."""
    assert sought(index, "program").headers == ("s.h",)


@pytest.mark.parametrize(
    ("hint", "headers", "documented"),
    [
        ("/usr/src/sys/sys/b.h", ("sys/b.h",), ("sys/b.h",)),
        ("sys/b.h", ("sys/b.h",), ("sys/b.h",)),
        ("dev/c/s.h", ("dev/c/s.h", "sys/a.h", "sys/b.h"), ()),  # it does not define it
        ("/nowhere/gone.h", ("sys/a.h", "sys/b.h"), ()),
    ],
)
def test_hints_of_the_crate(
    index: HeaderIndex, hint: str, headers: tuple[str, ...], documented: tuple[str, ...]
) -> None:
    """A header that the documentation names is the only one, if it defines the type."""
    found = sought(index, "s", hint)
    assert (found.headers, found.documented) == (headers, documented)


def test_types_that_no_header_defines(index: HeaderIndex) -> None:
    """A header that has the name may define it by a macro, or by pasting."""
    assert sought(index, "odd").headers == ("sys/a.h",)
    assert sought(index, "pasted_t").headers == ("dev/c/s.h",)
    nowhere = sought(index, "nowhere")
    assert (nowhere.headers, nowhere.definers) == ((), frozenset())


def test_renamed_types(index: HeaderIndex) -> None:
    """Only the manifest's name is searched."""
    renames = [Rename(rust="S", member=None, c="struct only")]
    found = sought(index, "S", renames=renames)
    assert found.headers == ("sys/b.h",)


def test_types_to_seek_further() -> None:
    """Types that disagree or are not in C are searched further; other skipped ones are not."""
    verdicts = [
        Verdict(cells=("amd64",), c_name=None, rust_path=f"k::{status.name}", status=status)
        for status in Status
    ]
    aside = [
        SetAside(rust_path="k::own", why="not in C"),
        SetAside(rust_path="k::g", why="generic"),
    ]
    assert unsettled(verdicts, aside) == {
        *("k::DIFFERS", "k::WAIVED", "k::INDETERMINATE"),
        "k::own",
    }
