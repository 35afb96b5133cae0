"""Output, errors, exit statuses and help texts' examples, for all commands."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from shutil import get_terminal_size
from typing import Final, ParamSpec

import click

from layoutcheck.errors import KernConfError, LayoutcheckError

__all__ = ["colors", "examples", "reported", "say", "say_exactly", "telling", "warn", "width"]

P = ParamSpec("P")

INTERRUPTED: Final = 130
"""Shell's exit status of a program that SIGINT ended; click's own 1 would mean a difference."""
BROKEN_PIPE: Final = 141
"""Shell's exit status of a program that SIGPIPE ended."""
BUG: Final = 70
"""EX_SOFTWARE of sysexits(3); Python's own 1 would mean a difference."""


def examples(*commands: str) -> str:
    """Return the end of a help text; the backspace keeps click from joining the lines."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {command}" for command in commands)])


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every exception of a command into a message and an exit status."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except LayoutcheckError as error:
            if isinstance(error, KernConfError):
                warn(error.messages)
            click.echo(_visible(f"layoutcheck: {error}"), err=True)
            sys.exit(error.exit_code)
        except click.ClickException:
            raise
        except KeyboardInterrupt:
            click.echo("layoutcheck: interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # `layoutcheck check | head -1`: the reader is gone
            _drop_output()
            sys.exit(BROKEN_PIPE)
        except _OutputError as error:
            _drop_output()
            click.echo(f"layoutcheck: the output cannot be written: {error}", err=True)
            sys.exit(LayoutcheckError.exit_code)
        except Exception:  # noqa: BLE001 - any other exception is a bug
            traceback.print_exc()
            click.echo(
                "layoutcheck: this is a bug in layoutcheck; please report the above", err=True
            )
            sys.exit(BUG)

    return wrapped


class _OutputError(Exception):
    """An error of the system on writing to standard output, such as a full disk."""


def say(text: str, *, end: str = "\n") -> None:
    """Write to standard output at once, so that an error of writing is raised here."""
    _write(text + end)


def say_exactly(text: str) -> None:
    """Write to standard output unchanged, in UTF-8; escape the text for a terminal."""
    text += "\n"
    _write(_visible(text) if sys.stdout.isatty() else text.encode("utf-8", "surrogateescape"))


def _write(text: str | bytes) -> None:
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _OutputError(error.strerror or str(error)) from None


def warn(messages: Iterable[str]) -> None:
    """Write each message to standard error."""
    for message in messages:
        click.echo(_visible(f"layoutcheck: {message}"), err=True)


def _visible(text: str) -> str:
    """Return the text with control characters escaped, except newlines and tabs.

    The text may come from a conf or a crate of another author, and a terminal obeys escape codes.
    """
    return "".join(
        char
        if char.isprintable() or char in "\n\t"
        else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in text
    )


def _drop_output() -> None:
    """Redirect standard output to the null device: Python's last flush must not raise again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows progress on a terminal; line by line if TERM is dumb."""
    is_dumb = os.environ.get("TERM") == "dumb"
    is_terminal = sys.stderr.isatty() and not is_dumb

    def tell(message: str) -> None:
        if is_dumb:
            click.echo(message, err=True)
        elif is_terminal:
            click.echo(f"\r\033[K{message} ...", err=True, nl=False)

    try:
        yield tell
    finally:
        if is_terminal:
            click.echo("\r\033[K", err=True, nl=False)


def width() -> int:
    """Return the columns of the terminal, within bounds; 80 if the output is no terminal."""
    return min(max(get_terminal_size().columns, 60), 200) if sys.stdout.isatty() else 80


def colors() -> bool:
    """Return whether to color: on a terminal that can, unless NO_COLOR (no-color.org) is set."""
    return (
        sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
    )
