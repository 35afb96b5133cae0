"""Run one program; write its seconds, exit status and largest process's memory to a file.

A separate script, which imports nothing of the project: a program's `ru_maxrss` is at least its
parent's memory at its start, so the parent must be small.
"""

import json
import os
import sys
import time


def main() -> None:
    """The arguments: the file for the result, then the program and its arguments."""
    result, *argv = sys.argv[1:]
    started = time.perf_counter()
    process = os.posix_spawnp(argv[0], argv, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    with open(result, "w", encoding="utf-8") as out:  # noqa: PTH123 - pathlib is an import more
        # Linux counts kilobytes; of a program's children the largest counts (getrusage(2)).
        json.dump(
            {
                "seconds": seconds,
                "status": os.waitstatus_to_exitcode(status),
                "largest_kilobytes": usage.ru_maxrss,
            },
            out,
        )


if __name__ == "__main__":
    main()
