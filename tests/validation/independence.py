"""Items of real crates among other items have the same verdicts, without a list of headers.

`pytest tests/validation/independence.py` takes ten minutes if bindgen is built.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.run.planning import Options
from tests.asked_alone import Key, differing, found_alone, found_together, without_list
from tests.bindgen_of_15 import write_bindings

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CRATES: Final = Path(__file__).parents[2] / "fixtures" / "crates"
HALVES: Final = 6
SINGLES: Final = 20


@pytest.mark.parametrize("crate", ["sample", "libc", "netmap", "kqueue", "bindgen"])
def test_an_item_is_judged_alike_in_any_company(
    crate: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses, reasons, and why an item is skipped, do not depend on other items."""
    folder = CRATES / crate
    if crate == "bindgen":
        folder = tmp_path / "written" / "bindgen"
        folder.mkdir(parents=True)
        write_bindings(folder, find_target("amd64"), generate="types,vars,functions")
    manifest = without_list(folder, tmp_path)
    options = Options(cache=tmp_path / "cache", kernel_arch=("amd64",))
    together = found_together(manifest, options)
    differ: dict[Key, object] = {}
    for found in found_alone(manifest, options, monkeypatch, halves=HALVES, singles=SINGLES):
        differ |= differing(found, together)
    assert read_manifest(manifest.path).kernel.include == ()
    assert not differ
