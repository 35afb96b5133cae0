"""guards.py: the include guard of a header's text."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.units.guards import include_guard


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("/* (c) */\n\n#ifndef _A_H_\n#define _A_H_\nint a;\n#endif\n", "_A_H_"),
        ("# ifndef _A_H_ /* x */\n\n# define _A_H_ 1\n#endif\n", "_A_H_"),
        ("#if !defined(_A_H_)\n#define _A_H_\n#endif\n", "_A_H_"),
        ("#pragma once\n#if ! defined _A_H_\n#define _A_H_\n#endif\n", "_A_H_"),
        ("#ifndef _A_H_\n#define _A_H_\n#ifdef B\nint b;\n#endif\n#endif /* _A_H_ */\n", "_A_H_"),
        ("#ifndef _A_H_\n#define _B_H_\n#endif\n", ""),
        ("#ifndef N\n#define N 4\n#endif\nint a[N];\n", ""),
        ("#ifndef _A_H_\n#define _A_H_\n", ""),
        ("int a;\n#ifndef _A_H_\n#define _A_H_\n#endif\n", ""),
        ("#include <a.h>\n", ""),
        ("", ""),
    ],
)
def test_include_guard(text: str, guard: str) -> None:
    """A guard is the first macro that a header tests and the first that it defines."""
    assert include_guard(text) == guard
