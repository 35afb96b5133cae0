"""sources.py: which sources of a tree read a header."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from layoutcheck.kernel.sources import Sources

TEXTS = {
    "dev/d/a.c": "#include <dev/d/a.h>\n",
    "dev/d/b.c": '#include "sub/b.h"\n',
    "dev/d/sub/b.h": "#include <dev/d/a.h>\n#include <named.h>\n",
    "dev/d/sub/c.c": "#include WHAT\n",
    "dev/e/a.c": "#include <dev/d/a.h>\n",
    "net/n.c": "#include <net/in/n.h>\n",
}


def sources(sys: Path, texts: Mapping[str, str]) -> Sources:
    """Those of a tree of these texts."""
    for name, text in texts.items():
        (sys / name).parent.mkdir(parents=True, exist_ok=True)
        (sys / name).write_text(text, encoding="utf-8")
    return Sources(sys, lambda name: texts.get(name, ""))


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
    """Directly or not, or one of its name; else those beside it. Another driver's are not asked."""
    assert sources(tmp_path, TEXTS).of(header) == found


def test_six_are_enough(tmp_path: Path) -> None:
    """In the order of their names."""
    texts = {f"net/{name}.c": "#include <net/a.h>\n" for name in "hgfedcba"}
    assert sources(tmp_path, texts).of("net/a.h") == tuple(f"net/{name}.c" for name in "abcdef")


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    """It reads nothing."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "a.c").symlink_to("gone.c")
    assert sources(tmp_path, {"net/b.c": "#include <net/a.h>\n"}).of("net/a.h") == ("net/b.c",)


def test_headers_without_sources() -> None:
    """An installed system has none."""
    assert Sources(None, lambda _: "").of("net/a.h") == ()
