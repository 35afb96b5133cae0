"""options_in_text.py: the options that a text names."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.freebsd.config.option_table import OptionTable, parse_option_table
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.kernel.options.mentioned import mentioned_options

TABLE = "SMP opt_global.h\nINET\nHZ opt_param.h\nFFS opt_dontuse.h\nMAXCPU opt_global.h\n"


def table() -> OptionTable:
    """A few options."""
    return parse_option_table([SourceText(path="options", text=TABLE)], None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#ifdef SMP\nint x;\n#endif", ["SMP"]),
        ("#if defined(INET) || \\\n  defined( SMP )\n#endif", ["INET", "SMP"]),
        ("int cpus[MAXCPU];", ["MAXCPU"]),
        ("/* SMP\n HZ */ int x; // INET\nint hz = HZ;", ["HZ"]),
        ("int SMPL, xSMP, smp; /* SMP", ["SMP"]),
        ("#ifdef FFS", []),
        ("", []),
    ],
)
def test_names_outside_of_comments(text: str, names: list[str]) -> None:
    """Whole words outside of comments count. A header that no source includes does not."""
    assert [option.name for option in mentioned_options([text], table().usable)] == names


def test_several_texts() -> None:
    """Each option once, sorted by name, with its header."""
    found = mentioned_options(["SMP HZ", "INET SMP"], table().usable)
    assert [(option.name, option.header) for option in found] == [
        ("HZ", "opt_param.h"),
        ("INET", "opt_inet.h"),
        ("SMP", "opt_global.h"),
    ]
