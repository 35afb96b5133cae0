"""expanded.py: the records that a preprocessed text defines."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.options.expanded import defined_records


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("struct a { int x; }; union b { int y; } v; struct c;", {"struct a", "union b"}),
        ("struct a *f(struct b *p) { return 0; }", set()),
        (
            "struct out { struct in { int x; } i; struct { int y; } j; };",
            {"struct in", "struct out"},
        ),
        ("typedef struct { int x; } t_t; typedef union { int x; } *p_t, q_t;", {"t_t"}),
        ("typedef struct tag { int x; } t_t;", {"struct tag"}),
        ("struct __attribute__((packed, aligned(8))) a\n{ int x; };", {"struct a"}),
        ("typedef struct { int x; } __attribute__((aligned(sizeof(int)))) a_t;", {"a_t"}),
        ('const char *s = "struct no {"; struct yes { char c; };', {"struct yes"}),
        ("int f(void) { struct local { int x; } l; }", {"struct local"}),
        ("enum e { A }; }}} struct a { int x; };", {"struct a"}),
        ("struct unfinished { int x;", set()),
    ],
)
def test_names(text: str, names: set[str]) -> None:
    """Records have C's spelling."""
    assert defined_records(text).keys() == names


def test_the_digest_is_of_the_definition() -> None:
    """Equal definitions have equal digests in any surroundings. The first one counts."""
    one = defined_records("struct a { int x; }; struct b { struct a a; };")
    other = defined_records("int z; struct a { int x; }; struct b { struct a a, b; };")
    assert one["struct a"] == other["struct a"]
    assert one["struct b"] != other["struct b"]
    assert (
        defined_records("struct a { int x; }; struct a { int y; };")["struct a"] == one["struct a"]
    )
