"""tests/fresh: the files of this machine in a root, and the condition of a trial."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fresh import __main__ as fresh
from tests.fresh.__main__ import REFUSAL, Trial
from tests.fresh.machine import environment
from tests.fresh.roots import remove


def test_only_the_way_to_the_world_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only proxies, certificates and indexes are passed on, as for a new user."""
    reaching = {"https_proxy": "http://p", "PIP_INDEX_URL": "http://i", "CARGO_HTTP_CAINFO": "/c"}
    others = {"RUSTUP_HOME": "/r", "CI": "1", "LAYOUTCHECK_CLANG": "/c", "PIP_FIND_LINKS": "/w"}
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in (reaching | others).items():
        monkeypatch.setenv(name, value)
    assert environment() == reaching


def test_when_a_trial_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial holds if installation succeeds, or if a user is refused with advice."""
    monkeypatch.setattr(fresh, "LOGS", tmp_path)
    assert Trial(debian="12", machine="apt", command="audit").holds(0)
    assert not Trial(debian="12", machine="rustup", command="tests").holds(3)
    user = Trial(debian="13", machine="user", command="audit")
    user.log.write_text("\n".join(REFUSAL), encoding="utf-8")
    assert user.holds(3)
    assert not user.holds(0)
    user.log.write_text("Traceback", encoding="utf-8")
    assert not user.holds(3)


def test_a_folder_is_removed(tmp_path: Path) -> None:
    """A folder is removed with its contents, and a second removal is no error."""
    (tmp_path / "root" / "deep").mkdir(parents=True)
    remove(tmp_path / "root")
    remove(tmp_path / "root")
    assert list(tmp_path.iterdir()) == []
