"""option_variants.py: options are toggled and records compared in one header unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.effects import OptionEffect
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.option_variants import Unit, UnitEffects, study_unit
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools

pytestmark = pytest.mark.needs_clang

TREE = Path(__file__).resolve().parents[3] / "fixtures" / "kernel" / "source_tree"
Study = Callable[[Unit], UnitEffects]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Return a function that studies a header unit of the small tree under its GENERIC."""
    tools = Tools(lambda _: None, Stopwatch())
    kernels = Kernels(tools)
    options = Options(kernel_src=(str(TREE),))
    (plan,) = plan_cells(Kernel(conf=("GENERIC",)), options, where="--kernel-src")

    def run(unit: Unit) -> UnitEffects:
        return study_unit(kernels.kernel(plan), plan.target, tools, unit, work=tmp_path)

    return run


def changed(effects: UnitEffects) -> dict[str, OptionEffect]:
    """Return the options that change a record, by name."""
    return {one.option: one for one in effects.effects if one.changes}


def test_a_type(study: Study) -> None:
    """A type has its size under the conf, and with and without each mentioned option."""
    found = study(Unit(includes=("sys/param.h", "sys/gadget.h"), types=("gadget",)))
    assert [(one.c_name, one.byte_size) for one in found.types] == [("struct gadget", 56)]
    assert "struct gadget" in found.defined
    assert found.left_out == ()
    effects = changed(found)
    assert effects.keys() == {"GADGET_STATS", "SMP"}
    for option, member in (("GADGET_STATS", "pokes"), ("SMP", "last_cpu")):
        (change,) = effects[option].changes
        assert (change.without, change.with_option, effects[option].is_set) == (48, 56, True)
        assert change.members[0].path == member


def test_records_that_are_known(study: Study) -> None:
    """A record of an earlier unit is not studied again. A header that fails is reported."""
    includes = ("sys/param.h", "sys/gadget.h")
    first = study(Unit(includes=includes, types=None))
    names = {one.c_name for one in first.types}
    assert "struct gadget" in names
    known = frozenset(first.defined.items())
    again = study(Unit(includes=(*includes, "sys/no_such.h"), types=None, known=known))
    assert again.types == ()
    assert again.effects == ()
    assert again.defined == first.defined
    (lost,) = again.left_out
    assert lost.header == "sys/no_such.h"
    assert "file not found" in lost.reason
