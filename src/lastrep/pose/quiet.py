"""Keep native code from writing to standard error."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

_lock = threading.Lock()


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep native code from writing to standard error.

    MediaPipe and LiteRT log on every start, out of reach of Python's logging and of environment
    variables.
    """
    with _lock, contextlib.ExitStack() as stack:
        try:
            kept = os.dup(2)
        except OSError:  # no standard error at all
            yield
            return
        stack.callback(os.close, kept)
        sink = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, sink)
        os.dup2(sink, 2)
        stack.callback(os.dup2, kept, 2)
        yield
