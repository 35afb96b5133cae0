"""memo.py: values that several threads need, each made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from layoutcheck.cache.memo import Memo


def test_a_value_is_made_once() -> None:
    """Each key has its own, and None is a value."""
    memo: Memo[str, str | None] = Memo()
    made: list[str] = []

    def make(value: str | None) -> str | None:
        made.append(str(value))
        return value

    assert memo.get("a", lambda: make("first")) == "first"
    assert memo.get("a", lambda: make("second")) == "first"
    assert memo.get("b", lambda: make(None)) is None
    assert memo.get("b", lambda: make("third")) is None
    assert made == ["first", "None"]


def test_threads_wait_for_the_one_that_makes_it() -> None:
    """Waiting threads do not make the value again, and all get the same object."""
    memo: Memo[str, object] = Memo()
    began, may_end = threading.Event(), threading.Event()
    made: list[object] = []

    def make() -> object:
        began.set()
        assert may_end.wait(20)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(memo.get, "a", make)
        assert began.wait(20)
        others = [threads.submit(memo.get, "a", make) for _ in range(7)]
        assert memo.is_made("a")
        assert not any(other.done() for other in (first, *others))
        may_end.set()
        assert {id(one.result(20)) for one in (first, *others)} == {id(made[0])}
    assert len(made) == 1


def test_a_key_may_be_asked_for_while_another_one_is_made() -> None:
    """A value that needs others is no deadlock."""
    memo: Memo[int, int] = Memo()

    def make(number: int) -> int:
        return 1 if number < 2 else memo.get(number - 1, lambda: make(number - 1)) * number

    assert memo.get(5, lambda: make(5)) == 120
    assert memo.get(3, lambda: 0) == 6


def test_an_error_is_raised_for_every_caller() -> None:
    """An error is kept: the next caller gets the same one."""
    memo: Memo[str, int] = Memo()
    error = ValueError("no")

    def fail() -> int:
        raise error

    for make in (fail, lambda: 1):
        with pytest.raises(ValueError, match="no") as caught:
            memo.get("a", make)
        assert caught.value is error
    assert memo.is_made("a")


def test_an_interrupt_does_not_leave_others_waiting() -> None:
    """Ctrl-C in the thread that makes a value ends the wait of the others, too."""
    memo: Memo[str, int] = Memo()

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memo.get("a", interrupted)
    seen: list[type[BaseException]] = []

    def wait() -> None:
        try:
            memo.get("a", lambda: 1)
        except KeyboardInterrupt as error:
            seen.append(type(error))

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    thread.join(20)
    assert seen == [KeyboardInterrupt]


def test_a_value_that_is_put_replaces_another() -> None:
    """A value that is put replaces a value or an error, or is the first."""
    memo: Memo[str, int] = Memo()
    assert not memo.is_made("a")
    memo.put("a", 1)
    assert memo.is_made("a")
    assert memo.get("a", lambda: 2) == 1
    memo.put("a", 3)
    assert memo.get("a", lambda: 2) == 3
    with pytest.raises(ZeroDivisionError):
        memo.get("b", lambda: 1 // 0)
    memo.put("b", 4)
    assert memo.get("b", lambda: 2) == 4
