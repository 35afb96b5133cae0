"""Paths of other crates' types -> the text of a crate that asks rustc if their layout is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layoutcheck.compilers.probes.rust import FIRST_LINE, render_named, render_rust_probe
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["REPR_LINE", "render_alike", "render_passed", "render_repr_probe"]

PROLOGUE: Final = "#![feature(rustc_attrs)]\n"
REPR_LINE: Final = FIRST_LINE + PROLOGUE.count("\n")
"""Line of the first question."""


def render_passed(key: ProbeKey, path: str) -> str:
    """Ask which type a path names, and whether the lint `improper_ctypes` lets C have it by value.

    The lint never lets C have a slice, and names the slice's type. This tells how it calls the
    type.
    """
    parameters = f"_: ::{path}, _: &[::{path}]"
    return f'{render_named(key, path)} extern "C" {{ fn layoutcheck_passed_{key}({parameters}); }}'


def render_alike(key: ProbeKey, path: str, scalar: str) -> str:
    """Ask whether a type is passed like a scalar. rustc refuses the question if it is not."""
    functions = f'extern "C" fn(::{path}), extern "C" fn({scalar})'
    return f"#[rustc_abi(assert_eq)] type LayoutcheckAlike{key} = ({functions});"


def render_repr_probe(questions: Sequence[tuple[ProbeKey, str]]) -> str:
    """Return the text of a crate that asks each (key, line)."""
    return PROLOGUE + render_rust_probe(questions)
