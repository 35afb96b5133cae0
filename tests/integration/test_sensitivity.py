"""`layoutcheck sensitivity` on the real clang: a small source tree, and 15.0's headers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.compilers.find.programs import find_clang
from layoutcheck.model.effects import OptionEffect, RecordChange
from layoutcheck.report.cells import name_clang
from layoutcheck.run.planning import Options
from layoutcheck.run.sensitivity import find_sensitivity
from tests.headers_of_15 import install_headers
from tests.shell_project import make_cache

pytestmark = pytest.mark.needs_clang

TREE = Path(__file__).resolve().parents[2] / "fixtures" / "kernel" / "source_tree"
TABLE = """\
MAXUSERS opt_param.h
GADGET_STATS opt_gadget.h
SMP opt_global.h
CALM opt_global.h
LOUD opt_global.h
TIDY opt_global.h
DEPTH opt_global.h
EXTRA opt_extra.h
HUGE opt_global.h
FFS opt_dontuse.h
"""
DRAWER = """\
#include <sys/gadget.h>
#ifdef LOUD
#error "LOUD requires NOISE"
#endif
#ifndef DEPTH
#define DEPTH 4
#endif
#define CALM_WORDS(a) a
struct drawer {
	int levels[DEPTH];
	struct {
		struct gadget inner[2];
	} box[1];
};
/* EXTRA is another header's: a source includes opt_extra.h first. FFS is nobody's. */
struct shelf {
	char name;
#ifdef EXTRA
	char label;
#endif
#ifdef FFS
	char no;
#endif
};
#ifdef EXTRA
struct spare { int i; };
#endif
typedef struct {
#ifdef TIDY
	long order;
#endif
	short mess;
} heap_t;
struct stack {
	heap_t *top;
	heap_t bottom[];
};
struct pile {
	long count;
	struct {
#ifdef TIDY
		char order;
#endif
		char mess;
	} things[];
};
#ifdef CALM
int calm(void);
#endif
#ifdef HUGE
_Static_assert(sizeof(struct shelf) > 100, "a huge shelf");
#endif
"""
Command = Callable[..., Result]


@pytest.fixture
def command(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Return a function that runs the command on the small tree, with a conf of two options."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path_factory.mktemp("cache"))))
    sys = tmp_path / "src" / "sys"
    shutil.copytree(TREE, tmp_path / "src")
    for name, text in {
        "conf/options": TABLE,
        "conf/options.amd64": "CHIP opt_global.h\n",
        "amd64/conf/GENERIC": "machine amd64\ncpu CHIP\nident G\noptions SMP\noptions EXTRA\n",
        "sys/drawer.h": DRAWER,
        "sys/rash.h": "struct rash { struct nowhere n; };\n",
    }.items():
        (sys / name).parent.mkdir(parents=True, exist_ok=True)
        (sys / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Result:
        result = CliRunner().invoke(
            main, ("sensitivity", "--kernel-src", "src", *args), catch_exceptions=False
        )
        assert "Traceback" not in result.output
        return result

    return run


def read_options(result: Result) -> dict[str, Mapping[str, Any]]:
    """Return the options of the printed JSON, by name."""
    assert result.exit_code == 0, result.output
    return {option["name"]: option for option in json.loads(result.stdout)["options"]}


def sizes(option: Mapping[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    """Return the sizes without and with the option, by type."""
    return {change["name"]: (change["without"], change["with"]) for change in option["changes"]}


def test_a_type_of_a_source_tree(command: Command) -> None:
    """A type is shown with its options, set and unset, and their effects on its members."""
    result = command("gadget")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    of_it, _, sums = result.stdout.partition("\n\n")
    assert of_it == (
        "struct gadget (sys/gadget.h:13): 48 bytes under GENERIC\n"
        "  GADGET_STATS (opt_gadget.h; not set, tried as 1): 48 -> 56\n"
        "    + pokes: unsigned long, offset 32, 8 bytes\n"
        "    > last_cpu to operations (2 members): +8 bytes\n"
        "  SMP (opt_global.h; set): 40 -> 48\n"
        "    + last_cpu: int, offset 32, 4 bytes\n"
        "    > operations: offset 32 -> offset 40"
    )
    assert " ".join(sums.split()) == (
        "FreeBSD 14.9 amd64 GENERIC (conf: src/sys/amd64/conf/GENERIC; headers: src/sys, FreeBSD"
        f" 14.9-RELEASE-p1 sources; {name_clang(find_clang().version)}). Sizes: without -> with"
        " the option. 1 type; of 2 options that the headers mention, each toggled alone, 2"
        " change a layout."
    )


def test_what_holds_a_changed_type(command: Command) -> None:
    """A holder of a changed type changes indirectly; its own array's length is a direct change."""
    options = read_options(command("drawer", "--json"))
    assert sizes(options["GADGET_STATS"]) == {"struct drawer": (112, 128)}
    (change,) = options["GADGET_STATS"]["changes"]
    assert (change["direct"], change["because_of"]) == (False, ["struct gadget"])
    assert sizes(options["DEPTH"]) == {"struct drawer": (112, 128)}
    assert (options["DEPTH"]["value"], options["DEPTH"]["default"]) == ("8", "4")
    assert options["DEPTH"]["changes"][0]["direct"]


def test_an_option_that_breaks_a_header_costs_only_itself(command: Command) -> None:
    """An option that breaks a header is reported with clang's reason, and others are unaffected."""
    options = read_options(command("drawer", "shelf", "--json"))
    for option, words in (
        ("LOUD", 'drawer.h:3: "LOUD requires'),
        ("HUGE", "static assertion failed"),
    ):
        (failure,) = options[option]["failures"]
        assert failure["header"] == "sys/drawer.h"
        assert words in failure["reason"]
        assert options[option]["not_compared"] == ["struct drawer", "struct shelf"]
        assert options[option]["changes"] == []
    assert sizes(options["EXTRA"]) == {"struct shelf": (1, 2)}
    assert "problem: LOUD, toggled: <sys/drawer.h> does not compile" in command("shelf").stdout


def test_an_option_that_the_header_includes_nothing_for(command: Command) -> None:
    """An option counts if a source includes its header first, and not if no source includes it."""
    options = read_options(command("shelf", "--json"))
    assert options["EXTRA"]["header"] == "opt_extra.h"
    assert "FFS" not in options
    assert options["CALM"]["changes"] == []


def test_types_that_an_option_brings(command: Command) -> None:
    """An option may add a type, or remove one."""
    assert sizes(read_options(command("spare", "--json"))["EXTRA"]) == {"struct spare": (None, 4)}
    conf = Path("src/sys/amd64/conf/GENERIC")
    conf.write_text(conf.read_text().replace("options EXTRA\n", ""))
    result = command("struct spare")
    assert result.exit_code == 0
    assert result.stdout.startswith("struct spare: not there under GENERIC\n  EXTRA (opt_extra.h;")


def test_a_typedef_of_a_tagless_record(command: Command) -> None:
    """A typedef of a tagless record has its name. A holder of an empty array changes with it."""
    options = read_options(command("heap_t", "stack", "--json"))
    assert sizes(options["TIDY"]) == {"heap_t": (2, 16), "struct stack": (8, 8)}
    direct = {change["name"]: change["direct"] for change in options["TIDY"]["changes"]}
    assert direct == {"heap_t": True, "struct stack": False}


def test_what_is_inside_an_array_without_room(command: Command) -> None:
    """A change of an empty array's elements is found, though no size or offset changes."""
    options = read_options(command("pile", "--json"))
    (change,) = options["TIDY"]["changes"]
    assert (change["without"], change["with"], change["direct"]) == (8, 8, True)
    assert [(member["path"], member["kind"]) for member in change["members"]] == [
        ("things", "changes"),
        ("things.order", "comes"),
        ("things.mess", "moves"),
    ]


def test_all_types(command: Command) -> None:
    """All types are those of all headers that compile; the other headers are listed."""
    result = command("--all", "--json")
    options = read_options(result)
    changed = {name: set(sizes(option)) for name, option in options.items() if option["changes"]}
    assert changed == {
        "DEPTH": {"struct drawer"},
        "EXTRA": {"struct shelf", "struct spare"},
        "GADGET_STATS": {"struct drawer", "struct gadget"},
        "SMP": {"struct drawer", "struct gadget"},
        "TIDY": {"heap_t", "struct pile", "struct stack"},
    }
    found = json.loads(result.stdout)
    assert {type_["name"] for type_ in found["types"]} >= {"struct x86_widget", "struct gadget"}
    assert "sys/rash.h" in {failure["header"] for failure in found["left_out"]}
    text = command("--all").stdout
    assert (
        "GADGET_STATS (opt_gadget.h; not set, tried as 1)\n"
        "  struct gadget  48 -> 56  +pokes\n"
        "  1 that hold these: struct drawer\n"
    ) in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("gadgte",), "defines a type 'gadgte'\nhint: did you mean gadget"),
        (("int *",), "no header defines a type 'int *'"),
        (("rash",), "<sys/rash.h> defines rash, and does not compile: "),
        (("gadget", "--kernel-conf", "GENERCI"), "no kernel conf 'GENERCI'\nhint: did you mean"),
        (("gadget", "--kernel-conf", "GENERIC,X"), "2 kernels are asked for"),
        (("gadget", "--kernel-release", "head"), "'head' is not a FreeBSD release"),
        (("gadget", "--view", "module"), "are not what --view module depends on"),
        (("gadget", "--kernel-arch", "vax"), "unknown architecture 'vax'"),
        ((), "name types, such as bio, or say --all"),
        (("gadget", "--all"), "name types, such as bio, or say --all"),
    ],
)
def test_what_is_wrong(command: Command, args: tuple[str, ...], words: str) -> None:
    """Wrong input is one message and a hint, with nothing on standard output."""
    result = command(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_no_clang(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing clang gives the toolchain's exit status."""
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/no/such/clang")
    result = command("gadget")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "/no/such/clang" in result.stderr


# 15.0


@pytest.fixture(scope="module")
def effects() -> Mapping[str, OptionEffect]:
    """Effects of options on some records of 15.0, amd64, GENERIC."""
    types = ("bio", "buf", "lock", "thread", "uidinfo", "_cpuset")
    more = ("ccb_scsiio", "syncache", "tcp_syncache")
    found = find_sensitivity(Options(kernel_src=(str(install_headers()),)), (*types, *more))
    assert len(found.types) == 9
    assert not found.left_out
    return {effect.option: effect for effect in found.effects}


@pytest.mark.parametrize(
    ("option", "record", "without", "with_option"),
    [
        ("BUF_TRACKING", "struct bio", 376, 384),
        ("BUF_TRACKING", "struct buf", 304, 312),
        ("BUF_TRACKING", "struct ccb_scsiio", 536, 544),
        ("DEBUG_LOCKS", "struct lock", 40, 192),
        ("EPOCH_TRACE", "struct thread", 1824, 1840),
        ("DIAGNOSTIC", "struct bio", 376, 400),
        ("RACCT", "struct uidinfo", 96, 104),
        ("SMP", "struct _cpuset", 8, 128),
        ("VIMAGE", "struct tcp_syncache", 264, 272),
        ("TCP_OFFLOAD", "struct syncache", 160, 176),
    ],
)
def test_records_of_15(
    effects: Mapping[str, OptionEffect],
    option: str,
    record: str,
    without: int,
    with_option: int,
) -> None:
    """Known effects of options on records are found, with their sizes."""
    changes: dict[str, RecordChange] = {c.c_name: c for c in effects[option].changes}
    change = changes[record]
    assert (change.without, change.with_option) == (without, with_option)
    assert change.direct
    assert not effects[option].failures


@pytest.mark.parametrize("option", ["KTRACE", "MAC", "NUMA", "WITNESS"])
def test_options_that_change_none_of_them(effects: Mapping[str, OptionEffect], option: str) -> None:
    """An option without an effect has no changes and no failures."""
    tried = effects[option]
    assert (tried.changes, tried.failures, tried.not_compared) == ((), (), ())


def test_a_record_that_holds_one(effects: Mapping[str, OptionEffect]) -> None:
    """A record that holds a changed one, as buf holds a lock, changes because of it."""
    changes = {change.c_name: change for change in effects["DEBUG_LOCKS"].changes}
    assert not changes["struct buf"].direct
    assert changes["struct buf"].because_of == ("struct lock",)
