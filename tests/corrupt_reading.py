"""A process of its own, which may be killed, that reads corrupted objects -> the problem found."""

from __future__ import annotations

import json
import multiprocessing
import resource
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.bindings.rustdoc.surface import SurfaceType
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.errors import DwarfError
from layoutcheck.judge.items.c_answers import SideOfC
from layoutcheck.judge.items.judge_items import judge_items
from layoutcheck.judge.judge_types import Side, TypeJudge
from layoutcheck.manifest.reader import Bindings, Manifest
from layoutcheck.model.json.runs import layout_to_json
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.target import find_target
from tests.corruption import Whole, corrupt
from tests.limits import TooLongError, limited

__all__ = ["MANIFEST", "Counts", "Pair", "read_corrupted"]

SECONDS: Final = 5
MEMORY: Final = 1 << 30
PATIENCE: Final = 120
"""Seconds within which the process must write something, however busy the machine is."""
MANIFEST: Final = Manifest(path=Path("layoutcheck.toml"), bindings=Bindings(path=Path()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides' objects of the same types and items, linked."""

    c: Whole
    rust: Whole
    types: tuple[SurfaceType, ...]
    items: tuple[SurfaceItem, ...]


@dataclass(slots=True, kw_only=True)
class Counts:
    """The numbers of refused objects, of judged ones, and of those judged different."""

    refused: int = 0
    judged: int = 0
    different: int = 0


def read_corrupted(pairs: Sequence[Pair], seeds: range, folder: Path) -> Counts:
    """Read every seed's object: a `DwarfError` or a verdict, otherwise an `AssertionError`.

    The error names the seed, and the corruption of which object, which is left in the folder.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, pairs, seeds, folder))
    process.start()
    there.close()
    last = "nothing"
    counts = None
    try:
        while counts is None:
            assert here.poll(PATIENCE), f"{last} takes more than {PATIENCE} s"
            said = here.recv()
            if isinstance(said, Counts):
                counts = said
            else:
                last, problem = said
                assert problem is None, f"{last}\n{problem}"
    except EOFError:
        raise AssertionError(f"{last}: the process has died") from None
    finally:
        process.kill()
        process.join()
    return counts


Judged: TypeAlias = Callable[[str, LayoutSet], bool]
"""A function: a side's name and its read layouts -> whether the other side differs."""


def _work(there: Connection, pairs: Sequence[Pair], seeds: range, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    counts = Counts()
    readers = [_judge_with(pair, folder) for pair in pairs]
    for seed in seeds:
        random = Random(seed)  # noqa: S311 - repeatable
        number = random.randrange(len(pairs))
        side = random.choice(("c", "rust"))
        whole: Whole = getattr(pairs[number], side)
        content, done = corrupt(whole, random)
        path = folder / f"{seed}.so"
        path.write_bytes(content)
        there.send((f"seed {seed}: {', '.join(done)} of {whole.name}: {path}", None))
        problem = _problem(readers[number], side, path, counts)
        if problem is not None:
            there.send((f"seed {seed}: {', '.join(done)} of {whole.name}: {path}", problem))
            return
        path.unlink()
    there.send(counts)


def _problem(judged: Judged, side: str, path: Path, counts: Counts) -> str | None:
    """Return the problem with one object, or None."""
    try:
        with limited(SECONDS):
            try:
                layouts = read_layouts(path)
            except DwarfError as error:
                counts.refused += 1
                if isinstance(error.__cause__, MemoryError | RecursionError):
                    return "".join(traceback.format_exception(error))
                return None if error.where == str(path) else f"it does not name the file: {error}"
            counts.judged += 1
            counts.different += judged(side, layouts)
    except TooLongError:
        return f"more than {SECONDS} s:\n{traceback.format_exc()}"
    except Exception:  # noqa: BLE001 - any is the finding
        return traceback.format_exc()
    return None


def _judge_with(pair: Pair, folder: Path) -> Judged:
    sides = {}
    for name in ("c", "rust"):
        path = folder / f"whole-{name}.so"
        path.write_bytes(getattr(pair, name).data)
        sides[name] = read_layouts(path)

    def judged(side: str, layouts: LayoutSet) -> bool:
        c, rust = (
            Side(layouts=layouts if side == name else whole, refused={})
            for name, whole in sides.items()
        )
        types = TypeJudge(
            MANIFEST, "cell", pair.types, c=c, rust=rust, target=find_target("amd64"), left_out=()
        )
        items = judge_items(
            MANIFEST,
            "cell",
            pair.items,
            c=SideOfC(side=c),
            rust=rust,
            types=types.comparer,
            among=range(len(pair.items)),
            missing=lambda _kind, _name: None,
        )
        verdicts, _ = types.judge()
        records = [r for v in verdicts for r in (v.c, v.rust) if r is not None]
        json.dumps([layout_to_json(record) for record in records])
        return any(v.mismatches for v in verdicts) or any(
            getattr(found, "mismatches", ()) for found in items.values()
        )

    return judged
