"""Mistakes in constants, and in Rust enums for C's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.mutation.declarations import Scalar
from tests.mutation.items import Constant
from tests.mutation.kinds import ItemChange, Root, kind

__all__ = ["ConstantSite", "EnumSite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantSite:
    """A constant that is right; `next` one is right, too, and an enumerator of the same enum."""

    constant: Constant
    next: Constant | None = None

    @property
    def is_free(self) -> bool:
        """Return whether Rust's name is C's: bindgen prefixes enumerators with the enum's name."""
        return self.constant.c_name == self.constant.name

    @property
    def number(self) -> int | None:
        """Its value, if that is a number."""
        return self.constant.value if isinstance(self.constant.value, int) else None

    @property
    def text(self) -> str | None:
        """Its bytes as Rust writes them between quotes, without the NUL, if it is a text."""
        value = self.constant.value
        return value[2:-3] if isinstance(value, str) and value.endswith('\\0"') else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumSite:
    """An enum of C: its name, its integer type, and its enumerators, all of them right."""

    name: str
    scalar: Scalar
    enumerators: tuple[tuple[str, int], ...]


def _change(
    site: ConstantSite, type_: str, value: object, check: str | None = None
) -> Iterator[ItemChange]:
    """Yield the constant with another type and value, and the check that must find it."""
    name = site.constant.name
    roots = () if check is None else (Root(check=f"constant-{check}", member=None),)
    if site.is_free or type_ == site.constant.type:
        text = f"pub const {name}: {type_} = {value};\n"
        yield ItemChange(subject=name, text=text, roots=roots)


@kind("constant off by one", of="constant")
def off_by_one(site: ConstantSite) -> Iterator[ItemChange]:
    """Add or subtract one."""
    if site.number is not None:
        for number in (max(site.number - 1, 0), site.number + 1):
            if number != site.number:
                yield from _change(
                    site, "u64" if site.is_free else site.constant.type, number, "value"
                )


@kind("a bit of a constant turned", of="constant")
def turned_bit(site: ConstantSite) -> Iterator[ItemChange]:
    """Set or clear one bit."""
    for bit in (2, 7, 30) if site.number is not None and site.number >= 0 else ():
        yield from _change(site, "u64", (site.number or 0) ^ (1 << bit), "value")


@kind("constant of the other sign", of="constant")
def negated(site: ConstantSite) -> Iterator[ItemChange]:
    """Negate the value: `-5` for 5."""
    if site.number is not None and site.number % (1 << 31):
        yield from _change(site, "i64", -site.number, "value")


@kind("constant cut off", of="constant")
def cut_off(site: ConstantSite) -> Iterator[ItemChange]:
    """Keep the lower bits only, in a type of their width."""
    for bits in (8, 16, 32) if site.number is not None else ():
        number = site.number or 0
        if number >= 1 << bits or number < -(1 << (bits - 1)):
            yield from _change(site, f"u{bits}", number % (1 << bits), "width")


@kind("constant of the same bits, negative", of="constant")
def same_bits(site: ConstantSite) -> Iterator[ItemChange]:
    """Keep the bits in a type of the other sign that is too narrow for the value."""
    for bits in (8, 16) if site.number is not None else ():
        number = site.number or 0
        if 1 << (bits - 1) <= number < 1 << bits:
            yield from _change(site, f"i{bits}", number - (1 << bits), "sign")
        elif -(1 << (bits - 1)) <= number < 0:
            yield from _change(site, f"u{bits}", number + (1 << bits), "sign")


@kind("float for an integer constant", of="constant", is_wrong=True)
def as_float(site: ConstantSite) -> Iterator[ItemChange]:
    """Write a float of the same value."""
    if site.number is not None:
        yield from _change(site, "f64", f"{site.number}.0", "kind")


@kind("text for a number", of="constant", is_wrong=True)
def text_for_number(site: ConstantSite) -> Iterator[ItemChange]:
    """Write the number's digits as a text."""
    if site.number is not None:
        yield from _change(site, "&::core::ffi::CStr", f'c"{site.number}"', "kind")


@kind("number for a text", of="constant", is_wrong=True)
def number_for_text(site: ConstantSite) -> Iterator[ItemChange]:
    """Write the text's length as a number."""
    if site.text is not None:
        yield from _change(site, "usize", len(site.text), "kind")


@kind("a letter of a text changed", of="constant", is_wrong=True)
def other_letter(site: ConstantSite) -> Iterator[ItemChange]:
    """Change the first letter."""
    if site.text and site.text[0].isalnum():
        yield from _change(site, "&[u8]", f'b"~{site.text[1:]}\\0"', "value")


@kind("text cut off", of="constant", is_wrong=True)
def shorter_text(site: ConstantSite) -> Iterator[ItemChange]:
    """Cut off the last letter."""
    if site.text and site.text[-1].isalnum() and "\\" not in site.text:
        yield from _change(site, "&[u8]", f'b"{site.text[:-1]}\\0"', "value")


@kind("text without its NUL", of="constant", is_wrong=True)
def no_nul(site: ConstantSite) -> Iterator[ItemChange]:
    """Write the text as bytes without the NUL, which a caller may pass to C."""
    if site.text is not None:
        yield from _change(site, "&[u8]", f'b"{site.text}"', "value")


@kind("values of two enumerators exchanged", of="constant")
def exchanged(site: ConstantSite) -> Iterator[ItemChange]:
    """Exchange the values of two enumerators of one enum."""
    if site.next is not None and site.next.value != site.constant.value:
        one, two = site.constant, site.next
        text = f"pub const {one.name}: {one.type} = {two.value};\n"
        text += f"pub const {two.name}: {two.type} = {one.value};\n"
        roots = (Root(check="constant-value", member=None),)
        yield ItemChange(subject=one.name, text=text, roots=roots)


@kind("constant in hexadecimal", of="constant")
def in_hex(site: ConstantSite) -> Iterator[ItemChange]:
    """Write the value in hexadecimal, in octal, and as a sum."""
    if site.number is not None and site.number >= 0:
        for value in (hex(site.number), oct(site.number), f"{site.number // 2} * 2 + 0"):
            if not value.endswith("+ 0") or site.number % 2 == 0:
                yield from _change(site, "u64", value)


@kind("constant in a wider type", of="constant")
def in_wider(site: ConstantSite) -> Iterator[ItemChange]:
    """Use a wider type, of either sign."""
    if site.number is not None and abs(site.number) < 1 << 62:
        for type_ in ("i64", "i128") + (("u64", "usize") if site.number >= 0 else ()):
            yield from _change(site, type_, site.number)


@kind("constant in a narrower type that holds it", of="constant")
def in_narrower(site: ConstantSite) -> Iterator[ItemChange]:
    """Use a narrower type that holds the value; the user of a constant chooses the width."""
    if site.number is not None and -128 <= site.number < 128:
        yield from _change(site, "i8", site.number)


@kind("negative constant as C converts it", of="constant", is_wrong=False)
def converted(site: ConstantSite) -> Iterator[ItemChange]:
    """Convert the value: `-1` as `u64::MAX`."""
    if site.number is not None and site.number < 0:
        yield from _change(site, "u64", site.number % (1 << 64))


@kind("bool for 0 and 1", of="constant")
def as_bool(site: ConstantSite) -> Iterator[ItemChange]:
    """Write a bool, as for a macro that is a flag."""
    if site.number in {0, 1}:
        yield from _change(site, "bool", str(bool(site.number)).lower())


@kind("text in another type", of="constant", is_wrong=False)
def other_text(site: ConstantSite) -> Iterator[ItemChange]:
    """Write the text as a C string, an array, a slice, and a `str`, which needs no NUL."""
    text = site.text
    if text is not None and text.isascii() and "\\" not in text:
        yield from _change(site, "&::core::ffi::CStr", f'c"{text}"')
        yield from _change(site, f"[u8; {len(text) + 1}]", f'*b"{text}\\0"')
        yield from _change(site, "&[u8]", f'b"{text}\\0"')
        yield from _change(site, "&str", f'"{text}"')


def _enum(
    site: EnumSite,
    values: dict[str, int],
    *,
    word: str | None = None,
    root: tuple[str, str | None] | None = None,
) -> ItemChange:
    listed = "".join(f"    {name} = {value},\n" for name, value in values.items())
    text = f"#[repr({word or site.scalar.spell()})]\npub enum {site.name} {{\n{listed}}}\n"
    roots = () if root is None else (Root(check=root[0], member=root[1]),)
    return ItemChange(subject=site.name, text=text, roots=roots)


@kind("enum: value off by one", of="enum", is_wrong=True)
def enum_off_by_one(site: EnumSite) -> Iterator[ItemChange]:
    """Raise the last value to one that no enumerator has."""
    values = dict(site.enumerators)
    *_, last = values
    values[last] = max(values.values()) + 1
    yield _enum(site, values, root=("enum-value", last))


@kind("enum: values of two variants exchanged", of="enum", is_wrong=True)
def enum_exchanged(site: EnumSite) -> Iterator[ItemChange]:
    """Exchange the values of the first and the last variant."""
    values = dict(site.enumerators)
    first, *_, last = values
    values[first], values[last] = values[last], values[first]
    change = _enum(site, values, root=("enum-value", first))
    roots = (*change.roots, Root(check="enum-value", member=last))
    yield ItemChange(subject=change.subject, text=change.text, roots=roots)


@kind("enum: too narrow", of="enum", is_wrong=True)
def enum_narrow(site: EnumSite) -> Iterator[ItemChange]:
    """Make the enum one byte wide."""
    if all(0 <= value < 256 for _, value in site.enumerators) and site.scalar.byte_size > 1:
        yield _enum(site, dict(site.enumerators), word="u8", root=("enum-size", None))


@kind("enum: too wide", of="enum", is_wrong=True)
def enum_wide(site: EnumSite) -> Iterator[ItemChange]:
    """Make the enum eight bytes wide."""
    if site.scalar.byte_size < 8:
        yield _enum(site, dict(site.enumerators), word="i64", root=("enum-size", None))


@kind("enum: as C has it", of="enum", is_wrong=False)
def enum_right(site: EnumSite) -> Iterator[ItemChange]:
    """Write a Rust enum in place of bindgen's constants."""
    yield _enum(site, dict(site.enumerators))


@kind("enum: variants in another order, and fewer", of="enum", is_wrong=False)
def enum_fewer(site: EnumSite) -> Iterator[ItemChange]:
    """Reverse the variants and leave one out; it is unknown whether C passes its value."""
    values = dict(site.enumerators)
    if len(values) > 2:
        yield _enum(site, dict([*values.items()][:0:-1]))


def _short(site: EnumSite) -> list[str]:
    """Return the names without their common prefix; none if there is no prefix."""
    names = [name for name, _ in site.enumerators]
    prefix = names[0].partition("_")[0] + "_"
    short = [name.removeprefix(prefix) for name in names]
    alike = all(name.startswith(prefix) for name in names) and all(n[:1].isalpha() for n in short)
    return short if alike and len(names) > 1 else []


@kind("enum: names without their prefix", of="enum", is_wrong=False)
def enum_short(site: EnumSite) -> Iterator[ItemChange]:
    """Write the names without their prefix, as usual in Rust."""
    short = _short(site)
    if short:
        yield _enum(site, dict(zip(short, (v for _, v in site.enumerators), strict=True)))


@kind("enum: names without their prefix, values exchanged", of="enum", is_wrong=True)
def enum_short_exchanged(site: EnumSite) -> Iterator[ItemChange]:
    """Exchange the values of the first and the last name, without prefix."""
    short = _short(site)
    if short:
        first, *between, last = (value for _, value in site.enumerators)
        values = dict(zip(short, (last, *between, first), strict=True))
        change = _enum(site, values, root=("enum-value", short[0]))
        roots = (*change.roots, Root(check="enum-value", member=short[-1]))
        yield replace(change, roots=roots)


@kind("enum: names of its own, a value that C does not have", of="enum", is_wrong=True)
def enum_own_names(site: EnumSite) -> Iterator[ItemChange]:
    """Change a value of an enum with its own names, which is compared by value."""
    values = [value for _, value in site.enumerators]
    values[-1] = max(values) + 1
    named = {f"Mutant{number}": value for number, value in enumerate(values)}
    yield _enum(site, named, root=("enum-value", f"Mutant{len(values) - 1}"))
