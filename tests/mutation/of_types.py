"""Mistakes in the types of members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from tests.mutation.declarations import Declaration, Field, Scalar
from tests.mutation.kinds import Change, Root, Site, kind

__all__: list[str] = []

FUNCTION: Final = "::core::option::Option<"
BINDGENS: Final = {f"{name}{n}" for n in range(9) for name in ("_bitfield_", "_bitfield_align_")}
FLEXIBLE: Final = "__IncompleteArrayField<"


def _retype(site: Site, index: int, type_: str, check: str) -> Change:
    """Return the change of a field's type, and the check that must find it."""
    c_name = site.record.fields[index].c_name
    root = Root(check=check, member=c_name)
    return Change(record=site.record.with_type(index, type_), roots=(root,))


def _scalars(site: Site) -> Iterator[tuple[int, Scalar]]:
    for index, field, _ in site.fields():
        scalar = site.bindings.scalar(field.type)
        if scalar is not None:
            yield index, scalar


def _arrays(site: Site) -> Iterator[tuple[int, str, int]]:
    for index, field, _ in site.fields():
        array = site.bindings.array(field.type)
        if array is not None:
            yield index, *array


def _pointers(site: Site, prefix: str) -> Iterator[int]:
    for index, field, _ in site.fields():
        if site.bindings.resolve(field.type).startswith(prefix):
            yield index


def _nested(site: Site) -> Iterator[tuple[int, Field, str]]:
    """Yield the fields that are records, and their names."""
    for index, field, _ in site.fields():
        record = site.bindings.record(field.type)
        if record is not None:
            yield index, field, record.name


@kind("integer widened")
def widen(site: Site) -> Iterator[Change]:
    """Widen to the next width, even if padding absorbs the growth."""
    for index, scalar in _scalars(site):
        wider = replace(scalar, byte_size=2 * scalar.byte_size)
        if not scalar.enumerators:
            yield _retype(site, index, wider.spell(), "member-size")


@kind("integer narrowed")
def narrow(site: Site) -> Iterator[Change]:
    """Narrow to half the width."""
    for index, scalar in _scalars(site):
        if scalar.byte_size > 1 and not scalar.enumerators:
            narrower = replace(scalar, byte_size=scalar.byte_size // 2)
            yield _retype(site, index, narrower.spell(), "member-size")


@kind("sign of an integer changed")
def change_sign(site: Site) -> Iterator[Change]:
    """Change the sign of an integer that is neither a plain char nor an enum."""
    for index, scalar in _scalars(site):
        if not scalar.is_char and not scalar.enumerators:
            other = replace(scalar, signed=not scalar.signed)
            yield _retype(site, index, other.spell(), "member-type")


@kind("sign of a plain char", rule="C leaves open whether char is signed")
def char_sign(site: Site) -> Iterator[Change]:
    """Use `u8` for `c_char`, one or an array of them."""
    for index, scalar in _scalars(site):
        if scalar.is_char:
            yield _retype(site, index, "u8", "member-type")
    for index, element, count in _arrays(site):
        inner = site.bindings.scalar(element)
        if inner is not None and inner.is_char:
            yield _retype(site, index, f"[u8; {count}]", "member-type")


@kind("sign of an enum", rule="C leaves open which integer an enum is, if it holds the values")
def enum_sign(site: Site) -> Iterator[Change]:
    """Use the other sign if it holds all the enum's values."""
    for index, scalar in _scalars(site):
        if scalar.enumerators:
            other = replace(scalar, signed=not scalar.signed)
            bits = 8 * scalar.byte_size - other.signed
            low = -(1 << bits) if other.signed else 0
            if all(low <= value < 1 << bits for value in scalar.enumerators):
                yield _retype(site, index, other.spell(), "member-type")


@kind("enum of the wrong width")
def enum_width(site: Site) -> Iterator[Change]:
    """Use one byte, or eight, for an enum."""
    for index, scalar in _scalars(site):
        for type_ in ("u8", "u64") if scalar.enumerators else ():
            yield _retype(site, index, type_, "member-size")


@kind("float for an integer")
def float_for_integer(site: Site) -> Iterator[Change]:
    """Use a float of the integer's width."""
    for index, scalar in _scalars(site):
        if scalar.byte_size in {4, 8}:
            yield _retype(site, index, f"f{8 * scalar.byte_size}", "member-type")


@kind("bool for an integer")
def bool_for_integer(site: Site) -> Iterator[Change]:
    """Use a bool for an integer of one byte."""
    for index, scalar in _scalars(site):
        if scalar.byte_size == 1:
            yield _retype(site, index, "bool", "member-type")


@kind("int for a bool")
def int_for_bool(site: Site) -> Iterator[Change]:
    """Use an `i32` for a bool, as in old C."""
    for index, field, _ in site.fields():
        if site.bindings.resolve(field.type) == "bool":
            yield _retype(site, index, "i32", "member-size")


@kind("u8 for a bool", rule="the same byte")
def byte_for_bool(site: Site) -> Iterator[Change]:
    """Use a byte, which is safer than a bool, since C may have stored a 2."""
    for index, field, _ in site.fields():
        if site.bindings.resolve(field.type) == "bool":
            yield _retype(site, index, "u8", "member-type")


@kind("Rust's char for an integer")
def scalar_value(site: Site) -> Iterator[Change]:
    """Use `char`, of which not every 32-bit integer is a value."""
    for index, scalar in _scalars(site):
        if scalar.byte_size == 4:
            yield _retype(site, index, "char", "member-type")


@kind("pointer to integer")
def integer_for_pointer(site: Site) -> Iterator[Change]:
    """Use an integer as wide as the pointer."""
    for index in _pointers(site, "*"):
        yield _retype(site, index, "usize", "member-type")


@kind("pointer to narrow integer")
def narrow_for_pointer(site: Site) -> Iterator[Change]:
    """Use a `u32` for a pointer, as on 32-bit machines."""
    for index in _pointers(site, "*"):
        yield _retype(site, index, "u32", "member-size")


@kind("integer to pointer")
def pointer_for_integer(site: Site) -> Iterator[Change]:
    """Use a pointer for an integer of its width."""
    for index, scalar in _scalars(site):
        if scalar.byte_size == 8:
            yield _retype(site, index, "*mut ::core::ffi::c_void", "member-type")


@kind("narrow integer to pointer")
def pointer_for_narrow(site: Site) -> Iterator[Change]:
    """Use a pointer for a narrow integer, such as a handle."""
    for index, scalar in _scalars(site):
        if scalar.byte_size == 4:
            yield _retype(site, index, "*mut ::core::ffi::c_void", "member-size")


@kind("function pointer to integer")
def integer_for_function(site: Site) -> Iterator[Change]:
    """Use an integer, which is no pointer, for a function's address."""
    for index in _pointers(site, FUNCTION):
        yield _retype(site, index, "usize", "member-type")


@kind("fat pointer")
def fat_pointer(site: Site) -> Iterator[Change]:
    """Use a pointer to a slice, which Rust stores in two words."""
    for index in _pointers(site, "*"):
        yield _retype(site, index, "*mut [u8]", "member-size")


@kind("pointee instead of a pointer")
def pointee(site: Site) -> Iterator[Change]:
    """Use the pointed-to record by value."""
    for index, field, _ in site.fields():
        pointer = site.bindings.resolve(field.type)
        inner = pointer.removeprefix("*mut ")
        facts = site.records.get(inner) if inner != pointer else None
        has_size = facts is not None and facts.byte_size not in {0, 8}
        if has_size and not site.is_around(inner):
            yield _retype(site, index, inner, "member-size")


def _pointers_to(site: Site, *, anything: bool) -> Iterator[int]:
    """Yield the pointers to `void`; or those to records, not of four bytes, with members."""
    for index, field, _ in site.fields():
        star, _, pointee = site.bindings.resolve(field.type).partition(" ")
        if star in {"*mut", "*const"}:
            inner = site.bindings.resolve(pointee)
            is_record = inner in site.named and site.records[inner].byte_size not in {0, 4}
            if inner == "::core::ffi::c_void" if anything else is_record:
                yield index


@kind("pointer to something else", is_wrong=True)
def other_pointee(site: Site) -> Iterator[Change]:
    """Point to numbers, although C points to a record."""
    for index in _pointers_to(site, anything=False):
        yield _retype(site, index, "*const [u32; 7]", "member-type")


@kind("pointer to something, for one to void")
def any_pointee(site: Site) -> Iterator[Change]:
    """Point to numbers, since C's `void` leaves the pointed-to type open."""
    for index in _pointers_to(site, anything=True):
        yield _retype(site, index, "*const [u32; 7]", "member-type")


@kind("data pointer for a function pointer")
def data_for_function(site: Site) -> Iterator[Change]:
    """Point to `c_void`, which is no function."""
    for index in _pointers(site, FUNCTION):
        yield _retype(site, index, "*mut ::core::ffi::c_void", "member-type")


@kind("function pointer for a data pointer", is_wrong=True)
def function_for_data(site: Site) -> Iterator[Change]:
    """Use a pointer to a function for C's pointer to a record."""
    for index in _pointers_to(site, anything=False):
        yield _retype(site, index, f'{FUNCTION}unsafe extern "C" fn()>', "member-type")


@kind("function pointer for one to void")
def function_for_void(site: Site) -> Iterator[Change]:
    """Use a pointer to a function for C's `void *`, in which C code stores callbacks, too."""
    for index in _pointers_to(site, anything=True):
        yield _retype(site, index, f'{FUNCTION}unsafe extern "C" fn()>', "member-type")


@kind("another name for the same integer")
def other_name(site: Site) -> Iterator[Change]:
    """Use another name of the type: `usize` for `size_t`, `i32` for `c_int`."""
    for index, scalar in _scalars(site):
        pointer_wide = {(True, 8): "isize", (False, 8): "usize"}
        name = pointer_wide.get((scalar.signed, scalar.byte_size), scalar.spell())
        yield _retype(site, index, name, "member-type")


@kind("wrapped in core's types")
def wrapped(site: Site) -> Iterator[Change]:
    """Wrap the type: `UnsafeCell`, `ManuallyDrop`, `MaybeUninit`."""
    for index, field, _ in site.fields():
        for around in ("cell::UnsafeCell", "mem::ManuallyDrop", "mem::MaybeUninit"):
            if site.record.kind == "struct":
                yield _retype(site, index, f"::core::{around}<{field.type}>", "member-type")


@kind("array longer by one")
def longer(site: Site) -> Iterator[Change]:
    """Add one element to an array."""
    for index, element, count in _arrays(site):
        yield _retype(site, index, f"[{element}; {count + 1}]", "member-size")


@kind("array shorter by one")
def shorter(site: Site) -> Iterator[Change]:
    """Remove one element of an array, down to none."""
    for index, element, count in _arrays(site):
        yield _retype(site, index, f"[{element}; {count - 1}]", "member-size")


@kind("array to scalar")
def scalar_for_array(site: Site) -> Iterator[Change]:
    """Keep the first element of an array only."""
    for index, element, count in _arrays(site):
        if count > 1:
            yield _retype(site, index, element, "member-size")


@kind("scalar to array")
def array_for_scalar(site: Site) -> Iterator[Change]:
    """Use an array of two for a scalar."""
    for index, scalar in _scalars(site):
        yield _retype(site, index, f"[{scalar.spell()}; 2]", "member-size")


@kind("elements of another width")
def other_elements(site: Site) -> Iterator[Change]:
    """Use half as many elements of twice the width, if they are aligned there."""
    for index, element, count in _arrays(site):
        scalar = site.bindings.scalar(element)
        if scalar is not None and count > 2 and count % 2 == 0 and scalar.byte_size < 8:
            wider = replace(scalar, byte_size=2 * scalar.byte_size)
            offset, _ = site.facts.fields[site.record.fields[index].name]
            if offset % wider.byte_size == 0 and site.facts.alignment >= wider.byte_size:
                yield _retype(site, index, f"[{wider.spell()}; {count // 2}]", "member-type")


@kind("elements of another sign")
def other_element_sign(site: Site) -> Iterator[Change]:
    """Change the sign of elements that are no plain chars."""
    for index, element, count in _arrays(site):
        scalar = site.bindings.scalar(element)
        if scalar is not None and not scalar.is_char and not scalar.enumerators:
            other = replace(scalar, signed=not scalar.signed)
            yield _retype(site, index, f"[{other.spell()}; {count}]", "member-type")


@kind("dimensions exchanged")
def exchanged_dimensions(site: Site) -> Iterator[Change]:
    """Exchange dimensions: 2 x 3 for 3 x 2."""
    for index, element, count in _arrays(site):
        inner = site.bindings.array(element)
        if inner is not None and inner[1] != count:
            type_ = f"[[{inner[0]}; {count}]; {inner[1]}]"
            yield _retype(site, index, type_, "member-type")


@kind("dimensions in another number", rule="an array's elements lie in one row")
def flat_dimensions(site: Site) -> Iterator[Change]:
    """Merge two dimensions, or split one in two."""
    for index, element, count in _arrays(site):
        inner = site.bindings.array(element)
        if inner is not None:
            yield _retype(site, index, f"[{inner[0]}; {count * inner[1]}]", "member-type")
        elif count % 2 == 0 and count:
            yield _retype(site, index, f"[[{element}; 2]; {count // 2}]", "member-type")


@kind("array of one for a scalar", rule="one element is the scalar")
def array_of_one(site: Site) -> Iterator[Change]:
    """Use an array of one for a scalar, a record or a pointer."""
    for index, field, _ in site.fields():
        if site.bindings.array(field.type) is None:
            yield _retype(site, index, f"[{field.type}; 1]", "member-type")


@kind("types of two members exchanged")
def exchange_types(site: Site) -> Iterator[Change]:
    """Exchange two types; the names keep their places."""
    for (one, first), (two, second) in pairwise(_scalars(site)):
        plain = not (first.is_char or first.enumerators or second.is_char or second.enumerators)
        if plain and (first.signed, first.byte_size) != (second.signed, second.byte_size):
            check = "member-type" if first.byte_size == second.byte_size else "member-size"
            changed = site.record.with_type(one, second.spell()).with_type(two, first.spell())
            names = (site.record.fields[one].c_name, site.record.fields[two].c_name)
            roots = tuple(Root(check=check, member=name) for name in names)
            yield Change(record=changed, roots=roots)


@kind("stand-in of size zero")
def empty_stand_in(site: Site) -> Iterator[Change]:
    """Use no bytes in place of a record."""
    for index, _, _ in _nested(site):
        yield _retype(site, index, "[u8; 0]", "member-size")


@kind("stand-in too long")
def long_stand_in(site: Site) -> Iterator[Change]:
    """Use a byte more than the record has."""
    for index, field, _ in _nested(site):
        yield _retype(site, index, f"[u8; {site.size(field) + 1}]", "member-size")


@kind("stand-in too short")
def short_stand_in(site: Site) -> Iterator[Change]:
    """Use a byte less than the record has."""
    for index, field, _ in _nested(site):
        yield _retype(site, index, f"[u8; {site.size(field) - 1}]", "member-size")


@kind("stand-in of the right size", rule="room of the right size and place, whatever its words")
def right_stand_in(site: Site) -> Iterator[Change]:
    """Use an array of words as wide as the record's alignment."""
    for index, field, name in _nested(site):
        word = site.records[name].alignment
        if word <= 8 and site.size(field) > word:
            type_ = f"[u{8 * word}; {site.size(field) // word}]"
            yield _retype(site, index, type_, "member-type")


@kind("opaque type by value")
def opaque_by_value(site: Site) -> Iterator[Change]:
    """Use an opaque type by value, in place of a record."""
    unused = (Field(name="_unused", type="[u8; 0]"),)
    opaque = Declaration(name="mutant_opaque", kind="struct", repr=("C",), fields=unused)
    for index, field, _ in _nested(site):
        roots = (
            Root(check="member-size", member=field.c_name),
            Root(check="opaque-by-value", member="*"),
            Root(check="opaque-by-value", member=None),
        )
        record = site.record.with_type(index, "mutant_opaque")
        yield Change(record=record, roots=roots, every=False, around=(opaque,))


@kind("nested record of another size")
def other_record(site: Site) -> Iterator[Change]:
    """Use another record of the bindings, larger or smaller."""
    others = sorted(site.named, key=lambda name: site.records[name].code)
    for index, field, name in _nested(site):
        start = site.records[name].code % len(others)
        for other in (*others[start:], *others[:start]):
            unlike = site.records[other].byte_size not in {site.size(field), 0}
            if unlike and not site.is_around(other):
                yield _retype(site, index, other, "member-size")
                break


@kind("nested record of the same size")
def twin_record(site: Site) -> Iterator[Change]:
    """Use another record of equal size and alignment, with members of other names.

    Wrappers are left out, as are variants that may replace the whole union (ADR 6).
    """
    for index, field, name in _nested(site):
        own = site.records[name]
        names = own.fields.keys()
        variants = {variant.type for variant in site.bindings.records[name].fields}
        for other in site.named:
            facts = site.records[other]
            alike = (facts.byte_size, facts.alignment) == (own.byte_size, own.alignment)
            is_wrapper = sum(size > 0 for _, size in facts.fields.values()) == 1
            others = facts.fields.keys() - BINDGENS
            is_in = site.is_around(other) or other in variants
            if alike and not is_wrapper and names.isdisjoint(others) and not is_in:
                path = field.c_name
                roots = (Root(check="*", member=path), Root(check="*", member=f"{path}.*"))
                record = site.record.with_type(index, other)
                yield Change(record=record, roots=roots, every=False)
                break


@kind("stride of a flexible array")
def stride(site: Site) -> Iterator[Change]:
    """Use another generic argument: elements of another size."""
    for index, field in enumerate(site.record.fields):
        if field.type.startswith(FLEXIBLE):
            inner = field.type.removeprefix(FLEXIBLE).removesuffix(">")
            scalar = site.bindings.scalar(inner)
            wider = "u16" if scalar is not None and scalar.byte_size == 1 else "u8"
            yield _retype(site, index, f"{FLEXIBLE}{wider}>", "member-type")


@kind("flexible array of one element")
def sized_flexible(site: Site) -> Iterator[Change]:
    """Use an array of one for a flexible array, as in old C: it has a size."""
    for index, field in enumerate(site.record.fields):
        if field.type.startswith(FLEXIBLE):
            inner = field.type.removeprefix(FLEXIBLE).removesuffix(">")
            yield _retype(site, index, f"[{inner}; 1]", "member-size")


@kind("field of a bindgen union")
def union_field(site: Site) -> Iterator[Change]:
    """Use another generic argument of `__BindgenUnionField`."""
    for index, field in enumerate(site.record.fields):
        if field.type.startswith("__BindgenUnionField<") and field.c_name:
            yield _retype(site, index, "__BindgenUnionField<[u16; 3]>", "member-size")
