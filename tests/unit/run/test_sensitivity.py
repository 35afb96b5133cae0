"""sensitivity.py: the kernel and the headers of types for a sensitivity run."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import HeaderTreeError, ManifestError
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.run.planning import Options
from layoutcheck.run.sensitivity import find_sensitivity

TREE = Path(__file__).resolve().parents[3] / "fixtures" / "kernel" / "source_tree"
SOURCES = (str(TREE),)


@pytest.mark.parametrize("view", ["module", "userland"])
def test_another_view(view: str) -> None:
    """A view other than the kernel's is refused, because options are the kernel's."""
    options = Options(view="module" if view == "module" else "userland")
    with pytest.raises(ManifestError) as caught:
        find_sensitivity(options, ["bio"])
    assert str(caught.value) == (
        f"layoutcheck sensitivity: kernel options are not what --view {view} depends on\n"
        "hint: leave --view out"
    )


@pytest.mark.parametrize(
    "options",
    [
        Options(kernel_conf=("GENERIC", "MINIMAL")),
        Options(kernel_arch=("amd64", "arm64")),
        Options(kernel_release=("14", "15")),
    ],
)
def test_several_kernels(options: Options) -> None:
    """Several kernels are refused, including those of the manifest."""
    with pytest.raises(ManifestError) as caught:
        find_sensitivity(options, ["bio"])
    assert str(caught.value) == (
        "layoutcheck sensitivity: 2 kernels are asked for, and it looks at one\n"
        "hint: name one --kernel-arch, --kernel-conf and --kernel-release"
    )
    with pytest.raises(ManifestError, match="2 kernels are asked for"):
        find_sensitivity(Options(), ["bio"], kernel=Kernel(conf=("A", "B")))


@pytest.mark.needs_clang
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gadgets", "did you mean gadget, "),
        ("struct gadgets", "did you mean gadget, "),
        ("zzz", "name it as C does: bio, mtx"),
        ("struct gadget *", "name it as C does: bio, mtx"),
    ],
)
def test_a_type_that_no_header_defines(name: str, hint: str) -> None:
    """An unknown type is an error that names the closest types."""
    with pytest.raises(HeaderTreeError) as caught:
        find_sensitivity(Options(kernel_src=SOURCES), [name])
    assert caught.value.what == f"no header defines a type {name!r}"
    assert (caught.value.hint or "").startswith(hint)


@pytest.mark.needs_clang
def test_a_type() -> None:
    """A type has C's name, the kernel, and the effect of each option."""
    progress: list[str] = []
    found = find_sensitivity(
        Options(kernel_src=SOURCES), ["struct gadget"], progress=progress.append
    )
    assert (found.arch, found.kernel_conf, found.everything) == ("amd64", "GENERIC", False)
    assert [(one.c_name, one.byte_size) for one in found.types] == [("struct gadget", 56)]
    assert [one.option for one in found.effects if one.changes] == ["GADGET_STATS", "SMP"]
    assert any(words.startswith("kernel options tried: ") for words in progress)
