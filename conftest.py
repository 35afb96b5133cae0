"""For this project's own tests: what a test needs, and where its shared data is.

A test marked `needs_...` is skipped on a machine that lacks the thing, with the reason, and fails
there where `CI` is set: a gate that skips is no gate. The shared test data is not part of the
repository; `LAYOUTCHECK_WITHOUT_SHARED` says that it is known to be absent, and lets CI skip too.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from platformdirs import user_cache_path

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent
SHARED = ROOT.parent / "shared"

# Behind everything else, so that `tests.strategies` is found here, but layoutcheck where it was
# installed: the tests test what people install, not the checkout.
sys.path.append(str(ROOT))

# Compilers and other tests share the machine: how long an example takes says nothing of the code.
# Where CI is set, hypothesis takes its own profile "ci", which is repeatable.
settings.register_profile("default", deadline=None)
settings.register_profile(
    "thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)


def pytest_configure() -> None:
    """Let Ctrl-C be one: a shell that starts the tests in the background has it ignored."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this session's own, so that no test passes by what an earlier one left behind.

    Only the sysroots are the user's: a `core` takes half a minute to build, and its key names the
    compiler. pytester gives each of its tests another HOME, where cargo and rustup would find
    nothing: they are told where the real one is.
    """
    cache = tmp_path_factory.mktemp("cache")
    sysroots = user_cache_path("layoutcheck") / "sysroot"
    sysroots.mkdir(parents=True, exist_ok=True)
    (cache / "layoutcheck").mkdir()
    (cache / "layoutcheck" / "sysroot").symlink_to(sysroots)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        # What `check` prints, and the paths in reports, are those of a machine without a service.
        for variable in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
            patch.delenv(variable, raising=False)
        for variable, folder in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")):
            if (Path.home() / folder).is_dir():
                patch.setenv(variable, os.environ.get(variable, str(Path.home() / folder)))
        yield


@functools.cache
def lacks_clang() -> str | None:
    """Why no C probe could be compiled and linked here, or None."""
    from layoutcheck.compilers.find.programs import find_clang, find_linker  # noqa: PLC0415
    from layoutcheck.errors import ToolchainError  # noqa: PLC0415 - only if a test asks

    try:
        find_clang()
        find_linker()
    except ToolchainError as error:
        return str(error)
    return None


@functools.cache
def lacks_rustc() -> str | None:
    """Why no Rust probe could be compiled here, or None; `core` is built where it is missing."""
    from layoutcheck.compilers.find.programs import find_rust  # noqa: PLC0415
    from layoutcheck.errors import ToolchainError  # noqa: PLC0415 - only if a test asks
    from layoutcheck.model.target import TARGETS  # noqa: PLC0415

    try:
        find_rust(TARGETS[0], progress=lambda _: None)
    except ToolchainError as error:
        return str(error)
    return None


def lacks_headers() -> str | None:
    """Why there are no FreeBSD headers here, or None."""
    from layoutcheck.compilers.find.programs import find_ziglang  # noqa: PLC0415 - only if a test asks

    return None if find_ziglang() else "the ziglang package is not installed"


def lacks_shared() -> str | None:
    """Why the shared test data is not here, or None."""
    return None if SHARED.is_dir() else "the shared test data is not beside the checkout"


NEEDS: Final[Mapping[str, Callable[[], str | None]]] = {
    "needs_clang": lacks_clang,
    "needs_rustc": lacks_rustc,
    "needs_headers": lacks_headers,
    "needs_shared": lacks_shared,
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs what is not here, or fail it where everything has to be."""
    for marker, lacks in NEEDS.items():
        if item.get_closest_marker(marker) is None:
            continue
        reason = lacks()
        if reason is None:
            continue
        known = marker == "needs_shared" and os.environ.get("LAYOUTCHECK_WITHOUT_SHARED")
        if os.environ.get("CI") and not known:
            pytest.fail(f"{marker}: {reason} (and CI is set)", pytrace=False)
        pytest.skip(reason)
