"""The effects of kernel options on types -> text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from layoutcheck.model.effects import (
    AskedType,
    Failure,
    MemberChange,
    OptionEffect,
    Place,
    RecordChange,
    Sensitivity,
)
from layoutcheck.model.layout import spell_bits
from layoutcheck.model.words import counted
from layoutcheck.report.cells import name_clang
from layoutcheck.report.terminal_safe import ascii_only, chopped, wrapped

__all__ = ["render_effects"]

_MOST_RECORDS: Final = 8
_MOST_NAMES: Final = 5
_MOST_LEFT_OUT: Final = 5
_SIGNS: Final = {"comes": "+", "goes": "-", "changes": "~", "moves": ">"}


def render_effects(found: Sensitivity, *, width: int = 80) -> str:
    """Return a block for each type, or with all types for each effective option; then totals.

    The text is ASCII, at most `width` columns wide except for longer paths. With all types, only
    those are named whose own declaration changes, up to a limit; the JSON form has everything.
    """
    blocks = _option_blocks(found, width) if found.everything else _type_blocks(found, width)
    lines = [line for block in blocks for line in (*block, "")]
    lines += _sums(found, width)
    return "\n".join(lines) + "\n"


# A block for each type


def _type_blocks(found: Sensitivity, width: int) -> Iterator[list[str]]:
    changed: dict[str, list[tuple[OptionEffect, RecordChange]]] = {}
    for effect in found.effects:
        for change in effect.changes:
            changed.setdefault(change.c_name, []).append((effect, change))
    there = {type_.c_name for type_ in found.types}
    for type_ in found.types:
        # A type that only an option defines is named as the user wrote it, without `struct`.
        names = (type_.c_name, f"struct {type_.c_name}", f"union {type_.c_name}")
        name = next((name for name in names if name in changed), type_.c_name)
        if name != type_.c_name and name in there:
            name = type_.c_name
        yield [
            *_item(_heading(type_, name, found.kernel_conf), width),
            *(line for pair in changed.get(name, ()) for line in _effect_lines(*pair, width)),
            *([] if name in changed else ["  No option changes it."]),
        ]


def _heading(type_: AskedType, name: str, conf: str) -> str:
    if type_.byte_size is None:
        return f"{name}: not there under {conf}"
    at = "" if type_.declared_at is None else f" ({type_.declared_at})"
    return f"{name}{at}: {counted(type_.byte_size, 'byte')} under {conf}"


def _effect_lines(effect: OptionEffect, change: RecordChange, width: int) -> Iterator[str]:
    because = "" if change.direct else f", because of {', '.join(change.because_of)}"
    yield from _item(f"{_option_words(effect)}: {_sizes(change)}{because}", width, "  ")
    for kind, members in groupby(change.members, key=_run_of):
        run = list(members)
        if kind[0] == "moves" and len(run) > 1:
            words = f"{run[0].path} to {run[-1].path} ({len(run)} members): {kind[1]:+}"
            yield from _item(f"> {words}{_unit(kind[1])}", width, "    ")
        else:
            for member in run:
                yield from _item(f"{_SIGNS[member.kind]} {_member_words(member)}", width, "    ")


def _run_of(member: MemberChange) -> tuple[str, float]:
    """Return a key of consecutive members that are reported together: how far they move."""
    if member.kind != "moves" or member.without is None or member.with_option is None:
        return member.path, 0
    bits = member.with_option.bit_offset - member.without.bit_offset
    return "moves", bits // 8 if bits % 8 == 0 else bits / 8


def _unit(by: float) -> str:
    return " byte" if abs(by) == 1 else " bytes"


def _member_words(member: MemberChange) -> str:
    was, is_now = member.without, member.with_option
    if was is None or is_now is None:
        place = is_now or was
        return f"{member.path}: {_place_words(place)}" if place else member.path
    if member.kind == "moves":
        return f"{member.path}: {spell_bits(was.bit_offset)} -> {spell_bits(is_now.bit_offset)}"
    if (was.type, was.bit_size) == (is_now.type, is_now.bit_size):
        return f"{member.path}: {was.type}, whose content changes"
    if was.type == is_now.type:
        return f"{member.path}: {was.type}, {_size(was.bit_size)} -> {_size(is_now.bit_size)}"
    return f"{member.path}: {_typed(was)} -> {_typed(is_now)}"


def _place_words(place: Place) -> str:
    return f"{place.type}, {spell_bits(place.bit_offset)}, {_size(place.bit_size)}"


def _typed(place: Place) -> str:
    return f"{place.type} ({_size(place.bit_size)})"


def _size(bits: int) -> str:
    if bits % 8:
        return f"{bits} bit{'' if bits == 1 else 's'}"
    return f"{bits // 8} byte{'' if bits == 8 else 's'}"  # noqa: PLR2004 - bits of a byte


# A block for each option


def _option_blocks(found: Sensitivity, width: int) -> Iterator[list[str]]:
    for effect in found.effects:
        if effect.changes:
            yield [*_item(_option_words(effect), width), *_record_lines(effect, width)]


def _record_lines(effect: OptionEffect, width: int) -> Iterator[str]:
    both = [c for c in effect.changes if c.without is not None and c.with_option is not None]
    roots = [change for change in both if change.direct]
    shown = roots[:_MOST_RECORDS]
    names = max((len(change.c_name) for change in shown), default=0)
    sizes = max((len(_sizes(change)) for change in shown), default=0)
    for change in shown:
        line = f"  {change.c_name:<{names}}  {_sizes(change):<{sizes}}  {_members_brief(change)}"
        yield chopped(_visible(line.rstrip()), width)
    if rest := roots[len(shown) :]:
        yield f"  and {len(rest)} more"
    for words, changes in (
        ("that hold these", [change for change in both if not change.direct]),
        ("only with it", [change for change in effect.changes if change.without is None]),
        ("only without it", [change for change in effect.changes if change.with_option is None]),
    ):
        if changes:
            named = ", ".join(change.c_name for change in changes[:_MOST_NAMES])
            more = ", ..." if len(changes) > _MOST_NAMES else ""
            yield from _item(f"{len(changes)} {words}: {named}{more}", width, "  ")


def _visible(line: str) -> str:
    """Return the line with control characters escaped, and its columns kept."""
    indent = len(line) - len(line.lstrip())
    return line if line.isascii() and line.isprintable() else " " * indent + ascii_only(line)


def _members_brief(change: RecordChange) -> str:
    told = [member for member in change.members if member.kind != "moves"]
    return " ".join(f"{_SIGNS[member.kind]}{member.path}" for member in told)


# Both


def _option_words(effect: OptionEffect) -> str:
    if effect.is_set:
        value = "" if effect.value in {"", "1"} else f" to {effect.value}"
        return f"{effect.option} ({effect.header}; set{value})"
    default = "" if effect.default is None else f", its default being {effect.default}"
    return f"{effect.option} ({effect.header}; not set, tried as {effect.value}{default})"


def _sizes(change: RecordChange) -> str:
    def size(bytes_: int | None) -> str:
        return "absent" if bytes_ is None else str(bytes_)

    return f"{size(change.without)} -> {size(change.with_option)}"


def _sums(found: Sensitivity, width: int) -> Iterator[str]:
    yield from _item(
        f"FreeBSD {found.release} {found.arch} {found.kernel_conf} (conf: "
        f"{found.kernel_conf_origin}; headers: {found.headers}; {name_clang(found.clang)})."
        " Sizes: without -> with the option.",
        width,
    )
    effective = [effect for effect in found.effects if effect.changes]
    broken = [effect for effect in found.effects if effect.failures]
    without = [effect for effect in found.effects if not (effect.changes or effect.failures)]
    yield from _item(
        f"{_count(len(found.types), 'type')}; of {_count(len(found.effects), 'option')} that the"
        f" headers mention, each toggled alone, {len(effective)} change a layout.",
        width,
    )
    for effect in broken:
        yield from _failure_lines(effect, width)
    for effect in found.effects:
        if effect.not_compared and not effect.failures:
            names = _some(effect.not_compared)
            yield from _item(f"{effect.option}, toggled: no {names} to compare", width, "note: ")
    if without:
        named = ", ".join(_tried(effect) for effect in without)
        yield from _item(f"without effect: {named}", width)
    yield from _left_out_lines(found.left_out, width)


def _tried(effect: OptionEffect) -> str:
    """Return the option, with the value that was tried unless it is 1."""
    if effect.is_set or effect.value == "1":
        return effect.option
    return f"{effect.option}={effect.value}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _failure_lines(effect: OptionEffect, width: int) -> Iterator[str]:
    first, *others = effect.failures
    more = f" (and {_count(len(others), 'more header')})" if others else ""
    missing = f"; not compared: {_some(effect.not_compared)}" if effect.not_compared else ""
    words = f"{effect.option}, toggled: <{first.header}> does not compile{more}: {first.reason}"
    yield from _item(f"{words}{missing}", width, "problem: ")


def _left_out_lines(left_out: Sequence[Failure], width: int) -> Iterator[str]:
    if len(left_out) > _MOST_LEFT_OUT:
        words = f"{len(left_out)} headers do not compile, whatever the options: --json says why"
        yield from _item(words, width, "problem: ")
        return
    for failure in left_out:
        words = f"<{failure.header}> does not compile, whatever the options: {failure.reason}"
        yield from _item(words, width, "problem: ")


def _some(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return ", ".join(names)


def _item(text: str, width: int, first: str = "") -> Iterator[str]:
    rest = " " * (len(first) - len(first.lstrip()) + 2)
    return wrapped(ascii_only(text), width, first=first, rest=rest)
