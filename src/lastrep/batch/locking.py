"""One writer at a time in a folder of results."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lastrep.errors import BatchError, OutputError


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep other batches and corrections out of a folder, which is made if it is not there.

    Raises
    ------
    OutputError
        If it cannot be made.
    BatchError
        If somebody else is writing there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be made ({error.strerror}); choose another --out"
        ) from error
    try:
        # The system frees the lock when the process ends, however it ends.
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BatchError(
                f"{folder}: another batch or correction is writing there; wait for it, or choose "
                "another --out"
            ) from error
        yield
    finally:
        with suppress(OSError):
            os.close(handle)
