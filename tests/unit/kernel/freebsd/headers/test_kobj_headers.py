"""kobj_headers.py: interface files give headers, compared without white space, or errors."""

from __future__ import annotations

import re
import time

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.kobj_headers import render_interface

METHOD = "METHOD int poke {\n\tdevice_t dev;\n};\n"


def spaced(text: str) -> str:
    """Return the approximate C tokens, with one space between."""
    return " ".join(re.findall(r"\w+|[^\w\s]", text))


def rendered(text: str) -> str:
    """The tokens of the header that an interface's text makes, with one space between."""
    return spaced(render_interface(text, path="toy_if.m"))


def declared(text: str) -> str:
    """Return the header in one line, without the common parts and without bodies."""
    header = " ".join(render_interface(f"INTERFACE toy;\n{text}", path="toy_if.m").split())
    header = (
        header.removeprefix("#ifndef _toy_if_h_ #define _toy_if_h_ ").removesuffix("#endif").strip()
    )
    return re.sub(r" \{ .*? \}", ";", header)


def test_a_header_to_the_last_token() -> None:
    """A header has a guard, and a descriptor, a type and a caller for each method."""
    assert rendered(f"INTERFACE toy;\n{METHOD}") == spaced("""
        #ifndef _toy_if_h_
        #define _toy_if_h_
        extern struct kobjop_desc toy_poke_desc;
        typedef int toy_poke_t(device_t dev);
        static __inline int TOY_POKE(device_t dev)
        {
            kobjop_t _m;
            int rc;
            KOBJOPLOOKUP(((kobj_t)dev)->ops, toy_poke);
            rc = ((toy_poke_t *)_m)(dev);
            return (rc);
        }
        #endif
    """)


def test_a_method_without_a_result() -> None:
    """A method without a result returns nothing."""
    assert spaced("""
        static __inline void TOY_REST(device_t dev) {
            kobjop_t _m;
            KOBJOPLOOKUP(((kobj_t)dev)->ops, toy_rest);
            ((toy_rest_t *)_m)(dev);
        }
    """) in rendered("INTERFACE toy\nMETHOD void rest { device_t dev; };")


def test_what_goes_before_and_after_the_call() -> None:
    """PROLOG and EPILOG surround the call of the next method only."""
    around = "PROLOG {\n\tlock(dev);\n}\nEPILOG {\n\tunlock(dev);\n};\n"
    header = rendered(f"INTERFACE toy;\n{around}{METHOD}METHOD int rest {{ device_t dev; }};")
    assert spaced("int rc; lock(dev); KOBJOPLOOKUP") in header
    assert spaced("(dev); unlock(dev); return (rc);") in header
    assert header.count("unlock") == 1


def test_the_method_of_a_class() -> None:
    """A STATICMETHOD looks its function up in the class that it is handed."""
    header = rendered("INTERFACE toy;\nSTATICMETHOD int make { kobj_class_t cls; };")
    assert spaced("KOBJOPLOOKUP(cls->ops, toy_make)") in header


def test_an_interface_of_one_object() -> None:
    """A SINGLETON's function is looked up once. Methods before the word are unaffected."""
    header = rendered(f"INTERFACE toy;\n{METHOD}SINGLETON\nMETHOD int rest {{ device_t dev; }};")
    assert spaced("static kobjop_t _m; int rc; if (_m == NULL) KOBJOPLOOKUP") in header
    assert header.count("static kobjop_t") == 1


@pytest.mark.parametrize(
    ("method", "prototype"),
    [
        ("METHOD int f { device_t dev; };", "int {}(device_t dev);"),
        ("METHOD int f {device_t dev;}", "int {}(device_t dev);"),
        ("METHOD  int  f { device_t  dev ;\t};  # a comment", "int {}(device_t dev);"),
        ("METHOD int f {\n\tdevice_t dev;\n\tint a;\n};", "int {}(device_t dev, int a);"),
        ("METHOD int f { device_t dev; int a;\n};", "int {}(device_t dev, int a);"),
        ("METHOD int f { device_t dev; ; int a; };", "int {}(device_t dev, int a);"),
        ("METHOD int f { device_t dev;\r\n};\r", "int {}(device_t dev);"),
        ("METHOD struct a * f { device_t dev; };", "struct a * {}(device_t dev);"),
        ("METHOD u_int f { struct a *dev; };", "u_int {}(struct a *dev);"),
        (
            "METHOD int f { struct a* dev; const void **b; };",
            "int {}(struct a* dev, const void **b);",
        ),
        ("METHOD int f { device_t dev; } DEFAULT no_f;", "int {}(device_t dev);"),
        ("METHOD int f { device_t dev; }; anything", "int {}(device_t dev);"),
        ("METHOD int f { device_t dev; int a }", "int {}(device_t dev);"),
    ],
)
def test_a_methods_prototype(method: str, prototype: str) -> None:
    """A prototype may be on any lines. A parameter without a semicolon is left out."""
    typedef, caller = prototype.format("toy_f_t"), prototype.format("TOY_F")
    assert declared(method) == (
        f"extern struct kobjop_desc toy_f_desc; typedef {typedef} static __inline {caller}"
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("HEADER {\n\tstruct a;\n\t#define A 1 /* one */\n};", "struct a; #define A 1 /* one */"),
        ("HEADER{\n}", ""),
        ("CODE {\n\tstatic int a;\n}", ""),
        ("# a comment\n\n   # and one more", ""),
        ("#include <sys/bus.h>", ""),
        ("/** of one line */", ""),
        ("/**\n * METHOD int none\n */", ""),
    ],
)
def test_what_is_no_method(text: str, header: str) -> None:
    """Blocks for the header are copied; code and comments are not."""
    assert declared(text) == header


def test_a_block_before_the_interface() -> None:
    """A block before the interface is outside of the guard, as in the build."""
    header = render_interface(f"HEADER {{\n\tstruct a;\n}}\nINTERFACE toy;\n{METHOD}", path="x")
    assert header.startswith("\tstruct a;\n#ifndef _toy_if_h_\n")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "there is no INTERFACE line"),
        ("INTERFACE toy;\nMETHODS", 2, "'METHODS' is no statement"),
        ("INTERFACE toy;\n/* a comment of C */", 2, "is no statement"),
        ("INTERFACE toy;\nHEADER\n{", 2, "'HEADER' is no statement"),
        ("INTERFACE toy;\n/** a */ int b;", 2, "'int b;' follows a comment"),
        ("INTERFACE Toy;", 1, "'Toy' is no name of an interface"),
        ("INTERFACE ../toy;", 1, "is no name of an interface"),
        ("INTERFACE toy;\nINTERFACE toy;", 2, "a second INTERFACE"),
        (METHOD, 1, "no INTERFACE line before this method"),
        ("INTERFACE toy;\nMETHOD int poke\n{", 2, "has no {"),
        ("INTERFACE toy;\nMETHOD poke {", 2, "'poke' is no method's result and name"),
        ("INTERFACE toy;\nMETHOD int *poke {", 2, r"'int \*poke' is no method's result and name"),
        (f"INTERFACE toy;\n{METHOD}{METHOD}", 5, "there is a method poke already"),
        ("INTERFACE toy;\nMETHOD int f {\n\tint a;", 2, "the method f has no end"),
        ("INTERFACE toy;\nMETHOD int f {\n\tdev;\n}", 2, "'dev' is no parameter's type and name"),
        ("INTERFACE toy;\nMETHOD int f { int a[2]; }", 2, r"'int a\[2\]' is no parameter"),
        ("INTERFACE toy;\nMETHOD int f { }", 2, "the method f has no parameter"),
        ("INTERFACE toy;\n\nHEADER {\n\tint a;", 3, "this HEADER has no end"),
        ("INTERFACE toy;\n\n/** a\n", 3, "this comment has no end"),
    ],
)
def test_what_is_refused(text: str, line: int, what: str) -> None:
    """A text that is refused is an error with its line."""
    with pytest.raises(HeaderTreeError, match=rf"^toy_if\.m:{line}: .*({what})"):
        render_interface(text, path="toy_if.m")


@pytest.mark.parametrize(
    "text",
    [
        "METHOD " + "a " * 500_000,
        "METHOD int f {" + "*" * 500_000 + ";}",
        "METHOD int f {" + " ;" * 250_000 + "}",
        "METHOD int f {" + "int " * 125_000,
        "METHOD int f {\n" + "a\n" * 250_000,
        "/**" * 150_000,
        "HEADER {\n" * 50_000,
        "A" * 500_000 + "\t" * 500_000 + "\n",
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    """Half a megabyte of hostile text is refused within 5 seconds, with a short message."""
    start = time.process_time()
    with pytest.raises(HeaderTreeError) as error:
        render_interface(f"INTERFACE toy;\n{text}", path="toy_if.m")
    assert time.process_time() - start < 5
    assert len(str(error.value)) < 200
