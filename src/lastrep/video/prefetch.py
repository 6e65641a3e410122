"""Run a generator ahead in a thread, a bounded number of items at a time."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Last item of the queue: the producer is done, or failed with this error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def prefetch(
    source: Callable[[], Generator[T, None, None]], depth: int
) -> Generator[T, None, None]:
    """Yield the items of a generator that runs in its own thread.

    An exception of that generator is raised here, after the items before it. Closing the generator
    (which leaving a ``for`` loop early does) stops the thread.

    Parameters
    ----------
    source
        Makes the generator; called in the thread, which then owns all it opens.
    depth
        Number of items that may wait.
    """
    items: queue.Queue[T | _End] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: T | _End) -> None:
        while not stopped.is_set():
            # The time-out is only for noticing that nobody will ever take the item.
            with contextlib.suppress(queue.Full):
                items.put(item, timeout=0.1)
                return

    def produce() -> None:
        try:
            with contextlib.closing(source()) as iterator:
                for item in iterator:
                    put(item)
                    if stopped.is_set():
                        return
        except BaseException as error:
            put(_End(error))
        else:
            put(_End())

    thread = threading.Thread(target=produce, name="prefetch", daemon=True)
    thread.start()
    try:
        while not isinstance(item := items.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        with contextlib.suppress(queue.Empty):
            items.get_nowait()
        thread.join()
