"""A small project for the tests of the two shells: bindings of a few kernel structs, some wrong.

A run takes a second: one source file, six headers. A second folder has headers that are not
FreeBSD's, for errors in headers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

__all__ = [
    "CELL",
    "IDS",
    "MANIFEST",
    "POINT",
    "SOURCE",
    "make_cache",
    "write_headers",
    "write_project",
]

# Before any test changes HOME.
SYSROOTS: Final = user_cache_path("layoutcheck") / "sysroot"

SOURCE: Final = """\
//! Bindings of a few kernel structs, as people write them by hand.
#![allow(non_camel_case_types)]
use core::ffi::{c_char, c_int, c_uint, c_void};

#[repr(C)]
pub struct lock_object {
    pub lo_name: *const c_char,
    pub lo_flags: c_uint,
    pub lo_data: c_uint,
    pub lo_witness: *mut c_void,
}

#[repr(C)]
pub struct mtx {
    pub lock_object: lock_object,
    pub mtx_lock: usize,
}

// wrong: iov_len is a size_t
#[repr(C)]
pub struct iovec {
    pub iov_base: *mut c_void,
    pub iov_len: u32,
}

// wrong, and waived: tv_usec is a long
#[repr(C)]
pub struct timeval {
    pub tv_sec: i64,
    pub tv_usec: c_int,
}

// opaque
#[repr(C)]
pub struct thread {
    _opaque: [u8; 0],
}

// generic
#[repr(C)]
pub struct list_of<T> {
    pub first: *mut T,
}

// private, and made by a macro: no probe can name it
macro_rules! hide { ($t:ident) => { #[repr(C)] struct $t { sx: lock_object, sx_lock: usize } } }
hide!(sx);
//
//
//

pub mod absent {
    // C has none
    #[repr(C)]
    pub struct no_such_struct {
        pub a: i32,
    }
}
"""

MANIFEST: Final = """\
[bindings]
source = "bindings.rs"

[kernel]
release = "14"
include = ["sys/param.h", "sys/lock.h", "sys/mutex.h", "sys/sx.h", "sys/time.h", "sys/uio.h"]

[[waive]]
subject = "timeval"
check = "member-size"
reason = "only read through a pointer"

[[waive]]
subject = "mtx"
check = "record-size"
reason = "was wrong before 0.2"
"""

CELL: Final = "layoutcheck.toml::amd64-GENERIC::bindings"
IDS: Final = (
    f"{CELL}::lock_object",
    f"{CELL}::mtx",
    f"{CELL}::iovec",
    f"{CELL}::timeval",
    f"{CELL}::thread",
    f"{CELL}::sx",
    f"{CELL}::absent::no_such_struct",
)

POINT: Final = "#[repr(C)] pub struct point { pub x: i32, pub y: i32 }\n"


def make_cache(folder: Path) -> Path:
    """A cache for `XDG_CACHE_HOME` with the user's own `core`, and none of the tests' crates."""
    SYSROOTS.mkdir(parents=True, exist_ok=True)
    (folder / "layoutcheck").mkdir(parents=True)
    (folder / "layoutcheck" / "sysroot").symlink_to(SYSROOTS)
    return folder


def write_project(folder: Path, *, source: str = SOURCE, manifest: str = MANIFEST) -> Path:
    """Write the bindings and their manifest; returns the manifest's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bindings.rs").write_text(source, encoding="utf-8")
    path = folder / "layoutcheck.toml"
    path.write_text(manifest, encoding="utf-8")
    return path


def write_headers(folder: Path, *include: str, source: str = POINT, **headers: str) -> Path:
    """Write a project with its own headers (name without `.h` to text); return its manifest.

    `include` are the headers to include, by default all that were given.
    """
    for name, text in {
        "sys/param": "#define __FreeBSD_version 1402000",
        "machine/param": '#define MACHINE "amd64"',
        **headers,
    }.items():
        path = folder / "inc" / f"{name}.h"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    named = include or tuple(f"{name}.h" for name in headers)
    lines = [
        "[bindings]",
        'source = "bindings.rs"',
        "[kernel]",
        'headers = "inc"',
        'conf = "GENERIC"',
        f"include = {list(named)}",
    ]
    return write_project(folder, source=source, manifest="\n".join(lines) + "\n")
