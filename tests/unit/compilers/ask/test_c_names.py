"""c_names.py on the real clang: find macros and the functions that nothing can link to."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.c_names import find_linkage, is_expression, survey_names
from tests.dwarf_objects import AMD64, clang

TEXT = """
#define ONE 1
#define TWO (ONE + ONE)
#define EMPTY
#define CALL(x) x
#define SELF SELF
#define OPEN {
enum { SELF, ENUMERATOR };
int extern_function(void);
static inline int inline_function(void) { return 0; }
static const int local_constant = 1;
extern int variable;
extern _Thread_local int of_thread;
"""


@pytest.fixture
def command(tmp_path: Path) -> tuple[str, ...]:
    """clang, which finds the header a.h."""
    (tmp_path / "a.h").write_text(TEXT, encoding="utf-8")
    return (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))


@pytest.mark.needs_clang
def test_macros(command: tuple[str, ...], tmp_path: Path) -> None:
    """Each macro has its expansion. A macro with arguments is its own expansion."""
    names = ["ONE", "TWO", "EMPTY", "CALL", "SELF", "OPEN", "ENUMERATOR", "variable", "missing"]
    survey = survey_names(command, includes=["a.h"], names=names, work=tmp_path)
    assert survey.macros == {
        "ONE": "1",
        "TWO": "(1 + 1)",
        "EMPTY": "",
        "CALL": "CALL",
        "SELF": "SELF",
        "OPEN": "{",
    }


@pytest.mark.needs_clang
def test_the_digest_is_of_all_that_is_there(command: tuple[str, ...], tmp_path: Path) -> None:
    """A changed header changes the digest; the same headers have the same digest."""
    digests = []
    for text in (TEXT, TEXT, f"{TEXT}extern int more;"):
        (tmp_path / "a.h").write_text(text, encoding="utf-8")
        survey = survey_names(command, includes=["a.h"], names=["ONE"], work=tmp_path)
        digests.append(survey.digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.needs_clang
@pytest.mark.parametrize(
    ("text", "is_whole"), [("#error no", False), ("#define enum struct", True)]
)
def test_where_the_text_tells_nothing(
    command: tuple[str, ...], tmp_path: Path, text: str, *, is_whole: bool
) -> None:
    """Macros are known even if an `#error` or a redefined keyword hides the text."""
    (tmp_path / "a.h").write_text(f"#define ONE 1\n{text}\nenum e {{ int i; }};", encoding="utf-8")
    survey = survey_names(command, includes=["a.h"], names=["ONE"], work=tmp_path)
    assert survey.text is None
    assert survey.is_whole is is_whole
    assert survey.macros["ONE"] == "1"
    assert tmp_path / "a.h" in survey.read or not is_whole


@pytest.mark.needs_clang
def test_how_names_are_declared(command: tuple[str, ...], tmp_path: Path) -> None:
    """Functions that are `static` in C are local. A variable of each thread is `of_thread`."""
    names = ["extern_function", "inline_function", "local_constant", "variable", "of_thread"]
    said = find_linkage(command, includes=["a.h"], names=names, text=None, work=tmp_path)
    assert said.local == {"inline_function", "local_constant"}
    assert said.of_thread == {"of_thread"}
    assert not said.regparm


def test_parameters_in_registers(tmp_path: Path) -> None:
    """`regparm` is found on i386, including in a typedef."""
    text = "typedef int f_t(int) __attribute__((regparm(2))); f_t f; int g(int); f_t *pointer;"
    (tmp_path / "a.h").write_text(text, encoding="utf-8")
    command = (*clang().argv, "--target=i386-unknown-freebsd14", "-isystem", str(tmp_path))
    survey = survey_names(command, includes=["a.h"], names=["f", "g"], work=tmp_path)
    said = find_linkage(
        command, includes=["a.h"], names=["f", "g"], text=survey.text, work=tmp_path
    )
    assert said.regparm == {"f"}


@pytest.mark.parametrize(
    ("expansion", "expected"),
    [
        ("1", True),
        ("(a[1] + f(2))", True),
        ('")"', True),
        ("'('", True),
        ('"\\""', True),
        ("({ int x = 1; x; })", True),
        ("", False),
        ("{", False),
        ("(", False),
        (")", False),
        ("(]", False),
        ("f(1);", False),
    ],
)
def test_what_could_be_an_expression(expansion: str, *, expected: bool) -> None:
    """Text that would include the following lines of a unit is no expression."""
    assert is_expression(expansion) is expected
