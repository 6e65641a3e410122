"""One writer at a time in a folder of results."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lastrep.errors import BatchError, OutputError

#: How often a folder that somebody else writes to is tried again, seconds.
TRY_AGAIN_S = 0.1


@contextmanager
def claimed(folder: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Keep others out of a folder, which is made if it is not there.

    Parameters
    ----------
    wait_s
        How long to wait for somebody else who is writing there.

    Raises
    ------
    OutputError
        If it cannot be made.
    BatchError
        If somebody else is still writing there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be made ({error.strerror}); choose another --out"
        ) from error
    try:
        _lock(handle, folder, wait_s)
        yield
    finally:
        with suppress(OSError):
            os.close(handle)  # the system frees the lock, also if the process is killed


def _lock(handle: int, folder: Path, wait_s: float) -> None:
    until_s = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= until_s:
                raise BatchError(
                    f"{folder}: another batch or correction is writing there; wait for it, or "
                    "choose another --out"
                ) from error
        time.sleep(TRY_AGAIN_S)
