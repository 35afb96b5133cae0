"""Names of C types -> their layouts, those of all that they hold, and the target's alignments.

No crate is needed. Each type is searched as a crate's would be: in the core, then in the units of
the headers that define it.
"""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Final, TypeAlias

from layoutcheck.cache.store import Cache
from layoutcheck.errors import ManifestError
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.judge.judge_types import Candidate
from layoutcheck.judge.layout_changes import compare_layouts
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.c_types import CTypes, ScalarKind
from layoutcheck.model.layout import Type
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target
from layoutcheck.run.c_closure import merge_definitions, unaligned_names
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, Plan, plan_cells
from layoutcheck.run.search.types import HeaderSearch, Sought, seek
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Progress, Tools

__all__ = ["SCALARS", "FoundTypes", "ask_types", "find_c_types", "scalars_of"]

_MOST_HEADERS: Final = 3
"""Headers that are tried for a function or a variable."""
_COMMAND: Final = "layoutcheck generate"
_TYPE: Final = re.compile(r"(?:(?:struct|union|enum) )?[A-Za-z_]\w*", re.ASCII)
_KINDS: Final = ("struct ", "union ", "", "enum ")
SCALARS: Final[tuple[tuple[ScalarKind, str], ...]] = (
    ("integer", "char"),
    ("integer", "short"),
    ("integer", "int"),
    ("integer", "long"),
    ("integer", "long long"),
    ("integer", "__int128"),
    ("float", "float"),
    ("float", "double"),
    ("pointer", "void *"),
)
"""C types that stand for all scalars of their kind and size."""

_Places: TypeAlias = Mapping[tuple[str, ...], Sequence[str]]
"""C names by the unit that defines them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTypes:
    """Types that were found. `refused` are pairs of a name and why its layout is not known.

    `notes` are messages of the kernel conf and of the cache.
    """

    types: CTypes
    refused: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def find_c_types(
    options: Options,
    names: Sequence[str],
    *,
    kernel: Kernel,
    objects: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> FoundTypes:
    """Return the C types of these names: "bio", "struct bio", "uid_t"; and those of `objects`.

    `kernel` has the values that the options leave open; the default conf is GENERIC. Raises
    `ManifestError` for several kernels, and for a name that C cannot have.
    """
    notes: list[str] = []
    cache = Cache(options.cache, warn=notes.append)
    tools = Tools(progress, Stopwatch(), cache)
    wanted = replace(kernel, conf=kernel.conf or ("GENERIC",), view=options.view or kernel.view)
    plan = _only_plan(wanted, options)
    kernels = Kernels(tools)
    opened = kernels.kernel(plan)
    tree = opened.tree
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        clang = KernelClang(opened, wanted, plan.target, tools, work=Path(folder))
        if wanted.include:
            places: _Places = {wanted.include: [*names]}
            refused = dict[str, str]()
        else:
            places, refused = _search(kernels, plan, clang, wanted, names)
        answers = [ask_types(clang, plan.target, *place) for place in places.items()]
        known = _objects(kernels, plan, clang, wanted, objects) if objects else {}
    cache.close()
    origin = f"FreeBSD {tree.release} {plan.target.name} {PurePath(plan.conf).name}"
    types = _merged(answers, plan.target, f"{origin} ({tree.description})")
    if objects:
        alignments = types.alignments or scalars_of(plan.target).alignments
        types = replace(types, objects=known, alignments=alignments)
    found = {name for name, _ in types.records}
    for name in (name for some in places.values() for name in some):
        if name not in found:
            refused[name] = "the included headers define no such type"
    notes = [*opened.messages, *notes]
    return FoundTypes(types=types, refused=tuple(refused.items()), notes=tuple(notes))


def ask_types(
    clang: KernelClang, target: Target, includes: Sequence[str], names: Sequence[str]
) -> CTypes:
    """Return the types of these C names in one unit, as far as it has them.

    Records that they hold by value are asked for as well: the debug information lacks alignments.
    """
    asked = dict.fromkeys(names)
    while True:
        keys = {ProbeKey("type", number): name for number, name in enumerate(asked)}
        scalars = {ProbeKey("scalar", number): one for number, one in enumerate(SCALARS)}
        questions = [*keys.items(), *((key, name) for key, (_, name) in scalars.items())]
        layouts = clang.ask(includes, questions).side.layouts
        found = {keys[key]: one for key, one in layouts.records.items() if key in keys}
        more = unaligned_names(found.values(), layouts.definitions) - asked.keys()
        if not more:
            break
        asked |= dict.fromkeys(sorted(more))
    measured = ((scalars[key][0], one) for key, one in layouts.records.items() if key in scalars)
    return CTypes(
        target=target,
        records=tuple((name, found[name]) for name in names if name in found),
        definitions=layouts.definitions,
        alignments={
            (kind, one.byte_size): one.alignment
            for kind, one in measured
            if one.alignment is not None
        },
    )


def _only_plan(kernel: Kernel, options: Options) -> Plan:
    plans = plan_cells(kernel, options, where=_COMMAND)
    if len(plans) > 1:
        raise ManifestError(
            f"{len(plans)} kernels are asked for, and Rust is written for one",
            where=_COMMAND,
            hint="name one --kernel-arch, --kernel-conf and --kernel-release",
        )
    return plans[0]


def _search(
    kernels: Kernels, plan: Plan, clang: KernelClang, kernel: Kernel, names: Sequence[str]
) -> tuple[_Places, dict[str, str]]:
    """Return the C names of the types by the unit that defines them, and why others have none."""
    index = kernels.index(plan)
    units = kernels.units(plan, clang, kernel.view)
    left_macros = kernels.left_macros(plan, kernel.view, units)
    sought = seek(tuple(_candidates(names)), {}, index, programs=kernel.view == "userland")
    search = HeaderSearch(clang, units, left_macros, sought)
    places: dict[tuple[str, ...], list[str]] = {}
    refused: dict[str, str] = {}
    first = search.first(())
    missing: dict[str, Sought] = {}
    for one in sought:
        c_name = next((name for key, name in one.names if key in first.side.layouts.records), None)
        if c_name is not None:
            places.setdefault(first.includes, []).append(c_name)
        elif one.headers or search.is_ambiguous(one):
            missing[one.path] = one
        else:
            refused[one.path] = _unknown(one.path, index.names)
    others = search.others(missing.keys())
    for path, one in missing.items():
        found = others.get(path, ())
        if not found:
            refused[path] = search.why(one)
        elif any(compare_layouts({"": found[0][1]}, {"": other}) for _, other in found[1:]):
            refused[path] = "its headers define it differently; list headers in the manifest"
        else:
            places.setdefault(search.found_in[path], []).append(found[0][0])
    return places, refused


def _objects(
    kernels: Kernels, plan: Plan, clang: KernelClang, kernel: Kernel, names: Sequence[str]
) -> Mapping[str, Type]:
    """Return the types of functions and variables, from the core or a header that names them."""
    found: dict[str, Type] = {}

    def ask(includes: Sequence[str], wanted: Sequence[str]) -> None:
        keys = {ProbeKey("item", number): name for number, name in enumerate(wanted)}
        items = [
            ItemCandidate("function", number, key, name)
            for number, (key, name) in enumerate(keys.items())
        ]
        answer = clang.ask_items(includes, items)
        found.update({keys[key]: type_ for key, type_ in answer.side.layouts.objects.items()})

    if kernel.include:
        ask(kernel.include, names)
        return found
    units, index = kernels.units(plan, clang, kernel.view), kernels.item_index(plan)
    ask(units.core, names)
    for name in names:
        for header in index.definers(name)[:_MOST_HEADERS]:
            if name not in found and units.unit(header):
                ask(units.unit(header), (name,))
    return found


def _candidates(names: Iterable[str]) -> Iterator[Candidate]:
    """Yield the C names that each name may mean: a bare word is a tag if there is one."""
    for number, name in enumerate(dict.fromkeys(names)):
        if not _TYPE.fullmatch(name):
            raise ManifestError(
                f"{name!r} is no name of a C type",
                where=_COMMAND,
                hint="name it as C does: bio, 'struct bio', uid_t",
            )
        kinds = ("",) if " " in name else _KINDS
        for rank, kind in enumerate(kinds):
            yield Candidate(name, ProbeKey("type", number, rank), f"{kind}{name}")


def _merged(answers: Sequence[CTypes], target: Target, origin: str) -> CTypes:
    """Return the types of all units as one."""
    return CTypes(
        target=target,
        records=tuple(record for answer in answers for record in answer.records),
        definitions=merge_definitions([answer.definitions for answer in answers]),
        alignments={key: one for answer in answers for key, one in answer.alignments.items()},
        origin=origin,
    )


def _unknown(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name.rpartition(" ")[2], known, n=3)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    return f"no header defines such a type{hint}"


def scalars_of(target: Target) -> CTypes:
    """Return no types, but the alignments of a target's scalars by its psABI."""
    from layoutcheck.abi import find_psabi  # noqa: PLC0415 - on demand

    psabi = find_psabi(target.name)
    alignments: dict[tuple[ScalarKind, int], int] = {("pointer", psabi.pointer): psabi.pointer}
    for kind, name in SCALARS:
        if name in psabi.scalars:
            size, alignment = psabi.scalars[name]
            alignments[kind, size] = alignment
    return CTypes(target=target, records=(), definitions={}, alignments=alignments)
