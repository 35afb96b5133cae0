"""pickles.py: a value survives, and no object of another package is made."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.rewrite.open_private import Opening
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


def test_shared_objects_stay_shared() -> None:
    """Objects that two values share are made once."""
    first, second = load(dump((VERDICT, replace(VERDICT, rust=RECORD))))
    assert first == VERDICT
    assert second == replace(VERDICT, rust=RECORD)
    assert second.c is second.rust is first.c


def test_a_loaded_value_is_like_any_other() -> None:
    """A loaded value is compared, hashed, printed, changed and dumped like any other."""
    assert load(dump(VERDICT)) == VERDICT
    assert hash(load(dump(VERDICT))) == hash(VERDICT)
    assert repr(load(dump(VERDICT))) == repr(VERDICT)
    changed = replace(load(dump(VERDICT)), status=Status.WAIVED)
    assert changed == replace(VERDICT, status=Status.WAIVED)
    assert load(dump(load(dump(VERDICT)))) == VERDICT


def test_nothing_else_is_read() -> None:
    """An object that is no value of layoutcheck is not made."""
    evil = zlib.compress(b"cos\nsystem\n(S'touch harm-was-done'\ntR.")
    with pytest.raises(Exception, match="no value of layoutcheck"):
        load(evil)


def test_a_path() -> None:
    """A path comes back as a path, also inside a surface's values."""
    opening = Opening(path=Path("src/lib.rs"), name="ffi", line=3, column=1)
    assert load(dump((opening, Path("/a/b")))) == (opening, Path("/a/b"))


def test_a_named_tuple_is_no_value() -> None:
    """A named tuple is refused, because it could be written but never read."""
    with pytest.raises(pickle.PicklingError, match="is no dataclass"):
        dump((Candidate("a", ProbeKey("type", 0), "struct a"),))
