"""The project is consistent: nothing can be added and forgotten half-way."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import layoutcheck
from layoutcheck.judge.checks import CHECKS, Check
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.rust_versions import KNOWN_RUST, MINIMUM_RUST, dotted
from layoutcheck.report import FORMATS, ReportFormat

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ["layoutcheck", *(m.name for m in pkgutil.walk_packages(layoutcheck.__path__, "layoutcheck."))]
)


def text_of(module: str) -> str:
    """Return the source of a module of the tested package."""
    path = importlib.import_module(module).__file__
    assert path is not None
    return Path(path).read_text(encoding="utf-8")


def ids_of_checks() -> set[str]:
    """The ids of all checks."""
    return {check.id for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_described(check: Check) -> None:
    """Every check has a heading in docs/checks.md, with the check's own summary."""
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    _, heading, entry = page.partition(f"\n## `{check.id}`\n")
    assert heading, f"docs/checks.md has no entry for {check.id}"
    assert check.summary in entry.partition("\n## ")[0]


def test_only_checks_are_described() -> None:
    """A removed check is removed from the page."""
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `(.+)`$", page, re.MULTILINE)) == ids_of_checks()


def test_every_check_must_fail_somewhere() -> None:
    """Every check has a note `//~ <check>` in fixtures/crates/broken, where it finds an item."""
    sources = (ROOT / "fixtures" / "crates" / "broken" / "src").glob("*.rs")
    noted = {
        check
        for source in sources
        for check in re.findall(r"//~\s+(\S+)", source.read_text(encoding="utf-8"))
    }
    assert ids_of_checks() <= noted


@pytest.mark.parametrize("report_format", FORMATS, ids=lambda report_format: report_format.name)
def test_every_report_has_a_golden(report_format: ReportFormat) -> None:
    """Every report format has a golden file of a sample run, in the folder that BLESS writes."""
    golden = ROOT / "tests" / "unit" / "report" / "golden"
    assert list(golden.glob(f"*.{report_format.name}"))


@pytest.mark.parametrize("report_format", FORMATS, ids=lambda report_format: report_format.name)
def test_every_report_is_described(report_format: ReportFormat) -> None:
    """By a heading of its own in docs/reports.md."""
    page = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    assert f"\n## `{report_format.name}`\n" in page


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is(module: str) -> None:
    """Every module has a docstring, and `__all__`; a folder's `__init__` may be empty."""
    tree = ast.parse(text_of(module))
    assert ast.get_docstring(tree)
    if len(tree.body) > 1:
        imported = importlib.import_module(module)
        assert all(hasattr(imported, name) for name in imported.__all__)


def test_every_module_has_a_room() -> None:
    """Every module is in a room, except those that all rooms use; ARCHITECTURE.md names rooms."""
    beside = {name for name in MODULES if name.count(".") == 1 and not _is_folder(name)}
    assert beside == {"layoutcheck.errors", "layoutcheck.location"}
    rooms = {name for name in MODULES if name.count(".") == 1} - beside
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert {room for room in rooms if f"`{room.removeprefix('layoutcheck.')}/`" in page} == rooms


def _is_folder(module: str) -> bool:
    return hasattr(importlib.import_module(module), "__path__")


def test_what_was_installed_is_what_is_tested() -> None:
    """Under tox the installed package is tested, not the checkout."""
    if "TOX_ENV_DIR" not in os.environ:
        pytest.skip("not under tox: the checkout is what was installed")
    path = Path(str(layoutcheck.__file__)).resolve()
    assert path.is_relative_to(Path(os.environ["TOX_ENV_DIR"]).resolve())


def test_the_headers_are_the_same_everywhere() -> None:
    """`./dev` and the test environments install one version of the ziglang package."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (headers,) = groups["dependency-groups"]["headers"]
    assert f"\nHEADERS={headers}\n" in (ROOT / "dev").read_text(encoding="utf-8")


def test_the_readme_names_the_versions_of_rust_that_will_do() -> None:
    """The README names the versions of rustc that the search and rustdoc JSON accept."""
    words = f"\nRust {dotted(MINIMUM_RUST)} to {dotted(KNOWN_RUST)} will do."
    assert words in (ROOT / "README.md").read_text(encoding="utf-8")


def test_development_tools_have_one_version() -> None:
    """Each requirement of a dependency group has an exact version."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for group in groups["dependency-groups"].values():
        for requirement in group:
            assert isinstance(requirement, dict) or re.fullmatch(r"[\w-]+==[\w.]+", requirement)


def test_adr_are_listed() -> None:
    """docs/adr/README.md links every decision, in order, under its title."""
    folder = ROOT / "docs" / "adr"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    titles = [record.read_text(encoding="utf-8").partition("\n")[0] for record in records]
    linked = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\)", (folder / "README.md").read_text(), re.MULTILINE
    )
    expected = [
        (str(int(record.name[:4])), title.partition(". ")[2], record.name)
        for record, title in zip(records, titles, strict=True)
    ]
    assert linked == expected


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of every page names an existing file."""
    for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize(
    "manifest", sorted((ROOT / "fixtures" / "crates").glob("*/layoutcheck.toml"))
)
def test_a_waiver_waives_one_thing(manifest: Path) -> None:
    """Each waiver of the audit names one check, and a member's check its member."""
    for waiver in read_manifest(manifest).waivers:
        assert not set(waiver.check) & set("*?["), waiver
        assert waiver.member != "*" or not waiver.check.startswith("member-"), waiver
