"""item_names.py: the names of macros, enumerators, functions and variables in a header."""

from __future__ import annotations

import time

import pytest

from layoutcheck.kernel.names.item_names import item_names, words_of_code
from layoutcheck.kernel.names.token_pasting import affixes, handed_words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#define MAXPHYS (128 * 1024)", {"MAXPHYS"}),
        ("#  define\tmtx_lock(m) f(m)", {"mtx_lock"}),
        ("enum vtype { VNON, VREG = 4,\n\tVDIR };", {"VNON", "VREG", "VDIR"}),
        ("enum {\n\tA,\n#define B B\n\tB\n};", {"A", "B"}),
        ("__enum_uint8_decl(vtype) {\n\tVNON\n};", {"VNON"}),
        ("typedef enum { C = (1 << 2), D } e;", {"C", "D"}),
        ("int\tcopyin(const void * __restrict udaddr, size_t len);", {"copyin"}),
        ("void\npanic(const char *, ...) __dead2;", {"panic"}),
        ("long long\n\t atoll(const char *);", {"atoll"}),
        ("struct dirent *\n\t readdir(DIR *);", {"readdir"}),
        ("int\t(printf)(const char *, ...);", {"printf"}),
        ("static __inline int ffs(int mask)\n{\n\treturn (0);\n}", {"ffs"}),
        ("extern int hz, ticks;", {"hz", "ticks"}),
        ("extern struct proc *initproc, proc0;", {"initproc", "proc0"}),
        ("extern char copyright[];", {"copyright"}),
        ("static const int limit = 5;", {"limit"}),
        ("static const char *const names[4] = { 0 };", {"names"}),
        ("MALLOC_DECLARE(M_TEMP);", {"M_TEMP"}),
        ("", set()),
    ],
)
def test_what_a_text_defines(text: str, names: set[str]) -> None:
    """Names are found in the forms that FreeBSD's headers have."""
    assert names <= item_names(text)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 200_000,
        "a(" * 200_000,
        "enum " * 100_000,
        "enum {" * 100_000,
        "enum { " + "a, " * 100_000,
        "extern " * 100_000,
        "static a " * 100_000,
        "static a[" * 50_000,
        "a\n" * 200_000,
        "#define a \\\n" * 100_000,
        "a (b) " * 100_000,
        "/*" * 300_000,
        "MALLOC_DECLARE(" * 50_000,
        "## ##" + "a " * 200_000,
        "##" * 200_000,
        "(a," + "a" * 400_000 + "##",
    ],
    ids=lambda text: text[:12].strip(),
)
def test_no_text_takes_long(text: str) -> None:
    """A hostile text is read in limited time."""
    started = time.process_time()
    item_names(text)
    affixes(text)
    handed_words(text)
    assert time.process_time() - started < 5


def test_words_of_code() -> None:
    """Words of code include those of definitions, but of no other directive."""
    text = "#if NO\n#define MAKE \\\n int made(void)\n#endif\nA(b) c;\n"
    assert words_of_code(text) == {"define", "MAKE", "int", "made", "void", "A", "b", "c"}
