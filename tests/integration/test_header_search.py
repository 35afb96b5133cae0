"""A manifest without a list of headers: each type's header is found, on the real tools."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import make_cache, write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CRATES = Path(__file__).resolve().parents[2] / "fixtures" / "crates"
Check = Callable[..., Run]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks Rust text against headers found by name (`__` is a slash)."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))

    def checked(source: str, **headers: str) -> Run:
        named = {name.replace("__", "/"): text for name, text in headers.items()}
        path = write_headers(tmp_path, source=source, **named)
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"include = .*\n", "", text), encoding="utf-8")
        return Pipeline(read_manifest(path), Options()).verify()

    return checked


def verdicts(run: Run) -> dict[str, Verdict]:
    """Return the verdicts by the path within the crate."""
    return {verdict.rust_path.removeprefix("bindings::"): verdict for verdict in run.verdicts}


def where(verdict: Verdict) -> str:
    """Return the header that defines the verdict's C side."""
    assert verdict.c_location is not None
    return verdict.c_location.path


def test_only_what_is_needed_is_included(check: Check) -> None:
    """A header that no item needs may be broken."""
    run = check(
        "#[repr(C)] pub struct a { pub x: i32 } #[repr(C)] pub struct b { pub x: i64 }",
        sys__a="struct a { int x; };",
        net__b="struct b { long x; };",
        dev__broken="struct c { this is no C };",
    )
    assert run.passed, run
    assert [where(verdict) for verdict in run.verdicts] == ["sys/a.h", "net/b.h"]


def test_options_are_seen_by_every_header(check: Check) -> None:
    """Options are visible in every header, also if only a source includes the option's header."""
    run = check(
        "#[repr(C)] pub struct a { pub x: i32, pub y: i32 }",
        sys__a="struct a {\n\tint x;\n#ifdef INET\n\tint y;\n#endif\n};",
    )
    assert run.passed, run


def test_a_header_that_wants_one_beside_it(check: Check) -> None:
    """The headers of a header's folder are tried before it."""
    run = check(
        "#[repr(C)] pub struct user { pub x: [i32; 3] }",
        dev__x__auser="struct user { int x[LENGTH]; };",
        dev__x__length="#define LENGTH 3",
    )
    assert run.passed, run


def test_a_header_that_conflicts_has_a_unit_of_its_own(check: Check) -> None:
    """A header that conflicts with another has a header unit of its own. Both are checked."""
    run = check(
        "#[repr(C)] pub struct a { pub x: i32 } #[repr(C)] pub struct b { pub x: i64 }",
        sys__a="struct a { int x; };\nstruct same { int x; };",
        sys__b="struct b { long x; };\nstruct same { char x; };",
    )
    assert run.passed, run
    assert [where(verdict) for verdict in run.verdicts] == ["sys/a.h", "sys/b.h"]


HIDING = """
#ifndef HAVE_SAME
#define HAVE_SAME
struct same {{ {} x; }};
#endif
"""


@pytest.mark.parametrize(("type_", "header"), [("i32", "sys/bio.h"), ("i64", "sys/buf.h")])
def test_a_header_of_the_core_that_hides_the_record_of_another(
    check: Check, type_: str, header: str
) -> None:
    """Two headers of the core define one record, and the type is compared with the right one."""
    run = check(
        f"#[repr(C)] pub struct same {{ pub x: {type_} }}",
        sys__bio=HIDING.format("int"),
        sys__buf=HIDING.format("long"),
    )
    assert run.passed, run
    assert where(run.verdicts[0]) == header


@pytest.mark.parametrize("header", ["sys/bio.h", "sys/buf.h", "sys/mount.h"])
def test_the_crate_names_a_header_whose_record_another_hides(check: Check, header: str) -> None:
    """The crate names the header of a hidden record, also one that gets it from another header."""
    run = check(
        f"/// C's `struct same`, defined in {header}:3.\n"
        "#[repr(C)] pub struct same { pub x: i32 }",
        sys__bio=HIDING.format("int"),
        sys__buf=HIDING.format("int"),
        sys__mount=f"#include <sys/bio.h>\n{HIDING.format('int')}",
    )
    assert run.passed, run


SAME = {"sys__one": "struct same { int x; };", "sys__two": "struct same { long x; };"}


@pytest.mark.parametrize(("type_", "header"), [("i32", "sys/one.h"), ("i64", "sys/two.h")])
def test_two_records_of_one_name(check: Check, type_: str, header: str) -> None:
    """Rust may mean either of two records, and the verdict says which one."""
    run = check(f"#[repr(C)] pub struct same {{ pub x: {type_} }}", **SAME)
    assert run.passed, run
    assert where(run.verdicts[0]) == header


def test_neither_of_two_records_of_one_name(check: Check) -> None:
    """A type unlike both records is compared with the likelier one."""
    run = check("#[repr(C)] pub struct same { pub x: u8 }", **SAME)
    (verdict,) = run.verdicts
    assert verdict.status is Status.DIFFERS
    assert where(verdict) == "sys/one.h"


def test_the_crates_documentation_says_which(check: Check) -> None:
    """The documented header decides, and a record of the other header differs."""
    source = """
        pub mod one {
            /// C's `struct same`, defined in sys/sys/one.h:1.
            #[repr(C)] pub struct same { pub x: i32 }
        }
        pub mod two {
            /// Defined in `/usr/src/sys/sys/two.h`:1
            #[repr(C)] pub struct same { pub x: i64 }
        }
        pub mod wrong {
            /// defined in <sys/two.h>
            #[repr(C)] pub struct same { pub x: i32 }
        }
    """
    found = verdicts(check(source, **SAME))
    assert found["one::same"].status is Status.AGREES
    assert where(found["one::same"]) == "sys/one.h"
    assert found["two::same"].status is Status.AGREES
    assert where(found["two::same"]) == "sys/two.h"
    assert found["wrong::same"].status is Status.DIFFERS
    assert where(found["wrong::same"]) == "sys/two.h"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (
            {"sys__other": "struct other { int x; };"},
            "no header of this tree defines struct gone, nor another type of that name",
        ),
        (
            {"sys__gone": "struct gone { unknown_t x; };"},
            (
                "<sys/gone.h> defines it, and does not compile: "
                "sys/gone.h:1: unknown type name 'unknown_t'"
            ),
        ),
        (
            {"sys__gone": "#ifdef NEVER\nstruct gone { int x; };\n#endif"},
            "<sys/gone.h> names struct gone, but defines no such type in this configuration",
        ),
        (
            {"sys__gone": "#include <no/such.h>\nstruct gone { int x; };"},
            (
                "<sys/gone.h> defines it, and does not compile: "
                "sys/gone.h:1: 'no/such.h' file not found"
            ),
        ),
    ],
)
def test_why_a_type_could_not_be_checked(
    check: Check, headers: dict[str, str], reason: str
) -> None:
    """Each reason names the place to look at."""
    (verdict,) = check("#[repr(C)] pub struct gone { pub x: i32 }", **headers).verdicts
    assert (verdict.status, verdict.reason) == (Status.INDETERMINATE, reason)


def test_a_record_of_another_header_does_not_stand_in(check: Check) -> None:
    """If the documented header does not compile, no record of another header is compared."""
    source = "/// defined in sys/two.h\n#[repr(C)] pub struct same { pub x: i32 }"
    run = check(source, sys__one=SAME["sys__one"], sys__two="struct same { unknown_t x; };")
    (verdict,) = run.verdicts
    assert verdict.status is Status.INDETERMINATE
    assert verdict.reason is not None
    assert "<sys/two.h> defines it, and does not compile" in verdict.reason


def test_the_documented_header_does_not_define_it_here(check: Check) -> None:
    """Only the documented header counts. If it lacks the record here, the type is unchecked."""
    source = """
        /// defined in sys/two.h
        #[repr(C)] pub struct same { pub x: i32 }
        #[repr(C)] pub struct beside { pub x: i64 }
    """
    one = f"{SAME['sys__one']} struct beside {{ long x; }};"
    never = f"#ifdef NEVER\n{SAME['sys__two']}\n#endif"
    same = verdicts(check(source, sys__one=one, sys__two=never))["same"]
    assert (same.status, same.reason) == (
        Status.INDETERMINATE,
        "<sys/two.h> names struct same, but defines no such type in this configuration",
    )
    same = verdicts(check(source, sys__one=one, sys__two="typedef struct { long x; } same;"))[
        "same"
    ]
    assert (same.status, where(same)) == (Status.DIFFERS, "sys/two.h")


def test_documentation_of_a_bare_name(check: Check) -> None:
    """A documented bare name means the header of that name whose record is most similar."""
    headers = {
        "dev__a__same": "struct same { short x; };",
        "net__same": SAME["sys__two"],
        "sys__one": SAME["sys__one"],
    }
    source = "/// defined in `same.h`\n#[repr(C)] pub struct same { pub x: i16 }"
    for type_, header in (("i16", "dev/a/same.h"), ("i64", "net/same.h")):
        run = check(source.replace("i16", type_), **headers)
        assert run.passed, run
        assert where(run.verdicts[0]) == header
    (verdict,) = check(source.replace("i16", "i32"), **headers).verdicts
    assert (verdict.status, where(verdict)) == (Status.DIFFERS, "net/same.h")


def test_documentation_that_speaks_of_something_else(check: Check) -> None:
    """A documented header that does not define the type may be broken."""
    source = "/// Its flags are defined in sys/flags.h.\n#[repr(C)] pub struct same { pub x: i32 }"
    run = check(source, sys__one=SAME["sys__one"], sys__flags="unknown_t x;")
    assert run.passed, run


def test_a_programs_header_is_not_the_kernels(check: Check) -> None:
    """A header in no folder is not used if the kernel has one with the record."""
    source = "#[repr(C)] pub struct same { pub x: i32 }"
    (verdict,) = check(source, same="struct same { int x; };", sys__two=SAME["sys__two"]).verdicts
    assert (verdict.status, where(verdict)) == (Status.DIFFERS, "sys/two.h")


DECLARED = """
    #[repr(C)] pub struct foo { _address: u8 }
    #[repr(C)] pub struct by_pointer { pub x: *mut foo }
"""
DECLARING = {
    "sys__foo": "struct foo { int x; };",
    "sys__one": "struct foo; struct by_pointer { struct foo *x; };",
    "sys__two": "#include <sys/foo.h>\nstruct by_value { struct foo x; };",
}


def test_what_bindgen_takes_for_only_declared(check: Check) -> None:
    """A type that bindgen takes as only declared is skipped, even if headers define it."""
    run = check(DECLARED, **DECLARING)
    assert [item.rust_path for item in run.set_aside] == ["bindings::foo"]
    assert verdicts(run)["by_pointer"].status is Status.AGREES


def test_what_is_only_declared_and_held_by_value(check: Check) -> None:
    """A type only declared but held by value differs, and its holder's mismatch follows from it."""
    found = verdicts(
        check(f"{DECLARED}#[repr(C)] pub struct by_value {{ pub x: foo }}", **DECLARING)
    )
    assert found["by_pointer"].status is Status.AGREES
    assert found["foo"].status is found["by_value"].status is Status.DIFFERS
    assert {str(mismatch.cause) for mismatch in found["by_value"].mismatches} == {"bindings::foo"}


S: Final = "struct s { int a[N]; };\nint f(int (*)[N]);"


@pytest.mark.parametrize(
    ("headers", "is_settled"),
    [
        ({"x": S, "a": "#define N 3", "b": "#define N (1 + 2)"}, True),
        ({"x": S, "a": "#define N 3", "b": "#define N 4"}, False),
        # Not in this configuration.
        ({"x": S, "a": "#define N 3", "b": "#ifdef __arm__\n#define N 4\n#endif"}, True),
        ({"x": f"#ifndef N\n#define N 3\n#endif\n{S}", "b": "#if 0\n#define N 4\n#endif"}, True),
        ({"x": f"#ifndef N\n#define N 3\n#endif\n{S}", "b": "#define N 4"}, False),
        # No source has both.
        ({"x": f"enum {{ N = 3 }};\n{S}", "b": "#define N 4"}, True),
        # A header that it needs, too.
        ({"x": f"typedef i t;\n{S}", "i": "typedef int i;", "a": "#define N 3"}, True),
        (
            {
                "x": f"typedef i t;\n{S}",
                "i": "typedef int i;",
                "a": "#define N 3",
                "b": "#define N 4",
            },
            False,
        ),
    ],
)
def test_what_is_left_to_others_is_compiled_with_each(
    check: Check,
    headers: Mapping[str, str],
    is_settled: bool,
) -> None:
    """A record and a function are compiled with each definer, and unchecked if these disagree."""
    items = '#[repr(C)] pub struct s {{ pub a: [i32; {n}] }}\nunsafe extern "C" {{ {f} }}'
    function = "pub fn f(a: *mut [i32; {n}]) -> i32;"
    for n, expected in ((3, Status.AGREES), (5, Status.DIFFERS)):
        source = items.format(n=n, f=function.format(n=n))
        found = verdicts(check(source, **{f"dev__d__{name}": t for name, t in headers.items()}))
        wanted = expected if is_settled else Status.INDETERMINATE
        assert [found[name].status for name in ("s", "f")] == [wanted, wanted], found


def test_a_header_that_leaves_its_packing_on(check: Check) -> None:
    """A header that leaves its packing on does not affect headers after it."""
    source = (
        "#[repr(C)] pub struct a { pub x: u8 } #[repr(C)] pub struct b { pub x: u8, pub y: u32 }"
    )
    found = verdicts(
        check(
            source,
            sys__a="#pragma pack(1)\nstruct a { unsigned char x; };",
            sys__b="struct b { unsigned char x; unsigned int y; };",
        )
    )
    assert found["b"].status is Status.AGREES
    assert found["a"].reason is not None
    assert "does not close what it opens, such as a brace or a #pragma pack" in found["a"].reason


def test_what_is_written_auto_is_the_default(check: Check, tmp_path: Path) -> None:
    """The value "auto" is the default, and an empty list is an error with its line."""
    check("#[repr(C)] pub struct a { pub x: i32 }", sys__a="struct a { int x; };")
    path = tmp_path / "layoutcheck.toml"
    text = path.read_text(encoding="utf-8")
    for include, status in (('"auto"', 0), ("[]", 2), ('"sys/a.h"', 0), ("1", 2)):
        path.write_text(f"{text}include = {include}\n", encoding="utf-8")
        result: Result = CliRunner().invoke(main, ("check", str(path)))
        assert result.exit_code == status, result.output
        assert status == 0 or f"layoutcheck.toml:{len(text.splitlines()) + 1}: " in result.stderr


INCLUDING = """
#include "x.inc"
#include <dev/mine/x.h.in>
#define X_KIND(n) X_##n,
enum x_kinds {
#include "kinds.def"
X_KINDS };
#define X_JOIN(n) XNUMBER##n
#define X_NUMBER(n) X_JOIN(n)
#define X_BOTH(p, n, v) p##n = v
enum { X_NUMBER(1) = 11, X_NUMBER(2) = 22, X_BOTH(XLAST, SEVEN, 7), X_BOTH(XLAST, EIGHT, 8) };
"""
INCLUDED = {
    "x.inc": "#define X_K 5\nstruct x_inner { int a; };\nint x_f(int);\n",
    "x.h.in": "struct x_outer { struct x_inner a; };\nenum { X_E = 3 };\n",
    "kinds.def": "X_KIND(A)\nX_KIND(B)\n",
}


def test_what_a_header_includes_that_is_none(check: Check, tmp_path: Path) -> None:
    """Records, constants and functions of `x.inc` and similar files belong to the header `x.h`.

    So do enumerators. Names that an X-macro makes of such a file, or that `##` makes of two words,
    are in C as well.
    """
    folder = tmp_path / "inc" / "dev" / "mine"
    folder.mkdir(parents=True)
    for name, text in INCLUDED.items():
        (folder / name).write_text(text, encoding="utf-8")
    constants = {"X_K": 5, "X_E": 3, "X_B": 1, "XNUMBER2": 22, "XLASTEIGHT": 8, "X_KINDS": 2}

    def source(wrong: int) -> str:
        a = "i64" if wrong else "i32"
        lines = [f"pub const {name}: i32 = {value + wrong};" for name, value in constants.items()]
        lines.append(f"#[repr(C)] pub struct x_inner {{ pub a: {a} }}")
        lines.append("#[repr(C)] pub struct x_outer { pub a: x_inner }")
        lines.append(f'unsafe extern "C" {{ pub fn x_f(a: {a}) -> i32; }}')
        return "\n".join(lines)

    for wrong, status in ((0, Status.AGREES), (1, Status.DIFFERS)):
        found = verdicts(check(source(wrong), dev__mine__x=INCLUDING))
        assert {name: one.status for name, one in found.items()} == dict.fromkeys(
            (*constants, "x_inner", "x_outer", "x_f"), status
        )
        assert where(found["x_outer"]) == "dev/mine/x.h.in"


def test_an_included_file_changes(check: Check, tmp_path: Path) -> None:
    """A change of an included file counts, even if clang did not read the file before."""
    source = "#[repr(C)] pub struct a { pub x: i32 } pub const X_K: i32 = 5;"
    headers = {"sys__a": "struct a { int x; };", "dev__mine__x": '#include "x.inc"\n'}
    check(source, **headers)
    for defined, fate in (("L 5", "not in C"), ("K 5", "agrees"), ("K 6", "differs")) * 2:
        included = tmp_path / "inc" / "dev" / "mine" / "x.inc"
        included.write_text(f"#define X_{defined}\n", encoding="utf-8")
        options = Options(cache=tmp_path / "kept")
        run = Pipeline(read_manifest(tmp_path / "layoutcheck.toml"), options).verify()
        found = {one.rust_path: one.status.value for one in run.verdicts}
        found |= {one.rust_path: one.why for one in run.set_aside}
        assert found == {"bindings::a": "agrees", "bindings::X_K": fate}


def test_the_sample_needs_no_list(tmp_path: Path) -> None:
    """All records of the sample are found in real headers, with the verdicts of the list."""
    shutil.copytree(CRATES / "sample", tmp_path / "sample", ignore=shutil.ignore_patterns("target"))
    path = tmp_path / "sample" / "layoutcheck.toml"
    listed = Pipeline(read_manifest(path), Options()).verify()
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"include = \[.*?\]\n", "", text, flags=re.DOTALL), encoding="utf-8")
    searched = Pipeline(read_manifest(path), Options()).verify()
    assert [(v.rust_path, v.status, v.c) for v in searched.verdicts] == [
        (v.rust_path, v.status, v.c) for v in listed.verdicts
    ]
    assert searched.set_aside == listed.set_aside
