"""Two crates that the registry may lack: each is checked, or refused with a clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CRATES = Path(__file__).parents[2] / "fixtures" / "crates"


@pytest.mark.parametrize("name", ["freebsd-kpi", "freebsd-kmi"])
def test_checked_or_refused_with_the_reason(name: str) -> None:
    """A run without the crate never passes. Every type has a result, or the error names it."""
    manifest = read_manifest(CRATES / name / "layoutcheck.toml")
    pipeline = Pipeline(manifest, Options())
    refusal, run = None, None
    try:
        run = pipeline.verify()
    except BindingsError as error:
        refusal = str(error)
    if run is None:
        assert refusal is not None
        assert f"has no crate named {manifest.bindings.crate}" in refusal
        assert "\nhint: " in refusal
    else:
        surface = pipeline.surface(pipeline.plans[0])
        records = [type_ for type_ in surface.types if not type_.is_alias]
        items = len(records) + len(surface.items)
        assert len(run.verdicts) + len(run.set_aside) == items
