"""folder_names.py: the roles of words in a folder's headers."""

from __future__ import annotations

from collections.abc import Mapping

from layoutcheck.cache.pickles import dump, load
from layoutcheck.kernel.names.folder_names import FolderNames, Role, names_of
from layoutcheck.kernel.names.header_text import HeaderText

FIRST = """
/* struct gone { int a; }; */ // #define GONE 1
#if ASKED
struct bio { int length; };
#endif
#define MADE(n) n##_t
"""


def names(texts: Mapping[str, str], *, alone: bool = False) -> FolderNames:
    """Return the names of headers by text; `x.h` includes others."""
    read = (
        (f"{name}.h", HeaderText(text.encode(), is_own=name != "x")) for name, text in texts.items()
    )
    return names_of(read, alone=alone)


def test_roles() -> None:
    """Words have their roles by header. A word of comments or conditions has none."""
    found = names({"a": FIRST, "b": "struct bio; MADE(bio);"})
    roles = {
        word: {role: [*found.having(word, role)] for role in Role if [*found.having(word, role)]}
        for word in ("bio", "MADE", "length", "ASKED", "gone", "GONE")
    }
    assert roles == {
        "bio": {Role.TYPE: ["a.h"], Role.CODE: ["a.h", "b.h"], Role.HANDED: ["b.h"]},
        "MADE": {Role.ITEM: ["a.h"], Role.CODE: ["a.h", "b.h"]},
        "length": {Role.CODE: ["a.h"]},
        "ASKED": {},
        "gone": {},
        "GONE": {},
    }
    assert [*found.words[Role.TYPE]] == ["bio"]
    assert found.affixes == {"MADE": {"_t"}}
    assert found.takers == {"MADE", "n"}


def test_macros() -> None:
    """Macros are listed with their words by header. A bracket in the name means parameters."""
    found = names({"a": "#define N 1 /* one\n */ + 1\n#define N() 2\n", "b": "#define N\n"})
    assert found.macros == {"N": ((0, "1   + 1"), (1, "")), "N(": ((0, "2"),)}


def test_lines_that_are_joined() -> None:
    """Lines are joined before comments are removed, also within a word."""
    found = names(
        {"a": "struct sp\\\nlit { int a; };\n#define MA\\\nCRO 1\n// no \\\n#define NO 1\n"}
    )
    assert [*found.words[Role.TYPE]] == ["split"]
    assert found.macros == {"MACRO": ((0, "1"),)}


def test_those_that_include_others() -> None:
    """With `alone`, headers that include others are left out, and only their names are known."""
    texts = {"a": "int f(int);", "x": "int g(int);"}
    alone, every = names(texts, alone=True), names(texts)
    assert (alone.headers, alone.left) == (("a.h",), ("x.h",))
    assert [*alone.having("g", Role.ITEM)] == []
    assert [*every.having("g", Role.ITEM)] == ["x.h"]
    assert every.left == ()


def test_it_can_be_kept() -> None:
    """The names can be pickled for the cache."""
    found = names({"a": FIRST, "b": "int x;"})
    assert load(dump(found)) == found
