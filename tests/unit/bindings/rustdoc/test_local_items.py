"""local_items.py: items that functions declare, and texts that look like them."""

from __future__ import annotations

import pytest

from layoutcheck.bindings.rustdoc.local_items import local_items


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('fn w() { extern "C" { fn a(); } }', ["w::a"]),
        ("pub unsafe fn w(x: [u8; 3]) -> u8 {\n unsafe extern { safe fn a(); }\n 1 }", ["w::a"]),
        (
            'mod m { fn w() { if x { extern "C" { fn a(); static mut B: u8; } } } }',
            ["m::w::a", "m::w::B"],
        ),
        (
            'impl S { fn m(&self) { extern "C" { fn a(f: fn(u8), g: extern "C" fn()); } } }',
            ["m::a"],
        ),
        ('impl T for S { fn m(&self) { extern "C" { fn r#a(); } } }', ["m::a"]),
        ('const C: u8 = { extern "C" { fn a(); } 1 };', ["a"]),
        (
            "fn w<'a, 'b>(c: char) { let c = '{'; let s = \"}}\"; extern \"C\" { fn a(); } }",
            ["w::a"],
        ),
        ('fn w() { /* } */ let r = r#"}"}"#; extern "C" { fn a(); } }', ["w::a"]),
        (' extern "C" { fn a(); }', []),
        ('mod m { pub mod n { extern "C" { fn a(); } } }', []),
        ('fn w() {}\nextern "C" { fn a(); }', []),
        ('fn w() { let f: extern "C" fn(u8); } pub extern "C" fn f() {}', []),
        ('// fn w() { extern "C" { fn a(); } }\n"fn w() { extern {";', []),
        ('fn w() { f(|| { extern "C" { fn a(); } }) }', ["w::a"]),
        ('fn w() {\nextern "C" {\nfn a();\n}\n}', ["w::a"]),
        ('fn w() -> ! { extern "C" { fn a(); } }', ["w::a"]),
        ('} fn w() { extern "C" { fn a();', ["w::a"]),
    ],
)
def test_paths(text: str, paths: list[str]) -> None:
    """An item's path is the names around it in the file, and its own."""
    items, has_macros = local_items(text)
    assert ["::".join(item.path) for item in items] == paths
    assert not has_macros


@pytest.mark.parametrize(
    "text",
    [
        'cfg_if! { if #[cfg(x)] { extern "C" { fn a(); } } }',
        'macro_rules! m { () => { fn w() { extern "C" { fn a(); } } } }',
        "macro_rules! m { ($n:ident) => { const _: () = { #[no_mangle] fn $n() {} }; } }",
        'pub macro m($n:ident) { extern "C" { fn $n(); } }',
        'm!(fn w() { extern "C" { fn a(); } });',
        'macro_rules! m { () => {{\nextern "C" {\nfn a();\n}\n}} }',
    ],
)
def test_macros(text: str) -> None:
    """Items of macros are not listed, but the result says that there are macros."""
    assert local_items(text) == ((), True)


def test_all_that_is_said() -> None:
    """An item has a kind, a line and a link name."""
    text = 'fn w() {\n extern "C" {\n #[link_name = "other"]\n fn a();\n static B: u8; } }'
    first, second = local_items(text).items
    assert (first.kind, first.line, first.link_name) == ("function", 4, "other")
    assert (second.kind, second.line, second.link_name) == ("static", 5, None)


def test_what_is_exported_in_a_body() -> None:
    """Functions and statics that a body exports to C are found, where rustdoc does not look."""
    text = (
        '#[no_mangle] pub extern "C" fn listed() {}\n'
        'const _: () = { #[unsafe(no_mangle)] pub extern "C" fn a() {} };\n'
        'mod m { fn outer() { #[export_name = "b_in_c"] static B: i32 = 1; } }\n'
        'impl S { #[no_mangle] pub extern "C" fn method() {} }\n'
        'impl S { const K: u8 = { #[no_mangle] extern "C" fn c() {} 1 }; }\n'
        'fn w() -> impl Copy { #[no_mangle] extern "C" fn d() {} }\n'
    )
    items = local_items(text).items
    found = [(one.kind, one.path, one.line, one.link_name) for one in items]
    assert found == [
        ("function", ("a",), 2, None),
        ("static", ("m", "outer", "B"), 3, "b_in_c"),
        ("function", ("c",), 5, None),
        ("function", ("w", "d"), 6, None),
    ]
    assert all(one.is_defined for one in items)
