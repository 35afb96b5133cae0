"""`layoutcheck kernconf`: its output, its files and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main

CHECKOUT = Path(__file__).resolve().parents[2]
TREE = CHECKOUT / "fixtures" / "kernel" / "source_tree"
SHARED = CHECKOUT.parent / "shared" / "kernconf" / "13.2"
COMMAND = str(Path(sysconfig.get_path("scripts")) / "layoutcheck")
NOBODY = 65534
Kernconf = Callable[..., Result]


@pytest.fixture
def kernconf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernconf:
    """Return a function that runs `layoutcheck kernconf` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(
        main, ["kernconf", *map(str, args)], prog_name="layoutcheck", catch_exceptions=False
    )


def expected(name: str) -> dict[str, Any]:
    """Return the real config(8)'s output for a conf of FreeBSD 13.2."""
    found: dict[str, Any] = json.loads((SHARED / "expected.json").read_text())[name]
    return found


class TestPrints:
    """The resolved conf, as text and as JSON."""

    def test_the_conf(self, kernconf: Kernconf) -> None:
        """The conf is printed with its includes, without removed statements. Warnings are apart."""
        result = kernconf("--tree", TREE, "QUIET")
        assert result.exit_code == 0
        assert result.stdout == (
            f"# QUIET, from {TREE}/sys/amd64/conf/QUIET\n"
            "machine\tamd64 amd64\n"
            "ident\tQUIET\n"
            "cpu\tCHIP\n"
            "maxusers\t8\n"
            "device\tgadget\n"
            "options\tSMP\n"
            'options\tGADGET_NAME=\\"g\\"\n'
            "options\tGADGET_STATS\n"
            'options\tGADGET_NAME=\\"q\\"\n'
        )
        assert result.stderr == (
            'layoutcheck: QUIET: option "GADGET_NAME" redefined from "g" to "q"\n'
        )

    def test_the_text_is_a_conf(self, kernconf: Kernconf) -> None:
        """The printed text is a conf with the same headers."""
        whole = kernconf("--tree", TREE, "QUIET")
        Path("WHOLE").write_text(whole.stdout)
        names = ("QUIET", "./WHOLE")
        first, second = (json.loads(kernconf("--tree", TREE, "--json", n).stdout) for n in names)
        assert first["headers"] == second["headers"]

    def test_built_in(self, kernconf: Kernconf) -> None:
        """A built-in conf is of the newest release, or of the one named."""
        assert kernconf("GENERIC").stdout.startswith("# GENERIC, from built in, FreeBSD 15 amd64\n")
        older = kernconf("--kernel-release", "14.3", "GENERIC-DEBUG")
        assert older.stdout.startswith("# GENERIC-DEBUG, from built in, FreeBSD 14 amd64\n")
        assert "options\tINVARIANTS\n" in older.stdout

    def test_the_other_commands_names(self, kernconf: Kernconf) -> None:
        """`check`'s names of tree and machine work too, because hints use them."""
        args = ("--kernel-src", TREE, "--kernel-arch", "aarch64", "GENERIC")
        assert "machine\tarm64 aarch64\n" in kernconf(*args).stdout

    def test_a_conf_of_ones_own(self, kernconf: Kernconf) -> None:
        """A user's conf on top of a built-in one is found by its path."""
        Path("MINE").write_text("include GENERIC\nident MINE\nnooptions SMP\n")
        result = kernconf("./MINE")
        assert result.exit_code == 0
        assert "ident\tMINE\n" in result.stdout
        assert "options\tSMP\n" not in result.stdout

    @pytest.mark.needs_shared
    @pytest.mark.parametrize("name", ["amd64/GENERIC", "arm64/LINT", "powerpc/GENERIC64LE"])
    def test_json_of_a_real_conf(self, kernconf: Kernconf, name: str) -> None:
        """JSON of a real conf is the recorded object of config(8), with its messages."""
        machine, _, conf = name.partition("/")
        result = kernconf("--tree", SHARED, "--machine", machine, "--json", conf)
        assert (result.exit_code, result.stderr) == (0, "")
        found = json.loads(result.stdout)
        recorded = expected(name)
        assert list(found) == ["exit", "messages", "empty", "headers"]
        assert found == {**recorded, "empty": sorted(recorded["empty"])}

    def test_json_of_an_error(self, kernconf: Kernconf) -> None:
        """JSON of an error is on standard output with config(8)'s status; the command's is 2."""
        Path("MINE").write_text("include GENERIC\nnonsense\n")
        result = kernconf("--json", "./MINE")
        assert result.exit_code == 2
        assert json.loads(result.stdout) == {
            "exit": 1,
            "messages": ["MINE:2: syntax error: no statement begins with 'nonsense'"],
            "empty": [],
            "headers": {},
        }
        assert result.stderr == (
            "layoutcheck: MINE:2: syntax error: no statement begins with 'nonsense'\n"
        )

    def test_a_terminal_is_not_told_what_to_do(self, tmp_path: Path) -> None:
        """Escape codes in a conf are written unchanged to a file, and visibly to a terminal."""
        path = tmp_path / "MINE"
        path.write_text('include GENERIC\nident "\033[31mred"\n')
        controller, terminal = pty.openpty()
        with subprocess.Popen([COMMAND, "kernconf", str(path)], stdout=terminal) as process:
            os.close(terminal)
            shown = b""
            with contextlib.suppress(OSError):
                while piece := os.read(controller, 65536):
                    shown += piece
            os.close(controller)
        assert process.returncode == 0
        assert b'ident\t"\\x1b[31mred"' in shown
        assert b"\033" not in shown
        piped = subprocess.run([COMMAND, "kernconf", str(path)], capture_output=True, check=True)
        assert b'ident\t"\033[31mred"' in piped.stdout


class TestWrites:
    """`--output`."""

    def test_every_header(self, kernconf: Kernconf) -> None:
        """Every header is written, even empty, and the conf is printed as well."""
        result = kernconf("--tree", TREE, "--output", "out", "GENERIC")
        assert result.exit_code == 0
        assert result.stdout.startswith("# GENERIC")
        assert result.stderr.endswith("layoutcheck: 4 headers written into out\n")
        assert sorted(path.name for path in Path("out").iterdir()) == [
            "opt_dev_widget.h",
            "opt_gadget.h",
            "opt_global.h",
            "opt_param.h",
        ]
        assert Path("out/opt_global.h").read_text() == "#define SMP 1\n#define CHIP 1\n"
        assert kernconf("--tree", TREE, "--output", "out", "QUIET").exit_code == 0
        assert Path("out/opt_dev_widget.h").read_text() == ""

    @pytest.mark.needs_shared
    def test_every_header_of_generic(self, kernconf: Kernconf) -> None:
        """Headers of GENERIC are config(8)'s, byte for byte."""
        assert kernconf("--tree", SHARED, "--output", "out", "GENERIC").exit_code == 0
        recorded = expected("amd64/GENERIC")
        texts = {
            name: "".join(f"{line}\n" for line in lines)
            for name, lines in recorded["headers"].items()
        }
        texts |= dict.fromkeys(recorded["empty"], "")
        assert {path.name: path.read_text() for path in Path("out").iterdir()} == texts

    def test_not_into_a_link(self, kernconf: Kernconf) -> None:
        """A link as a header is refused, and JSON has the error, too."""
        Path("out").mkdir()
        Path("out/opt_global.h").symlink_to("../elsewhere")
        result = kernconf("--tree", TREE, "--json", "--output", "out", "GENERIC")
        assert result.exit_code == 2
        assert "opt_global.h: is there already, and no plain file" in result.stderr
        assert json.loads(result.stdout)["exit"] == 1
        assert not Path("elsewhere").exists()

    def test_nothing_of_a_conf_that_is_refused(self, kernconf: Kernconf) -> None:
        """A refused conf writes nothing, not even the folder."""
        assert kernconf("--tree", TREE, "--output", "out", "GENERICS").exit_code == 2
        assert not Path("out").exists()


class TestWhy:
    """`--why`."""

    def test_what_sets_it(self, kernconf: Kernconf) -> None:
        """Each place is on a line, which an editor can open."""
        result = kernconf("--tree", TREE, "--why", "SMP", "QUIET")
        assert result.exit_code == 0
        assert result.stdout.replace(f"{TREE}/sys/", "").splitlines() == [
            "SMP is 1",
            "amd64/conf/GENERIC:4: options SMP",
            "amd64/conf/QUIET:1: includes amd64/conf/GENERIC",
            "conf/options:8: opt_global.h has #define SMP 1",
        ]

    def test_what_took_it_away(self, kernconf: Kernconf) -> None:
        """An option that is off is an answer, and no error."""
        Path("MINE").write_text("include GENERIC\nnooptions VIMAGE\n")
        result = kernconf("--why", "VIMAGE", "./MINE")
        assert result.exit_code == 0
        assert result.stdout.splitlines()[:2] == ["VIMAGE is not set", "MINE:2: nooptions VIMAGE"]

    def test_an_option_that_there_is_not(self, kernconf: Kernconf) -> None:
        """An unknown option is wrong input, with the most similar one."""
        result = kernconf("--why", "VIMAGES", "GENERIC")
        assert (result.exit_code, result.stdout) == (2, "")
        assert 'unknown option "VIMAGES"\nhint: did you mean VIMAGE?' in result.stderr


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Run as a user without root's permissions, if root runs the tests."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


class TestRefuses:
    """Every error: its message, its place and its hint."""

    @pytest.mark.parametrize(
        ("args", "what"),
        [
            (("--json", "--why", "SMP", "GENERIC"), "--json and --why exclude each other"),
            (("--tree", ".", "--kernel-release", "14", "X"), "a tree has its own"),
            ((), "Missing argument 'CONF'"),
        ],
    )
    def test_usage(self, kernconf: Kernconf, args: tuple[str, ...], what: str) -> None:
        """Contradicting options are refused."""
        result = kernconf(*args)
        assert result.exit_code == 2
        assert what in result.stderr

    @pytest.mark.parametrize(
        ("args", "error"),
        [
            (
                ("GENERICS",),
                (
                    "built in, FreeBSD 15 amd64: no kernel conf 'GENERICS'\n"
                    "hint: did you mean GENERIC? there are GENERIC, "
                ),
            ),
            (
                ("--tree", "tree", "QUITE"),
                (
                    "tree/sys/amd64/conf: no kernel conf 'QUITE'\n"
                    "hint: did you mean QUIET? there are GENERIC, QUIET\n"
                ),
            ),
            (("./GONE",), "GONE: No such file or directory\n"),
            (("--tree", "tree", "x" * 5000), "cannot be read: File name too long\n"),
            (("--machine", "vax-11", "GENERIC"), "unknown architecture 'vax-11'\nhint: "),
            (("--machine", "vax", "GENERIC"), "no kernel confs of FreeBSD 15 for vax are built in"),
            (("--kernel-release", "9.3", "GENERIC"), "no kernel confs of FreeBSD 9 for amd64 "),
            (
                ("--tree", "empty", "GENERIC"),
                (
                    "empty: no FreeBSD source tree: it has no sys/conf/options\n"
                    "hint: --kernel-src takes the folder that has sys in it, such as /usr/src\n"
                ),
            ),
            (("--tree", "loop", "GENERIC"), "loop/sys/conf/options: cannot be read: Too many"),
            (("--tree", "gone", "GENERIC"), "gone: no FreeBSD source tree"),
            (("--tree", "tree", "tree/sys/arm64/conf/GENERIC"), "for arm64, not for amd64\nhint:"),
        ],
    )
    def test_there_is_no_such_thing(
        self, kernconf: Kernconf, args: tuple[str, ...], error: str
    ) -> None:
        """A missing conf, release, machine or tree, and an unreadable tree, are errors."""
        Path("tree").symlink_to(TREE)
        Path("empty").mkdir()
        Path("loop").symlink_to("loop")
        result = kernconf(*args)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("layoutcheck: ")
        assert error in result.stderr
        as_json = kernconf("--json", *args)
        assert as_json.exit_code == 2
        said = json.loads(as_json.stdout)
        assert said["exit"] == 1
        assert "layoutcheck: " + "\n".join(said["messages"]) + "\n" == result.stderr

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            (
                "include GENERIC\noptions GADGET_STAT\n",
                'MINE:2: unknown option "GADGET_STAT"\nhint: did you mean GADGET_STATS?\n',
            ),
            (
                "include GENERIC\ndevice gadgte\n",
                'MINE:2: device "gadgte" is unknown\nhint: did you mean gadget?\n',
            ),
            (
                "include MINE\n",
                (
                    "MINE:1: the included files include each other: MINE -> MINE\n"
                    "hint: take one of these include statements out\n"
                ),
            ),
            (
                "ident M\ninclude gone\n",
                "MINE:3: cannot open included file 'gone'\nhint: it is looked for beside ",
            ),
            (
                'include GENERIC\nhints "gone.hints"\n',
                "MINE:2: gone.hints: No such file or directory\nhint: such files are looked for ",
            ),
            (
                'include GENERIC\nincludeoptions "/dev/zero"\n',
                "MINE:2: /dev/zero: not a regular file\n",
            ),
            ('include GENERIC\nfiles "pipe"\n', "MINE:2: pipe: not a regular file\n"),
            ("ident M\n", "MINE: Specify machine type, e.g. ``machine i386''\nhint: "),
            ("machine amd64\ncpu CHIP\n", "MINE: no ident line specified\nhint: add `ident"),
            ("machine amd64\nident M\n", "MINE: cpu type must be specified\nhint: "),
            (
                "machine amd64\nmachine arm64\n",
                "MINE:2: only one machine directive is allowed\nhint: the machine is amd64 already",
            ),
            (
                'options "A=1"\n',
                "MINE:1: The `=' in options should not be quoted\nhint: write A=... without",
            ),
        ],
    )
    def test_config_refuses_it(self, kernconf: Kernconf, text: str, error: str) -> None:
        """Errors have config(8)'s words and line, and a hint."""
        Path("MINE").write_text(text)
        if "GENERIC" not in text:
            Path("DEFAULTS").touch()  # in place of the tree's, which has machine and cpu
        os.mkfifo("pipe")
        result = kernconf("--tree", TREE, "./MINE")
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"layoutcheck: {error}" in result.stderr

    def test_what_may_not_be_read(self, kernconf: Kernconf, tmp_path: Path) -> None:
        """An unreadable tree or conf is an error with the system's reason."""
        (tmp_path / "tree" / "sys").mkdir(parents=True)
        (tmp_path / "MINE").write_text("include GENERIC\n")
        (tmp_path / "tree" / "sys").chmod(0)
        (tmp_path / "MINE").chmod(0)
        assert kernconf("GENERIC").exit_code == 0  # the program's own data is read first
        with as_nobody():
            tree = kernconf("--tree", "tree", "GENERIC")
            conf = kernconf("./MINE")
        (tmp_path / "tree" / "sys").chmod(0o700)
        assert (tree.exit_code, conf.exit_code) == (2, 2)
        assert tree.stderr == (
            "layoutcheck: tree/sys/conf/options: cannot be read: Permission denied\n"
        )
        assert conf.stderr == "layoutcheck: MINE: cannot be read: Permission denied\n"

    def test_a_file_outside_is_warned_of(self, kernconf: Kernconf) -> None:
        """A file outside has a warning before an error, for every statement that reads it."""
        Path("own").mkdir()
        Path("secret").write_text("# nothing\n")
        Path("own/MINE").write_text(
            'include GENERIC\nfiles "../secret"\nhints "../secret"\nenv "../secret"\n'
            'includeoptions "../secret"\ninclude "../secret"\noptions NOPE\n'
        )
        result = kernconf("--tree", TREE, "./own/MINE")
        assert result.exit_code == 2
        lines = [line for line in result.stderr.splitlines() if "is outside the source" in line]
        assert lines == [
            f"layoutcheck: WARNING: own/MINE:{line}: own/../secret is outside the source tree"
            for line in (6, 5)
        ]
        text = Path("own/MINE").read_text().replace("options NOPE\n", "nooptions A\n")
        Path("own/MINE").write_text(text)
        result = kernconf("--tree", TREE, "--json", "./own/MINE")
        assert [
            message.split(":")[2]
            for message in json.loads(result.stdout)["messages"]
            if "is outside the source tree" in message
        ] == ["6", "5", "2", "4", "3"]

    @pytest.mark.skipif(sys.platform == "darwin", reason="its file names are UTF-8")
    def test_a_name_that_is_no_text(self, kernconf: Kernconf) -> None:
        """A name of bytes that are no UTF-8 is printed unchanged."""
        name = os.fsdecode(b"\xff")
        result = kernconf(name)
        assert result.exit_code == 2
        assert "no kernel conf" in result.stderr
        Path(name).write_text("include GENERIC\n")
        finished = subprocess.run([COMMAND, "kernconf", name], capture_output=True, check=False)
        assert finished.returncode == 0
        assert finished.stdout.startswith(b"# \xff, from \xff\n")
