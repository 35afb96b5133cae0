"""errors.py: where, what, and what to do, in one message."""

from __future__ import annotations

import pickle

import pytest

from layoutcheck import errors
from layoutcheck.errors import (
    KernConfError,
    LayoutcheckError,
    ManifestError,
    NoSuchConfError,
    ToolchainError,
)
from layoutcheck.location import SourceLocation

EVERY = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LayoutcheckError("no"), "no"),
        (LayoutcheckError("no", where="a.toml"), "a.toml: no"),
        (LayoutcheckError("no", where=SourceLocation(path="a.toml", line=3)), "a.toml:3: no"),
        (LayoutcheckError("no", hint="do it"), "no\nhint: do it"),
        (LayoutcheckError("no", where="a", hint="do it"), "a: no\nhint: do it"),
    ],
)
def test_the_message(error: LayoutcheckError, message: str) -> None:
    """`where: what`, and a second line where there is something to do."""
    assert str(error) == message


def test_the_parts_of_an_error() -> None:
    """Each by itself, the place as text."""
    error = ManifestError("no", where=SourceLocation(path="a", line=3), hint="do it")
    assert (error.what, error.where, error.hint) == ("no", "a:3", "do it")
    bare = ManifestError("no")
    assert (bare.where, bare.hint) == (None, None)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_the_exit_status_of_each_error(kind: type[LayoutcheckError]) -> None:
    """3 for a missing or broken toolchain, 2 for all that the user gave."""
    assert kind("no").exit_code == (3 if kind is ToolchainError else 2)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_error_survives_being_pickled(kind: type[LayoutcheckError]) -> None:
    """Xdist hands errors from one process to another; the kept verdicts hold them, too."""
    error = kind("no", where="a", hint="do it")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is kind
    assert (str(again), again.what, again.where, again.hint) == (str(error), "no", "a", "do it")


def test_a_conf_that_is_not_there_is_a_conf_error() -> None:
    """Another architecture may have it, so that it can be told apart."""
    error = NoSuchConfError("no")
    assert isinstance(error, KernConfError)
    assert error.messages == ()
