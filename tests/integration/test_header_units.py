"""Header units of FreeBSD 15.0 on the real clang: records are a kernel's, for any question."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.headers_of_15 import install_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

# Sizes in the objects of FreeBSD's own kernel builds. After other headers they would be:
# usb_bus 1072, usb_device 1456, uhub_softc 80, icmpstat 400, diradd and dirrem 8 more.
SIZES = {
    "amd64": {
        "usb_bus": 1608,
        "usb_device": 2632,
        "uhub_softc": 88,
        "icmpstat": 752,
        "diradd": 96,
        "dirrem": 120,
        "freeblks": 160,
        "g_mirror_softc": 440,  # a header whose macro differs from the core's
    },
    "arm64": {"usb_bus": 1608, "usb_device": 2688, "icmpstat": 752, "diradd": 96},
}
MANIFEST = """
[bindings]
source = "bindings.rs"
[kernel]
conf = "GENERIC"
"""


def check(folder: Path, source: str, arch: str = "amd64") -> Run:
    """Check Rust text against the headers of 15.0, without a list of them."""
    (folder / "bindings.rs").write_text(
        f"#![allow(non_camel_case_types)]\n{source}", encoding="utf-8"
    )
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    options = Options(kernel_arch=(arch,), kernel_src=(str(install_headers()),))
    return Pipeline(read_manifest(manifest), options).verify()


def opaque(name: str) -> str:
    """Return a record of another size than C's."""
    return f"#[repr(C)] pub struct {name} {{ pub other: [u8; 7] }}\n"


def by_name(run: Run) -> dict[str, Verdict]:
    """Return the verdicts by the last segment of the Rust path."""
    return {verdict.rust_path.rpartition("::")[2]: verdict for verdict in run.verdicts}


@pytest.mark.parametrize("arch", SIZES)
def test_a_record_is_as_the_kernel_has_it(arch: str, tmp_path: Path) -> None:
    """A record has the kernel's size, not that with headers of the boot loader or other systems."""
    sizes = SIZES[arch]
    found = by_name(check(tmp_path, "".join(map(opaque, sizes)), arch))
    assert {name: one.c and one.c.byte_size for name, one in found.items()} == sizes


def test_a_record_that_leaves_its_layout_to_others_is_not_checked(tmp_path: Path) -> None:
    """The reason names the definers of the macro and their words; another record is compared."""
    source = opaque("nfsstats") + "#[repr(C)] pub struct usb_bus { pub other: [u8; 1608] }\n"
    found = by_name(check(tmp_path, source))
    assert found["nfsstats"].status is Status.INDETERMINATE
    assert found["nfsstats"].reason == (
        "its layout depends on NFS_NPROCS, which is left to whoever includes it: "
        "NFSV4_NPROCS by <fs/nfs/nfsproto.h>, 23 by <nfs/nfsproto.h>"
    )
    assert found["usb_bus"].status is Status.DIFFERS


def test_why_a_header_of_the_package_does_not_compile(tmp_path: Path) -> None:
    """The reason is the first cause, by name."""
    (verdict,) = check(tmp_path, opaque("g_eli_metadata")).verdicts
    assert verdict.reason == (
        "<geom/eli/g_eli.h> defines it, and does not compile: "
        "geom/eli/g_eli.h:36: 'crypto/sha2/sha512.h' file not found"
    )


def test_two_headers_with_one_include_guard(tmp_path: Path) -> None:
    """Constants of NFS's old and new protocol are each found in their header."""
    source = "pub const NFSERR_RETVOID: i32 = 0x2000_0000; pub const NFS_SMALLFH: i32 = 128;"
    found = by_name(check(tmp_path, source))
    assert {name: one.status for name, one in found.items()} == {
        "NFSERR_RETVOID": Status.AGREES,
        "NFS_SMALLFH": Status.AGREES,
    }
