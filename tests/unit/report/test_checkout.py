"""checkout.py: source paths as CI services know them, and as URIs."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.report.checkout import checkout_path, source_uri


@pytest.fixture(autouse=True)
def _in_a_crate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "checkout" / "crate").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "checkout" / "crate")
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_working_folder_is_the_root(tmp_path: Path) -> None:
    """A path below it is relative, any other absolute."""
    assert checkout_path("src/lib.rs") == "src/lib.rs"
    assert checkout_path(str(tmp_path / "checkout/crate/src/lib.rs")) == "src/lib.rs"
    assert checkout_path("/usr/src/x.rs") == "/usr/src/x.rs"
    assert checkout_path("../other/x.rs") == str(tmp_path / "checkout/other/x.rs")


@pytest.mark.parametrize("name", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_a_service_names_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """If the working folder is inside; another folder is not this checkout."""
    monkeypatch.setenv(name, str(tmp_path / "checkout"))
    assert checkout_path("src/lib.rs") == "crate/src/lib.rs"
    assert checkout_path("../other/x.rs") == "other/x.rs"
    monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert checkout_path("src/lib.rs") == "src/lib.rs"


def test_uris() -> None:
    """Characters that mean something in a URI are escaped; so are bytes that are not UTF-8."""
    assert source_uri("src/a b#?:%.rs") == "src/a%20b%23%3F%3A%25.rs"
    assert source_uri("/usr/src/é.rs") == "file:///usr/src/%C3%A9.rs"
    assert source_uri(os.fsdecode(b"src/\xff.rs")) == "src/%FF.rs"
    assert source_uri("\ud800") == "%5Cud800"


@given(path=st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda it: it[0] != "/"))
def test_a_uri_is_ascii_and_leads_back(path: str) -> None:
    """Nothing of a path is lost."""
    uri = source_uri(path)
    assert uri.isascii()
    assert uri.isprintable()
    assert unquote_to_bytes(uri) == path.encode()
