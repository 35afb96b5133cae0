"""Mutants of correct bindings, judged by rustc, checked as users check: the result of each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeVar

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import Target
from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings
from tests.mutation import (
    of_accessor_forms,
    of_accessors,
    of_constants,
    of_functions,
    of_headers,
    of_members,
    of_names,
    of_places,
    of_records,
    of_types,
    of_wrapped,
)
from tests.mutation.declarations import Bindings, Declaration, parse_bindings
from tests.mutation.items import parse_items, prove_items
from tests.mutation.judge import Facts, Module, judge, judge_items, prove_in_c, render_modules
from tests.mutation.kinds import KINDS, Change, ItemChange, Kind, Root, Site
from tests.mutation.outcomes import Mutant, Outcome, outcomes_of
from tests.mutation.sites import item_sites

__all__ = ["Trial", "run_trial"]

MODULES: Final = (
    of_members,
    of_headers,
    of_names,
    of_places,
    of_types,
    of_wrapped,
    of_records,
    of_accessors,
    of_accessor_forms,
    of_functions,
    of_constants,
)
"""The modules that fill `KINDS`."""

BEHIND: Final = "zz"
"""Prefix of the modules' names: a record that others hold is compared before its mutants."""

GENERATED: Final = "types,vars,functions"
"""bindgen's options for the bindings whose items are mutated."""

BATCH: Final = 1500
"""Number of mutants in one file."""

_CLANG_OWN: Final = ("__va_list_tag",)
_Chosen = TypeVar("_Chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All outcomes, with the numbers of facts that clang tested and refused.

    `base` are the verdicts on the bindings themselves; `refused` has, by kind, rustc's words on the
    mutants that it does not compile.
    """

    outcomes: tuple[Outcome, ...]
    claims: int
    unproved: int
    base: tuple[Verdict, ...]
    refused: Mapping[str, tuple[str, ...]]

    def __add__(self, other: Trial) -> Trial:
        """Return both together."""
        return Trial(
            outcomes=self.outcomes + other.outcomes,
            claims=self.claims + other.claims,
            unproved=self.unproved + other.unproved,
            base=self.base + other.base,
            refused={**self.refused, **other.refused},
        )


def run_trial(
    folder: Path, target: Target, *, each: int, seed: int, include: Sequence[str] = ()
) -> Trial:
    """Check `each` mutants of each kind, chosen by `seed`, or as many as the bindings allow.

    The bindings are those of the fixture's headers, or of those to `include`.
    """
    tools = Tools(lambda _: None, Stopwatch())
    chance = _Chance(each=each, seed=seed, include=tuple(include))
    return try_records(folder / "types", target, tools, chance) + try_items(
        folder / "items", target, tools, chance
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chance:
    """A chooser of some of the items in the headers' bindings, the same each time."""

    each: int
    seed: int
    include: tuple[str, ...]

    def choose(self, kind: Kind, changes: Sequence[_Chosen]) -> list[_Chosen]:
        chance = random.Random(f"{self.seed} {kind.name}")  # noqa: S311 - repeatable, not secret
        return chance.sample(changes, min(self.each, len(changes)))


def try_records(folder: Path, target: Target, tools: Tools, chance: _Chance) -> Trial:
    """Run the trial of records and their accessors."""
    folder.mkdir()
    argv = (*tools.clang.argv, *write_bindings(folder, target, include=chance.include))
    bindings = parse_bindings((folder / SOURCE).read_text(encoding="utf-8"))
    records, _, _ = judge(bindings, (), target, tools, folder)
    proof = prove_in_c(bindings, records, argv, folder)
    known = _waived(folder) | {name for name, _ in proof.refused}
    chosen = _choose(bindings, records, known, chance)
    modules = [module for _, _, module in chosen]
    _, facts, refused = judge(bindings, modules, target, tools, folder)
    compiled = [one for one in chosen if one[2].name in facts]
    mutants = [
        _mutant(bindings, one, facts[one[2].name], records[one[1].record.name]) for one in compiled
    ]
    texts = list(render_modules([module for _, _, module in compiled]))
    outcomes, base = _check(folder, bindings.text, mutants, texts, target)
    return Trial(
        outcomes=outcomes,
        claims=proof.claims,
        unproved=len({name for name, _ in proof.refused}),
        base=base,
        refused=_by_kind([(kind, module.name) for kind, _, module in chosen], refused),
    )


def try_items(folder: Path, target: Target, tools: Tools, chance: _Chance) -> Trial:
    """Run the trial of constants, enums, functions and variables."""
    folder.mkdir()
    flags = write_bindings(folder, target, generate=GENERATED, include=chance.include)
    bindings = parse_bindings((folder / SOURCE).read_text(encoding="utf-8"))
    items = parse_items(bindings.text)
    right, claims = prove_items(bindings, items, (*tools.clang.argv, *flags), folder)
    waived = _waived(folder)
    free = (c for c in right.constants if not any(fnmatchcase(c.name, w) for w in waived))
    right = replace(right, constants=tuple(free))
    chosen: list[tuple[Kind, ItemChange, str]] = []
    records, _, _ = judge(bindings, (), target, tools, folder)
    named = (name for name in sorted(records) if _is_right(bindings, name, waived))
    sites = item_sites(bindings, right, records, tuple(named))
    for kind in KINDS.values():
        changes = [change for site in sites.get(kind.of, ()) for change in kind.make(site)]
        for change in chance.choose(kind, changes):
            chosen.append((kind, change, f"{BEHIND}{len(chosen):05}"))
    texts = {
        name: f"pub mod {name} {{\nuse super::*;\n{change.text}}}\n" for _, change, name in chosen
    }
    numbers = {name: change.subject for kind, change, name in chosen if kind.is_wrong is None}
    alike, refused = judge_items(bindings, texts, numbers, target, tools, folder)
    mutants = []
    for kind, change, name in chosen:
        if name not in refused:
            is_equivalent = alike[name] if kind.is_wrong is None else not kind.is_wrong
            mutants.append(
                Mutant(
                    kind=kind,
                    change=change,
                    module=name,
                    is_equivalent=is_equivalent,
                    roots=() if is_equivalent else change.roots,
                )
            )
    written = [texts[mutant.module] for mutant in mutants]
    outcomes, base = _check(folder, bindings.text, mutants, written, target)
    return Trial(
        outcomes=outcomes,
        claims=claims,
        unproved=len(items) - len(right),
        base=base,
        refused=_by_kind([(kind, name) for kind, _, name in chosen], refused),
    )


def _waived(folder: Path) -> set[str]:
    """Return the waived records, which bindgen gets wrong: they are not mutated."""
    return {*_CLANG_OWN, *(waiver.subject for waiver in read_manifest(folder / MANIFEST).waivers)}


def _by_kind(
    chosen: Sequence[tuple[Kind, str]], refused: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    words: defaultdict[str, list[str]] = defaultdict(list)
    for kind, module in chosen:
        if module in refused:
            words[kind.name].append(refused[module])
    return {name: tuple(said) for name, said in words.items()}


def _choose(
    bindings: Bindings,
    records: Mapping[str, Facts],
    known: AbstractSet[str],
    chance: _Chance,
) -> list[tuple[Kind, Change, Module]]:
    """Return some changes for each kind, spread over the bindings, and their modules."""
    chosen: list[tuple[Kind, Change, Module]] = []
    sites: list[tuple[Site, tuple[Declaration, ...]]] = []
    right = tuple(name for name in sorted(records) if _is_right(bindings, name, known))
    for record in bindings.records.values():
        around = tuple(bindings.holders(record.name))
        is_right = not known & {record.name, *(holder.name for holder in around)}
        named = any(field.c_name for field in record.fields) and records[record.name].byte_size
        if is_right and named and ("__bindgen_ty_" not in record.name or around):
            site = Site(bindings=bindings, record=record, records=records, named=right)
            sites.append((site, around))
    for kind in (kind for kind in KINDS.values() if kind.of == "record"):
        changes = [(change, around) for site, around in sites for change in kind.make(site)]
        for change, around in chance.choose(kind, changes):
            module = Module(
                name=f"{BEHIND}{len(chosen):05}",
                records=(change.record, *change.around, *around),
            )
            chosen.append((kind, change, module))
    return chosen


def _is_right(bindings: Bindings, name: str, known: Collection[str]) -> bool:
    """Return whether a record is right, has a name in C, and is not only declared there."""
    record = bindings.records[name]
    has_members = any(field.c_name for field in record.fields)
    return has_members and name not in known and "__bindgen_ty_" not in name


def _mutant(
    bindings: Bindings, chosen: tuple[Kind, Change, Module], facts: Facts, own: Facts
) -> Mutant:
    """Return the mutant with rustc's verdict; `own` are the original record's facts."""
    kind, change, module = chosen
    is_equivalent = facts.code == own.code or (kind.rule is not None and facts.is_placed_as(own))
    if kind.is_wrong is not None:
        assert facts.is_placed_as(own), f"{kind.name}, {change.subject}: the layout has changed"
        is_equivalent = not kind.is_wrong
    roots = change.roots
    if change.moved and not is_equivalent:
        first = next(n for n in change.moved if facts.fields[n][0] != own.fields[n][0])
        names = {field.name: field.c_name for field in bindings.records[change.record.name].fields}
        roots = (Root(check="member-offset", member=names[first]),)
    return Mutant(
        kind=kind,
        change=change,
        module=module.name,
        is_equivalent=is_equivalent,
        roots=() if is_equivalent else roots,
    )


def _check(
    folder: Path, text: str, mutants: Sequence[Mutant], modules: Sequence[str], target: Target
) -> tuple[tuple[Outcome, ...], tuple[Verdict, ...]]:
    """Return the outcomes of mutants, whose modules follow the bindings, and the bindings' own."""
    outcomes: list[Outcome] = []
    base: dict[str, Verdict] = {}
    for start in range(0, len(mutants), BATCH):
        part = slice(start, start + BATCH)
        run = _run(folder, "".join((text, *modules[part])), target)
        outcomes += outcomes_of(run, mutants[part])
        base |= {v.rust_path: v for v in run.verdicts if f"::{BEHIND}" not in v.rust_path}
    return tuple(outcomes), tuple(base.values())


def _run(folder: Path, text: str, target: Target) -> Run:
    (folder / SOURCE).write_text(text, encoding="utf-8")
    manifest = read_manifest(folder / MANIFEST)
    return Pipeline(manifest, Options(kernel_arch=(target.name,))).verify()
