"""Mutants of correct bindings, judged by rustc, checked as users check: what was found of each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal, TypeAlias

from layoutcheck.checks import CHECKS
from layoutcheck.manifest import read_manifest
from layoutcheck.pipeline import Pipeline
from layoutcheck.planning import Options
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import Target
from layoutcheck.tools import Tools
from layoutcheck.verdict import Run, Status, Verdict
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings
from tests.mutation import of_members, of_records, of_types
from tests.mutation.declarations import Bindings, Declaration, parse_bindings
from tests.mutation.judge import Facts, Module, Proof, judge, prove_in_c, render_modules
from tests.mutation.kinds import KINDS, Change, Kind, Root, Site

__all__ = ["Fate", "Mutant", "Outcome", "Trial", "run_trial"]

MODULES: Final = (of_members, of_types, of_records)
"""What fills `KINDS`."""

BEHIND: Final = "zz"
"""What the modules' names begin with: a record that others hold is compared before its mutants."""

Fate: TypeAlias = Literal["exact", "inexact", "missed", "green", "false alarm"]

_CLANG_OWN: Final = ("__va_list_tag",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A change of a kind, in a module of its own.

    `is_equivalent` is rustc's word, or the kind's rule if rustc says that nothing has moved;
    `roots` are then empty, and else what has to be found, as in `Change`.
    """

    kind: Kind
    change: Change
    module: Module
    is_equivalent: bool
    roots: tuple[Root, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What layoutcheck found: the roots in the mutant's records, and whether they were all green.

    A false alarm is an equivalent mutant that is not green.
    """

    mutant: Mutant
    is_green: bool
    roots: tuple[tuple[str, str | None], ...]

    @property
    def is_exact(self) -> bool:
        """Whether just what had to be found was found, and nothing else as a root."""
        return not self.is_green and _are_expected(self.roots, self.mutant)

    @property
    def fate(self) -> Fate:
        """The one word for it."""
        if self.mutant.is_equivalent:
            return "green" if self.is_green else "false alarm"
        return "missed" if self.is_green else "exact" if self.is_exact else "inexact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All outcomes; `proof` is clang's word on the bindings that were mutated.

    `base` are the verdicts on the bindings themselves, `refused` by kind rustc's words on the
    mutants that it does not compile, `left_out` the kinds that no check is for.
    """

    outcomes: tuple[Outcome, ...]
    proof: Proof
    base: tuple[Verdict, ...]
    refused: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]


def run_trial(folder: Path, target: Target, *, each: int, seed: int, batch: int = 1500) -> Trial:
    """Checks `each` mutants of each kind, chosen by `seed`, or as many as the bindings allow."""
    argv = write_bindings(folder, target)
    tools = Tools(lambda _: None, Stopwatch())
    bindings = parse_bindings((folder / SOURCE).read_text(encoding="utf-8"))
    records, _, _ = judge(bindings, (), target, tools, folder)
    proof = prove_in_c(bindings, records, (*tools.clang.argv, *argv), folder)
    known = _waived(folder) | {name for name, _ in proof.refused}
    checks = {check.id for check in CHECKS}
    kinds = [k for k in KINDS.values() if k.needs is None or k.needs in checks]
    chosen = _choose(bindings, records, kinds, known, each=each, seed=seed)
    modules = [module for _, _, module in chosen]
    _, facts, refused = judge(bindings, modules, target, tools, folder)
    mutants = [
        _mutant(bindings, one, facts[one[2].name], records[one[1].record.name])
        for one in chosen
        if one[2].name in facts
    ]
    outcomes: list[Outcome] = []
    base: dict[str, Verdict] = {}
    for start in range(0, len(mutants), batch):
        part = mutants[start : start + batch]
        run = _check(folder, bindings, part, target)
        outcomes += _outcomes(run, part)
        base |= {v.rust_path: v for v in run.verdicts if f"::{BEHIND}" not in v.rust_path}
    words: defaultdict[str, list[str]] = defaultdict(list)
    for kind, _, module in chosen:
        if module.name in refused:
            words[kind.name].append(refused[module.name])
    return Trial(
        outcomes=tuple(outcomes),
        proof=proof,
        base=tuple(base.values()),
        refused={name: tuple(said) for name, said in words.items()},
        left_out=tuple(kind.name for kind in KINDS.values() if kind not in kinds),
    )


def _waived(folder: Path) -> set[str]:
    """The records that bindgen gets wrong, as the manifest says: they are not mutated."""
    return {*_CLANG_OWN, *(waiver.subject for waiver in read_manifest(folder / MANIFEST).waivers)}


def _choose(
    bindings: Bindings,
    records: Mapping[str, Facts],
    kinds: Sequence[Kind],
    known: AbstractSet[str],
    *,
    each: int,
    seed: int,
) -> list[tuple[Kind, Change, Module]]:
    """For each kind some changes, all over the bindings, and their modules."""
    chosen: list[tuple[Kind, Change, Module]] = []
    sites: list[tuple[Site, tuple[Declaration, ...]]] = []
    right = tuple(
        name for name in sorted(records) if name not in known and "__bindgen_ty_" not in name
    )
    for record in bindings.records.values():
        around = tuple(bindings.holders(record.name))
        is_right = not known & {record.name, *(holder.name for holder in around)}
        named = any(field.c_name for field in record.fields) and records[record.name].byte_size
        if is_right and named and ("__bindgen_ty_" not in record.name or around):
            site = Site(bindings=bindings, record=record, records=records, named=right)
            sites.append((site, around))
    for kind in kinds:
        changes = [(change, around) for site, around in sites for change in kind.make(site)]
        chance = random.Random(f"{seed} {kind.name}")  # noqa: S311 - repeatable, not secret
        some = chance.sample(changes, min(each, len(changes)))
        for change, around in some:
            module = Module(
                name=f"{BEHIND}{len(chosen):05}",
                records=(change.record, *change.around, *around),
            )
            chosen.append((kind, change, module))
    return chosen


def _mutant(
    bindings: Bindings, chosen: tuple[Kind, Change, Module], facts: Facts, own: Facts
) -> Mutant:
    """The change with rustc's word on it; `own` are the facts of the record as it was."""
    kind, change, module = chosen
    is_equivalent = facts.code == own.code or (kind.rule is not None and facts.is_placed_as(own))
    roots = change.roots
    if change.moved and not is_equivalent:
        first = next(n for n in change.moved if facts.fields[n][0] != own.fields[n][0])
        names = {field.name: field.c_name for field in bindings.records[change.record.name].fields}
        roots = (Root(check="member-offset", member=names[first]),)
    return Mutant(
        kind=kind,
        change=change,
        module=module,
        is_equivalent=is_equivalent,
        roots=() if is_equivalent else roots,
    )


def _check(folder: Path, bindings: Bindings, mutants: Sequence[Mutant], target: Target) -> Run:
    """The run of layoutcheck on the bindings with the mutants behind them."""
    texts = render_modules([mutant.module for mutant in mutants])
    (folder / SOURCE).write_text("".join((bindings.text, *texts)), encoding="utf-8")
    manifest = read_manifest(folder / MANIFEST)
    return Pipeline(manifest, Options(kernel_arch=(target.name,))).verify()


def _outcomes(run: Run, mutants: Sequence[Mutant]) -> Iterator[Outcome]:
    verdicts: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in run.verdicts:
        verdicts[verdict.rust_path.split("::")[1]].append(verdict)
    for mutant in mutants:
        own = verdicts[mutant.module.name]
        roots: list[tuple[str, str | None]] = [("not checked", None)] if not own else []
        roots += [
            ("indeterminate", verdict.reason)
            for verdict in own
            if verdict.status is Status.INDETERMINATE
        ]
        roots += [
            (mismatch.check_id, mismatch.member_path)
            for verdict in own
            for mismatch in verdict.mismatches
            if mismatch.cause is None
        ]
        is_green = {verdict.status for verdict in own} == {Status.AGREES}
        yield Outcome(mutant=mutant, is_green=is_green, roots=tuple(dict.fromkeys(roots)))


def _are_expected(found: Sequence[tuple[str, str | None]], mutant: Mutant) -> bool:
    """Whether each root is one of the expected, and, if all must be there, each of them is."""

    def fits(root: Root, one: tuple[str, str | None]) -> bool:
        if not fnmatchcase(one[0], root.check):
            return False
        if root.member is None or one[1] is None:
            return root.member is one[1]
        return fnmatchcase(one[1], root.member)

    known = all(any(fits(root, one) for root in mutant.roots) for one in found)
    there = all(any(fits(root, one) for one in found) for root in mutant.roots)
    return bool(found) and known and (there or not mutant.change.every)
