"""store.py: a kept value is found again by its inputs only."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import layoutcheck
from layoutcheck.cache import store as cache_module
from layoutcheck.cache.store import Cache
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import BaseType, Encoding, Member, RecordLayout

BYTE = BaseType(name="char", byte_size=1, encoding=Encoding.SIGNED)
RECORD = RecordLayout(
    name="one",
    kind="struct",
    byte_size=1,
    alignment=1,
    members=(Member(name="a", bit_offset=0, bit_size=8, type=BYTE),),
    declared_at=SourceLocation(path="a.h", line=1),
)


class Maker:
    """Makes a value, and counts how often."""

    def __init__(self, *read: Path) -> None:
        self.count, self._read = 0, read

    def __call__(self) -> tuple[tuple[RecordLayout, int], Collection[str]]:
        """Return the value and the files read, as `Cache.get` needs them."""
        self.count += 1
        return (RECORD, self.count), [str(path) for path in self._read]


@pytest.fixture
def warnings() -> list[str]:
    """Warnings of the cache."""
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the entries."""
    return tmp_path / "cache"


@pytest.fixture
def opened(folder: Path, warnings: list[str]) -> Callable[[], Cache]:
    """Return a function that opens the same folder as the next process would."""
    return lambda: Cache(folder, warn=warnings.append)


def old(path: Path, text: str) -> Path:
    """Return a file that was not changed just now."""
    path.write_text(text, encoding="utf-8")
    time.sleep(0.1)
    return path


def entries(folder: Path) -> list[Path]:
    """The files of the cache."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_same_facts_and_files(opened: Callable[[], Cache], tmp_path: Path) -> None:
    """With the same facts and files, the value is not made again."""
    header = old(tmp_path / "a.h", "one")
    make = Maker(header)
    assert opened().get(["fact"], make)[0] == (RECORD, 1)
    value, files = opened().get(["fact"], make)
    assert value == (RECORD, 1)
    assert list(files) == [str(header)]
    header.touch()  # its time does not matter
    assert opened().get(["fact"], make)[0] == (RECORD, 1)


def test_other_facts(opened: Callable[[], Cache]) -> None:
    """Each fact counts, and where one ends."""
    make = Maker()
    for facts in (["ab"], ["a", "b"], ["b", "a"], []):
        opened().get(facts, make)
    assert make.count == 4


def test_a_file_that_was_changed(opened: Callable[[], Cache], tmp_path: Path) -> None:
    """Another content gives another value, and the first content the first value."""
    header = old(tmp_path / "a.h", "one")
    make = Maker(header)
    opened().get([], make)
    old(header, "two")
    assert opened().get([], make)[0] == (RECORD, 2)
    old(header, "one")
    assert opened().get([], make)[0] == (RECORD, 1)
    header.unlink()
    assert opened().get([], make)[0] == (RECORD, 3)


def test_an_input_that_was_changed(opened: Callable[[], Cache], tmp_path: Path) -> None:
    """A changed input gives another value, even if it was changed just now."""
    crate = tmp_path / "lib.rmeta"
    make = Maker()
    for text, count in (("one", 1), ("two", 2), ("one", 2)):
        crate.write_text(text, encoding="utf-8")
        opened().get([], make, inputs=[str(crate)])
        assert make.count == count


@pytest.mark.parametrize("known", [True, False])
def test_a_file_that_changes_meanwhile(
    opened: Callable[[], Cache], tmp_path: Path, *, known: bool
) -> None:
    """A value is not kept if a file changed while it was made."""
    header = old(tmp_path / "a.h", "one")

    def make() -> tuple[RecordLayout, Sequence[str]]:
        header.write_text("two", encoding="utf-8")
        return RECORD, [] if known else [str(header)]

    opened().get([], make, inputs=[str(header)] if known else [])
    header.write_text("one", encoding="utf-8")
    again = Maker(*([] if known else [header]))
    opened().get([], again, inputs=[str(header)] if known else [])
    assert again.count == 1


def test_what_is_not_valid_any_more(opened: Callable[[], Cache]) -> None:
    """An invalid value is made again and replaces the old one."""
    make = Maker()
    opened().get([], make)
    assert opened().get([], make, valid=lambda found: found[1] == 2)[0][1] == 2
    assert opened().get([], make, valid=lambda found: found[1] == 2)[0][1] == 2
    assert make.count == 2


def flipped(content: bytes) -> bytes:
    """Return the content with one bit changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        flipped,
        lambda content: content[:-1],
        lambda content: content[:30],
        lambda _: b"",
        lambda content: content.replace(b"cache-1", b"cache-2"),
        lambda content: content + b"more",
        lambda _: pickle.dumps("a value"),
    ],
    ids=["bit", "truncated", "cut in the head", "empty", "version", "longer", "foreign"],
)
def test_a_damaged_entry(
    opened: Callable[[], Cache], folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    """A damaged entry is made again, and is whole afterwards."""
    make = Maker()
    opened().get([], make)
    for path in entries(folder):
        path.write_bytes(damage(path.read_bytes()))
    assert opened().get([], make)[0] == (RECORD, 2)
    assert opened().get([], make)[0] == (RECORD, 2)


def test_an_entry_in_anothers_place(opened: Callable[[], Cache], folder: Path) -> None:
    """A valid entry under another entry's name is ignored."""
    make = Maker()
    opened().get(["one"], make)
    first = entries(folder)
    opened().get(["two"], make)
    for one in first:
        for other in set(entries(folder)) - set(first):
            other.write_bytes(one.read_bytes())
    assert opened().get(["two"], make)[0] == (RECORD, 3)


class Evil:
    """An object that runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch harm-was-done",)


def test_a_value_that_is_a_program(
    folder: Path, opened: Callable[[], Cache], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry with a valid digest and a malicious pickle runs nothing."""
    monkeypatch.chdir(tmp_path)
    make = Maker()
    opened().get([], make)
    for path in entries(folder):
        key = path.parent.name + path.name
        packed = zlib.compress(pickle.dumps(Evil()))
        path.write_bytes(cache_module._head(key, packed) + packed)  # noqa: SLF001 - see above
    assert opened().get([], make)[0] == (RECORD, 2)
    assert not (tmp_path / "harm-was-done").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path, warnings: list[str]) -> None:
    """A folder that cannot be written gives one warning, and every value is made."""
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache", warn=warnings.append)
    make = Maker()
    assert cache.get(["one"], make)[0] == (RECORD, 1)
    assert cache.get(["two"], make)[0] == (RECORD, 2)
    assert len(warnings) == 1
    assert "Not a directory" in warnings[0]


def test_threads_that_cannot_write_warn_once(tmp_path: Path, warnings: list[str]) -> None:
    """Threads that cannot write at the same time give one warning."""
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache", warn=warnings.append)
    together = threading.Barrier(4)

    def make() -> tuple[object, tuple[str, ...]]:
        together.wait(10)
        return RECORD, ()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda name: cache.get([name], make), "abcd"))
    assert len(warnings) == 1


def test_the_least_recently_used_goes_first(opened: Callable[[], Cache], folder: Path) -> None:
    """Recently read entries stay, and entries are removed only above the limit."""
    make = Maker()
    for name in ("one", "two", "three"):
        opened().get([name], make)
        time.sleep(0.02)
    opened().get(["one"], make)
    total = sum(path.stat().st_size for path in entries(folder))
    assert opened().trim(total).files == 6
    left = opened().trim(total - 1)
    assert left == opened().count()
    assert left.byte_size <= total * 0.8
    opened().get(["one"], make)
    assert make.count == 3
    opened().get(["two"], make)
    assert make.count == 4
    total = sum(path.stat().st_size for path in entries(folder))
    assert opened().clear() == opened().count()._replace(files=6, byte_size=total)
    assert opened().count().files == 0


def test_what_is_not_ours_stays(opened: Callable[[], Cache], folder: Path) -> None:
    """Other files in a folder named by mistake are neither counted nor removed."""
    theirs = [folder / "db" / "a", folder / "db" / "src" / "b", folder / "c", folder / "ab" / "c.o"]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    opened().get([], Maker())
    assert opened().count().files == 2
    assert opened().trim(0).files == 0
    opened().get([], Maker())
    assert opened().clear().files == 2
    assert entries(folder) == sorted(theirs)


PROGRAM = """
import sys
from pathlib import Path
from layoutcheck.cache.store import Cache
from tests.unit.cache.test_store import RECORD, Maker
cache = Cache(Path(sys.argv[1]), warn=print)
for number in range(200):
    value, _ = cache.get([str(number % 20), sys.argv[2]], lambda: ((RECORD, number % 20), ()))
    assert value == (RECORD, number % 20), value
    if number % 50 == 0:
        cache.trim(1)
"""


@pytest.mark.parametrize("count", [2, 8])
def test_many_processes(folder: Path, count: int) -> None:
    """Each process finds whole values of its own or of others, while all remove entries."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), "same"], stderr=subprocess.PIPE
        )
        for _ in range(count)
    ]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert not [path for path in entries(folder) if "part" in path.name]


OF_A_COPY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from layoutcheck.cache.store import Cache
cache = Cache(Path(sys.argv[2]), warn=sys.exit)
made = []
cache.get(["fact"], lambda: (made.append(1) or ("value", 1), ()))
cache.close()
sys.stdout.write("made" if made else "kept")
"""


@pytest.mark.parametrize("changed", ["judge/idioms.py", "cache/memo.py", "errors.py"])
def test_another_version_of_the_package(folder: Path, tmp_path: Path, changed: str) -> None:
    """A change of any module makes the values anew."""
    (original,) = layoutcheck.__path__
    copy = tmp_path / "copy" / "layoutcheck"
    shutil.copytree(original, copy, ignore=lambda _, names: {n for n in names if _is_data(n)})

    def run() -> str:
        command = [sys.executable, "-c", OF_A_COPY, str(copy.parent), str(folder)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    assert [run(), run()] == ["made", "kept"]
    with (copy / changed).open("a", encoding="utf-8") as module:
        module.write("# another version\n")
    assert [run(), run()] == ["made", "kept"]


def _is_data(name: str) -> bool:
    return "." in name and not name.endswith(".py")


def test_emptied_while_it_writes(folder: Path, warnings: list[str]) -> None:
    """A value that is lost while the cache is emptied gives no warning; later ones are kept."""
    writing, emptying = Cache(folder, warn=warnings.append), Cache(folder, warn=warnings.append)
    done = threading.Event()

    def empty() -> None:
        while not done.is_set():
            emptying.clear()

    thread = threading.Thread(target=empty)
    thread.start()
    try:
        for number in range(300):
            writing.get([str(number)], Maker())
    finally:
        done.set()
        thread.join()
    assert warnings == []
    make = Maker()
    assert writing.get(["after"], make) == writing.get(["after"], make)
    assert make.count == 1


def test_killed_while_it_writes(folder: Path, opened: Callable[[], Cache]) -> None:
    """A killed process leaves whole entries and temporary files, which `clear` removes."""
    endless = (
        "import sys, itertools\nfrom pathlib import Path\n"
        "from layoutcheck.cache.store import Cache\n"
        "cache = Cache(Path(sys.argv[1]), warn=print)\n"
        "for number in itertools.count():\n"
        "    cache.get([str(number)], lambda: (('x' * 100_000, number), ()))\n"
        "    if number == 20: print('on', flush=True)\n"
    )
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", endless, str(folder)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.communicate()
    make = Maker()
    for number in range(20):
        (text, kept), _ = opened().get([str(number)], make)
        assert str(text) == "x" * 100_000
        assert kept == number
    assert make.count == 0
    opened().clear()
    assert entries(folder) == []
