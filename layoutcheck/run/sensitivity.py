"""Some types, or all -> the kernel options that change their layouts. No crate is needed."""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import HeaderTreeError, ManifestError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.effects import AskedType, Failure, Sensitivity, merge_effects
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.option_variants import Unit, UnitEffects, study_unit
from layoutcheck.run.planning import Options, Plan, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Progress, Tools

__all__ = ["find_sensitivity"]

_DEFAULT_CONF: Final = "GENERIC"
_TYPE: Final = re.compile(r"(?:(?:struct|union) +)?([A-Za-z_]\w*)", re.ASCII)
# Numbers of core headers to put before a type's own; the smallest that changes nothing is used.
_LENGTHS: Final = (2, 10, 40, 120)
_MOST_DEFINERS: Final = 6
_ANY: Final = Kernel()


def find_sensitivity(
    options: Options,
    types: Sequence[str],
    *,
    kernel: Kernel = _ANY,
    progress: Progress = lambda _: None,
) -> Sensitivity:
    """Return each option's effect on the types, by C name; on all of the headers' if none is named.

    The kernel is that of `options`. `kernel` has the values that they leave open; the default is
    GENERIC of the installed headers. Raises `LayoutcheckError` for a type that no header defines,
    and if there is more than one kernel.
    """
    if options.view not in (None, "kernel"):
        raise ManifestError(
            f"kernel options are not what --view {options.view} depends on",
            where="layoutcheck sensitivity",
            hint="leave --view out",
        )
    tools = Tools(progress, Stopwatch())
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        wanted = replace(kernel, conf=kernel.conf or (_DEFAULT_CONF,), view="kernel", include=())
        return _Search(_only_plan(wanted, options), wanted, tools, Path(folder)).find(types)


def _only_plan(kernel: Kernel, options: Options) -> Plan:
    plans = plan_cells(kernel, options, where="layoutcheck sensitivity")
    if len(plans) > 1:
        raise ManifestError(
            f"{len(plans)} kernels are asked for, and it looks at one",
            where="layoutcheck sensitivity",
            hint="name one --kernel-arch, --kernel-conf and --kernel-release",
        )
    return plans[0]


class _Search:
    """Search of one kernel's headers for types."""

    def __init__(self, plan: Plan, wanted: Kernel, tools: Tools, folder: Path) -> None:
        self._plan, self._tools, self._folder = plan, tools, folder
        self._kernels = Kernels(tools)
        self._kernel = self._kernels.kernel(plan)
        self._index = self._kernels.index(plan)
        self._tree = self._kernel.tree
        self._clang = KernelClang(self._kernel, wanted, plan.target, tools, work=self._new_folder())
        self._units = self._kernels.units(plan, self._clang, "kernel")

    def find(self, types: Sequence[str]) -> Sensitivity:
        """Return the effects of the options on these types, or on all."""
        refused: list[Failure] = []
        studied = list(self._study_types(types) if types else self._study_all(refused))
        found = {(one.c_name, one.declared_at): one for unit in studied for one in unit.types}
        place = {name.rpartition(" ")[2]: number for number, name in enumerate(types)}
        words = {one.c_name.rpartition(" ")[2] for one in found.values()}
        effects = merge_effects(effect for unit in studied for effect in unit.effects)
        coming = {change.c_name.rpartition(" ")[2] for e in effects for change in e.changes}
        absent = [name for name in types if name.rpartition(" ")[2] not in words]
        for name in absent:
            if name.rpartition(" ")[2] not in coming:
                raise self._no_such(name)
        return Sensitivity(
            release=self._tree.release,
            arch=self._plan.target.name,
            kernel_conf=PurePath(self._plan.conf).name,
            kernel_conf_origin=self._kernel.conf.origin,
            headers=self._tree.description,
            clang=self._tools.clang.version,
            everything=not types,
            types=(
                *sorted(
                    found.values(), key=lambda one: place.get(one.c_name.rpartition(" ")[2], 0)
                ),
                *(AskedType(c_name=name, declared_at=None, byte_size=None) for name in absent),
            ),
            effects=effects,
            left_out=(*refused, *(failure for unit in studied for failure in unit.left_out)),
        )

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))

    def _study(self, unit: Unit) -> UnitEffects:
        return study_unit(
            self._kernel, self._plan.target, self._tools, unit, work=self._new_folder()
        )

    def _study_all(self, refused: list[Failure]) -> Iterator[UnitEffects]:
        """Study every unit of the tree, with the records that earlier units do not define."""
        headers = self._index.kernels_own
        self._tools.progress(f"looking which of {len(headers)} headers go together")
        units = dict.fromkeys((self._units.core, *map(self._units.unit, headers)))
        refused += [
            Failure(header=header, reason=str(self._units.why_refused(header)))
            for header in headers
            if not self._units.unit(header)
        ]
        known: frozenset[tuple[str, str]] = frozenset()
        for includes in filter(None, units):
            few = includes if includes == self._units.core else self._trimmed(includes)
            studied = self._study(Unit(includes=few, types=None, known=known))
            known |= studied.defined.items()
            yield studied

    def _trimmed(self, includes: Sequence[str]) -> tuple[str, ...]:
        """Return the unit's own headers after the fewest core headers with which all compile."""
        core = self._units.core
        own = [header for header in includes if header not in core]
        for length in _LENGTHS:
            few = (*core[:length], *own)
            if not self._clang.check(few):
                return few
        return tuple(includes)

    def _study_types(self, types: Sequence[str]) -> Iterator[UnitEffects]:
        """Study the few headers that define the types, as many types together as compile."""
        together: dict[tuple[str, ...], list[str]] = {}
        for name, includes in self._places(types).items():
            together.setdefault(includes, []).append(name)
        for includes, names in together.items():
            yield self._study(Unit(includes=includes, types=tuple(names)))

    def _places(self, types: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each type the includes that define it: its likeliest header, after few others.

        The others are the fewest that do not change the type. If none of its headers defines the
        type under this conf, the first header that compiles is used, since an option may define it.
        """
        headers = {name: self._definers(name) for name in dict.fromkeys(types)}
        found: dict[str, tuple[str, RecordLayout]] = {}
        for rank in range(_MOST_DEFINERS):
            by_unit: dict[tuple[str, ...], list[str]] = {}
            for name, definers in headers.items():
                if name not in found and rank < len(definers):
                    by_unit.setdefault(self._units.unit(definers[rank]), []).append(name)
            for unit, names in by_unit.items():
                records = self._records(unit, names) if unit else {}
                found |= {name: (headers[name][rank], one) for name, one in records.items()}
        return {
            **self._shortest({name: header for name, (header, _) in found.items()}, found),
            **self._shortest(
                {n: self._compiling(n, h) for n, h in headers.items() if n not in found}
            ),
        }

    def _compiling(self, name: str, headers: Sequence[str]) -> str:
        for header in headers:
            if self._units.unit(header):
                return header
        raise HeaderTreeError(
            f"<{headers[0]}> defines {name}, and does not compile: "
            f"{self._units.why_refused(headers[0])}",
            where=self._tree.description,
        )

    def _shortest(
        self,
        headers: Mapping[str, str],
        found: Mapping[str, tuple[str, RecordLayout]] = MappingProxyType({}),
    ) -> Mapping[str, tuple[str, ...]]:
        """Return for each type its header, after the fewest core headers that leave it as found."""
        places: dict[str, tuple[str, ...]] = {}
        for length in _LENGTHS:
            left = {name: header for name, header in headers.items() if name not in places}
            includes = (*dict.fromkeys((*self._units.core[:length], *left.values())),)
            refused = self._clang.check(includes)
            includes = tuple(header for header in includes if header not in refused)
            names = [name for name, header in left.items() if header not in refused]
            same = self._records(includes, [name for name in names if name in found])
            for name in names:
                if name not in found or same.get(name) == found[name][1]:
                    places[name] = includes
        for name, header in headers.items():
            unit = self._units.unit(header)
            places.setdefault(name, unit[: unit.index(header) + 1] if header in unit else unit)
        return places

    def _records(self, includes: Sequence[str], names: Sequence[str]) -> Mapping[str, RecordLayout]:
        """Return the records of those names that are types after the includes."""
        keys = {
            ProbeKey("type", number, rank): (name, c_name)
            for number, name in enumerate(names)
            for rank, c_name in enumerate((name, f"struct {name}", f"union {name}"))
            if rank == 0 or " " not in name
        }
        asked = self._clang.ask(includes, [(key, c_name) for key, (_, c_name) in keys.items()])
        return {keys[key][0]: one for key, one in asked.side.layouts.records.items()}

    def _definers(self, name: str) -> tuple[str, ...]:
        spelled = _TYPE.fullmatch(name)
        definers = self._index.definers(spelled[1]) if spelled else ()
        if not definers:
            raise self._no_such(name)
        return definers[:_MOST_DEFINERS]

    def _no_such(self, name: str) -> HeaderTreeError:
        known = self._index.names
        close = difflib.get_close_matches(name.rpartition(" ")[2], known, n=3)
        return HeaderTreeError(
            f"no header defines a type {name!r}",
            where=self._tree.description,
            hint=f"did you mean {', '.join(close)}?" if close else "name it as C does: bio, mtx",
        )
