"""errors.py: place, mistake and hint in one message."""

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
    """The message is `where: what`, and a second line if there is a hint."""
    assert str(error) == message


def test_the_parts_of_an_error() -> None:
    """Each part of an error is an attribute, and the place is text."""
    error = ManifestError("no", where=SourceLocation(path="a", line=3), hint="do it")
    assert (error.what, error.where, error.hint) == ("no", "a:3", "do it")
    bare = ManifestError("no")
    assert (bare.where, bare.hint) == (None, None)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_the_exit_status_of_each_error(kind: type[LayoutcheckError]) -> None:
    """The status is 3 for a missing or broken toolchain, and 2 for the user's input."""
    assert kind("no").exit_code == (3 if kind is ToolchainError else 2)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_error_survives_being_pickled(kind: type[LayoutcheckError]) -> None:
    """An error survives pickling, for xdist and for the cache."""
    error = kind("no", where="a", hint="do it")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is kind
    assert (str(again), again.what, again.where, again.hint) == (str(error), "no", "a", "do it")


def test_a_conf_that_is_not_there_is_a_conf_error() -> None:
    """A missing conf is an error of its own class, since another architecture may have it."""
    error = NoSuchConfError("no")
    assert isinstance(error, KernConfError)
    assert error.messages == ()
