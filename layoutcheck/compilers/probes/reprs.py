"""Paths of types of other crates -> the text of a crate that asks rustc what fixes their layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.compilers.probes.rust import FIRST_LINE, render_named, render_rust_probe
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["REPR_LINE", "render_alike", "render_passed", "render_repr_probe"]

PROLOGUE: Final = "#![feature(rustc_attrs)]\n"
REPR_LINE: Final = FIRST_LINE + PROLOGUE.count("\n")
"""The line of the first question."""


def render_passed(key: ProbeKey, path: str) -> str:
    """Ask which type it is, and whether the lint `improper_ctypes` lets C have it by value.

    The lint never lets C have a slice, and says of what: so we know how it calls the type.
    """
    parameters = f"_: ::{path}, _: &[::{path}]"
    return f'{render_named(key, path)} extern "C" {{ fn layoutcheck_passed_{key}({parameters}); }}'


def render_alike(key: ProbeKey, path: str, scalar: str) -> str:
    """Ask whether it is passed as a scalar is; rustc refuses the question where it is not."""
    functions = f'extern "C" fn(::{path}), extern "C" fn({scalar})'
    return f"#[rustc_abi(assert_eq)] type LayoutcheckAlike{key} = ({functions});"


def render_repr_probe(questions: Sequence[tuple[ProbeKey, str]]) -> str:
    """The text of a crate that asks each (key, line)."""
    return PROLOGUE + render_rust_probe(questions)
