"""header_dependence.py: records that leave a macro to the includers of their header."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from layoutcheck.kernel.names.folder_names import names_of
from layoutcheck.kernel.names.header_text import HeaderText
from layoutcheck.kernel.units.header_dependence import LeftMacroFinder
from layoutcheck.kernel.units.left_to_others import LeftMacro

TWO = {"a.h": "#define N 1\n", "b.h": "#define N 2\n"}


def finder_of(
    texts: Mapping[str, str],
    core: Sequence[str] = (),
    stands_without: Callable[[str, Collection[str]], bool] = lambda _header, _others: False,
) -> LeftMacroFinder:
    """Return the finder for headers with these texts."""
    read = ((name, HeaderText(text.encode(), is_own=True)) for name, text in texts.items())
    names = names_of(read, alone=False)
    macros = {
        name: [(names.headers[place], words) for place, words in by]
        for name, by in names.macros.items()
    }
    return LeftMacroFinder(
        core,
        texts,
        (),
        lambda name: texts.get(name, ""),
        macros,
        includers=texts,
        stands_without=stands_without,
    )


def find_left_macros(texts: Mapping[str, str], core: Sequence[str] = ()) -> list[LeftMacro]:
    """Return the macros that headers with these texts leave to others."""
    finder = finder_of(texts, core)
    return [one for header in texts for one in finder.find(header)]


def left_macros(**texts: str) -> list[tuple[str, int, int, str]]:
    """The header, lines and macro of each record, of headers in texts (`_h` ends their names)."""
    headers = {name.replace("_h", ".h"): text for name, text in texts.items()} | TWO
    found = find_left_macros(headers)
    return [(one.header, one.first, one.last, one.macro) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "struct s { int x[N]; };",
        "struct s {\n#if N\n\tint x;\n#endif\n};",
        "struct s {\n#if defined(M) && \\\n  N > 1\n\tint x;\n#endif\n};",
        "typedef union { char c; struct { int x[N]; } in; } u;",
    ],
)
def test_a_macro_that_headers_define_in_different_words(text: str) -> None:
    """A macro that headers define in different words is left, in a member or in a condition."""
    assert left_macros(s_h=f"/* a\n comment */\n{text}") == [("s.h", 3, 3 + text.count("\n"), "N")]


@pytest.mark.parametrize(
    "text",
    [
        '#include "a.h"\nstruct s { int x[N]; };',
        "#include <in.h>\nstruct s { int x[N]; };",
        "#define N 3\nstruct s { int x[N]; };",
        "struct s { int x; }; extern int y[N];",
        "struct s { int x; /* N */ };",
        "struct s { int x;\n#define s_n N\n};",
        "struct s { int NN; };",
        "#if N > 1\nstruct s { int x; };\n#endif",
    ],
)
def test_what_depends_on_nobody_else(text: str) -> None:
    """A macro that the header defines, or that no record uses, is not left."""
    assert left_macros(s_h=text, in_h="#include <b.h>\n") == []


def test_headers_that_agree_are_no_trouble() -> None:
    """Headers that agree leave nothing, whatever the spaces; so do both words by conditions."""
    assert (
        left_macros(s_h="struct s { int x[K]; };", k_h="#define K  1\n#define  K 1 /* k */\n") == []
    )
    both = "#ifdef A\n#define K 1\n#else\n#define K 2\n#endif\n"
    assert left_macros(s_h="struct s { int x[K]; };", k_h=both) == []


def test_another_name_for_a_member_is_no_layout() -> None:
    """`#define s_name s_geom->name` renames a member without a change of layout."""
    texts = {"x_h": "#define m a->m\n", "y_h": "#define m b->m\n"}
    assert left_macros(s_h="struct s { int m; };", **texts) == []


def test_the_reason_names_who_says_what() -> None:
    """The reason names all headers for each definition."""
    headers = {**TWO, "c.h": "#define N 1", "d.h": "#define N", "s.h": "struct s { int x[N]; };"}
    (found,) = find_left_macros(headers)
    assert str(found) == (
        "its layout depends on N, which is left to whoever includes it: "
        "1 by <a.h> and <c.h>, 2 by <b.h>, nothing by <d.h>"
    )


def test_a_macro_with_parameters_is_meant_by_a_call() -> None:
    """A macro with parameters counts only in a call, not as a member's name."""
    texts = {"x_h": "#define f(x) 1\n", "y_h": "#define f(x) 2\n"}
    assert left_macros(s_h="struct s { int f; };", **texts) == []
    assert left_macros(s_h="struct s { int x[f (3)]; };", **texts) == [("s.h", 1, 1, "f")]


def test_only_what_may_be_read_with_a_header_counts() -> None:
    """Definers are in the core or beside the header. Another driver's macro does not count."""
    texts = {"a/n.h": "#define N 1", "b/n.h": "#define N 2", "a/s.h": "struct s { int x[N]; };"}
    assert find_left_macros(texts) == []
    (found,) = find_left_macros(texts, core=["b/n.h"])
    assert found.definers == (("a/n.h", "1"), ("b/n.h", "2"))


NEIGHBOURS = [
    ("struct s {\n#ifdef K\n\tint x;\n#endif\n};", "#define K\n"),
    ("struct s { char c; int i; } PACKED;", "#define PACKED __attribute__((packed))\n"),
]


@pytest.mark.parametrize(("text", "beside"), NEIGHBOURS)
def test_a_neighbour_that_alone_defines_what_is_asked(text: str, beside: str) -> None:
    """A condition on a neighbour's macro is left, unless the header includes the neighbour."""
    texts = {"d/s.h": text, "d/k.h": beside}
    assert [one.header for one in find_left_macros(texts)] == ["d/s.h"]
    assert find_left_macros({**texts, "d/s.h": f'#include "k.h"\n{text}'}) == []
    assert find_left_macros({"d/s.h": text, "e/k.h": beside}) == []
    finder = finder_of(texts)
    assert finder.find("d/s.h", is_in_core=True) == ()


def test_a_neighbours_macro_that_is_a_bound() -> None:
    """A neighbour's macro as a bound is not left: the record would not compile without it."""
    assert find_left_macros({"d/s.h": "struct s { int x[K]; };", "d/k.h": "#define K 1\n"}) == []


@pytest.mark.parametrize(
    ("tail", "is_asked"),
    [
        ("PACKED s_t", False),
        ("s_t, PACKED ps_t", False),
        ("PACKED", True),
        ("PACKED OTHER", True),
        ("PACKED __aligned", True),
    ],
)
def test_a_neighbours_macro_in_front_of_a_name(tail: str, *, is_asked: bool) -> None:
    """A neighbour's macro in front of a name is not left, unless the name is no name."""
    defining = "#define PACKED __attribute__((packed))\n#define OTHER\n"
    texts = {"d/s.h": f"typedef struct {{ char c; int i; }} {tail};", "d/k.h": defining}
    found = [one.macro for one in find_left_macros(texts)]
    assert ("PACKED" in found) == is_asked


@pytest.mark.parametrize(
    "text",
    [
        "#define M N\nstruct s { int x[M]; };",
        "typedef int t[N];\nstruct s { t x; };",
        "enum { M = N };\nstruct s { int x[M]; };",
        "#if N > 1\ntypedef long t;\n#else\ntypedef int t;\n#endif\nstruct s { t x; };",
        "#if N > 1\nstruct s { long x; };\n#else\nstruct s { int x; };\n#endif",
        "#ifndef N\n#define N 4\n#endif\nstruct s { int x[N]; };",
    ],
)
def test_a_macro_that_a_record_depends_on_at_one_remove(text: str) -> None:
    """A record depends on a macro through definitions, a surrounding condition or a default."""
    assert {one[3] for one in left_macros(s_h=text)} == {"N"}


def two_branches(macro: str) -> str:
    """Return the text of a header whose record depends on whether a macro is defined."""
    return f"#ifdef {macro}\nstruct s {{ long x; }};\n#else\nstruct s {{ int x; }};\n#endif"


@pytest.mark.parametrize(
    ("texts", "is_left"),
    [
        ({"d/s.h": "#ifdef K\nstruct s { long x; };\n#endif"}, False),
        ({"d/s.h": two_branches("K")}, True),
        ({"d/s.h": two_branches("F")}, False),
        (
            {
                "d/s.h": "#ifndef G\n#define G\nstruct s { long x; };\n#endif",
                "d/g.h": "#define G\n",
            },
            False,
        ),
        (
            {
                "d/s.h": "#ifndef L\n#error no\n#endif\nstruct s { int x[L]; };",
                "d/l.h": "#define L 2\n",
            },
            False,
        ),
        ({"d/s.h": "typedef int t;\nstruct s { t x; };", "d/t.h": "#define t long\n"}, True),
    ],
)
def test_what_a_header_out_of_the_core_asks(texts: dict[str, str], *, is_left: bool) -> None:
    """A macro of the core that a header outside it tests is left, unless all sources define it."""
    texts |= {"sys/param.h": "#define F\n", "net/k.h": "#define K\n"}
    assert bool(find_left_macros(texts, core=("sys/param.h", "net/k.h"))) == is_left


def test_a_member_that_another_header_renames() -> None:
    """A member that another header renames is found for the record at the line."""
    texts = {
        "d/s.h": "struct r { int x; };\nstruct s {\n\tint old;\n};\n",
        "d/inc.h": '#include "core.h"\nstruct i { int old; };\n',
        "core.h": "#define old young\n#define x(a) young\n",
    }
    finder = finder_of(texts, ["core.h"])
    renamed = finder.renamed("d/s.h", 2, ["young"])
    assert renamed is not None
    assert str(renamed) == (
        "its member old is called young where <core.h> is read before, "
        "which is left to whoever includes it"
    )
    assert finder.renamed("d/s.h", 1, ["young"]) is None
    assert finder.renamed("d/s.h", 2, ["old"]) is None
    assert finder.renamed("d/s.h", 9, ["young"]) is None
    assert finder.renamed("d/inc.h", 2, ["young"]) is None


@pytest.mark.parametrize(
    ("name", "macro"),
    [("f", "u_t"), ("v", "u_t"), ("K", None), ("E", "N"), ("g", None), ("nowhere", None)],
)
def test_what_has_a_name_in_a_header(name: str, macro: str | None) -> None:
    """A declaration depends on a macro in a condition, or on one without which it compiles."""
    texts = {
        "d/n.h": "#define u_t char\n#define M 2\n#define N 1\n",
        "d/x.h": "int f(u_t);\nextern u_t v;\n#define K (M + 1)\n"
        "enum e { D,\n#ifdef N\nX,\n#endif\nE };\nint g(int);\n",
    }

    def find(*, is_alone: bool) -> str | None:
        finder = finder_of(
            texts,
            stands_without=lambda header, others: (
                is_alone and (header, *others) == ("d/x.h", "d/n.h")
            ),
        )
        found = finder.find_named("d/x.h", name)
        words = "its declaration depends on"
        said = [str(one).removeprefix(words).partition(",")[0].strip() for one in found]
        assert len(said) <= 1
        return said[0] if said else None

    assert find(is_alone=True) == macro
    assert find(is_alone=False) == (macro if macro == "N" else None)


def test_what_a_header_depends_on_through_another() -> None:
    """A header's includes count as its own text, without the core's."""
    texts = {
        "d/y.h": "#ifndef Y\n#define Y\n#ifdef W\ntypedef long t;\n#else\ntypedef int t;\n"
        "#endif\n#endif\n",
        "d/x.h": '#include "y.h"\nstruct s { t a; };\n',
        "d/w.h": "#define W\n",
    }
    assert [one.macro for one in find_left_macros(texts)] == ["W"]
    assert find_left_macros({**texts, "d/w.h": ""}) == []


@pytest.mark.parametrize(
    ("includer", "is_left"),
    [
        ("#define WIDE\n#include <d/s.h>\n", True),
        ('#define WIDE\n#include "between.h"\n', True),
        ("#include <d/s.h>\n#define WIDE\n", False),
        ("#define WIDE\n", False),
    ],
)
def test_a_header_of_another_folder_that_includes_this_one(includer: str, *, is_left: bool) -> None:
    """A header of another folder counts if it defines the macro before it includes this one."""
    texts = {
        "d/s.h": "struct s {\n#ifdef WIDE\n\tlong x;\n#else\n\tint x;\n#endif\n};\n",
        "e/y.h": includer,
        "e/between.h": "#include <d/s.h>\n",
    }
    found = finder_of(texts).find("d/s.h")
    assert [(one.macro, one.definers) for one in found] == (
        [("WIDE", (("e/y.h", ""),))] if is_left else []
    )
    assert finder_of(texts, core=["d/s.h"]).find("d/s.h", is_in_core=True) == ()


@pytest.mark.parametrize(
    ("text", "macros"),
    [
        ('#ifdef P\n#include "l.h"\n#else\n#include "i.h"\n#endif\nstruct s { s_t x; };\n', ["P"]),
        ('#ifdef P\n#define M\n#endif\n#include "i.h"\nstruct s { s_t x; };\n', []),
        ("#ifndef Q\nstruct s { int x; };\n#endif\n", ["Q"]),
        ("#ifndef Q\nstruct other { int x; };\n#endif\n", []),
    ],
)
def test_what_stands_around_a_record(text: str, macros: list[str]) -> None:
    """A macro is left that selects an included header, or that says who defines the record."""
    texts = {
        "d/x.h": text,
        "d/l.h": "typedef long s_t;\n",
        "d/i.h": "typedef int s_t;\n",
        "d/p.h": "#define P 1\n",
        "d/q.h": "#define Q\nstruct s { long x; };\n",
    }
    assert [one.macro for one in finder_of(texts).find("d/x.h")] == macros


def test_a_condition_in_a_declaration() -> None:
    """A condition inside of a single declaration is left."""
    texts = {"d/p.h": "#define P\n", "d/x.h": "int f(\n#ifdef P\nlong\n#else\nint\n#endif\n);\n"}
    (found,) = finder_of(texts).find_named("d/x.h", "f")
    assert found is not None
    assert found.macro == "P"
    around = {**texts, "d/x.h": "#ifdef P\nint f(long);\n#endif\n"}
    assert not finder_of(around).find_named("d/x.h", "f")
