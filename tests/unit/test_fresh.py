"""`tox run -e fresh`: what of this machine goes into a root, and when a trial holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fresh import __main__ as fresh
from tests.fresh.__main__ import REFUSAL, Trial
from tests.fresh.machine import environment
from tests.fresh.roots import remove


def test_only_the_way_to_the_world_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies, certificates and indexes: of what else is set a person has nothing."""
    reaching = {"https_proxy": "http://p", "PIP_INDEX_URL": "http://i", "CARGO_HTTP_CAINFO": "/c"}
    others = {"RUSTUP_HOME": "/r", "CI": "1", "LAYOUTCHECK_CLANG": "/c", "PIP_FIND_LINKS": "/w"}
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in (reaching | others).items():
        monkeypatch.setenv(name, value)
    assert environment() == reaching


def test_when_a_trial_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may install has to succeed; a user is refused, and told what to do."""
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
    """With all that is in it, and twice is no error."""
    (tmp_path / "root" / "deep").mkdir(parents=True)
    remove(tmp_path / "root")
    remove(tmp_path / "root")
    assert list(tmp_path.iterdir()) == []
