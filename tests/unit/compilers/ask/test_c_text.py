"""c_text.py against the real clang: it admits every name that clang accepts, and few others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layoutcheck.compilers.ask.c_names import find_linkage, survey_names
from layoutcheck.compilers.ask.c_text import CText, plain_name
from layoutcheck.compilers.ask.clang import compile_c
from layoutcheck.compilers.ask.preprocessor import write_macros
from layoutcheck.kernel.freebsd.header_lists import read_seed
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.model.target import find_target
from tests.dwarf_objects import AMD64, clang
from tests.questions import ask_names, ask_types

TYPES = """
struct plain { int i; };
union
both { int i; };
enum few { ONE, TWO };
enum sized : short { SMALL };
struct __attribute__((packed, aligned(2))) packed_s { struct nested { int i; } n; };
struct later;
struct hidden *pointer;
extern struct only_named { int i; } variable, *array[2];
typedef struct plain plain_t, *plain_p;
typedef struct later later_t;
typedef struct plain same;
typedef struct { int i; } tagless;
typedef struct braces { int i; } braces_t, braces_a[2] __attribute__((aligned(8)));
typedef int function_t(struct plain *argument, plain_t other, ...);
typedef int (*pointer_t)(plain_t *another, int), in_brackets;
typedef plain_t (parenthesised);
typedef plain_t *(*returns_pointer(int one, int two))(int);
int typedef reversed;
typedef char quoted[sizeof("};") + ';' + '"'], after_quotes;
typedef plain_t of_a_typedef;
static inline int f(int plain_argument) { typedef int block_t; return (block_t)plain_argument; }
"""
TYPE_NAMES = (
    *("struct plain", "union both", "enum few", "enum sized", "struct packed_s", "struct nested"),
    *("struct only_named", "struct braces", "plain_t", "plain_p", "same", "tagless", "braces_t"),
    *("braces_a", "function_t", "pointer_t", "in_brackets", "parenthesised", "returns_pointer"),
    *("reversed", "quoted", "after_quotes", "of_a_typedef"),
)
"""All complete types."""
BUILT_IN = ("int", "_Bool", "__int128", "unsigned int", "__builtin_va_list", "__uint128_t")
REFUSED = frozenset(("aligned", "union packed_s", "enum packed_s"))
"""The words that the text admits as types and clang refuses."""

OBJECTS = """
typedef int t;
struct s { int member; };
static int one, two[] = { 1, 2 }, *three = &(int){ 3 };
static t four(t argument);
t four(t argument) { return argument; }
t static five(void);
inline static __attribute__((unused)) t six(void) { static int inside; return inside; }
static const char *seven = "a;b", *eight = "}", nine = ';', ten = '"', eleven;
t far(t x);
extern t outside, more;
t after_a_body(void);
extern t both; static t last = 1;
#define ALIAS one
#define FAR far
"""
LOCAL = frozenset(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
) | {"last", "ALIAS"}


@pytest.mark.needs_clang
def test_types(tmp_path: Path) -> None:
    """Every name that clang accepts as a type may be one. Only `REFUSED` are admitted in excess."""
    words = sorted({*re.findall(r"[A-Za-z_]\w*", TYPES), *BUILT_IN})
    kinds = ("struct ", "union ", "enum ", "")
    names = [f"{kind}{word}" for word in words if " " not in word for kind in kinds]
    names.append("unsigned int")
    compiler = _compiler(tmp_path, TYPES)
    questions = ask_types(names)
    compiled = compile_c(compiler, includes=["a.h"], questions=questions, work=tmp_path)
    assert not compiled.left_out
    accepted = {one.name for one in questions if one.key not in compiled.refused}
    assert {*TYPE_NAMES, *BUILT_IN} - accepted == set()
    text = _text(compiler, words, tmp_path)
    maybe = {name for name in names if text.may_be_type(name)}
    assert accepted <= maybe
    assert _told_apart(maybe) - accepted == REFUSED


@pytest.mark.needs_clang
def test_typedefs(tmp_path: Path) -> None:
    """Every typedef may be one, also of an incomplete type. Tags, members, parameters may not."""
    words = sorted({*re.findall(r"[A-Za-z_]\w*", TYPES)})
    compiler = _compiler(tmp_path, TYPES)
    accepted = _typedefs(compiler, ["a.h"], words, tmp_path)
    assert {"plain_t", "later_t", "returns_pointer"} < accepted
    text = _text(compiler, words, tmp_path)
    maybe = {word for word in words if text.may_be_typedef(word)}
    assert accepted <= maybe
    assert maybe.isdisjoint(("plain", "few", "later", "i", "variable", "plain_argument", "ONE"))


@pytest.mark.needs_clang
def test_objects(tmp_path: Path) -> None:
    """Static variables and functions may be local, in every form of declaration. No others may."""
    names = [*LOCAL, "far", "outside", "more", "after_a_body", "both", "FAR"]
    compiler = _compiler(tmp_path, OBJECTS)
    assert _local(compiler, ["a.h"], names, tmp_path) == LOCAL
    text = _text(compiler, names, tmp_path)
    assert {name for name in names if text.may_be_local(name)} == LOCAL
    assert all(map(text.may_be_declared, names))
    assert not any(map(text.may_be_declared, ("s", "missing", "FA", "malloc")))
    assert text.may_be_declared("__builtin_memcpy")


@pytest.mark.parametrize(
    "more",
    [
        "static struct { int i; } one_more;",
        "static struct tagged { int i; } one_more;",
        "static union __attribute__((packed)) tagged { int i; } one_more;",
        "__attribute__((internal_linkage)) int one_more;",
    ],
)
@pytest.mark.needs_clang
def test_what_is_local_in_rarer_ways(more: str, tmp_path: Path) -> None:
    """A rare declaration of a local variable: the text admits all names that clang finds."""
    compiler = _compiler(tmp_path, f"extern int far; {more}")
    names = ["far", "one_more"]
    local = _local(compiler, ["a.h"], names, tmp_path)
    text = _text(compiler, names, tmp_path)
    assert local <= {name for name in names if text.may_be_local(name)}
    assert text.may_be_local("one_more")


DECLARED = """
int labelled(int) __asm__("labelled_v2"), beside;
#pragma redefine_extname renamed renamed_v2
int renamed(int);
int plain(int);
static inline int body(void) { __asm__("nop"); return 0; }
extern _Thread_local int of_thread;
extern __thread int of_thread_too;
"""


def test_declarations_that_say_more(tmp_path: Path) -> None:
    """Labels, variables of each thread: not many others may be such."""
    names = ["labelled", "renamed", "plain", "body", "of_thread", "of_thread_too", "MACRO"]
    text = _text(_compiler(tmp_path, f"{DECLARED}\n#define MACRO of_thread"), names, tmp_path)
    assert {n for n in names if text.may_be_labelled(n)} == {"labelled", "renamed"}
    threads = {"of_thread", "of_thread_too", "MACRO"}
    assert {n for n in names if text.may_be_of_thread(n)} == threads
    assert not any(map(text.may_have_registers, names))


@pytest.mark.parametrize("text", ["struct a { int i; ", "} struct a { int i; };"])
def test_where_braces_are_not_closed_all_may_be(text: str) -> None:
    """If braces are not closed, every name may be anything."""
    seen = CText(text, {}, ())
    assert seen.may_be_type("b_t")
    assert seen.may_be_declared("b")
    assert seen.may_be_local("a")
    assert seen.may_be_labelled("a")
    assert seen.may_be_of_thread("a")


def test_macros_may_be_anything() -> None:
    """A macro, or an expression instead of a name, may be anything."""
    seen = CText("struct a { int i; };", {"b": "struct a"}, ())
    assert seen.may_be_type("b")
    assert seen.may_be_type("__typeof__(struct a)")
    assert seen.may_be_declared("b")
    assert not seen.may_be_type("c")


def test_a_macro_that_is_another_name_for_a_tag() -> None:
    """`#define nvlist FreeBSD_nvlist` adds nothing to the tag."""
    macros = {"a": "other_a", "b": "other_b", "c": "char"}
    seen = CText("struct other_a { int i; }; struct other_b; struct other_b *p;", macros, ())
    assert seen.may_be_type("struct a")
    assert not seen.may_be_type("struct b")
    assert not seen.may_be_type("b")
    assert seen.may_be_type("c")


@pytest.mark.needs_clang
@pytest.mark.needs_headers
def test_the_kernels_headers(tmp_path: Path) -> None:
    """A sample of all the words in them: none that clang accepts is missed."""
    target = find_target("amd64")
    tree = open_tree("ziglang", target=target, release=None, work=tmp_path)
    includes = ["sys/param.h", "sys/types.h", "sys/proc.h", "sys/mount.h", "net/if.h"]
    assert {*includes[2:]} < {*read_seed("kernel")[:100]}
    found = clang()
    compiler = (
        *found.argv,
        *found.target_flags(target, tree.release),
        *("-ffreestanding", "-D_KERNEL", "-DGENOFFSET", *tree.flags),
    )
    for name, stub in tree.stubs.items():
        (tmp_path / "stubs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "stubs" / name).write_text(stub, encoding="utf-8")
    compiler = (*compiler, "-isystem", str(tmp_path / "stubs"))
    everything = survey_names(compiler, includes=includes, names=(), work=tmp_path)
    assert everything.text is not None
    all_words = {word for part in everything.text.parts for word in part.words}
    words = sorted(word for word in all_words if plain_name(word) == word)[::8]
    assert len(words) > 300
    text = _text(compiler, words, tmp_path, includes)
    names = [f"{kind}{word}" for word in words for kind in ("struct ", "union ", "enum ", "")]
    questions = ask_types(names)
    types = compile_c(compiler, includes=includes, questions=questions, work=tmp_path)
    accepted = {one.name for one in questions if one.key not in types.refused}
    maybe = {name for name in names if text.may_be_type(name)}
    assert accepted <= maybe
    assert len(_told_apart(maybe) - accepted) < len(accepted) / 10
    assert all(map(text.may_be_typedef, _typedefs(compiler, includes, words, tmp_path)))
    questions = ask_names("object", words)
    objects = compile_c(compiler, includes=includes, questions=questions, work=tmp_path)
    declared = [one.name for one in questions if one.key not in objects.refused]
    assert all(map(text.may_be_declared, declared))
    local = _local(compiler, includes, declared, tmp_path)
    assert all(map(text.may_be_local, local))
    assert not all(map(text.may_be_local, declared))
    # A survey after other headers equals a survey together with them.
    macros = tmp_path / "macros.h"
    write_macros(compiler, includes=includes[:2], output=macros)
    behind = survey_names(
        (*compiler, "-imacros", str(macros)),
        includes=includes[2:],
        names=words,
        work=tmp_path,
        behind=survey_names(compiler, includes=includes[:2], names=(), work=tmp_path),
    )
    assert behind.text is not None
    assert (
        behind.macros
        == survey_names(compiler, includes=includes, names=words, work=tmp_path).macros
    )
    for ask in (CText.may_be_type, CText.may_be_typedef, CText.may_be_declared, CText.may_be_local):
        assert [ask(behind.text, name) for name in names] == [ask(text, name) for name in names]


def _typedefs(
    compiler: tuple[str, ...], includes: list[str], names: list[str], work: Path
) -> set[str]:
    """Return the names that clang accepts as types, complete or not."""
    questions = ask_names("alias", names)
    compiled = compile_c(compiler, includes=includes, questions=questions, work=work)
    return {one.name for one in questions if one.key not in compiled.refused}


def _local(
    compiler: tuple[str, ...], includes: list[str], names: list[str], work: Path
) -> frozenset[str]:
    """Return the local names by clang, which is asked for all of them."""
    return find_linkage(compiler, includes=includes, names=names, text=None, work=work).local


def _compiler(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "a.h").write_text(text, encoding="utf-8")
    return (*clang().argv, f"--target={AMD64}", "-ffreestanding", "-isystem", str(folder))


def _text(
    compiler: tuple[str, ...], names: list[str], work: Path, includes: list[str] | None = None
) -> CText:
    survey = survey_names(compiler, includes=includes or ["a.h"], names=names, work=work)
    assert survey.text is not None
    return survey.text


def _told_apart(maybe: set[str]) -> set[str]:
    """Return the names that are no keywords or macros, since those may be anything."""
    kinds = ("struct", "union", "enum")
    anything = {name for name in maybe if all(f"{kind} {name}" in maybe for kind in kinds)}
    return {name for name in maybe if plain_name(name) not in anything and name[0] != "_"}
