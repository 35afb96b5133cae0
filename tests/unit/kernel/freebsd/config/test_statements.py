"""Names of devices' options, and statements in the order in which they were read."""

from __future__ import annotations

from layoutcheck.kernel.freebsd.config.statements import Statements, device_option, in_order
from layoutcheck.location import SourceLocation

HERE = SourceLocation(path="T", line=1)


def test_the_option_of_a_device() -> None:
    """The option of a device has its ASCII letters in upper case, as in config(8)."""
    assert device_option("vt_vga") == "DEV_VT_VGA"
    assert device_option("sc\u00e9") == "DEV_SC\u00e9"


def test_statements_in_order() -> None:
    """Copies of one name keep their places in the order."""
    found = Statements()
    found.options = {"A": [(1, None, HERE), (3, "x", HERE)], "B": [(2, "y", HERE)]}
    assert in_order(found.options) == [("A", None, HERE), ("B", "y", HERE), ("A", "x", HERE)]
