"""pahole and abidw on layoutcheck's objects, and a comparison by names.

`python -m benchmarks.debug_info C.xml RUST.xml` compares two files of abidw: records of the same
name by their size, members of the same name by their offset. A tool without rules for bindings'
conventions can compare no more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from benchmarks.measuring import WITH_BENCHMARKS, Case, measure

__all__ = ["abidw_case", "compare_by_name", "pahole_case", "read_records"]

Records: TypeAlias = Mapping[str, tuple[str, Mapping[str, str]]]
_BOTH: Final = """\
abidw --load-all-types --out-file c.xml "$1" & abidw --load-all-types --out-file rust.xml "$2"
wait && exec "$3" -m benchmarks.debug_info "$PWD/c.xml" "$PWD/rust.xml" > compared
"""


def abidw_case(c: Path, rust: Path, folder: Path) -> Case:
    """Read both objects at the same time, and compare by names; `facts` are in `compared`."""
    folder.mkdir(parents=True, exist_ok=True)
    argv = ("sh", "-c", _BOTH, "sh", c, rust, sys.executable)
    # `sh` hides the exit status of a program in the background, so the end of its output is tested.
    return Case(
        name="abidw, and names compared",
        run=lambda: measure(argv, cwd=folder, env=WITH_BENCHMARKS),
    )


def pahole_case(c: Path) -> Case:
    """Read C's object alone, because pahole 1.24 prints nothing for rustc's."""
    return Case(name="pahole", run=lambda: measure(("pahole", c)))


def pahole_records(linked: Path) -> int:
    """Return the number of records that pahole prints of an object."""
    printed = subprocess.run(("pahole", linked), capture_output=True, text=True, check=False)
    return sum(line.startswith(("struct ", "union ")) for line in printed.stdout.splitlines())


def read_records(path: Path) -> Records:
    """The records in a file of abidw, by name: the size in bits, members' offsets by name."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for element in ET.parse(path).iter():  # noqa: S314 - abidw's own output
        if element.tag in {"class-decl", "union-decl"} and "size-in-bits" in element.attrib:
            members: dict[str, str] = {}
            for member in element.findall("data-member"):
                variable = member.find("var-decl")
                if variable is not None and variable.get("name"):
                    offset = member.get("layout-offset-in-bits", "0")
                    members[variable.attrib["name"]] = offset
            found.setdefault(element.attrib["name"], (element.attrib["size-in-bits"], members))
    return found


def compare_by_name(c: Records, rust: Records) -> tuple[int, int]:
    """Return the number of facts that both sides have by name, and of those that differ."""
    compared = differing = 0
    for name, (size, members) in c.items():
        if name in rust:
            other_size, others = rust[name]
            both = [(offset, others[m]) for m, offset in members.items() if m in others]
            pairs = [(size, other_size), *both]
            compared += len(pairs)
            differing += sum(ours != theirs for ours, theirs in pairs)
    return compared, differing


def main() -> None:
    """Print how many facts were compared and how many differ, as JSON."""
    c, rust = (read_records(Path(path)) for path in sys.argv[1:3])
    print(json.dumps(compare_by_name(c, rust)))


if __name__ == "__main__":
    main()
