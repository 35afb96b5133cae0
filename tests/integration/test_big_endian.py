"""Bindings for a big-endian machine: bindings that are right on amd64 may be wrong there.

Real headers of powerpc64 are used; one text is right or wrong by machine.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

MANIFEST = """
[bindings]
source = "bindings.rs"
[kernel]
release = "14"
conf = "GENERIC"
headers = "ziglang"
include = ["sys/param.h", "sys/sysproto.h", "netinet/in.h", "netinet/in_systm.h", "netinet/ip.h"]
"""

IP = """
#[repr(C, packed(2))]
pub struct ip {{
    bits: u8, pub ip_tos: u8, pub ip_len: u16, pub ip_id: u16, pub ip_off: u16, pub ip_ttl: u8,
    pub ip_p: u8, pub ip_sum: u16, pub ip_src: u32, pub ip_dst: u32,
}}
/// As bindgen's `get`: bits are counted from the low end, or on such a machine from the high end.
fn get(byte: u8, offset: usize, width: usize) -> u32 {{
    let mut value = 0;
    for n in 0..width {{
        let at = if cfg!(target_endian = "big") {{ 7 - offset - n }} else {{ offset + n }};
        let to = if cfg!(target_endian = "big") {{ width - 1 - n }} else {{ n }};
        value |= ((byte >> at & 1) as u32) << to;
    }}
    value
}}
impl ip {{
    pub fn ip_hl(&self) -> u32 {{ get(self.bits, {hl}, 4) }}
    pub fn ip_v(&self) -> u32 {{ get(self.bits, {v}, 4) }}
}}
"""
MASKS = """
#[repr(C, packed(2))]
pub struct ip {
    bits: u8, pub ip_tos: u8, pub ip_len: u16, pub ip_id: u16, pub ip_off: u16, pub ip_ttl: u8,
    pub ip_p: u8, pub ip_sum: u16, pub ip_src: u32, pub ip_dst: u32,
}
impl ip {
    pub fn ip_hl(&self) -> u8 { self.bits & 15 }
    pub fn ip_v(&self) -> u8 { self.bits >> 4 }
    pub fn set_ip_v(&mut self, v: u8) { self.bits = self.bits & 15 | v << 4 }
}
"""
PADDED_LEFT = """
#[repr(C)]
pub struct read_args {
    _l: [u8; 4], pub fd: i32, pub buf: *mut core::ffi::c_void, pub nbyte: usize,
}
"""
PADDED_RIGHT = """
#[repr(C)]
pub struct read_args {
    pub fd: i32, _r: [u8; 4], pub buf: *mut core::ffi::c_void, pub nbyte: usize,
}
"""
ROOTS: dict[str, tuple[str, dict[str, set[str]]]] = {
    "bits of a little-endian machine": (
        IP.format(hl=0, v=4),
        {"amd64": set(), "powerpc64": {"member-bits ip_hl", "member-bits ip_v"}},
    ),
    "bits of a big-endian machine": (
        IP.format(hl=4, v=0),
        {"amd64": {"member-bits ip_hl", "member-bits ip_v"}, "powerpc64": set()},
    ),
    "masks": (MASKS, {"amd64": set(), "powerpc64": set()}),
    "arguments at the high end": (
        PADDED_LEFT,
        {"amd64": {"member-extra _l", "member-missing fd_r_"}, "powerpc64": set()},
    ),
    "arguments at the low end": (
        PADDED_RIGHT,
        {"amd64": set(), "powerpc64": {"member-missing fd_l_", "member-extra _r"}},
    ),
}


def _roots(verdict: Verdict) -> set[str]:
    return {f"{m.check_id} {m.member_path}" for m in verdict.mismatches if m.cause is None}


@pytest.mark.parametrize("arch", ["amd64", "powerpc64"])
@pytest.mark.parametrize("name", ROOTS)
def test_by_byte_order(name: str, arch: str, tmp_path: Path) -> None:
    """The root causes are exactly those expected. Without any, the type agrees."""
    text, expected = ROOTS[name]
    (tmp_path / "bindings.rs").write_text(text, encoding="utf-8")
    (tmp_path / "layoutcheck.toml").write_text(MANIFEST, encoding="utf-8")
    manifest = read_manifest(tmp_path / "layoutcheck.toml")
    (verdict,) = Pipeline(manifest, Options(kernel_arch=(arch,))).verify().verdicts
    assert _roots(verdict) == expected[arch]
    assert verdict.status is (Status.DIFFERS if expected[arch] else Status.AGREES)
