"""sources.py: the sources of a tree that read a header."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from layoutcheck.kernel.freebsd.sources import TreeSources
from layoutcheck.kernel.system import Before

TEXTS = {
    "dev/d/a.c": "#include <dev/d/a.h>\n",
    "dev/d/b.c": '#include "sub/b.h"\n',
    "dev/d/sub/b.h": "#include <dev/d/a.h>\n#include <named.h>\n",
    "dev/d/sub/c.c": "#include WHAT\n",
    "dev/e/a.c": "#include <dev/d/a.h>\n",
    "net/n.c": "#include <net/in/n.h>\n",
}


def sources(sys: Path, texts: Mapping[str, str]) -> TreeSources:
    """Return the sources of a tree with these texts."""
    for name, text in texts.items():
        (sys / name).parent.mkdir(parents=True, exist_ok=True)
        (sys / name).write_text(text, encoding="utf-8")
    return TreeSources(sys, lambda name: texts.get(name, ""))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("dev/d/a.h", ("dev/d/a.c", "dev/d/b.c")),
        ("dev/d/sub/b.h", ("dev/d/b.c",)),
        ("dev/d/in/named.h", ("dev/d/b.c",)),
        ("dev/d/sub/unknown.h", ("dev/d/sub/c.c",)),
        ("dev/d/in/unknown.h", ()),
        ("net/in/n.h", ("net/n.c",)),
        ("n.h", ()),
    ],
)
def test_sources_that_read_a_header(header: str, found: tuple[str, ...], tmp_path: Path) -> None:
    """Sources that include a header or one of its name are returned, or else those beside it."""
    assert sources(tmp_path, TEXTS).of(header) == found


def test_six_are_enough(tmp_path: Path) -> None:
    """At most six sources are returned, in the order of their names."""
    texts = {f"net/{name}.c": "#include <net/a.h>\n" for name in "hgfedcba"}
    assert sources(tmp_path, texts).of("net/a.h") == tuple(f"net/{name}.c" for name in "abcdef")


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    """A dangling link is ignored."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "a.c").symlink_to("gone.c")
    assert sources(tmp_path, {"net/b.c": "#include <net/a.h>\n"}).of("net/a.h") == ("net/b.c",)


def test_headers_without_sources() -> None:
    """An installed system has no sources."""
    assert TreeSources(None, lambda _: "").of("net/a.h") == ()


def test_what_a_source_has_before_a_header(tmp_path: Path) -> None:
    """A source's macros, includes and open pack before a header are found, and its command's."""
    texts = {
        "dev/d/a.h": "struct s { int a; };\n",
        "dev/d/u.h": "#include <dev/d/a.h>\n",
        "dev/d/a.c": "#define A 1 /* one */\n#define F(x) x\n#include <sys/p.h>\n"
        '#pragma pack(1)\n#include "u.h"\n#define B\n',
        "dev/d/b.c": '#pragma pack(1)\n#pragma pack()\n#include "a.h"\n',
        "dev/d/c.c": "#include <sys/p.h>\n",
        "sys/p.h": "#include <sys/q.h>\n",
        "sys/q.h": "",
        "conf/files": 'dev/d/b.c optional d \\\n\tcompile-with "${NORMAL_C} -DC=2 -I$S/d -DD"\n',
    }
    assert sources(tmp_path, texts).before("dev/d/a.h") == (
        Before("dev/d/a.c", {"A": "1", "F(": "x"}, frozenset(("sys/p.h", "sys/q.h")), "pack(1)"),
        Before("dev/d/b.c", {}, frozenset(), ""),
        Before("dev/d/b.c -DC -DD", {"C": "2", "D": "1"}, frozenset(), ""),
    )
