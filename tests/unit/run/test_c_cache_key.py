"""c_cache_key.py: the facts on which clang's answers about a kernel depend."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.run.c_cache_key import CFacts


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear the user's environment."""
    for name in ("CPATH", "C_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS", "COMPILER_PATH"):
        monkeypatch.delenv(name, raising=False)


def made(folder: Path, text: str = "#define SMP 1\n", name: str = "opt_global.h") -> Path:
    """A folder of one header."""
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def facts(tmp_path: Path, generated: Path, *flags: str, names: str = "names") -> CFacts:
    """Return the facts of a clang that reads the folder `generated`."""
    command = ("clang", "-I", str(generated), "-include", f"{generated}/opt_global.h", *flags)
    cache = Cache(tmp_path / "cache", warn=pytest.fail)
    return CFacts(command, [generated.parent], names, cache)


def test_a_folder_of_another_name(tmp_path: Path) -> None:
    """A folder of another name with equal files has the same digest."""
    first, second = made(tmp_path / "a" / "o"), made(tmp_path / "b" / "c" / "o")
    assert facts(tmp_path, first).digest == facts(tmp_path, second).digest


@pytest.mark.parametrize(
    ("text", "name"), [("#define SMP 0\n", "opt_global.h"), ("#define SMP 1\n", "opt_smp.h")]
)
def test_another_content(tmp_path: Path, text: str, name: str) -> None:
    """A generated file's text and name are facts."""
    first, second = made(tmp_path / "a" / "o"), made(tmp_path / "b" / "o", text, name)
    assert facts(tmp_path, first).digest != facts(tmp_path, second).digest


def test_another_command(tmp_path: Path) -> None:
    """Flags, the order of folders, and the names of headers are facts."""
    folder = made(tmp_path / "a" / "o")
    digests = {
        facts(tmp_path, folder).digest,
        facts(tmp_path, folder, "-DX").digest,
        facts(tmp_path, folder, "-isystem", "/src").digest,
        facts(tmp_path, folder, names="other").digest,
    }
    assert len(digests) == 4


@pytest.mark.parametrize("variable", ["CPATH", "CCC_OVERRIDE_OPTIONS", "COMPILER_PATH"])
def test_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Variables that clang's driver reads are facts."""
    folder = made(tmp_path / "a" / "o")
    before = facts(tmp_path, folder).digest
    monkeypatch.setenv(variable, str(tmp_path / "a"))
    assert facts(tmp_path, folder).digest != before


def test_headers_that_a_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers in a folder that a variable names are facts, because one could hide another."""
    folder, further = made(tmp_path / "a" / "o"), made(tmp_path / "further")
    monkeypatch.setenv("C_INCLUDE_PATH", f"{further}:relative")
    before = facts(tmp_path, folder).digest
    (further / "new.h").touch()
    assert facts(tmp_path, folder).digest != before


def test_files_that_were_read(tmp_path: Path) -> None:
    """Generated files are facts already, and the other files must be checked."""
    folder = made(tmp_path / "a" / "o")
    header = made(tmp_path / "src", name="bio.h") / "bio.h"
    read = [folder / "opt_global.h", header, Path("opt_missing.h")]
    assert facts(tmp_path, folder).files(read) == {str(header)}


def test_a_link_in_a_generated_folder(tmp_path: Path) -> None:
    """A file read through a link in a generated folder is elsewhere, and its target is a fact."""
    one, other = made(tmp_path / "amd64", name="param.h"), made(tmp_path / "i386", name="param.h")
    found = []
    for number, target in enumerate((one, other)):
        folder = made(tmp_path / f"made{number}" / "o")
        (folder / "machine").symlink_to(target)
        its = facts(tmp_path, folder)
        assert its.files([folder / "machine" / "param.h"]) == {str(target / "param.h")}
        found.append(its.digest)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("#if __has_include(<sys/bio.h>)\n#endif\n", True),
        ('#if __has_include("/etc/site.h")\n#endif\n', False),
        ("#if __has_include(<../site.h>)\n#endif\n", False),
        ("#if defined(X) && __has_include_next(<../site.h>)\n#endif\n", False),
        ("#elif __has_include(SITE)\n#endif\n", False),
        ("#ifdef __has_include\n#endif\n", True),
        ("int has_include(void);\n", True),
    ],
)
def test_a_search_for_files_elsewhere(tmp_path: Path, text: str, *, is_kept: bool) -> None:
    """A search for files elsewhere makes caching impossible, since clang omits missing files."""
    folder = made(tmp_path / "a" / "o")
    header = made(tmp_path / "src", text, "bio.h") / "bio.h"
    found = facts(tmp_path, folder).files([header])
    assert str(header) in found
    assert (found == {str(header)}) is is_kept
    assert all(not Path(other).exists() for other in found - {str(header)})


def test_a_missing_file_elsewhere(tmp_path: Path) -> None:
    """A header searched outside of all folders may exist the next time."""
    its = facts(tmp_path, made(tmp_path / "a" / "o"))
    assert its.files([Path("sys/gone.h")]) == frozenset()
    (nothing,) = its.files([Path("../gone.h")])
    assert not Path(nothing).exists()


def test_nothing_is_kept(tmp_path: Path) -> None:
    """Without a cache no file is read for the facts."""
    folder = made(tmp_path / "a" / "o")
    command = ("clang", "-I", str(folder))
    before = CFacts(command, [tmp_path], "names", Cache(None, warn=pytest.fail)).digest
    (folder / "opt_global.h").unlink()
    after = CFacts(command, [tmp_path], "names", Cache(None, warn=pytest.fail)).digest
    assert before == after
