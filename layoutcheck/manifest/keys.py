"""The keys of a manifest's tables, and patterns for values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = [
    "CRATE",
    "C_TYPE",
    "DEFINE",
    "EDITION",
    "FIELD",
    "GO_WITH",
    "INCLUDE",
    "KEYS",
    "NAMED",
    "VARIABLE",
    "VERSION",
]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("bindings", "kernel", "rename", "bits", "opaque", "waive"),
    "bindings": (
        "path",
        "crate",
        "version",
        "source",
        "prelude",
        "edition",
        "features",
        "default-features",
        "env",
    ),
    "kernel": ("release", "arch", "conf", "matrix", "headers", "view", "include", "defines"),
    "kernel.matrix": ("release", "arch", "conf"),
    "bits.*": ("member", "mask", "shift"),
    "opaque": ("types",),
    "waive": ("subject", "check", "member", "reason", "expires", "count"),
}
C_TYPE = re.compile(r"(?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*")
CRATE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
# An exact version, as Cargo writes it (Semantic Versioning 2.0.0, section 2).
VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)
EDITION = re.compile(r"2015|2018|2021|2024")
# Keys of [bindings] that need one of these keys.
GO_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "version": ("crate",),
    "prelude": ("source",),
    "edition": ("source",),
    "features": ("path", "crate"),
    "default-features": ("path", "crate"),
    "env": ("path", "crate"),
}
NAMED = re.compile(r".*\S.*")
INCLUDE = re.compile(r'[^<>\n\0"]+')
DEFINE = re.compile(r"[A-Za-z_]\w*(?:=[^\n\0]*)?", re.ASCII)
VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
FIELD = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
