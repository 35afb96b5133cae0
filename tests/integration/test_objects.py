"""Objects built from a small source tree, compared with the checks of its headers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.compilers.programs.run_program import run
from tests.dwarf_objects import AMD64, linker, run_clang
from tests.validation.objects import main

pytestmark = pytest.mark.needs_clang

TREE = Path(__file__).resolve().parents[2] / "fixtures" / "kernel" / "source_tree"
HEADERS = {
    "sys/part.h": """
        #include <machine/param.h>
        #ifdef GADGET_DEBUG
        #define PART_CHECKS int checks;
        #else
        #define PART_CHECKS
        #endif
        struct part { char name; PART_CHECKS unsigned low : 3, high : 7; long at[MAXCPU]; };
        union either { struct part part; struct { int x, y; }; };
        typedef struct { short x; } nameless_t;
    """,
    "dev/part/part_driver.h": """
        #ifndef PART_DRIVER
        #error "only for the driver"
        #endif
        struct driver { int unit; };
    """,
}
SOURCES = {
    "kern_part.c": """
        #include <opt_gadget.h>
        #include <sys/part.h>
        struct local { int x; };
        union either either; nameless_t nameless; struct local local;
    """,
    "driver.c": """
        #include <opt_gadget.h>
        #define PART_DRIVER
        #include <dev/part/part_driver.h>
        struct driver driver;
    """,
    "planted.c": "#include <sys/part.h>\nstruct part part;",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small tree with headers of this module, and build files below `obj`."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(TREE / "sys", folder / "sys")
    for name, text in HEADERS.items():
        path = folder / "sys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "obj").mkdir()
    (folder / "obj" / "machine").symlink_to(folder / "sys" / "amd64" / "include")
    (folder / "obj" / "opt_gadget.h").write_text("#define GADGET_DEBUG 1\n", encoding="utf-8")
    return folder


def compile_objects(tree: Path, folder: Path, *names: str) -> Path:
    """Build sources as a kernel build does, in its object folder."""
    folder.mkdir()
    for name in names:
        source = tree / "sys" / name
        source.write_text(SOURCES[name], encoding="utf-8")
        output = folder / f"{source.stem}.o"
        includes = ("-nostdinc", "-I.", f"-I{tree / 'sys'}")
        flags = (f"--target={AMD64}", "-ffreestanding", "-D_KERNEL", "-g", *includes)
        run_clang((*flags, "-c", str(source), "-o", str(output)), tree / "obj")
    return folder


def compare(objects: Path, tree: Path) -> Result:
    """Run the command of tests/validation/objects.py."""
    command = [str(objects), "--tree", str(tree), "--arch", "amd64"]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def row(result: Result, state: str) -> list[str]:
    """Return the records and members that have a state."""
    lines = (line.split("|") for line in result.stdout.splitlines() if line.startswith("| "))
    return next([cell.strip() for cell in cells[2:4]] for cells in lines if state in cells[1])


def test_what_is_the_same_and_what_is_not_there(tree: Path, tmp_path: Path) -> None:
    """Equal and missing records are counted. A refused header is the reason for its records."""
    objects = compile_objects(tree, tmp_path / "objects", "kern_part.c", "driver.c")
    result = compare(objects, tree)
    assert result.exit_code == 0, result.output
    assert row(result, "same") == ["3", "8"]
    assert row(result, "of no header") == ["1", "1"]
    assert row(result, "not there") == ["1", "1"]
    assert "3 of 4 records of headers are checked, 75.0%: less than 97%" in result.stdout
    why = result.stdout.partition("not there (1): ")[2]
    assert why.startswith("<dev/part/part_driver.h> defines it, and does not compile: "), why
    assert "only for the driver" in why
    assert "struct driver <dev/part/part_driver.h>" in why


def test_a_planted_difference_is_found(tree: Path, tmp_path: Path) -> None:
    """An object built without an option differs from those built with it."""
    objects = compile_objects(tree, tmp_path / "objects", "kern_part.c", "planted.c")
    result = compare(objects, tree)
    assert result.exit_code == 1, result.output
    assert row(result, "same") == ["3", "8"]
    assert row(result, "differs") == ["1", "4"]
    _, _, said = result.stdout.partition("differs: ")
    assert said.splitlines() == [
        "struct part <sys/part.h>: 40 bytes in planted.o, here 48",
        "  planted.o: low at bit 8, 3 bits",
        "  planted.o: high at bit 11, 7 bits",
        "  planted.o: at at bit 64, 256 bits",
        "  here: checks at bit 32, 32 bits",
        "  here: low at bit 64, 3 bits",
        "  here: high at bit 67, 7 bits",
        "  here: at at bit 128, 256 bits",
    ]


def test_one_linked_file(tree: Path, tmp_path: Path) -> None:
    """One linked file is compared, as kernel.debug is."""
    objects = compile_objects(tree, tmp_path / "objects", "kern_part.c", "planted.c")
    kernel = tmp_path / "kernel.debug"
    names = [str(path) for path in sorted(objects.iterdir())]
    command = (*linker().argv, "-shared", "-z", "muldefs", "-o", str(kernel), *names)
    assert run(command).succeeded
    result = compare(kernel, tree)
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("amd64-GENERIC: 1 object\n")
    assert "in kernel.debug, here 48" in result.stdout


def test_an_object_without_debug_information(tree: Path, tmp_path: Path) -> None:
    """An object without debug information is refused with a hint."""
    run_clang((f"--target={AMD64}", "-c", "-x", "c", "/dev/null", "-o", "empty.o"), tmp_path)
    result = compare(tmp_path / "empty.o", tree)
    assert result.exit_code == 2
    assert "has no debug information" in result.stderr
    assert "build it with -g" in result.stderr
