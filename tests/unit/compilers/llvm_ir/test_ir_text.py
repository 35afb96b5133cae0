"""ir_text.py: LLVM's IR as text -> functions, blocks and instructions (LLVM Language Reference)."""

from __future__ import annotations

import pytest

from layoutcheck.compilers.llvm_ir.ir_text import (
    MAX_ARRAY,
    MAX_WIDTH,
    Instruction,
    read_data_layout,
    read_function,
    read_functions,
    read_ranges,
    size_in_bits,
)


def instruction(line: str) -> Instruction:
    """The only instruction of a function."""
    function = read_function(f"\n  {line}")
    (block,) = function.blocks.values()
    (only,) = block
    return only


@pytest.mark.parametrize(
    ("line", "operation", "parts"),
    [
        ("add i8 %a, 1", "binary", ("add", "i8", "%a", 1)),
        ("add nuw nsw i64 %a, -2", "binary", ("add", "i64", "%a", -2)),
        ("or disjoint i32 %a, %b.i", "binary", ("or", "i32", "%a", "%b.i")),
        ("udiv exact i16 4, %a", "binary", ("udiv", "i16", 4, "%a")),
        ("zext nneg i8 %a to i64", "cast", ("zext", "i8", "%a", "i64")),
        ("trunc nuw i64 %a to i1", "cast", ("trunc", "i64", "%a", "i1")),
        ("ptrtoint ptr %a to i64", "cast", ("ptrtoint", "ptr", "%a", "i64")),
        ("freeze i8 %a", "cast", ("freeze", "i8", "%a", "i8")),
        ("icmp samesign ult i8 %a, 3", "compare", ("ult", "i8", "%a", 3)),
        ("icmp eq ptr %a, null", "compare", ("eq", "ptr", "%a", 0)),
        ("select i1 %c, i8 %a, i8 2", "select", ("%c", "i8", "%a", "i8", 2)),
        ("select i1 true, i1 false, i1 %a", "select", (1, "i1", 0, "i1", "%a")),
        ("phi i8 [ 0, %start ], [ %b, %x.y ]", "phi", ("i8", "%start", 0, "%x.y", "%b")),
        ("load i16, ptr %p, align 2", "load", ("i16", "%p", "")),
        ("load volatile i8, ptr %p, align 1", "load", ("i8", "%p", "")),
        ("load i8, ptr %p, align 1, !range !7, !noundef !3", "load", ("i8", "%p", "!7")),
        ("load ptr, ptr inttoptr (i64 8 to ptr), align 8", "load", ("ptr", 8, "")),
        ("store i8 -1, ptr %p, align 1", "store", ("i8", -1, "%p")),
        ("getelementptr inbounds nuw i8, ptr %p, i64 2", "address", ("i8", "%p", 2, "")),
        ("getelementptr [2 x i8], ptr %p, i64 0, i64 %i", "address", ("[2 x i8]", "%p", 0, "%i")),
        ("alloca [16 x i8], align 8", "allocate", ("[16 x i8]",)),
        ("br label %end", "jump", ("%end",)),
        ("br i1 %c, label %a, label %b, !prof !2", "branch", ("%c", "%a", "%b")),
        ("ret void", "return", ("", "")),
        ("ret i8 %a", "return", ("i8", "%a")),
        ("unreachable", "", ()),
    ],
)
def test_the_parts_of_an_instruction(
    line: str, operation: str, parts: tuple[int | str, ...]
) -> None:
    """Flags, alignments and metadata are removed, except the range of a load."""
    for result, text in (("%r", f"%r = {line}"), ("", line)):
        found = instruction(text)
        assert (found.result, found.operation, found.parts) == (result, operation, parts)


@pytest.mark.parametrize(
    "line",
    [
        "fadd double 1.0, 2.0",
        "add <2 x i8> %a, %b",
        "add i8 %a, undef",
        "sdiv i8 %a, 3",
        "load i8, ptr @table, align 1",
        "load atomic i8, ptr %p seq_cst, align 1",
        "store ptr @f, ptr %p",
        "getelementptr { i8, i16 }, ptr %p, i64 0, i32 1",
        "getelementptr [2 x [2 x i8]], ptr %p, i64 0, i64 1",
        "getelementptr [2 x i8], ptr %p, i64 0, i64 1, i64 1",
        "alloca i8, i64 16, align 1",
        "alloca i8, i64 %n, align 1",
        "alloca %struct.s, align 8",
        "ret { i8, i8 } %a",
        "extractvalue { i8, i1 } %a, 0",
        "invoke void @f()",
        "cmpxchg ptr %p, i8 0, i8 1 seq_cst seq_cst",
    ],
)
def test_an_instruction_that_is_not_read_is_kept_as_text(line: str) -> None:
    """An instruction that is not read is kept as text, for the message of a refusal."""
    found = instruction(f"%r = {line}")
    assert (found.operation, found.parts, found.text) == ("", (), line)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("call void @f()", ("f",)),
        ("tail call i64 @f(i64 1)", ("f", "i64", 1)),
        (
            "notail call noundef range(i8 0, 9) i8 @f(ptr noundef nonnull align 4 %p, i8 2) #3",
            ("f", "ptr", "%p", "i8", 2),
        ),
        ("call i64 @f(i64 range(i64 0, 9) %a, i1 false), !srcloc !3", ("f", "i64", "%a", "i1", 0)),
        ('call void @"a b"(ptr captures(none) dereferenceable(8) %p)', ('"a b"', "ptr", "%p")),
    ],
)
def test_a_call_is_its_function_and_its_arguments(line: str, parts: tuple[int | str, ...]) -> None:
    """Each argument has its type; its other attributes are removed."""
    found = instruction(line)
    assert (found.operation, found.parts) == ("call", parts)


FUNCTION = """i64 noundef %0, ptr align 8 %"a b"
  %3 = add i64 %0, 1
  br label %again

again:                     ; preds = %2, %again
  ; a comment
    #dbg_value(i64 %3, !9, !DIExpression(), !10)
  switch i64 %3, label %out [
    i64 1, label %again
    i64 -1, label %out
  ]

"out":
  switch i64 %3, label %out []
"""


def test_the_blocks_of_a_function() -> None:
    """The first one has the number behind the unnamed parameters; a switch may have many lines."""
    function = read_function(FUNCTION)
    assert function.parameters == ("%0", '%"a b"')
    assert function.entry == "%1"
    assert [*function.blocks] == ["%1", "%again", '%"out"']
    assert [one.operation for one in function.blocks["%1"]] == ["binary", "jump"]
    (switch,) = function.blocks["%again"]
    assert switch.operation == "switch"
    assert switch.parts == ("i64", "%3", "%out", 1, "%again", -1, "%out")
    (empty,) = function.blocks['%"out"']
    assert empty.parts == ("i64", "%3", "%out")


def test_a_first_block_with_a_name() -> None:
    """Rustc names it."""
    function = read_function("\nstart:\n  ret void")
    assert (function.entry, function.parameters) == ("%start", ())


MODULE = """\
target datalayout = "e-m:e-i64:64"

declare void @elsewhere(ptr)

define internal noundef i8 @f(ptr %a) unnamed_addr #0 !dbg !3 {
start:
  ret i8 1
}

; a comment
define void @"quoted name"() {
  ret void
}

!7 = !{i8 0, i8 2}
!8 = !{i64 -1, i64 3, i64 7, i64 0}
!9 = !{!7, !8}
!10 = !{i8 0, i8 2, i8 4}
"""


def test_the_functions_of_a_module() -> None:
    """Each that it defines comes with its parameters and its lines."""
    assert read_functions(MODULE) == {
        "f": "ptr %a\nstart:\n  ret i8 1",
        '"quoted name"': "\n  ret void",
    }


def test_the_ranges_of_a_module() -> None:
    """A range is pairs of a first number and an end. Other metadata is no range."""
    assert read_ranges(MODULE) == {"!7": ((0, 2),), "!8": ((-1, 3), (7, 0))}


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("e-m:e-p270:32:32-p271:32:32-i64:64-S128", ("little", 64)),
        ("e-m:e-p:32:32-p270:32:32-i128:128", ("little", 32)),
        ("E-m:e-Fn32-i64:64", ("big", 64)),
        ("e-p:32:32", ("little", 32)),
        ("e", ("little", 64)),
    ],
)
def test_the_data_layout(layout: str, expected: tuple[str, int]) -> None:
    """The data layout gives the byte order. Pointers have 64 bits unless `p` says otherwise.

    See "Data Layout" in the LLVM Language Reference.
    """
    assert read_data_layout(f'; x\ntarget datalayout = "{layout}"\n') == expected


def test_a_module_without_a_data_layout_is_refused() -> None:
    """The byte order is not guessed."""
    for text in ("", 'target triple = "e"', 'target datalayout = ""'):
        with pytest.raises(ValueError, match=r"^no target datalayout$"):
            read_data_layout(text)


@pytest.mark.parametrize(
    ("type_", "size"),
    [("i1", 1), ("i64", 64), ("i128", 128), ("ptr", 32), ("[3 x i16]", 48), ("[0 x i8]", 0)],
)
def test_the_size_of_a_type(type_: str, size: int) -> None:
    """A size is in bits. A pointer has the machine's size."""
    assert size_in_bits(type_, 32) == size


@pytest.mark.parametrize("type_", ["i0", f"i{MAX_WIDTH + 1}", f"[{MAX_ARRAY // 8 + 1} x i8]"])
def test_a_size_that_no_type_has_is_refused(type_: str) -> None:
    """Corrupt text must not cost memory."""
    with pytest.raises(ValueError, match=r"^the type "):
        size_in_bits(type_, 64)
    assert size_in_bits(f"i{MAX_WIDTH}", 64) == MAX_WIDTH
    assert size_in_bits(f"[{MAX_ARRAY // 8} x i8]", 64) == MAX_ARRAY
