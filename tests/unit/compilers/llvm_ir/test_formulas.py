"""Boolean formulas: equivalent formulas are equal."""

from __future__ import annotations

from itertools import product

import pytest

from layoutcheck.compilers.llvm_ir import formulas as module
from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError


def test_what_means_the_same_is_the_same() -> None:
    """Equivalent formulas are equal, in any form and order."""
    f = Formulas()
    a, b, c = (f.variable(name) for name in (3, 1, 2))
    assert f.variable(3) == a
    assert f.either(f.both(a, b), f.both(a, c)) == f.both(a, f.either(c, b))
    assert f.negate(f.both(a, b)) == f.either(f.negate(a), f.negate(b))
    assert f.differ(f.differ(a, b), b) == a
    assert f.choose(a, b, b) == b
    assert f.choose(a, TRUE, FALSE) == a
    assert f.both(a, f.negate(a)) == FALSE
    assert f.either(a, f.negate(a)) == TRUE
    assert f.all_of([]) == TRUE
    assert f.all_of([a, b, a]) == f.both(b, a)


def test_each_value() -> None:
    """A formula of known variables is a constant."""
    f = Formulas()
    a, b, c = map(f.variable, range(3))
    formula = f.choose(a, f.differ(b, c), f.both(b, c))
    for known in product((0, 1), repeat=3):
        one, two, three = known
        expected = (two != three) if one else bool(two and three)
        assert f.where(formula, dict(enumerate(known))) == int(expected)
    assert f.where(formula, {0: 0}) == f.both(b, c)
    assert f.where(formula, {0: f.negate(b), 1: c}) == f.both(b, c)


def test_names() -> None:
    """Names of the variables that matter are returned, and the name of a single variable."""
    f = Formulas()
    a, b = f.variable(7), f.variable(9)
    assert (f.name_of(a), f.name_of(f.negate(a)), f.name_of(TRUE)) == (7, None, None)
    assert f.names_in(f.differ(a, b)) == {7, 9}
    assert f.names_in(f.choose(a, b, b)) == {9}
    assert f.names_in(FALSE) == frozenset()


def test_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula that becomes too large is refused."""
    monkeypatch.setattr(module, "MAX_NODES", 20)
    f = Formulas()
    few = [f.variable(name) for name in range(19)]
    assert f.variable(0) == few[0]
    with pytest.raises(NotUnderstoodError, match="combines too many bits"):
        f.variable(19)
