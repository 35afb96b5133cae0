"""left_to_others.py: the words for a header's dependence on others."""

from __future__ import annotations

from layoutcheck.kernel.units.left_to_others import LeftMacro, Renamed

DEFINERS = (("a.h", "1"), ("b.h", "2"), ("c.h", "1"), ("d.h", ""))


def test_the_definers_of_a_macro_by_their_words() -> None:
    """Definers are grouped by their words, in their order. One may define nothing."""
    left = LeftMacro("s.h", 3, 7, "N", DEFINERS)
    assert str(left) == (
        "its layout depends on N, which is left to whoever includes it: "
        "1 by <a.h> and <c.h>, 2 by <b.h>, nothing by <d.h>"
    )


def test_an_item_has_a_declaration() -> None:
    """The words for a function or a constant say "declaration", not "layout"."""
    left = LeftMacro("s.h", 1, 9, "u_t", (("n.h", "char"),), is_record=False)
    assert str(left) == (
        "its declaration depends on u_t, which is left to whoever includes it: char by <n.h>"
    )


def test_a_member_that_is_renamed() -> None:
    """A renamed member's words name all headers that rename it."""
    assert str(Renamed("old", "young", ("a.h", "b.h"))) == (
        "its member old is called young where <a.h> and <b.h> is read before, "
        "which is left to whoever includes it"
    )
