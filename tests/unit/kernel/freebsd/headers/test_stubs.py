"""stubs.py: stub headers are complete, our own, and give way to real ones."""

from __future__ import annotations

from pathlib import Path

from layoutcheck.kernel.freebsd.headers.stubs import read_stubs


def test_every_stub_is_read_with_its_folder() -> None:
    """Headers in subfolders are named as C includes them."""
    assert set(read_stubs()) == {
        "bus_if.h",
        "ck_epoch.h",
        "ck_queue.h",
        "compat/freebsd32/freebsd32_signal.h",
        "crypto/sha1.h",
        "crypto/sha2/sha256.h",
        "device_if.h",
        "isa/rtc.h",
        "mmcbr_if.h",
        "ofw_bus_if.h",
        "opencrypto/_cryptodev.h",
        "opencrypto/cryptodev.h",
        "vnode_if.h",
    }


def test_every_stub_says_what_it_stands_for() -> None:
    """Every stub says that it is not FreeBSD's, for readers of a compiler's message."""
    for name, text in read_stubs().items():
        assert "Written for layoutcheck" in text.splitlines()[1], name


def test_a_tree_that_has_the_header_keeps_its_own(tmp_path: Path) -> None:
    """No stub is offered for a header that one of the folders has."""
    (tmp_path / "opencrypto").mkdir()
    (tmp_path / "opencrypto" / "cryptodev.h").touch()
    (tmp_path / "ck_queue.h").touch()
    assert set(read_stubs()) - set(read_stubs([tmp_path / "none", tmp_path])) == {
        "ck_queue.h",
        "opencrypto/cryptodev.h",
    }
