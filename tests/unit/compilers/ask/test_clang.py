"""C probes on the real clang: a question that does not compile affects no other question."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.clang import CompiledC, begin_with, check_includes, compile_c, dump_c
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.errors import CompileError
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.dwarf_objects import AMD64, clang
from tests.questions import ask_types, type_keys

pytestmark = pytest.mark.needs_clang


def _compile(
    folder: Path,
    includes: dict[str, str],
    candidates: list[str],
    *,
    flags: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
) -> CompiledC:
    headers, work = folder / "headers", folder / "work"
    for path in (headers, work):
        path.mkdir(exist_ok=True)
    for name, text in includes.items():
        (headers / name).write_text(text, encoding="utf-8")
    return compile_c(
        (*clang().argv, f"--target={AMD64}", "-isystem", str(headers), *flags),
        includes=[*includes, *absent],
        questions=ask_types(candidates),
        work=work,
    )


def test_what_is_no_type_is_refused_with_clangs_words(tmp_path: Path) -> None:
    """The other candidates are compiled: an unknown one, an incomplete one, another kind of tag."""
    text = "struct good { int i; }; struct later; union either { int i; }; typedef int number;"
    names = ["struct good", "struct later", "missing", "struct either", "union either", "number"]
    compiled = _compile(tmp_path, {"a.h": text}, names)
    assert set(compiled.refused) == type_keys(1, 2, 3)
    assert "incomplete type" in compiled.refused[ProbeKey("type", 1)]
    assert compiled.refused[ProbeKey("type", 2)] == "unknown type name 'missing'"
    assert "does not match previous declaration" in compiled.refused[ProbeKey("type", 3)]
    assert compiled.left_out == {}
    assert set(read_layouts(compiled.object).records) == type_keys(0, 4, 5)
    assert tmp_path / "headers" / "a.h" in compiled.read


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_an_include_that_changes_what_follows_is_left_out(tmp_path: Path, target: Target) -> None:
    """A packing that is on, a keyword that is a macro; nothing is, on any architecture, without."""
    texts = ("#pragma pack(1)", "#pragma pack(push, 2)", "#define int short", "#define short char")
    includes = {f"{number}.h": text for number, text in enumerate(texts)}
    includes["same.h"] = "#pragma pack(push, 1)\n#pragma pack(pop)\nstruct a { int i; };"
    triple = target.clang_triple("14.2")
    compiled = _compile(tmp_path, includes, ["struct a"], flags=(f"--target={triple}",))
    assert set(compiled.left_out) == {"0.h", "1.h", "2.h", "3.h"}
    assert not compiled.refused


def test_a_header_that_does_not_compile_is_left_out(tmp_path: Path) -> None:
    """A header that is missing or broken deep inside is left out. Its declarations are refused."""
    includes = {
        "a.h": "struct a { int i; };",
        "broken.h": "#include <inner.h>\nstruct b { int i; };",
        "c.h": "struct c { int i; };",
    }
    (tmp_path / "headers").mkdir()
    (tmp_path / "headers" / "inner.h").write_text("wrong inside;\n", encoding="utf-8")
    compiled = _compile(
        tmp_path, includes, ["struct a", "struct b", "struct c"], absent=("gone.h", "lost.h")
    )
    assert set(compiled.left_out) == {"broken.h", "gone.h", "lost.h"}
    (error,) = compiled.left_out["broken.h"]
    assert error.location.path.endswith("inner.h")
    assert "'gone.h' file not found" in str(compiled.left_out["gone.h"][0])
    assert set(compiled.refused) == type_keys(1)
    assert set(read_layouts(compiled.object).records) == type_keys(0, 2)


def test_a_static_assertion_of_a_header_is_its_own(tmp_path: Path) -> None:
    """If a header's macro breaks in another header, the header that expands it is left out."""
    includes = {
        "a.h": '#define CHECK _Static_assert(0, "no")\n',
        "b.h": "CHECK;\nstruct b {int i;};",
    }
    compiled = _compile(tmp_path, includes, [])
    assert set(compiled.left_out) == {"b.h"}


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--no-such-flag",), "unsupported option|unknown argument"),
        (("-include", "nowhere.h"), "'nowhere.h' file not found"),
        (("-include", "forced.h"), "unknown type name 'bad'"),
    ],
)
def test_what_no_include_is_to_blame_for(
    flags: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    """An error of the command line leaves no header out: it is an error with the command."""
    (tmp_path / "headers").mkdir()
    (tmp_path / "headers" / "forced.h").write_text("bad x;\n", encoding="utf-8")
    with pytest.raises(CompileError, match=words) as caught:
        _compile(tmp_path, {"a.h": "struct a { int i; };"}, ["struct a"], flags=flags)
    assert caught.value.hint is not None
    assert flags[-1] in caught.value.hint


def test_names_with_spaces_are_read(tmp_path: Path) -> None:
    """Names with spaces are read from dependency files, where make(1) escapes them."""
    folder = tmp_path / "two words"
    folder.mkdir()
    compiled = _compile(folder, {"a b.h": "struct a { int i; };"}, ["struct a"])
    assert folder / "headers" / "a b.h" in compiled.read


def test_out_of_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last round still refuses something, clang's last message is shown."""
    monkeypatch.setattr("layoutcheck.compilers.ask.clang.MAX_ROUNDS", 0)
    with pytest.raises(CompileError, match=r"refuses it after 1 rounds: .*unknown type name"):
        _compile(tmp_path, {"a.h": "struct a { int i; };"}, ["missing"])


def test_a_header_in_the_way_of_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken header with a guard is left out with its users, in more rounds than the limit."""
    monkeypatch.setattr("layoutcheck.compilers.ask.clang.MAX_ROUNDS", 1)
    users = {f"{name}.h": '#include "x.h"' for name in "abcdef"}
    headers = {**users, "x.h": "#pragma once\nbad x;\n", "y.h": "struct y { int i; };"}
    compiled = _compile(tmp_path, headers, ["struct y"])
    assert compiled.left_out.keys() == headers.keys() - {"y.h"}


def _header(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "a.h").write_text(text, encoding="utf-8")
    return (*clang().argv, f"--target={AMD64}", "-isystem", str(folder))


def test_a_dump_says_where_every_member_is(tmp_path: Path) -> None:
    """A dump has each record's layout by name, typedefs resolved. It refuses as a probe does."""
    text = "typedef NUMBER num_t; typedef struct { num_t n; } t_t; struct a { t_t t; int i; };"
    compiler = _header(tmp_path, text)
    said = []
    for number in ("int", "long"):
        dumped = dump_c(
            (*compiler, f"-DNUMBER={number}"),
            includes=["a.h", "gone.h"],
            questions=ask_types(["struct a", "struct b", "t_t"]),
            work=tmp_path,
        )
        assert dumped.refused.keys() == type_keys(1)
        assert dumped.left_out.keys() == {"gone.h"}
        said.append(dumped.layouts["struct a"])
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#error no", "no"),
        ("static struct nowhere tentative;", "tentative definition has type 'struct nowhere'"),
    ],
)
def test_what_is_checked_is_precompiled(tmp_path: Path, text: str, why: str) -> None:
    """The includes that compile, if that can be: some errors show only where a unit ends."""
    compiler = (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))
    (tmp_path / "a.h").write_text("struct a { int x; };\n#define SIZE 3\n", encoding="utf-8")
    (tmp_path / "b.h").write_text(f"{text}\n", encoding="utf-8")
    (tmp_path / "c.h").write_text("struct c { struct a in[SIZE]; };\n", encoding="utf-8")
    output = tmp_path / "check.pch"
    left_out, read = check_includes(compiler, includes=["a.h", "b.h"], work=tmp_path, output=output)
    assert left_out.keys() == {"b.h"}
    assert left_out["b.h"][0].message.startswith(why)
    assert {path.name for path in read} >= {"a.h", "b.h"}
    assert output.exists() == (why == "no")
    if output.exists():
        compiled = compile_c(
            (*compiler, *begin_with(output)),
            includes=["c.h"],
            questions=ask_types(["struct a", "struct c", "struct b"]),
            work=tmp_path,
        )
        assert compiled.refused.keys() == type_keys(2)
        sizes = {k: r.byte_size for k, r in read_layouts(compiled.object).records.items()}
        assert sizes == {ProbeKey("type", 0): 4, ProbeKey("type", 1): 12}
