"""One tree's headers under one architecture: opened for tests that call clang."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.names.index import HeaderIndex
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.manifest.kernel import Kernel, View
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.kernel_files import OpenKernel, open_kernel
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, Plan, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["Opened", "open_headers", "opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A cell whose headers can be compiled; `kernels` must live as long as it is used."""

    kernels: Kernels
    plan: Plan
    clang: KernelClang
    view: View

    @property
    def index(self) -> HeaderIndex:
        """The headers of the tree, by the types that they define."""
        return self.kernels.index(self.plan)

    def units(self, seed: Sequence[str]) -> HeaderUnits:
        """The units of the tree's headers with another seed than the shipped one."""
        names = self.kernels.names(self.plan)
        return HeaderUnits(
            names.headers,
            seed,
            self.clang.check,
            self.clang.preprocess,
            drawn_in=Inclusions(names.read).of,
            read=names.read,
            defining=names.defining,
            is_behind_machine=FREEBSD.rules.is_behind_machine,
        )

    def records(self, includes: Sequence[str]) -> Mapping[str, RecordLayout]:
        """Return the records of a unit whose names are known, by their names and by typedefs."""
        names = self.index.names
        kinds = ("struct", "union")
        types = [*(f"{kind} {name}" for name in names for kind in kinds), *names]
        asked = [(ProbeKey("type", number), name) for number, name in enumerate(types)]
        found = self.clang.ask(includes, asked).side.layouts.records
        return {types[key.number]: one for key, one in found.items() if not one.is_declaration}

    def shipped_units(self) -> HeaderUnits:
        """The units as a check has them."""
        return self.kernels.units(self.plan, self.clang, self.view)


def open_headers(headers: Path | str, arch: str, work: Path, view: View = "kernel") -> Opened:
    """Open `headers`, as `--kernel-src` takes them; option headers go to the folder `work`."""
    wanted = Kernel(conf=("GENERIC",), view=view)
    options = Options(kernel_arch=(arch,), kernel_src=(str(headers),))
    (plan,) = plan_cells(wanted, options, where="--kernel-src")
    tools = Tools(lambda _: None, Stopwatch())
    kernels = Kernels(tools)
    clang = KernelClang(kernels.kernel(plan), wanted, plan.target, tools, work=work)
    return Opened(kernels, plan, clang, view)


def opened(conf: str, folder: Path) -> OpenKernel:
    """Return the ziglang headers' kernel of a conf for amd64; `folder` has generated files."""
    target = find_target("amd64")
    tree = open_tree("ziglang", target=target, release=None, work=folder)
    return open_kernel(tree, conf, target, Tools(print, Stopwatch()), folder=folder)
