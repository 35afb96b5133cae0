"""pickles.py: what comes back is what was given, and what is late is made when it is read."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.rewrite.open_private import Opening
from layoutcheck.cache import pickles as pickling
from layoutcheck.cache.pickles import dump, load
from layoutcheck.judge.judge_types import Candidate
from layoutcheck.model.layout import BaseType, Encoding, Member, RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Status, Verdict

INT = BaseType(name="int", byte_size=4, encoding=Encoding.SIGNED)
RECORD = RecordLayout(
    name="one",
    kind="struct",
    byte_size=4,
    alignment=4,
    members=(Member(name="a", bit_offset=0, bit_size=32, type=INT),),
)
VERDICT = Verdict(
    cells=("amd64-GENERIC",), rust_path="one", c_name="struct one", status=Status.AGREES, c=RECORD
)


def count(made: list[type], monkeypatch: pytest.MonkeyPatch) -> None:
    """Note of each object that is made what it is."""
    make = pickling._make

    def noting(kind: type, *values: object) -> object:
        made.append(kind)
        return make(kind, *values)

    monkeypatch.setattr(pickling, "_make", noting)


def test_layouts_of_what_agrees_are_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of them is made before; then all, and all is as it was."""
    content = dump((VERDICT, replace(VERDICT, rust=RECORD)))
    made: list[type] = []
    count(made, monkeypatch)
    first, second = load(content)
    assert (first.status, first.key, first.cells) == (VERDICT.status, VERDICT.key, VERDICT.cells)
    assert made == []
    assert first.c == RECORD
    assert made.count(RecordLayout) == 1
    assert first.rust is None
    assert second == replace(VERDICT, rust=RECORD)
    assert second.c is second.rust is first.c  # they share what they hold
    assert made.count(RecordLayout) == 1


@pytest.mark.parametrize("status", [Status.DIFFERS, Status.WAIVED, Status.INDETERMINATE])
def test_others_are_not(status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are shown, or counted by whether they have layouts."""
    content = dump(replace(VERDICT, status=status))
    made: list[type] = []
    count(made, monkeypatch)
    load(content)
    assert RecordLayout in made


def test_what_is_done_with_a_late_one() -> None:
    """It is compared, hashed, printed, changed and dumped again like any other."""
    assert load(dump(VERDICT)) == VERDICT
    assert hash(load(dump(VERDICT))) == hash(VERDICT)
    assert repr(load(dump(VERDICT))) == repr(VERDICT)
    changed = replace(load(dump(VERDICT)), status=Status.WAIVED)
    assert changed == replace(VERDICT, status=Status.WAIVED)
    assert load(dump(load(dump(VERDICT)))) == VERDICT


def test_what_it_does_not_have() -> None:
    """An attribute that is no field is none."""
    with pytest.raises(AttributeError, match="no_such_field"):
        _ = load(dump(VERDICT)).no_such_field


def test_nothing_else_is_read() -> None:
    """Neither at once nor late is anything made that is no value of layoutcheck."""
    evil = zlib.compress(b"cos\nsystem\n(S'touch harm-was-done'\ntR.")
    with pytest.raises(Exception, match="no value of layoutcheck"):
        load(evil)
    late = zlib.decompressobj()
    late.decompress(dump(VERDICT))
    first = dump(VERDICT)[: -len(late.unused_data)]
    verdict = load(first + evil)
    with pytest.raises(Exception, match="no value of layoutcheck"):
        _ = verdict.c


def test_a_path() -> None:
    """It comes back as one, also inside of what a surface is made of."""
    opening = Opening(path=Path("src/lib.rs"), name="ffi", line=3, column=1)
    assert load(dump((opening, Path("/a/b")))) == (opening, Path("/a/b"))


def test_a_named_tuple_is_no_value() -> None:
    """It would be written each time, and never read: so it is not written."""
    with pytest.raises(pickle.PicklingError, match="is no dataclass"):
        dump((Candidate("a", ProbeKey("type", 0), "struct a"),))
