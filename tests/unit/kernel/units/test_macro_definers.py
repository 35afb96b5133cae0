"""macro_definers.py: headers and sources that define a macro before a header is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pytest

from layoutcheck.kernel.names.macro_words import DEFINE
from layoutcheck.kernel.system import Before
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.kernel.units.macro_definers import MacroDefiners, disagree


def definers_of(
    texts: Mapping[str, str],
    core: Collection[str] = (),
    before: Mapping[str, Sequence[Before]] | None = None,
    headers: Collection[str] | None = None,
) -> MacroDefiners:
    """Return the definers in headers with these texts, which may include others."""
    macros: dict[str, list[tuple[str, str]]] = {}
    for header, text in texts.items():
        for found in DEFINE.finditer(text):
            macros.setdefault(found[1] + (found[2] or "")[:1], []).append((header, found[3]))

    def read(header: str) -> str:
        return texts.get(header, "")

    return MacroDefiners(
        macros,
        core=core,
        headers=texts if headers is None else headers,
        includers=texts,
        inclusions=Inclusions(read),
        text=read,
        before=lambda header: (before or {}).get(header, ()),
    )


TEXTS = {
    "sys/core.h": "#define N  1\n",
    "d/s.h": "int a[N];\n",
    "d/n.h": "#define N\t( 2 )\n#define F(x) x\n",
    "e/n.h": "#define N 3\n",
}


def test_the_core_and_the_headers_of_the_folder() -> None:
    """The folder and the core define a macro, in single spaces. Another driver's is ignored."""
    found = definers_of(TEXTS, core=["sys/core.h"])
    assert found.of("d/s.h", "N") == (("d/n.h", "( 2 )"), ("sys/core.h", "1"))
    assert found.of("e/x.h", "N") == (("e/n.h", "3"), ("sys/core.h", "1"))
    assert found.of("f/x.h", "N") == (("sys/core.h", "1"),)
    assert definers_of(TEXTS).of("f/x.h", "N") == ()


def test_a_macro_with_parameters_has_a_bracket() -> None:
    """A macro with parameters has a bracket in its name, and is another macro."""
    found = definers_of(TEXTS)
    assert found.of("d/s.h", "F(") == (("d/n.h", "x"),)
    assert found.of("d/s.h", "F") == ()


def test_another_name_for_a_member_is_no_definition() -> None:
    """`#define s_name s_geom->name` is no macro that a layout depends on."""
    assert definers_of({"d/a.h": "#define m p->m\n"}).of("d/s.h", "m") == ()


def test_a_header_that_is_aside_does_not_count() -> None:
    """A header that is not among `headers` does not count."""
    assert definers_of(TEXTS, headers=("d/s.h",)).of("d/s.h", "N") == ()


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("#define W 1\n#include <d/s.h>\n", True),
        ("#define W 1\n#include <e/between.h>\n", True),
        ("#include <d/s.h>\n#define W 1\n", False),
        ("#define W 1\n", False),
        ("#define OTHER W\n#include <d/s.h>\n", False),
    ],
)
def test_a_header_that_defines_a_macro_and_includes_another(text: str, *, counts: bool) -> None:
    """A header of any folder counts that defines a macro before it includes this one."""
    texts = {"d/s.h": "int a[W];\n", "e/y.h": text, "e/between.h": "#include <d/s.h>\n"}
    expected = (("e/y.h", "1"),) if counts else ()
    assert definers_of(texts).of("d/s.h", "W") == expected
    assert definers_of(texts, core=["d/s.h"]).of("d/s.h", "W") == ()


def test_a_source_and_the_headers_that_it_reads_first() -> None:
    """A source's macros count, and those of headers outside of the core that it reads first."""
    source = Before("d/a.c", {"M": "7"}, frozenset(("e/n.h", "sys/core.h")))
    found = definers_of(TEXTS, core=["sys/core.h"], before={"d/s.h": [source]})
    assert found.of("d/s.h", "M") == (("d/a.c", "7"),)
    assert found.of("d/s.h", "N") == (("d/n.h", "( 2 )"), ("e/n.h", "3"), ("sys/core.h", "1"))
    in_core = definers_of(TEXTS, core=["d/s.h"], before={"d/s.h": [source]})
    assert in_core.of("d/s.h", "M") == ()


def test_who_includes_a_header_within_a_pack() -> None:
    """A header beside it, or a source, may include a header within an open pack."""
    texts = {
        "d/s.h": "struct s { int i; };\n",
        "d/open.h": "#pragma pack(1)\n#include <d/s.h>\n#pragma pack()\n",
        "d/closed.h": "#pragma pack(1)\n#pragma pack()\n#include <d/s.h>\n",
        "d/through.h": "#pragma pack(push, 2)\n#include <d/closed.h>\n",
        "e/open.h": "#pragma pack(4)\n#include <d/s.h>\n",
    }
    sources = [
        Before("d/a.c", {}, frozenset(), "pack(8)"),
        Before("d/b.c", {}, frozenset()),
    ]
    found = definers_of(texts, before={"d/s.h": sources})
    assert found.packing("d/s.h") == (
        ("d/open.h", "pack(1)"),
        ("d/through.h", "pack(push,2)"),
        ("d/a.c", "pack(8)"),
    )
    assert definers_of(texts, core=["d/s.h"]).packing("d/s.h") == ()


def test_words_that_are_macros() -> None:
    """Words are macros if the core or the folder defines them."""
    found = definers_of(TEXTS, core=["sys/core.h"])
    assert found.known("d/s.h", ["N", "int", "a"]) == {"N"}
    assert definers_of(TEXTS).known("f/x.h", ["N"]) == frozenset()


def test_macros_in_dispute() -> None:
    """A macro of the core is in dispute for every header, one of a folder for those in it."""
    texts = {
        **TEXTS,
        "sys/a.h": "#define A 1\n#define G(x) 1\n",
        "sys/b.h": "#define A 2\n#define G(x) 2\n",
        "d/c.h": "#define C 1\n",
        "d/d.h": "#define C 1\n",
        "g/d.h": "#define C 2\n",
    }
    found = definers_of(texts, core=["sys/core.h", "sys/a.h", "sys/b.h"])
    assert found.disputed("d/s.h") == {"A", "G", "N"}
    assert found.disputed("f/x.h") == {"A", "G"}
    assert definers_of(texts).disputed("d/s.h") == frozenset()


@pytest.mark.parametrize(
    ("definers", "expected"),
    [
        ([], False),
        ([("a", "1")], False),
        ([("a", "1"), ("b", "1")], False),
        ([("a", "1"), ("b", "2")], True),
        ([("a", "1"), ("a", "2")], False),
        ([("a", "1"), ("a", "2"), ("b", "2"), ("b", "1")], False),
        ([("a", "1"), ("a", "2"), ("b", "2")], True),
    ],
)
def test_headers_that_disagree(definers: list[tuple[str, str]], *, expected: bool) -> None:
    """Headers disagree if one has a word that another lacks. The same set of words agrees."""
    assert disagree(definers) is expected
