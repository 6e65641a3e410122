"""Running ahead changes neither items nor errors, and stops when asked."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from lastrep.video.prefetch import prefetch


def test_items_come_in_order() -> None:
    assert list(prefetch(lambda: (i for i in range(100)), 3)) == list(range(100))


def test_an_error_comes_after_the_items_before_it() -> None:
    def source() -> Generator[int, None, None]:
        yield 1
        yield 2
        raise KeyError("damaged")

    items = prefetch(source, 1)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(KeyError, match="damaged"):
        next(items)


def test_closing_early_stops_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()
    produced = []

    def source() -> Generator[int, None, None]:
        try:
            for i in range(1_000_000):
                produced.append(i)
                yield i
        finally:
            closed.set()

    items = prefetch(source, 2)
    before = threading.active_count()
    assert next(items) == 0
    assert threading.active_count() == before + 1
    items.close()
    assert closed.is_set()
    assert threading.active_count() == before
    # One was taken, two waited, one was in hand; closing makes room for one more.
    assert 1 <= len(produced) <= 5


def test_no_more_than_asked_are_made_ahead() -> None:
    made = threading.Semaphore(0)
    count = 0

    def source() -> Generator[int, None, None]:
        nonlocal count
        for i in range(50):
            count += 1
            made.release()
            yield i

    items = prefetch(source, 3)
    next(items)
    for _ in range(5):  # the one taken, three that wait, one in hand
        assert made.acquire(timeout=10)
    assert not made.acquire(timeout=0.3)
    assert count == 5
    items.close()
